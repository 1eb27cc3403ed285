#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Carry-less multiplication, which Swift has no words for.

#if defined(__x86_64__)
#include <immintrin.h>

static inline int coffer_crc_can_fold(void) {
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

// Whether two blocks can be multiplied at once.
static inline int coffer_crc_can_fold_pairs(void) {
    return coffer_crc_can_fold() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("vpclmulqdq");
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

// The same with pairs of blocks. Takes at least 8 blocks.
//
// factors: the powers of x that move the halves of a block up by 128 bytes, and those by 16 bytes.
__attribute__((target("vpclmulqdq,avx2,pclmul,sse4.1"))) static inline void coffer_crc_fold_pairs(
    const unsigned char *bytes, size_t blocks, uint64_t start, const uint64_t factors[4], unsigned char result[16]) {
    const __m256i far = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)factors));
    const __m128i near = _mm_loadu_si128((const __m128i *)(factors + 2));
    const __m256i *pair = (const __m256i *)bytes;
    __m256i lane[4];
    for (int i = 0; i < 4; i++) lane[i] = _mm256_loadu_si256(pair + i);
    lane[0] = _mm256_xor_si256(lane[0], _mm256_zextsi128_si256(_mm_cvtsi64_si128((long long)start)));
    for (pair += 4, blocks -= 8; blocks >= 8; pair += 4, blocks -= 8)
        for (int i = 0; i < 4; i++) {
            __m256i low = _mm256_clmulepi64_epi128(lane[i], far, 0x00);
            __m256i high = _mm256_clmulepi64_epi128(lane[i], far, 0x11);
            lane[i] = _mm256_xor_si256(_mm256_xor_si256(low, high), _mm256_loadu_si256(pair + i));
        }
    __m128i all = _mm256_castsi256_si128(lane[0]);
    all = coffer_crc_step(all, near, _mm256_extracti128_si256(lane[0], 1));
    for (int i = 1; i < 4; i++) {
        all = coffer_crc_step(all, near, _mm256_castsi256_si128(lane[i]));
        all = coffer_crc_step(all, near, _mm256_extracti128_si256(lane[i], 1));
    }
    const __m128i *block = (const __m128i *)pair;
    for (; blocks > 0; block++, blocks--) all = coffer_crc_step(all, near, _mm_loadu_si128(block));
    _mm_storeu_si128((__m128i *)result, all);
}
#else
static inline int coffer_crc_can_fold(void) { return 0; }
static inline int coffer_crc_can_fold_pairs(void) { return 0; }

static inline void coffer_crc_fold(
    const unsigned char *bytes, size_t blocks, uint64_t start, const uint64_t factors[4], unsigned char result[16]) {
    (void)bytes, (void)blocks, (void)start, (void)factors;
    memset(result, 0, 16);
}

static inline void coffer_crc_fold_pairs(
    const unsigned char *bytes, size_t blocks, uint64_t start, const uint64_t factors[4], unsigned char result[16]) {
    coffer_crc_fold(bytes, blocks, start, factors, result);
}
#endif
