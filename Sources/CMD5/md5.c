#include "CMD5.h"

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the words of MD5 are loaded as they stand in memory, with the lowest byte first"
#endif

typedef uint32_t vector4 __attribute__((vector_size(16)));
typedef uint32_t vector8 __attribute__((vector_size(32)));
typedef uint32_t vector16 __attribute__((vector_size(64)));

static inline __attribute__((always_inline)) vector4 load4(const uint8_t *bytes) {
    vector4 words;
    __builtin_memcpy(&words, bytes, sizeof words);
    return words;
}

#define JOIN4(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7)
#define JOIN8(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

// The functions of the four rounds, added to a sum. G's halves have no bit in common: added one after the other, what
// does not depend on the step before is done while that is awaited.
#define F(sum, b, c, d) sum += d ^ (b & (c ^ d))
#define G(sum, b, c, d) sum += c & ~d, sum += b & d
#define H(sum, b, c, d) sum += b ^ (c ^ d)
#define I(sum, b, c, d) sum += c ^ (b | ~d)

// What each step works on: a function, four parts of the state, a word of the block, a rotation, a constant.
#define MD5_STEPS \
    STEP(F, 0, 1, 2, 3, 0, 7, 0xd76aa478) STEP(F, 3, 0, 1, 2, 1, 12, 0xe8c7b756) \
    STEP(F, 2, 3, 0, 1, 2, 17, 0x242070db) STEP(F, 1, 2, 3, 0, 3, 22, 0xc1bdceee) \
    STEP(F, 0, 1, 2, 3, 4, 7, 0xf57c0faf) STEP(F, 3, 0, 1, 2, 5, 12, 0x4787c62a) \
    STEP(F, 2, 3, 0, 1, 6, 17, 0xa8304613) STEP(F, 1, 2, 3, 0, 7, 22, 0xfd469501) \
    STEP(F, 0, 1, 2, 3, 8, 7, 0x698098d8) STEP(F, 3, 0, 1, 2, 9, 12, 0x8b44f7af) \
    STEP(F, 2, 3, 0, 1, 10, 17, 0xffff5bb1) STEP(F, 1, 2, 3, 0, 11, 22, 0x895cd7be) \
    STEP(F, 0, 1, 2, 3, 12, 7, 0x6b901122) STEP(F, 3, 0, 1, 2, 13, 12, 0xfd987193) \
    STEP(F, 2, 3, 0, 1, 14, 17, 0xa679438e) STEP(F, 1, 2, 3, 0, 15, 22, 0x49b40821) \
    STEP(G, 0, 1, 2, 3, 1, 5, 0xf61e2562) STEP(G, 3, 0, 1, 2, 6, 9, 0xc040b340) \
    STEP(G, 2, 3, 0, 1, 11, 14, 0x265e5a51) STEP(G, 1, 2, 3, 0, 0, 20, 0xe9b6c7aa) \
    STEP(G, 0, 1, 2, 3, 5, 5, 0xd62f105d) STEP(G, 3, 0, 1, 2, 10, 9, 0x02441453) \
    STEP(G, 2, 3, 0, 1, 15, 14, 0xd8a1e681) STEP(G, 1, 2, 3, 0, 4, 20, 0xe7d3fbc8) \
    STEP(G, 0, 1, 2, 3, 9, 5, 0x21e1cde6) STEP(G, 3, 0, 1, 2, 14, 9, 0xc33707d6) \
    STEP(G, 2, 3, 0, 1, 3, 14, 0xf4d50d87) STEP(G, 1, 2, 3, 0, 8, 20, 0x455a14ed) \
    STEP(G, 0, 1, 2, 3, 13, 5, 0xa9e3e905) STEP(G, 3, 0, 1, 2, 2, 9, 0xfcefa3f8) \
    STEP(G, 2, 3, 0, 1, 7, 14, 0x676f02d9) STEP(G, 1, 2, 3, 0, 12, 20, 0x8d2a4c8a) \
    STEP(H, 0, 1, 2, 3, 5, 4, 0xfffa3942) STEP(H, 3, 0, 1, 2, 8, 11, 0x8771f681) \
    STEP(H, 2, 3, 0, 1, 11, 16, 0x6d9d6122) STEP(H, 1, 2, 3, 0, 14, 23, 0xfde5380c) \
    STEP(H, 0, 1, 2, 3, 1, 4, 0xa4beea44) STEP(H, 3, 0, 1, 2, 4, 11, 0x4bdecfa9) \
    STEP(H, 2, 3, 0, 1, 7, 16, 0xf6bb4b60) STEP(H, 1, 2, 3, 0, 10, 23, 0xbebfbc70) \
    STEP(H, 0, 1, 2, 3, 13, 4, 0x289b7ec6) STEP(H, 3, 0, 1, 2, 0, 11, 0xeaa127fa) \
    STEP(H, 2, 3, 0, 1, 3, 16, 0xd4ef3085) STEP(H, 1, 2, 3, 0, 6, 23, 0x04881d05) \
    STEP(H, 0, 1, 2, 3, 9, 4, 0xd9d4d039) STEP(H, 3, 0, 1, 2, 12, 11, 0xe6db99e5) \
    STEP(H, 2, 3, 0, 1, 15, 16, 0x1fa27cf8) STEP(H, 1, 2, 3, 0, 2, 23, 0xc4ac5665) \
    STEP(I, 0, 1, 2, 3, 0, 6, 0xf4292244) STEP(I, 3, 0, 1, 2, 7, 10, 0x432aff97) \
    STEP(I, 2, 3, 0, 1, 14, 15, 0xab9423a7) STEP(I, 1, 2, 3, 0, 5, 21, 0xfc93a039) \
    STEP(I, 0, 1, 2, 3, 12, 6, 0x655b59c3) STEP(I, 3, 0, 1, 2, 3, 10, 0x8f0ccc92) \
    STEP(I, 2, 3, 0, 1, 10, 15, 0xffeff47d) STEP(I, 1, 2, 3, 0, 1, 21, 0x85845dd1) \
    STEP(I, 0, 1, 2, 3, 8, 6, 0x6fa87e4f) STEP(I, 3, 0, 1, 2, 15, 10, 0xfe2ce6e0) \
    STEP(I, 2, 3, 0, 1, 6, 15, 0xa3014314) STEP(I, 1, 2, 3, 0, 13, 21, 0x4e0811a1) \
    STEP(I, 0, 1, 2, 3, 4, 6, 0xf7537e82) STEP(I, 3, 0, 1, 2, 11, 10, 0xbd3af235) \
    STEP(I, 2, 3, 0, 1, 2, 15, 0x2ad7d2bb) STEP(I, 1, 2, 3, 0, 9, 21, 0xeb86d391)

#define NAME portable8
#define TARGET
#define WIDTH 8
#define VECTORS 1
#include "lanes.h"

#define NAME lowered16
#define TARGET
#define WIDTH 16
#define VECTORS 1
#include "lanes.h"

#if defined(__x86_64__)
#define NAME avx2_8
#define TARGET __attribute__((target("avx2")))
#define WIDTH 8
#define VECTORS 1
#include "lanes.h"

#define NAME avx2_16
#define TARGET __attribute__((target("avx2")))
#define WIDTH 8
#define VECTORS 2
#include "lanes.h"

#define NAME avx512_16
#define TARGET __attribute__((target("avx512f")))
#define WIDTH 16
#define VECTORS 1
#include "lanes.h"

coffer_md5_kind coffer_md5_best(void) {
    if (__builtin_cpu_supports("avx512f")) return COFFER_MD5_AVX512;
    return __builtin_cpu_supports("avx2") ? COFFER_MD5_AVX2 : COFFER_MD5_PORTABLE;
}
#else
coffer_md5_kind coffer_md5_best(void) { return COFFER_MD5_PORTABLE; }
#endif

void coffer_md5_advance(
    coffer_md5_kind kind, uint32_t *const *states, const uint8_t *const *bytes, size_t count, size_t blocks) {
    // Lanes without a stream repeat the first one, into a state that is not used.
    uint32_t spare[4] = { 0 };
    uint32_t *all_states[COFFER_MD5_LANES];
    const uint8_t *all_bytes[COFFER_MD5_LANES];
    for (size_t n = 0; n < COFFER_MD5_LANES; n++) {
        all_states[n] = n < count ? states[n] : spare;
        all_bytes[n] = bytes[n < count ? n : 0];
    }
    switch (kind) {
#if defined(__x86_64__)
    case COFFER_MD5_AVX512: avx512_16(all_states, all_bytes, blocks); break;
    case COFFER_MD5_AVX2: (count > 8 ? avx2_16 : avx2_8)(all_states, all_bytes, blocks); break;
#endif
    case COFFER_MD5_LOWERED: lowered16(all_states, all_bytes, blocks); break;
    default:
        // Two vectors of 8 lanes would need more registers than there are.
        portable8(all_states, all_bytes, blocks);
        if (count > 8) portable8(all_states + 8, all_bytes + 8, blocks);
    }
}
