#define _GNU_SOURCE
#include "CEpoll.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>

// MAX_EVENTS of libmicrohttpd.
enum { LIMIT = 128 };

int epoll_wait(int queue, struct epoll_event *events, int limit, int milliseconds) {
    static _Thread_local bool was_full;
    const int count = epoll_pwait(queue, events, limit, was_full ? 0 : milliseconds, NULL);
    was_full = limit == LIMIT && count == limit;
    return count;
}
