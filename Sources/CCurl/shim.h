#pragma once
#include <curl/curl.h>
#include <dlfcn.h>

// The functions of libcurl, which is loaded when it is first needed: linked, its thirty libraries would add 3 ms to
// every start of a binary that may never send a request.
typedef struct {
    CURLcode (*global_init)(long);
    CURL *(*easy_init)(void);
    void (*easy_reset)(CURL *);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    const char *(*easy_strerror)(CURLcode);
    void (*easy_cleanup)(CURL *);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_add_handle)(CURLM *, CURL *);
    CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
    CURLMcode (*multi_perform)(CURLM *, int *);
    CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned int, int, int *);
    CURLMcode (*multi_wakeup)(CURLM *);
    CURLMsg *(*multi_info_read)(CURLM *, int *);
    CURLMcode (*multi_cleanup)(CURLM *);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
} coffer_curl;

// 0 if the library or one of its functions is not there.
static inline int coffer_curl_load(coffer_curl *curl) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return 0;
#define COFFER_LOAD(name) \
    if ((*(void **)&curl->name = dlsym(library, "curl_" #name)) == NULL) return 0;
    COFFER_LOAD(global_init)
    COFFER_LOAD(easy_init)
    COFFER_LOAD(easy_reset)
    COFFER_LOAD(easy_setopt)
    COFFER_LOAD(easy_strerror)
    COFFER_LOAD(easy_cleanup)
    COFFER_LOAD(multi_init)
    COFFER_LOAD(multi_add_handle)
    COFFER_LOAD(multi_remove_handle)
    COFFER_LOAD(multi_perform)
    COFFER_LOAD(multi_poll)
    COFFER_LOAD(multi_wakeup)
    COFFER_LOAD(multi_info_read)
    COFFER_LOAD(multi_cleanup)
    COFFER_LOAD(slist_append)
    COFFER_LOAD(slist_free_all)
#undef COFFER_LOAD
    return curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

// Variadic calls, which Swift cannot make.
static inline CURLcode coffer_curl_set_long(const coffer_curl *curl, CURL *easy, CURLoption option, long value) {
    return curl->easy_setopt(easy, option, value);
}

static inline CURLcode coffer_curl_set_offset(const coffer_curl *curl, CURL *easy, CURLoption option, curl_off_t value) {
    return curl->easy_setopt(easy, option, value);
}

// CURLOPT_PROTOCOLS is for libcurl before 7.85, which does not know the option of that name that takes a text.
static inline CURLcode coffer_curl_allow_http_only(const coffer_curl *curl, CURL *easy) {
    CURLcode code = curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code != CURLE_UNKNOWN_OPTION) return code;
    return curl->easy_setopt(easy, (CURLoption)(CURLOPTTYPE_LONG + 181), (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
}

// libcurl copies texts; headers and the error's buffer must outlive the transfer.
static inline CURLcode coffer_curl_set_pointer(const coffer_curl *curl, CURL *easy, CURLoption option, const void *value) {
    return curl->easy_setopt(easy, option, value);
}

static inline CURLcode coffer_curl_set_callbacks(
    const coffer_curl *curl, CURL *easy, void *context, curl_read_callback read, curl_seek_callback seek,
    curl_write_callback header, curl_write_callback write) {
    CURLcode code = curl->easy_setopt(easy, CURLOPT_READFUNCTION, read);
    if (code == CURLE_OK) code = curl->easy_setopt(easy, CURLOPT_READDATA, context);
    if (code == CURLE_OK) code = curl->easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
    if (code == CURLE_OK) code = curl->easy_setopt(easy, CURLOPT_SEEKDATA, context);
    if (code == CURLE_OK) code = curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    if (code == CURLE_OK) code = curl->easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) code = curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, write);
    if (code == CURLE_OK) code = curl->easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return code;
}

// The result is in a union of the message.
static inline CURLcode coffer_curl_result(const CURLMsg *message) { return message->data.result; }
