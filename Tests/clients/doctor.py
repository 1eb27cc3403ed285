"""What the server tells of a signature that does not hold."""

MISMATCH = (403, "SignatureDoesNotMatch")


def reason(answer):
    assert (answer.status, answer["Code"]) == MISMATCH, answer
    return answer.header("x-coffer-reason")


def log_of(server, answer):
    """The line of the access log for an answer."""
    return server.log_line(answer.header("x-amz-request-id"))
