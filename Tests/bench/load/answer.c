#define _GNU_SOURCE

#include "answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void begin(struct answer *answer) {
    // Not the head's bytes: setting those to zero would take longer than all the rest.
    memset(answer, 0, offsetof(struct answer, head));
}

/// The value of a header field, or NULL.
static const char *field(const char *head, const char *name) {
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') {
            const char *value = line + 3 + length;
            return value + strspn(value, " ");
        }
    }
    return NULL;
}

static bool parse_head(struct answer *answer, bool has_head_only) {
    const char *head = answer->head;
    if (strncmp(head, "HTTP/1.1 ", 9) != 0) return false;
    answer->status = atoi(head + 9);
    if (answer->status < 200) {
        begin(answer);
        return true;
    }
    const char *length = field(head, "content-length"), *coding = field(head, "transfer-encoding");
    const char *connection = field(head, "connection");
    answer->closes_connection = connection && strncasecmp(connection, "close", 5) == 0;
    if (has_head_only || answer->status == 204 || answer->status == 304) {
        answer->state = COMPLETE;
    } else if (coding) {
        answer->state = IN_CHUNK_LINE;
    } else if (length) {
        answer->left = strtoull(length, NULL, 10);
        answer->state = answer->left ? IN_BODY : COMPLETE;
    } else {
        return false;
    }
    return true;
}

static long take_head(struct answer *answer, const char *bytes, size_t size, bool has_head_only) {
    size_t old = answer->head_size, room = HEAD_LIMIT - old, copied = size < room ? size : room;
    memcpy(answer->head + old, bytes, copied);
    size_t from = old < 3 ? 0 : old - 3;
    const char *end = memmem(answer->head + from, old + copied - from, "\r\n\r\n", 4);
    if (!end) {
        answer->head_size += copied;
        return copied < room ? (long)copied : -1;
    }
    answer->head_size = (size_t)(end + 4 - answer->head);
    answer->head[answer->head_size] = 0;
    long used = (long)(answer->head_size - old);
    return parse_head(answer, has_head_only) ? used : -1;
}

/// One character of the line with a chunk's size, or of the lines after the last chunk.
static bool take_line_character(struct answer *answer, char character) {
    if (character == '\r') return true;
    if (character != '\n') {
        if (answer->state == IN_CHUNK_LINE && isxdigit((unsigned char)character)) {
            int value = isdigit((unsigned char)character) ? character - '0' : (character | 32) - 'a' + 10;
            answer->left = answer->left * 16 + (size_t)value;
        } else if (answer->state == IN_CHUNK_LINE) {
            return false;
        }
        answer->line_size += 1;
        return true;
    }
    if (answer->state == IN_TRAILER) {
        if (answer->line_size == 0) answer->state = COMPLETE;
    } else if (answer->left == 0) {
        answer->state = IN_TRAILER;
    } else {
        answer->state = IN_CHUNK;
        answer->left += 2;
    }
    answer->line_size = 0;
    return true;
}

static size_t take_content(struct answer *answer, size_t size) {
    size_t used = size < answer->left ? size : answer->left;
    answer->left -= used;
    if (answer->left == 0) answer->state = answer->state == IN_BODY ? COMPLETE : IN_CHUNK_LINE;
    return used;
}

long take(struct answer *answer, const char *bytes, size_t size, bool has_head_only) {
    size_t used = 0;
    while (used < size && answer->state != COMPLETE) {
        if (answer->state == IN_HEAD) {
            long head = take_head(answer, bytes + used, size - used, has_head_only);
            if (head < 0) return -1;
            used += (size_t)head;
        } else if (answer->state == IN_BODY || answer->state == IN_CHUNK) {
            used += take_content(answer, size - used);
        } else if (!take_line_character(answer, bytes[used++])) {
            return -1;
        }
    }
    return (long)used;
}
