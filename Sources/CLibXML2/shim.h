#pragma once
#include <dlfcn.h>
#include <stddef.h>

// The functions of libxml2, which is loaded at the first document: linked, it and the ICU that it brings with it would
// add 1.5 ms to every start. They are declared here as in libxml/xmlreader.h, which would bring in ICU's types; those
// clash with the types of the ICU within Foundation.
typedef void *coffer_xml_reader;
typedef int (*coffer_xml_read)(void *context, char *buffer, int size);
typedef void (*coffer_xml_error)(void *context, const char *message, int severity, void *locator);

typedef struct {
    coffer_xml_reader (*ReaderForIO)(
        coffer_xml_read, int (*close)(void *context), void *context, const char *url, const char *encoding, int options);
    void (*TextReaderSetErrorHandler)(coffer_xml_reader, coffer_xml_error, void *context);
    int (*TextReaderRead)(coffer_xml_reader);
    int (*TextReaderNodeType)(coffer_xml_reader);
    int (*TextReaderIsEmptyElement)(coffer_xml_reader);
    int (*TextReaderHasAttributes)(coffer_xml_reader);
    const unsigned char *(*TextReaderConstLocalName)(coffer_xml_reader);
    const unsigned char *(*TextReaderConstValue)(coffer_xml_reader);
    unsigned char *(*TextReaderGetAttribute)(coffer_xml_reader, const unsigned char *name);
    unsigned char *(*TextReaderGetAttributeNs)(
        coffer_xml_reader, const unsigned char *name, const unsigned char *namespace_uri);
    void (*FreeTextReader)(coffer_xml_reader);
    // A variable of the library.
    void (**Free)(void *);
} coffer_xml;

// Kinds of nodes: xmlReaderTypes.
enum {
    COFFER_XML_ELEMENT = 1,
    COFFER_XML_TEXT = 3,
    COFFER_XML_CDATA = 4,
    COFFER_XML_ENTITY_REFERENCE = 5,
    COFFER_XML_DOCUMENT_TYPE = 10,
    COFFER_XML_SIGNIFICANT_WHITESPACE = 14,
    COFFER_XML_END_ELEMENT = 15,
};

// 0 if the library or one of its functions is not there.
static inline int coffer_xml_load(coffer_xml *xml) {
    void *library = dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return 0;
#define COFFER_LOAD(name) \
    if ((*(void **)&xml->name = dlsym(library, "xml" #name)) == NULL) return 0;
    COFFER_LOAD(ReaderForIO)
    COFFER_LOAD(TextReaderSetErrorHandler)
    COFFER_LOAD(TextReaderRead)
    COFFER_LOAD(TextReaderNodeType)
    COFFER_LOAD(TextReaderIsEmptyElement)
    COFFER_LOAD(TextReaderHasAttributes)
    COFFER_LOAD(TextReaderConstLocalName)
    COFFER_LOAD(TextReaderConstValue)
    COFFER_LOAD(TextReaderGetAttribute)
    COFFER_LOAD(TextReaderGetAttributeNs)
    COFFER_LOAD(FreeTextReader)
    COFFER_LOAD(Free)
#undef COFFER_LOAD
    return 1;
}

// Errors are reported by return code, never printed: a structured handler that ignores them.
static inline void coffer_ignore_error(void *context, const char *message, int severity, void *locator) {
    (void)context; (void)message; (void)severity; (void)locator;
}

// A document that comes in pieces; `read` is called for each and returns how many bytes it wrote, 0 at the end. With
// `is_utf8`, what the document says of its encoding counts for nothing: it was found to be UTF-8.
static inline coffer_xml_reader coffer_xml_open(
    const coffer_xml *xml, coffer_xml_read read, void *context, int is_utf8) {
    // xmlParserOption.
    const int no_errors = 1 << 5, no_warnings = 1 << 6, no_network = 1 << 11, no_cdata = 1 << 14, ignore_encoding = 1 << 21;
    const int options = no_errors | no_warnings | no_network | no_cdata | (is_utf8 ? ignore_encoding : 0);
    coffer_xml_reader reader = xml->ReaderForIO(read, NULL, context, NULL, is_utf8 ? "UTF-8" : NULL, options);
    if (reader != NULL) xml->TextReaderSetErrorHandler(reader, coffer_ignore_error, NULL);
    return reader;
}
