#pragma once
#include <stddef.h>
#include <stdint.h>

// MD5 of several streams at once: each lane of a vector holds the state of another stream.
//
// Source: RFC 1321.

// The most streams of one call.
enum { COFFER_MD5_LANES = 16 };

typedef enum {
    // Vectors as the compiler can make them for any processor of the architecture.
    COFFER_MD5_PORTABLE,
    COFFER_MD5_AVX2,
    COFFER_MD5_AVX512,
    // The code of AVX-512 in the instructions of any processor, which is slow: for tests.
    COFFER_MD5_LOWERED,
} coffer_md5_kind;

// The fastest kind for this processor.
coffer_md5_kind coffer_md5_best(void);

// Advances the states of `count` streams, at most 16, each over as many blocks of 64 bytes of its own.
//
// states: A, B, C and D of each stream.
void coffer_md5_advance(
    coffer_md5_kind kind, uint32_t *const *states, const uint8_t *const *bytes, size_t count, size_t blocks);
