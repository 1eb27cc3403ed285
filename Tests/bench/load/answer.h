#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>

enum { HEAD_LIMIT = 16 << 10 };

/// The state of reading one answer. Set it to zero before each answer.
struct answer {
    enum { IN_HEAD, IN_BODY, IN_CHUNK_LINE, IN_CHUNK, IN_TRAILER, COMPLETE } state;
    int status;
    bool closes_connection;
    /// What is left of the body, or of the chunk with the line end after it.
    size_t left;
    size_t line_size;
    size_t head_size;
    char head[HEAD_LIMIT + 1];
};

/// Prepares for the next answer.
void begin(struct answer *answer);

/// Takes bytes as they come, and returns how many belong to this answer, or -1 if they are not HTTP. The state is
/// `COMPLETE` after the last one.
long take(struct answer *answer, const char *bytes, size_t size, bool has_head_only);

#endif
