// One function, included for each set of instructions. Before, these are defined:
//
// NAME: the function's name.
// TARGET: the attributes that name its instructions.
// WIDTH: the lanes of a vector: 8 or 16.
// VECTORS: how many vectors take turns, so that the processor always has something to do: one step of a stream needs the
// result of the step before.

#if WIDTH == 8
#define VECTOR vector8
// For each pair of words of the second half of a quarter, or of the first: those of one vector, then those of another.
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define ZIP_PAIRS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define ZIP_PAIRS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOAD(lane, offset) JOIN4(load4(bytes[lane] + (offset)), load4(bytes[(lane) + 4] + (offset)))
#else
#define VECTOR vector16
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define ZIP_PAIRS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define ZIP_PAIRS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define LOAD(lane, offset) \
    JOIN8(JOIN4(load4(bytes[lane] + (offset)), load4(bytes[(lane) + 4] + (offset))), \
          JOIN4(load4(bytes[(lane) + 8] + (offset)), load4(bytes[(lane) + 12] + (offset))))
#endif

// One step of every stream.
#define STEP(F, a, b, c, d, word, shift, constant) \
    for (int v = 0; v < VECTORS; v++) { \
        VECTOR sum = state[v][a] + (words[v][word] + constant); \
        F(sum, state[v][b], state[v][c], state[v][d]); \
        state[v][a] = ((sum << shift) | (sum >> (32 - shift))) + state[v][b]; \
    }

TARGET static void NAME(uint32_t *const *states, const uint8_t *const *lanes, size_t blocks) {
    VECTOR state[VECTORS][4];
    for (int v = 0; v < VECTORS; v++)
        for (int n = 0; n < 4; n++)
            for (int lane = 0; lane < WIDTH; lane++) state[v][n][lane] = states[v * WIDTH + lane][n];
    for (size_t at = 0; at < blocks * 64; at += 64) {
        VECTOR words[VECTORS][16];
        for (int v = 0; v < VECTORS; v++) {
            const uint8_t *const *bytes = lanes + v * WIDTH;
            // Words of one lane become one word of all lanes, four by four.
            for (int n = 0; n < 16; n += 4) {
                VECTOR r0 = LOAD(0, at + n * 4), r1 = LOAD(1, at + n * 4);
                VECTOR r2 = LOAD(2, at + n * 4), r3 = LOAD(3, at + n * 4);
                VECTOR low01 = ZIP_LOW(r0, r1), low23 = ZIP_LOW(r2, r3);
                VECTOR high01 = ZIP_HIGH(r0, r1), high23 = ZIP_HIGH(r2, r3);
                words[v][n] = ZIP_PAIRS_LOW(low01, low23);
                words[v][n + 1] = ZIP_PAIRS_HIGH(low01, low23);
                words[v][n + 2] = ZIP_PAIRS_LOW(high01, high23);
                words[v][n + 3] = ZIP_PAIRS_HIGH(high01, high23);
            }
        }
        VECTOR before[VECTORS][4];
        __builtin_memcpy(before, state, sizeof state);
        MD5_STEPS
        for (int v = 0; v < VECTORS; v++)
            for (int n = 0; n < 4; n++) state[v][n] += before[v][n];
    }
    for (int v = 0; v < VECTORS; v++)
        for (int n = 0; n < 4; n++)
            for (int lane = 0; lane < WIDTH; lane++) states[v * WIDTH + lane][n] = state[v][n][lane];
}

#undef NAME
#undef TARGET
#undef WIDTH
#undef VECTORS
#undef VECTOR
#undef ZIP_LOW
#undef ZIP_HIGH
#undef ZIP_PAIRS_LOW
#undef ZIP_PAIRS_HIGH
#undef LOAD
#undef STEP
