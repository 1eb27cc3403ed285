#ifndef REQUESTS_H
#define REQUESTS_H

#include <stdbool.h>
#include <stddef.h>

/// A request as it is sent: `head` is the head and, if it is short, the body; further bytes come from the body's file.
struct request {
    const char *head;
    size_t head_size;
    size_t body_size;
    /// The answer has a length but no body: HEAD.
    bool has_head_only;
    /// The next request belongs to this one, and is sent on the same connection when this one is answered.
    bool is_continued;
};

/// The prepared requests, and where each sequence of them begins. A sequence is mostly one request.
struct requests {
    struct request *list;
    size_t count;
    size_t *sequences;
    size_t sequence_count;
};

/// Maps a file into memory, for reading, until the process ends.
const char *map_file(const char *path, size_t *size);

/// Reads prepared requests. Each is a line `HEAD-SIZE BODY-SIZE FLAGS`, followed by the bytes of the head and a line
/// feed. Flags are `h` (head only), `+` (continued) and `-` (none).
struct requests read_requests(const char *path, size_t body_file_size);

/// Ends the process with a sentence on standard error.
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
