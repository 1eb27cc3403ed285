#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

// As <unistd.h> has it, whose other types would hide those of Swift's own module for the C library.
extern long syscall(long number, ...);

// Reads only what is in memory: preadv2(2) with RWF_NOWAIT, for which Swift has no words. Returns -1 with EAGAIN where
// the disk would have to be waited for, and with EOPNOTSUPP where a file system cannot tell.
static inline long coffer_read_cached(int file, void *bytes, size_t count, int64_t offset) {
    struct { void *start; size_t count; } vector = { bytes, count };
    const long no_wait = 8;
    // The offset is passed in two halves, of which the second is unused on 64-bit systems.
    return syscall(SYS_preadv2, (long)file, &vector, 1L, (long)offset, 0L, no_wait);
}
