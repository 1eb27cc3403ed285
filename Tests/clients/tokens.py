"""Session tokens encrypted like the server's own, for tokens that no server would issue."""

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import os
import time


def sealed(secrets_key, holder, access_key="ASIAAAAAAAAAAAAAAAAA", secret="s", kind="session", seconds=900, **claims):
    """A token encrypted with a data directory's secrets.key, for a user of the first account, given by unique id."""
    claims = {"kind": kind, "accessKeyID": access_key, "secret": secret, "issued": int(time.time()),
              "expires": int(time.time()) + seconds, "holderID": holder, "accountID": "000000000000", "name": "", "policies": [], "policyARNs": [], **claims}
    key = _hmac(bytes.fromhex(secrets_key.strip()), b"purpose:session tokens")
    salt = os.urandom(16)
    return base64.b64encode(salt + _aes_gcm(_hmac(key, salt + b"session"), json.dumps(claims).encode())).decode()


def _hmac(key, text):
    return hmac.new(key, text, hashlib.sha256).digest()


def _aes_gcm(key, plain):
    """AES-256-GCM with the nonce zero, and the tag after the text, by libcrypto."""
    crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
    crypto.EVP_CIPHER_CTX_new.restype = crypto.EVP_aes_256_gcm.restype = ctypes.c_void_p
    context, cipher = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new()), ctypes.c_void_p(crypto.EVP_aes_256_gcm())
    text, tag, count = ctypes.create_string_buffer(len(plain)), ctypes.create_string_buffer(16), ctypes.c_int()
    assert crypto.EVP_EncryptInit_ex(context, cipher, None, key, bytes(12)) == 1
    assert crypto.EVP_EncryptUpdate(context, text, ctypes.byref(count), plain, len(plain)) == 1
    assert crypto.EVP_EncryptFinal_ex(context, None, ctypes.byref(count)) == 1
    assert crypto.EVP_CIPHER_CTX_ctrl(context, 0x10, 16, tag) == 1
    crypto.EVP_CIPHER_CTX_free(context)
    return text.raw + tag.raw
