"""Helpers for multipart uploads."""

import hashlib
import random

PART = 5 << 20  # the minimum size of every part but the last


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


def etag_of(*parts):
    """The ETag of a multipart object: the MD5 of the parts' MD5s, and the number of parts."""
    return f'"{hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()}-{len(parts)}"'


class Upload:
    """An upload in progress; `parts` are the entries of CompleteMultipartUpload, by part number.

    They have checksums if the upload was created with a checksum algorithm."""

    def __init__(self, s3, bucket, key="k", **options):
        self.s3, self.names = s3, {"Bucket": bucket, "Key": key}
        self.created = s3.create_multipart_upload(**self.names, **options)
        self.names["UploadId"] = self.id = self.created["UploadId"]
        self.parts = {}

    def part(self, number, body, **options):
        answer = self.s3.upload_part(**self.names, PartNumber=number, Body=body, **options)
        self.note(number, answer)
        return answer

    def copy(self, number, source, **options):
        answer = self.s3.upload_part_copy(**self.names, PartNumber=number, CopySource=source, **options)
        self.note(number, answer["CopyPartResult"])
        return answer["CopyPartResult"]

    def note(self, number, answer):
        checksum = "Checksum" + self.created.get("ChecksumAlgorithm", " none")
        kept = {name: value for name, value in answer.items() if name in ("ETag", checksum)}
        self.parts[number] = {"PartNumber": number, **kept}

    def list(self):
        """The entries of CompleteMultipartUpload: every part in order."""
        return [self.parts[number] for number in sorted(self.parts)]

    def complete(self, parts=None, **options):
        parts = self.list() if parts is None else parts
        return self.s3.complete_multipart_upload(**self.names, MultipartUpload={"Parts": parts}, **options)

    def abort(self):
        return self.s3.abort_multipart_upload(**self.names)

    def stored(self):
        """The current content of the upload's key."""
        return self.s3.get_object(Bucket=self.names["Bucket"], Key=self.names["Key"])["Body"].read()


def upload(s3, bucket, key, bodies, **options):
    """Uploads these parts and completes the upload; returns the response to CompleteMultipartUpload."""
    in_progress = Upload(s3, bucket, key, **options)
    for number, body in enumerate(bodies, 1):
        in_progress.part(number, body)
    return in_progress.complete()
