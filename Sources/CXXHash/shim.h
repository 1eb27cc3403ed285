#pragma once
// The whole library as static inline functions: nothing to link, nothing to install where the binary runs.
#define XXH_INLINE_ALL
#include <xxhash.h>

// XXH_INLINE_ALL renames every function by a macro, which Swift does not see. A result is in canonical, big-endian form.

static inline void *coffer_xxh64_create(void) {
    XXH64_state_t *state = XXH64_createState();
    if (state != NULL) XXH64_reset(state, 0);
    return state;
}

static inline int coffer_xxh64_update(void *state, const void *bytes, size_t count) {
    return XXH64_update((XXH64_state_t *)state, bytes, count) == XXH_OK;
}

static inline void coffer_xxh64_digest(const void *state, void *result) {
    XXH64_canonicalFromHash((XXH64_canonical_t *)result, XXH64_digest((const XXH64_state_t *)state));
}

static inline void coffer_xxh64_free(void *state) { XXH64_freeState((XXH64_state_t *)state); }

// XXH3's two widths share one state, and differ at the end alone.
static inline void *coffer_xxh3_create(void) {
    XXH3_state_t *state = XXH3_createState();
    if (state != NULL) XXH3_128bits_reset(state);
    return state;
}

static inline int coffer_xxh3_update(void *state, const void *bytes, size_t count) {
    return XXH3_128bits_update((XXH3_state_t *)state, (const unsigned char *)bytes, count) == XXH_OK;
}

static inline void coffer_xxh3_64_digest(const void *state, void *result) {
    XXH64_canonicalFromHash((XXH64_canonical_t *)result, XXH3_64bits_digest((const XXH3_state_t *)state));
}

static inline void coffer_xxh3_128_digest(const void *state, void *result) {
    XXH128_canonicalFromHash((XXH128_canonical_t *)result, XXH3_128bits_digest((const XXH3_state_t *)state));
}

static inline void coffer_xxh3_free(void *state) { XXH3_freeState((XXH3_state_t *)state); }
