"""The server's diagnosis of a signature that does not match."""

MISMATCH = (403, "SignatureDoesNotMatch")


def reason(answer):
    assert (answer.status, answer["Code"]) == MISMATCH, answer
    return answer.header("x-coffer-reason")


def log_of(server, answer):
    """The access log's line for a response."""
    return server.log_line(answer.header("x-amz-request-id"))
