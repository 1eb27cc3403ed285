#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <microhttpd.h>
#include <gnutls/gnutls.h>

typedef struct {
    int listen_socket;
    unsigned int threads;
    unsigned int connections;
    unsigned int connections_per_address;
    unsigned int idle_seconds;
    size_t memory_per_connection;
    const char *tls_certificate;   // PEM, or NULL for plain HTTP
    const char *tls_key;
    const char *tls_priorities;    // GnuTLS's: which versions and ciphers are spoken
    MHD_AccessHandlerCallback handler;
    void *context;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
    void *(*target)(void *, const char *, struct MHD_Connection *);
    size_t (*unescape)(void *, struct MHD_Connection *, char *);
    void (*log)(void *, const char *, va_list);
} coffer_daemon_settings;

// What a content reader may return beside a count, and the size of a body that is not known: macros with casts.
static const ssize_t coffer_reader_finished = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t coffer_reader_failed = MHD_CONTENT_READER_END_WITH_ERROR;
static const uint64_t coffer_size_unknown = MHD_SIZE_UNKNOWN;

// MHD_start_daemon is variadic.
static inline struct MHD_Daemon *coffer_start_daemon(const coffer_daemon_settings *s) {
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    if (s->tls_certificate != NULL) flags |= MHD_USE_TLS;
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)s->tls_certificate },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)s->tls_key },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)s->tls_priorities },
        { MHD_OPTION_END, 0, NULL }
    };
    struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
    return MHD_start_daemon(
        flags, 0, NULL, NULL, s->handler, s->context,
        MHD_OPTION_EXTERNAL_LOGGER, s->log, s->context,
        MHD_OPTION_LISTEN_SOCKET, s->listen_socket,
        // What is stricter would be refused by libmicrohttpd itself, with two heads in the answer: ours refuses it.
        MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_THREAD_POOL_SIZE, s->threads,
        MHD_OPTION_CONNECTION_LIMIT, s->connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->connections_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, s->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->memory_per_connection,
        MHD_OPTION_NOTIFY_COMPLETED, s->completed, s->context,
        MHD_OPTION_NOTIFY_CONNECTION, s->connection, s->context,
        MHD_OPTION_URI_LOG_CALLBACK, s->target, s->context,
        MHD_OPTION_UNESCAPE_CALLBACK, s->unescape, s->context,
        MHD_OPTION_ARRAY, s->tls_certificate != NULL ? tls : none,
        MHD_OPTION_END);
}

static inline const union MHD_ConnectionInfo *coffer_client_address(struct MHD_Connection *c) {
    return MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
}

static inline int coffer_connection_socket(struct MHD_Connection *c) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

// The TLS version that a connection speaks, as gnutls_protocol_t counts them; 0 without TLS.
static inline int coffer_tls_protocol(struct MHD_Connection *c) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_PROTOCOL);
    return info == NULL ? 0 : info->protocol;
}

// The bytes of a request's head, from its method to the empty line; 0 if they are not known.
static inline size_t coffer_head_size(struct MHD_Connection *c) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

// Has a connection use other credentials than the daemon's; before its handshake. They must outlive the connection.
static inline int coffer_use_credentials(struct MHD_Connection *c, gnutls_certificate_credentials_t credentials) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info == NULL) return GNUTLS_E_INVALID_REQUEST;
    return gnutls_credentials_set(info->tls_session, GNUTLS_CRD_CERTIFICATE, credentials);
}

// Whether a line of the log says that libmicrohttpd is about to answer a Content-Length that is no number.
static inline bool coffer_is_length_fault(const char *line) {
    static const char *const lines[] = { "Failed to parse `Content-Length'", "Too large value of 'Content-Length'" };
    for (int i = 0; i < 2; i++) {
        if (strncmp(line, lines[i], strlen(lines[i])) == 0) return true;
    }
    return false;
}

// The context that the connection callback stored.
static inline void *coffer_connection_context(struct MHD_Connection *c) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static inline bool coffer_is_framing_field(const char *line, size_t count) {
    static const char *const names[] = { "content-length:", "transfer-encoding:" };
    for (int i = 0; i < 2; i++) {
        size_t length = strlen(names[i]);
        if (count > length && strncasecmp(line, names[i], length) == 0) return true;
    }
    return false;
}

// White space behind a field's value is none of it (RFC 9110 section 5.5), but libmicrohttpd 0.9.75 keeps it, and then
// takes a Content-Length for no number and a Transfer-Encoding for another one. Called when a request's target is known,
// this moves such white space in front of the values of these two fields, where libmicrohttpd passes over it. Every byte
// that is not white space stays in its order, so that the head says the same.
//
// Only what was received with the target is looked at, up to the end of the memory page in which the target begins, which
// belongs to the connection: the head of nearly every request. In others such a field is refused as before.
static inline void coffer_move_blanks(char *target) {
    char *end = (char *)(((uintptr_t)target | 4095) + 1);
    char *line = target + strlen(target) + 1;
    char *version_end = line < end ? memchr(line, 0, (size_t)(end - line)) : NULL;
    if (version_end == NULL) return;
    line = version_end + 2;
    while (line < end) {
        char *feed = memchr(line, '\n', (size_t)(end - line));
        if (feed == NULL || feed - line < 2) return;
        char *value_end = feed - 1;
        bool has_blanks = *value_end == '\r' && (value_end[-1] == ' ' || value_end[-1] == '\t');
        if (has_blanks && coffer_is_framing_field(line, (size_t)(value_end - line))
            && memchr(line, 0, (size_t)(value_end - line)) == NULL) {
            char *value = (char *)memchr(line, ':', (size_t)(value_end - line)) + 1;
            char *text_end = value_end;
            while (text_end > value && (text_end[-1] == ' ' || text_end[-1] == '\t')) text_end--;
            size_t blanks = (size_t)(value_end - text_end);
            memmove(value + blanks, value, (size_t)(text_end - value));
            memset(value, ' ', blanks);
        }
        line = feed + 1;
    }
}
