#pragma once
#include <libxml/xmlreader.h>

// Errors are reported by return code, never printed: a structured handler that ignores them.
static inline void coffer_ignore_error(void *context, const char *message, xmlParserSeverities severity,
                                       xmlTextReaderLocatorPtr locator) {
    (void)context; (void)message; (void)severity; (void)locator;
}

static inline xmlTextReaderPtr coffer_xml_reader(const char *bytes, int count) {
    xmlTextReaderPtr reader = xmlReaderForMemory(bytes, count, NULL, NULL,
                                                 XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (reader != NULL) xmlTextReaderSetErrorHandler(reader, coffer_ignore_error, NULL);
    return reader;
}
