#pragma once
#include <stddef.h>
#include <sqlite3.h>

// SQLITE_TRANSIENT is a casting macro; SQLite copies the bytes before it returns. A null pointer would bind NULL.
static inline int coffer_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes == NULL ? "" : bytes, count, SQLITE_TRANSIENT);
}

static inline int coffer_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes == NULL ? "" : bytes, count, SQLITE_TRANSIENT);
}

// Nothing asks SQLite how much memory it uses, and counting takes a lock for each allocation. Must be called before
// anything else of SQLite; later calls change nothing.
static inline void coffer_configure_sqlite(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
