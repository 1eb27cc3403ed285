"""The ten checksums of S3, computed independently of Coffer: by Python, xxhash, and textbook CRCs."""

import base64
import hashlib
import zlib

import xxhash


def crc_table(polynomial):
    """The lookup table of a reflected CRC, for one byte at a time."""
    def entry(value):
        for _ in range(8):
            value = (value >> 1) ^ polynomial if value & 1 else value >> 1
        return value

    return [entry(byte) for byte in range(256)]


CRC32C, CRC64NVME = crc_table(0x82F63B78), crc_table(0x9A6C9329AC4BC9B5)


def crc(data, table, bits):
    """A reflected CRC whose initial and final XOR values are all ones."""
    mask = (1 << bits) - 1
    value = mask
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return (value ^ mask).to_bytes(bits // 8, "big")


RAW = {
    "CRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "CRC32C": lambda data: crc(data, CRC32C, 32),
    "CRC64NVME": lambda data: crc(data, CRC64NVME, 64),
    "SHA1": lambda data: hashlib.sha1(data).digest(),
    "SHA256": lambda data: hashlib.sha256(data).digest(),
    "SHA512": lambda data: hashlib.sha512(data).digest(),
    "MD5": lambda data: hashlib.md5(data).digest(),
    "XXHASH64": lambda data: xxhash.xxh64_digest(data),
    "XXHASH3": lambda data: xxhash.xxh3_64_digest(data),
    "XXHASH128": lambda data: xxhash.xxh3_128_digest(data),
}


def checksum(algorithm, data):
    return base64.b64encode(RAW[algorithm](data)).decode()


def composite(algorithm, *parts):
    """The composite checksum of a multipart object: the checksum of the parts' checksums, and the number of parts."""
    return f"{checksum(algorithm, b''.join(RAW[algorithm](part) for part in parts))}-{len(parts)}"
