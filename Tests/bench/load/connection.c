#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum outcome { DONE, MUST_WAIT, CLOSED };

static void count_latency(struct result *result, uint64_t nanoseconds) {
    int shift = 63 - __builtin_clzll(nanoseconds | 1) - 6;
    if (shift < 0) shift = 0;
    result->buckets[(size_t)shift * 64 + (size_t)(nanoseconds >> shift)] += 1;
    result->sequences += 1;
}

static void begin_request(struct connection *connection, const struct request *request) {
    connection->request = request;
    connection->sent = 0;
    begin(&connection->answer);
}

/// Takes the next sequence, unless the time or the requests are over.
static void begin_sequence(struct load *load, struct connection *connection) {
    uint64_t time = now();
    if (load->begun == load->options.limit || time >= load->deadline) {
        connection->request = NULL;
        load->working -= 1;
        return;
    }
    size_t number = (load->options.start + load->begun++) % load->requests.sequence_count;
    connection->sequence_start = time;
    begin_request(connection, &load->requests.list[load->requests.sequences[number]]);
}

static void connect_to_server(struct load *load, struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->options.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("cannot connect: %m");
    connection->descriptor = descriptor;
    if (load->tls) {
        connection->tls = SSL_new(load->tls);
        SSL_set_fd(connection->tls, descriptor);
        if (SSL_connect(connection->tls) != 1) fail("the TLS handshake failed");
    }
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll: %m");
}

static void disconnect(struct connection *connection) {
    if (connection->tls) SSL_free(connection->tls);
    connection->tls = NULL;
    close(connection->descriptor);
}

void open_connection(struct load *load, struct connection *connection) {
    connect_to_server(load, connection);
    begin_sequence(load, connection);
    advance(load, connection);
}

/// Counts a sequence that failed, and shows the first of them.
static void fail_sequence(struct load *load, struct connection *connection, const char *bytes, int size) {
    if (load->result.errors++ > 0) return;
    int line = (int)strcspn(connection->request->head, "\r");
    fprintf(stderr, "load: %.*s: %.*s\n", line, connection->request->head, size > 2000 ? 2000 : size, bytes);
}

static enum outcome send_bytes(struct connection *connection, const char *bytes, size_t size, bool has_more) {
    ssize_t sent;
    if (connection->tls) {
        int result = SSL_write(connection->tls, bytes, size > 1 << 20 ? 1 << 20 : (int)size);
        if (result <= 0) return SSL_get_error(connection->tls, result) == SSL_ERROR_WANT_WRITE ? MUST_WAIT : CLOSED;
        sent = result;
    } else {
        sent = send(connection->descriptor, bytes, size, MSG_NOSIGNAL | (has_more ? MSG_MORE : 0));
        if (sent < 0) return errno == EAGAIN ? MUST_WAIT : CLOSED;
    }
    connection->sent += (size_t)sent;
    return DONE;
}

static enum outcome send_request(struct load *load, struct connection *connection) {
    const struct request *request = connection->request;
    enum outcome outcome = DONE;
    while (outcome == DONE && connection->sent < request->head_size) {
        size_t sent = connection->sent;
        outcome = send_bytes(connection, request->head + sent, request->head_size - sent, request->body_size > 0);
    }
    while (outcome == DONE && connection->sent < request->head_size + request->body_size) {
        size_t sent = connection->sent - request->head_size;
        outcome = send_bytes(connection, load->body + sent, request->body_size - sent, false);
    }
    return outcome;
}

/// Receives bytes. Those of a long body are thrown away in the kernel, so that they cost the generator little.
static enum outcome receive_bytes(struct connection *connection, char *bytes, size_t size, size_t *received) {
    ssize_t count;
    if (connection->tls) {
        int result = SSL_read(connection->tls, bytes, (int)size);
        if (result <= 0) return SSL_get_error(connection->tls, result) == SSL_ERROR_WANT_READ ? MUST_WAIT : CLOSED;
        count = result;
    } else {
        const struct answer *answer = &connection->answer;
        bool is_thrown_away = answer->state == IN_BODY && answer->status < 300 && answer->left > 0;
        if (is_thrown_away) size = answer->left;
        count = recv(connection->descriptor, bytes, size, is_thrown_away ? MSG_TRUNC : 0);
        if (count < 0) return errno == EAGAIN ? MUST_WAIT : CLOSED;
        if (count == 0) return CLOSED;
    }
    *received = (size_t)count;
    return DONE;
}

static enum outcome receive_answer(struct load *load, struct connection *connection) {
    static char bytes[64 << 10];
    while (connection->answer.state != COMPLETE) {
        size_t size = 0;
        enum outcome outcome = receive_bytes(connection, bytes, sizeof bytes, &size);
        if (outcome != DONE) return outcome;
        load->result.received += size;
        long used = take(&connection->answer, bytes, size, connection->request->has_head_only);
        if (used != (long)size) fail("the answer is not HTTP, or longer than it should be");
        if (connection->answer.status >= 300 && connection->answer.state == COMPLETE)
            fail_sequence(load, connection, bytes, (int)size);
    }
    return DONE;
}

static void reconnect(struct load *load, struct connection *connection) {
    disconnect(connection);
    connect_to_server(load, connection);
}

/// Goes on after an answer: to the next request of the sequence, or to the next sequence.
static void finish_request(struct load *load, struct connection *connection) {
    bool is_continued = connection->request->is_continued, is_good = connection->answer.status < 300;
    if (connection->answer.closes_connection) reconnect(load, connection);
    if (is_good && is_continued) {
        begin_request(connection, connection->request + 1);
        return;
    }
    if (is_good) count_latency(&load->result, now() - connection->sequence_start);
    begin_sequence(load, connection);
}

void advance(struct load *load, struct connection *connection) {
    while (connection->request) {
        enum outcome sending = send_request(load, connection);
        // An answer may come before the whole request is sent, if the request is refused.
        enum outcome receiving = receive_answer(load, connection);
        if (receiving == DONE) {
            if (sending != DONE) connection->answer.closes_connection = true;
            finish_request(load, connection);
        } else if (receiving == CLOSED) {
            fail_sequence(load, connection, "(the connection was closed)", 27);
            reconnect(load, connection);
            begin_sequence(load, connection);
        } else {
            return;
        }
    }
}
