#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Carry-less multiplication, which Swift has no words for.

#if defined(__x86_64__)
#include <smmintrin.h>
#include <wmmintrin.h>

static inline int coffer_crc_can_fold(void) {
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

// Moves a block up by a distance whose powers of x are in the factors, and adds the block that stands there.
__attribute__((target("pclmul,sse4.1"))) static inline __m128i coffer_crc_step(__m128i block, __m128i factors, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(block, factors, 0x00);
    __m128i high = _mm_clmulepi64_si128(block, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Folds blocks of 16 bytes into one, which leaves the same remainder. Takes at least 4 blocks.
//
// factors: the powers of x that move the halves of a block up by 64 bytes, and those by 16 bytes.
__attribute__((target("pclmul,sse4.1"))) static inline void coffer_crc_fold(
    const unsigned char *bytes, size_t blocks, uint64_t start, const uint64_t factors[4], unsigned char result[16]) {
    const __m128i far = _mm_loadu_si128((const __m128i *)factors);
    const __m128i near = _mm_loadu_si128((const __m128i *)(factors + 2));
    const __m128i *block = (const __m128i *)bytes;
    __m128i lane[4];
    for (int i = 0; i < 4; i++) lane[i] = _mm_loadu_si128(block + i);
    lane[0] = _mm_xor_si128(lane[0], _mm_cvtsi64_si128((long long)start));
    for (block += 4, blocks -= 4; blocks >= 4; block += 4, blocks -= 4)
        for (int i = 0; i < 4; i++) lane[i] = coffer_crc_step(lane[i], far, _mm_loadu_si128(block + i));
    __m128i all = lane[0];
    for (int i = 1; i < 4; i++) all = coffer_crc_step(all, near, lane[i]);
    for (; blocks > 0; block++, blocks--) all = coffer_crc_step(all, near, _mm_loadu_si128(block));
    _mm_storeu_si128((__m128i *)result, all);
}
#else
static inline int coffer_crc_can_fold(void) { return 0; }

static inline void coffer_crc_fold(
    const unsigned char *bytes, size_t blocks, uint64_t start, const uint64_t factors[4], unsigned char result[16]) {
    (void)bytes, (void)blocks, (void)start, (void)factors;
    memset(result, 0, 16);
}
#endif
