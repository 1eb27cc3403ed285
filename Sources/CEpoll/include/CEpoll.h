#pragma once

// Nothing to call: a program with this target waits for events with a function of its own instead of the C library's.
//
// libmicrohttpd takes up to 128 events from the system in one call. After exactly 128 it asks for more before it handles
// them, and waits with the time limit of the first call: if all clients wait for their answers, nothing happens until a
// connection has been idle for too long, and then all of these are closed (src/microhttpd/daemon.c, MHD_epoll(),
// 0.9.75). The function here does not wait again after such a call.
