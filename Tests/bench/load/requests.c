#include "requests.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

const char *map_file(const char *path, size_t *size) {
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &status) < 0 || status.st_size == 0) fail("%s cannot be read", path);
    *size = (size_t)status.st_size;
    void *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
    if (bytes == MAP_FAILED) fail("%s cannot be mapped", path);
    close(descriptor);
    return bytes;
}

/// Room for one more element: the array's size is always a power of two.
static void *with_room(void *array, size_t count, size_t element_size) {
    if (count & (count - 1)) return array;
    array = realloc(array, (count ? 2 * count : 1) * element_size);
    if (!array) fail("out of memory");
    return array;
}

static void append(struct requests *requests, struct request request) {
    bool begins_sequence = requests->count == 0 || !requests->list[requests->count - 1].is_continued;
    if (begins_sequence) {
        requests->sequences = with_room(requests->sequences, requests->sequence_count, sizeof(size_t));
        requests->sequences[requests->sequence_count++] = requests->count;
    }
    requests->list = with_room(requests->list, requests->count, sizeof(struct request));
    requests->list[requests->count++] = request;
}

struct requests read_requests(const char *path, size_t body_file_size) {
    struct requests requests = {0};
    size_t size;
    const char *at = map_file(path, &size), *end = at + size;
    while (at < end) {
        struct request request = {0};
        char flags[8];
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end || sscanf(at, "%zu %zu %7s", &request.head_size, &request.body_size, flags) != 3)
            fail("%s: request %zu has no valid first line", path, requests.count + 1);
        request.head = line_end + 1;
        if (request.head_size >= (size_t)(end - request.head)) fail("%s ends within a request", path);
        if (request.body_size > body_file_size) fail("%s: a body is longer than the body's file", path);
        request.has_head_only = strchr(flags, 'h');
        request.is_continued = strchr(flags, '+');
        append(&requests, request);
        at = request.head + request.head_size + 1;
    }
    if (requests.list[requests.count - 1].is_continued) fail("%s ends within a sequence", path);
    return requests;
}
