#pragma once
#include <yaml.h>

// Swift does not see the members of the unnamed union in an event.
static inline const char *coffer_yaml_scalar(const yaml_event_t *event, size_t *count, int *is_plain) {
    *count = event->data.scalar.length;
    *is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return (const char *)event->data.scalar.value;
}

static inline const char *coffer_yaml_tag(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT: return (const char *)event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return (const char *)event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT: return (const char *)event->data.mapping_start.tag;
    default: return 0;
    }
}

static inline const char *coffer_yaml_anchor(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_ALIAS_EVENT: return (const char *)event->data.alias.anchor;
    case YAML_SCALAR_EVENT: return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT: return (const char *)event->data.mapping_start.anchor;
    default: return 0;
    }
}
