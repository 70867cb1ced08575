/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: reader of untrusted JSON (see json-read.h)
 */
#include "tools/common/json-read.h"

/* The limit of QEMU's own parser */
#define DEPTH_MAX 1024

static void scan_string(JsonScan *scan, char ch)
{
    if (scan->escaped) {
        scan->escaped = false;
    } else if (ch == '\\') {
        scan->escaped = true;
    } else if (ch == '"') {
        scan->in_string = false;
    }
}

gssize json_scan(JsonScan *scan, const char *data, gsize len)
{
    while (scan->done < len) {
        char ch = data[scan->done++];

        if (scan->in_string) {
            scan_string(scan, ch);
        } else if (ch == '"' && scan->depth) {
            scan->in_string = true;
        } else if (ch == '{' || (ch == '[' && scan->depth)) {
            if (++scan->depth > DEPTH_MAX) {
                return -1;
            }
        } else if ((ch == '}' || ch == ']') && scan->depth) {
            if (--scan->depth == 0) {
                return scan->done;
            }
        } else if (!scan->depth && !g_ascii_isspace(ch)) {
            return -1;
        }
    }
    return 0;
}

JsonNode *json_read_object(const char *data, gsize len)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(JsonNode) root = NULL;
    JsonScan scan = { 0 };

    if (json_scan(&scan, data, len) <= 0 ||
        !json_parser_load_from_data(parser, data, len, NULL)) {
        return NULL;
    }
    root = json_parser_steal_root(parser);
    return root && JSON_NODE_HOLDS_OBJECT(root) ? g_steal_pointer(&root)
                                                : NULL;
}

static JsonNode *get_value(JsonObject *object, const char *name, GType type)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == type ? node : NULL;
}

uint64_t json_read_int(JsonObject *object, const char *name)
{
    JsonNode *node = get_value(object, name, G_TYPE_INT64);

    return node ? (uint64_t)json_node_get_int(node) : 0;
}

bool json_read_bool(JsonObject *object, const char *name)
{
    JsonNode *node = get_value(object, name, G_TYPE_BOOLEAN);

    return node && json_node_get_boolean(node);
}

const char *json_read_str(JsonObject *object, const char *name)
{
    JsonNode *node = get_value(object, name, G_TYPE_STRING);

    return node ? json_node_get_string(node) : NULL;
}

JsonObject *json_read_object_member(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                                : NULL;
}

JsonArray *json_read_array(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node)
                                               : NULL;
}

guint json_read_length_of(JsonArray *array)
{
    return array ? json_array_get_length(array) : 0;
}

JsonObject *json_read_element(JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element(array, i);

    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonObject *json_read_find(JsonArray *array, const char *name,
                           const char *value)
{
    guint n = json_read_length_of(array);
    guint i;

    for (i = 0; i < n; i++) {
        JsonObject *object = json_read_element(array, i);

        if (object && !g_strcmp0(json_read_str(object, name), value)) {
            return object;
        }
    }
    return NULL;
}
