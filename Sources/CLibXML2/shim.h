#pragma once
#include <libxml/xmlversion.h>
// libxml2's encoding.h would bring in the system's ICU, whose types clash with those of the ICU within Foundation. Only
// its own structures know the difference, and none of them is looked into here.
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlreader.h>

// Errors are reported by return code, never printed: a structured handler that ignores them.
static inline void coffer_ignore_error(void *context, const char *message, xmlParserSeverities severity,
                                       xmlTextReaderLocatorPtr locator) {
    (void)context; (void)message; (void)severity; (void)locator;
}

// A document that comes in pieces; `read` is called for each and returns how many bytes it wrote, 0 at the end. With
// `is_utf8`, what the document says of its encoding counts for nothing: it was found to be UTF-8.
static inline xmlTextReaderPtr coffer_xml_reader(xmlInputReadCallback read, void *context, int is_utf8) {
    int options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlTextReaderPtr reader =
        is_utf8 ? xmlReaderForIO(read, NULL, context, NULL, "UTF-8", options | XML_PARSE_IGNORE_ENC)
                : xmlReaderForIO(read, NULL, context, NULL, NULL, options);
    if (reader != NULL) xmlTextReaderSetErrorHandler(reader, coffer_ignore_error, NULL);
    return reader;
}

static inline void coffer_xml_free(xmlChar *text) { xmlFree(text); }
