#ifndef LOAD_H
#define LOAD_H

#include <openssl/ssl.h>
#include <stdint.h>

#include "answer.h"
#include "requests.h"

struct options {
    int port, connections;
    /// No sequence begins later than this. The sequences in progress are finished.
    double seconds;
    /// The number of sequences at most, and the first one.
    size_t limit, start;
    bool uses_tls;
    const char *requests_path, *body_path;
};

struct connection {
    int descriptor;
    SSL *tls;
    /// NULL when there is nothing more to send.
    const struct request *request;
    size_t sent;
    uint64_t sequence_start;
    struct answer answer;
};

/// What was measured. Latencies are counted in buckets with a precision of 1/64.
struct result {
    size_t sequences, errors, received;
    uint64_t buckets[60 * 64];
};

struct load {
    struct options options;
    struct requests requests;
    const char *body;
    SSL_CTX *tls;
    int epoll;
    uint64_t deadline;
    /// How many sequences were begun, and how many connections work.
    size_t begun;
    int working;
    struct result result;
};

/// Nanoseconds of the monotonic clock.
uint64_t now(void);

/// Connects, and sends the first request.
void open_connection(struct load *load, struct connection *connection);

/// Sends and receives until the connection has to wait.
void advance(struct load *load, struct connection *connection);

#endif
