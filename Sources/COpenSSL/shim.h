#pragma once
// libcrypto calls the functions of one digest deprecated, in favour of those that look up an algorithm by its name.
// They are the only ones whose state can be copied without a look-up and without memory of its own.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
