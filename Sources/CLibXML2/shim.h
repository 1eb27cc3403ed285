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

static inline xmlTextReaderPtr coffer_xml_reader(const char *bytes, int count) {
    // What a document says of its encoding counts for nothing: it was found to be UTF-8.
    xmlTextReaderPtr reader = xmlReaderForMemory(bytes, count, NULL, "UTF-8",
                                                 XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR |
                                                     XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    if (reader != NULL) xmlTextReaderSetErrorHandler(reader, coffer_ignore_error, NULL);
    return reader;
}

// A document that comes in pieces; `read` is called for each and returns how many bytes it wrote, or -1.
static inline xmlTextReaderPtr coffer_xml_stream(xmlInputReadCallback read, void *context) {
    xmlTextReaderPtr reader = xmlReaderForIO(read, NULL, context, NULL, NULL,
                                             XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR |
                                                 XML_PARSE_NOWARNING);
    if (reader != NULL) xmlTextReaderSetErrorHandler(reader, coffer_ignore_error, NULL);
    return reader;
}
