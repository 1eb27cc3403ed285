/// A closed-loop generator of load: each connection sends its next prepared request when the last one is answered.
///
/// It is one thread around epoll, and does nothing for a request but send its bytes and find the end of the answer, so
/// that it costs little beside the server. What it measured is printed as JSON.

#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

static const char usage[] =
    "usage: load --port PORT [--connections N] [--seconds S] [--limit N] [--start N] [--tls] [--body FILE] REQUESTS";

/// An answer that takes longer than this is not waited for.
enum { PATIENCE_SECONDS = 300 };

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static struct options parse(int count, char **arguments) {
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},  {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'}, {"limit", required_argument, NULL, 'l'},
        {"start", required_argument, NULL, 'f'}, {"tls", no_argument, NULL, 't'},
        {"body", required_argument, NULL, 'b'},  {0},
    };
    struct options options = {.connections = 1, .seconds = 1e6, .limit = SIZE_MAX};
    int name;
    while ((name = getopt_long(count, arguments, "", names, NULL)) != -1) {
        switch (name) {
            case 'p': options.port = atoi(optarg); break;
            case 'c': options.connections = atoi(optarg); break;
            case 's': options.seconds = atof(optarg); break;
            case 'l': options.limit = strtoull(optarg, NULL, 10); break;
            case 'f': options.start = strtoull(optarg, NULL, 10); break;
            case 't': options.uses_tls = true; break;
            case 'b': options.body_path = optarg; break;
            default: fail("%s", usage);
        }
    }
    if (optind != count - 1 || options.port < 1 || options.connections < 1) fail("%s", usage);
    options.requests_path = arguments[optind];
    return options;
}

static void prepare(struct load *load) {
    size_t body_file_size = 0;
    if (load->options.body_path) load->body = map_file(load->options.body_path, &body_file_size);
    load->requests = read_requests(load->options.requests_path, body_file_size);
    load->working = load->options.connections;
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load->options.uses_tls) {
        load->tls = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_mode(load->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    signal(SIGPIPE, SIG_IGN);
}

static void run(struct load *load) {
    struct connection *connections = calloc((size_t)load->options.connections, sizeof(struct connection));
    if (!connections) fail("out of memory");
    load->deadline = now() + (uint64_t)(load->options.seconds * 1e9);
    for (int n = 0; n < load->options.connections; n++) open_connection(load, &connections[n]);
    while (load->working > 0) {
        struct epoll_event events[64];
        int count = epoll_wait(load->epoll, events, 64, PATIENCE_SECONDS * 1000);
        if (count == 0) fail("no answer for %d s", PATIENCE_SECONDS);
        if (count < 0 && errno != EINTR) fail("epoll: %m");
        for (int n = 0; n < count; n++) advance(load, events[n].data.ptr);
    }
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
        (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/// Prints the latencies as pairs of nanoseconds (the middle of a bucket) and a count.
static void print_result(const struct load *load, double seconds, double cpu) {
    const struct result *result = &load->result;
    printf("{\"requests\": %zu, \"errors\": %zu, \"received\": %zu, \"seconds\": %.6f, \"cpu\": %.6f, \"latencies\": [",
        result->sequences, result->errors, result->received, seconds, cpu);
    const char *separator = "";
    for (size_t n = 0; n < sizeof result->buckets / sizeof *result->buckets; n++) {
        if (result->buckets[n] == 0) continue;
        // Values below 128 have a bucket each.
        size_t shift = n < 128 ? 0 : n / 64 - 1;
        uint64_t middle = ((uint64_t)(n - shift * 64) << shift) + ((1ull << shift) >> 1);
        printf("%s[%llu, %llu]", separator, (unsigned long long)middle, (unsigned long long)result->buckets[n]);
        separator = ", ";
    }
    printf("]}\n");
}

int main(int count, char **arguments) {
    static struct load load;
    load.options = parse(count, arguments);
    prepare(&load);
    double cpu = cpu_seconds();
    uint64_t start = now();
    run(&load);
    print_result(&load, (double)(now() - start) / 1e9, cpu_seconds() - cpu);
    return 0;
}
