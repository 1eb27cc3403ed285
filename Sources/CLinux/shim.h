#pragma once
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

// As <unistd.h> has it, whose other types would hide those of Swift's own module for the C library.
extern long syscall(long number, ...);

// As <sys/mman.h> has it, likewise; the number is MADV_DONTNEED.
extern int madvise(void *start, size_t byte_count, int advice);
enum { COFFER_NOT_NEEDED = 4 };

// As <malloc.h> has it; the numbers are those of M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_THRESHOLD.
extern int mallopt(int parameter, int value);
enum { COFFER_TRIM_THRESHOLD = -1, COFFER_TOP_PAD = -2, COFFER_MMAP_THRESHOLD = -3 };

// Reads only what is in memory: preadv2(2) with RWF_NOWAIT, for which Swift has no words. Returns -1 with EAGAIN where
// the disk would have to be waited for, and with EOPNOTSUPP where a file system cannot tell.
static inline long coffer_read_cached(int file, void *bytes, size_t count, int64_t offset) {
    struct { void *start; size_t count; } vector = { bytes, count };
    const long no_wait = 8;
    // The offset is passed in two halves, of which the second is unused on 64-bit systems.
    return syscall(SYS_preadv2, (long)file, &vector, 1L, (long)offset, 0L, no_wait);
}

// The first members of what <link.h> has only with _GNU_SOURCE, which would change the types of other headers.
struct coffer_loaded_object {
    uintptr_t base;
    const char *name;
    const Elf64_Phdr *segments;
    uint16_t segment_count;
};
extern int dl_iterate_phdr(int (*visit)(struct coffer_loaded_object *, size_t, void *), void *context);

// Unmaps the pages of a program or library that cannot be written to. They are mapped again from its file when they
// are needed.
static inline int coffer_unmap_code_of(struct coffer_loaded_object *object, size_t size, void *page_byte_count) {
    (void)size;
    const uintptr_t page = *(const uintptr_t *)page_byte_count;
    for (int i = 0; i < object->segment_count; i++) {
        const Elf64_Phdr *segment = &object->segments[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
        const uintptr_t start = (object->base + segment->p_vaddr) / page * page;
        const uintptr_t end = object->base + segment->p_vaddr + segment->p_memsz;
        madvise((void *)start, end - start, COFFER_NOT_NEEDED);
    }
    return 0;
}

static inline void coffer_unmap_code(uintptr_t page_byte_count) {
    dl_iterate_phdr(coffer_unmap_code_of, &page_byte_count);
}
