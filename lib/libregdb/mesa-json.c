/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: JSON databases of Mesa, src/amd/registers
 *
 *      { "enums": { "NAME": { "entries": [
 *            { "name": "READY", "value": 1, "comment": "..." } ] } },
 *        "register_types": { "NAME": { "fields": [
 *            { "name": "MODE", "bits": [0, 3], "enum_ref": "...",
 *              "comment": "..." } ] } },
 *        "register_mappings": [
 *            { "name": "GRBM_STATUS", "type_ref": "...", "chips": ["gfx9"],
 *              "map": { "at": 32784, "to": "mm" }, "comment": "..." } ] }
 *
 * "mm" is what the BAR shows, in bytes; "pkt3" are words of command packets.
 */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "libregdb/hash.h"
#include "libregdb/json.h"
#include "libregdb/loader.h"

/* The real ones have 400 KiB, 50,000 values, 5 levels, 410 members. */
#define BYTES_MAX (16u << 20)

static const RegDbJsonLimits mesa_limits = {
    .depth = 16, .values = 500000, .members = 4096,
};

/* Width of a register none of whose fields is above it */
#define WIDTH 32

/**
 * struct Mesa: reading of a database
 * @source: the source
 * @build: the database
 * @text: the text
 * @len: its length
 * @number: type of what has no other
 * @flag: type of a field of one bit
 * @enums: RegDbType by name
 * @types: MesaType by name
 * @chips: number of a chip plus one, by name
 * @varset: the chips, or NULL if there are not two
 * @conditions: RegDbCondition by their bits
 * @seen: set of registers so far
 */
typedef struct Mesa {
    RegDbSource *source;
    RegDbBuild *build;
    const char *text;
    size_t len;
    const RegDbType *number;
    const RegDbType *flag;
    GHashTable *enums;
    GHashTable *types;
    GHashTable *chips;
    const RegDbVarset *varset;
    GHashTable *conditions;
    GHashTable *seen;
} Mesa;

/**
 * struct MesaType: what a register means
 * @type: its fields
 * @bits: the width of such a register
 */
typedef struct MesaType {
    const RegDbType *type;
    unsigned bits;
} MesaType;

/**
 * struct MesaPlace: a value, for messages
 * @section: "enums", "register_types" or "register_mappings"
 * @name: name of an enum or a type, or NULL
 * @list: name of its list, or NULL
 * @index: index in that list, or in @section if there is no @name; -1: none
 */
typedef struct MesaPlace {
    const char *section;
    const char *name;
    const char *list;
    int index;
} MesaPlace;

static bool mesa_limit(Mesa *mesa)
{
    regdb_source_fault(mesa->source, 0, "%s", regdb_build_error(mesa->build));
    return false;
}

static char *mesa_path(const MesaPlace *place)
{
    GString *path = g_string_new(place->section);

    if (place->name) {
        g_string_append_printf(path, ".%.255s", place->name);
    }
    if (place->list) {
        g_string_append_printf(path, ".%s", place->list);
    }
    if (place->index >= 0) {
        g_string_append_printf(path, "[%d]", place->index);
    }
    return g_string_free(path, false);
}

/* Return: the line; 0 once there are so many messages that none is kept */
static unsigned mesa_line(Mesa *mesa, const MesaPlace *place)
{
    RegDbJsonStep steps[4] = { { place->section } };
    unsigned n = 1;

    if (regdb_source_faults(mesa->source) >= REGDB_MESSAGES_MAX) {
        return 0;
    }
    if (place->name) {
        steps[n++].name = place->name;
    }
    if (place->list) {
        steps[n++].name = place->list;
    }
    if (place->index >= 0) {
        steps[n++].index = place->index;
    }
    return regdb_json_line(mesa->text, mesa->len, steps, n);
}

static void mesa_fault(Mesa *mesa, const MesaPlace *place, const char *what)
{
    g_autofree char *path = mesa_path(place);

    regdb_source_fault(mesa->source, mesa_line(mesa, place), "%s: %s",
                       path, what);
}

static void mesa_fault_name(Mesa *mesa, const MesaPlace *place,
                            const char *what, const char *name)
{
    g_autofree char *text = g_strdup_printf("%s '%.255s'", what, name);

    mesa_fault(mesa, place, text);
}

static JsonNode *mesa_value(JsonObject *object, const char *name, GType type)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == type ? node : NULL;
}

static const char *mesa_string(JsonObject *object, const char *name)
{
    JsonNode *node = mesa_value(object, name, G_TYPE_STRING);

    return node ? json_node_get_string(node) : NULL;
}

static JsonArray *mesa_list(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node)
                                               : NULL;
}

static JsonObject *mesa_object(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                                : NULL;
}

/* An element that is an object with a name.  Return: NULL after a fault */
static JsonObject *mesa_entry(Mesa *mesa, const MesaPlace *place,
                              JsonArray *list, const char **name)
{
    JsonNode *node = json_array_get_element(list, place->index);
    JsonObject *entry = JSON_NODE_HOLDS_OBJECT(node) ?
                        json_node_get_object(node) : NULL;

    *name = entry ? mesa_string(entry, "name") : NULL;
    if (!*name || !**name || strlen(*name) > REGDB_NAME_MAX) {
        mesa_fault(mesa, place,
                   "not an object with a 'name' of 1 to 255 bytes");
        return NULL;
    }
    return entry;
}

/* Return: the list of an enum or a type; NULL after a fault */
static JsonArray *mesa_members(Mesa *mesa, JsonObject *section,
                               MesaPlace *place, const char *list)
{
    JsonObject *object = mesa_object(section, place->name);
    JsonArray *array = object ? mesa_list(object, list) : NULL;

    place->list = list;
    if (!array || strlen(place->name) > REGDB_NAME_MAX) {
        place->list = NULL;
        mesa_fault(mesa, place, array ? "the name is longer than 255 bytes" :
                   "not an object with its list");
        return NULL;
    }
    return array;
}

static bool mesa_enum_entry(Mesa *mesa, RegDbType *type, JsonArray *list,
                            const MesaPlace *place)
{
    RegDbValue value = { .known = true };
    JsonObject *entry = mesa_entry(mesa, place, list, &value.name);
    JsonNode *number = entry ? mesa_value(entry, "value", G_TYPE_INT64) : NULL;

    if (!number) {
        if (entry) {
            mesa_fault(mesa, place, "its 'value' is not an integer");
        }
        return true;
    }
    value.brief = mesa_string(entry, "comment");
    value.value = json_node_get_int(number);
    return regdb_build_value(mesa->build, type, &value) || mesa_limit(mesa);
}

static bool mesa_enum(Mesa *mesa, JsonObject *section, MesaPlace *place)
{
    JsonArray *list = mesa_members(mesa, section, place, "entries");
    RegDbType *type;
    guint i;

    if (!list) {
        return true;
    }
    type = regdb_build_type(mesa->build, REGDB_ENUM);
    if (!type || !regdb_build_name_type(mesa->build, type, place->name)) {
        return mesa_limit(mesa);
    }
    g_hash_table_insert(mesa->enums, (void *)place->name, type);
    for (i = 0; i < json_array_get_length(list); i++) {
        place->index = i;
        if (!mesa_enum_entry(mesa, type, list, place)) {
            return false;
        }
    }
    return true;
}

/* Two integers, the lower one first */
static bool mesa_bits(JsonObject *entry, RegDbField *field)
{
    JsonArray *bits = mesa_list(entry, "bits");
    gint64 n[2];
    guint i;

    if (!bits || json_array_get_length(bits) != 2) {
        return false;
    }
    for (i = 0; i < 2; i++) {
        JsonNode *node = json_array_get_element(bits, i);

        if (!JSON_NODE_HOLDS_VALUE(node) ||
            json_node_get_value_type(node) != G_TYPE_INT64) {
            return false;
        }
        n[i] = json_node_get_int(node);
    }
    if (n[0] < 0 || n[0] > n[1] || n[1] > 63) {
        return false;
    }
    field->low = n[0];
    field->high = n[1];
    return true;
}

static const RegDbType *mesa_field_type(Mesa *mesa, JsonObject *entry,
                                        const RegDbField *field,
                                        const MesaPlace *place)
{
    const char *name = mesa_string(entry, "enum_ref");
    const RegDbType *type = name ? g_hash_table_lookup(mesa->enums, name)
                                 : NULL;

    if (name && !type) {
        mesa_fault_name(mesa, place, "there is no enum", name);
    }
    if (type) {
        return type;
    }
    return field->low == field->high ? mesa->flag : mesa->number;
}

static bool mesa_field(Mesa *mesa, RegDbType *type, unsigned *bits,
                       JsonArray *list, const MesaPlace *place)
{
    RegDbField field = { 0 };
    JsonObject *entry = mesa_entry(mesa, place, list, &field.name);

    if (!entry) {
        return true;
    }
    if (!mesa_bits(entry, &field)) {
        mesa_fault(mesa, place,
                   "its 'bits' are not two numbers from 0 to 63, the lower one first");
        return true;
    }
    if (field.high >= *bits) {
        *bits = 64;
    }
    field.brief = mesa_string(entry, "comment");
    field.type = mesa_field_type(mesa, entry, &field, place);
    return regdb_build_field(mesa->build, type, &field) || mesa_limit(mesa);
}

static bool mesa_type(Mesa *mesa, JsonObject *section, MesaPlace *place)
{
    JsonArray *list = mesa_members(mesa, section, place, "fields");
    RegDbType *type;
    MesaType *mesa_type;
    guint i;

    if (!list) {
        return true;
    }
    type = regdb_build_type(mesa->build, REGDB_BITSET);
    if (!type || !regdb_build_name_type(mesa->build, type, place->name)) {
        return mesa_limit(mesa);
    }
    mesa_type = g_new(MesaType, 1);
    mesa_type->bits = WIDTH;
    g_hash_table_insert(mesa->types, (void *)place->name, mesa_type);
    for (i = 0; i < json_array_get_length(list); i++) {
        place->index = i;
        if (!mesa_field(mesa, type, &mesa_type->bits, list, place)) {
            return false;
        }
    }
    mesa_type->type = type->n_fields ? type : mesa->number;
    return true;
}

/* Go through the enums or the types.  Return: false at a limit */
static bool mesa_section(Mesa *mesa, JsonObject *root, const char *name,
                         bool (*each)(Mesa *mesa, JsonObject *section,
                                      MesaPlace *place))
{
    JsonObject *section = mesa_object(root, name);
    g_autoptr(GList) members = NULL;
    GList *l;

    if (!section) {
        if (json_object_has_member(root, name)) {
            mesa_fault(mesa, &(MesaPlace) { name, NULL, NULL, -1 },
                       "not an object");
        }
        return true;
    }
    members = json_object_get_members(section);
    for (l = members; l; l = l->next) {
        MesaPlace place = { name, l->data, NULL, -1 };

        if (!each(mesa, section, &place)) {
            return false;
        }
    }
    return true;
}

static const char *mesa_chip(JsonArray *chips, guint i)
{
    JsonNode *node = json_array_get_element(chips, i);

    return JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_STRING ?
           json_node_get_string(node) : NULL;
}

/* The chips are the variants, in the order in which they appear. */
static bool mesa_find_chips(Mesa *mesa, JsonArray *mappings, RegDbType *type)
{
    guint i, j;

    for (i = 0; i < json_array_get_length(mappings); i++) {
        JsonNode *node = json_array_get_element(mappings, i);
        JsonArray *chips = JSON_NODE_HOLDS_OBJECT(node) ?
                           mesa_list(json_node_get_object(node), "chips") :
                           NULL;

        for (j = 0; chips && j < json_array_get_length(chips); j++) {
            const char *name = mesa_chip(chips, j);
            RegDbValue value = { .name = name };

            if (!name || strlen(name) > REGDB_NAME_MAX ||
                g_hash_table_contains(mesa->chips, name)) {
                continue;
            }
            if (!regdb_build_value(mesa->build, type, &value)) {
                return mesa_limit(mesa);
            }
            g_hash_table_insert(mesa->chips, (void *)name,
                                GUINT_TO_POINTER(type->n_values));
        }
    }
    return true;
}

static bool mesa_begin_chips(Mesa *mesa, JsonArray *mappings)
{
    RegDbType *type = regdb_build_type(mesa->build, REGDB_ENUM);

    if (!type) {
        return mesa_limit(mesa);
    }
    if (!mesa_find_chips(mesa, mappings, type)) {
        return false;
    }
    if (type->n_values > 1) {
        mesa->varset = regdb_build_varset(mesa->build, "chips", type);
        return mesa->varset || mesa_limit(mesa);
    }
    return true;
}

/* Conditions are few: most registers exist in the same chips as others. */
static bool mesa_condition(Mesa *mesa, const uint64_t *bits, size_t size,
                           const RegDbCondition **when)
{
    GBytes *key = g_bytes_new(bits, size);

    *when = g_hash_table_lookup(mesa->conditions, key);
    if (*when) {
        g_bytes_unref(key);
        return true;
    }
    *when = regdb_build_condition(mesa->build, mesa->varset, bits, NULL);
    g_hash_table_insert(mesa->conditions, key, (void *)*when);
    return *when || mesa_limit(mesa);
}

/* Without a list of chips, a register exists in all of them. */
static bool mesa_when(Mesa *mesa, JsonObject *entry, const MesaPlace *place,
                      const RegDbCondition **when)
{
    JsonArray *chips = mesa_list(entry, "chips");
    g_autofree uint64_t *bits = NULL;
    size_t size;
    unsigned number, n = 0;
    guint i;

    *when = NULL;
    if (!chips && json_object_has_member(entry, "chips")) {
        mesa_fault(mesa, place, "its 'chips' are not a list");
    }
    if (!chips || !mesa->varset) {
        return true;
    }
    size = (mesa->varset->n + 63) / 64 * sizeof(uint64_t);
    bits = g_malloc0(size);
    for (i = 0; i < json_array_get_length(chips); i++) {
        const char *name = mesa_chip(chips, i);

        number = name ? GPOINTER_TO_UINT(g_hash_table_lookup(mesa->chips,
                                                             name)) : 0;
        if (!number) {
            mesa_fault(mesa, place, "a chip is not a name of up to 255 bytes");
            continue;
        }
        number--;
        n += !(bits[number / 64] >> (number % 64) & 1);
        bits[number / 64] |= UINT64_C(1) << (number % 64);
    }
    return n == mesa->varset->n || mesa_condition(mesa, bits, size, when);
}

/* What "map" says.  Return: the domain; NULL after a fault, or at a limit */
static RegDbDomain *mesa_map(Mesa *mesa, JsonObject *entry,
                             const MesaPlace *place, uint64_t *offset)
{
    JsonObject *map = mesa_object(entry, "map");
    const char *to = map ? mesa_string(map, "to") : NULL;
    JsonNode *at = map ? mesa_value(map, "at", G_TYPE_INT64) : NULL;
    RegDbDomain *domain;

    if (!to || strlen(to) > REGDB_NAME_MAX || !at ||
        (uint64_t)json_node_get_int(at) >= REGDB_ADDRESS_MAX) {
        mesa_fault(mesa, place,
                   "its 'map' has no space 'to' and address 'at' below 2^48");
        return NULL;
    }
    *offset = json_node_get_int(at);
    domain = regdb_build_domain(mesa->build, strcmp(to, "mm") ? to : "MMIO",
                                strcmp(to, "pkt3") ? 8 : 32, NULL);
    if (!domain) {
        mesa_limit(mesa);
    }
    return domain;
}

static bool mesa_is_new(Mesa *mesa, const RegDbDomain *domain,
                        const RegDbElement *reg, const MesaPlace *place)
{
    char *key = g_strdup_printf("%p %p %" G_GUINT64_FORMAT " %s",
                                (void *)domain, (void *)reg->when,
                                reg->offset, reg->name);

    if (!g_hash_table_add(mesa->seen, key)) {
        mesa_fault_name(mesa, place, "this address has already the name",
                        reg->name);
        return false;
    }
    return true;
}

static const MesaType *mesa_type_of(Mesa *mesa, JsonObject *entry,
                                    const MesaPlace *place)
{
    const char *name = mesa_string(entry, "type_ref");
    const MesaType *type = name ? g_hash_table_lookup(mesa->types, name)
                                : NULL;

    if (name && !type) {
        mesa_fault_name(mesa, place, "there is no register type", name);
    }
    return type;
}

static bool mesa_mapping(Mesa *mesa, JsonArray *mappings, guint i)
{
    const MesaPlace place = { "register_mappings", NULL, NULL, i };
    RegDbElement reg = {
        .kind = REGDB_REGISTER, .access = REGDB_READ_WRITE, .length = 1,
        .bits = WIDTH, .type = mesa->number,
    };
    JsonObject *entry = mesa_entry(mesa, &place, mappings, &reg.name);
    RegDbDomain *domain = entry ? mesa_map(mesa, entry, &place, &reg.offset)
                                : NULL;
    const MesaType *type;

    if (!domain) {
        return !regdb_build_error(mesa->build);
    }
    if (!mesa_when(mesa, entry, &place, &reg.when)) {
        return false;
    }
    if (!mesa_is_new(mesa, domain, &reg, &place)) {
        return true;
    }
    type = mesa_type_of(mesa, entry, &place);
    if (type) {
        reg.type = type->type;
        reg.bits = type->bits;
    }
    reg.brief = mesa_string(entry, "comment");
    return regdb_build_element(mesa->build, domain, NULL, &reg) ||
           mesa_limit(mesa);
}

static bool mesa_mappings(Mesa *mesa, JsonObject *root)
{
    JsonArray *mappings = mesa_list(root, "register_mappings");
    guint i;

    if (!mappings) {
        regdb_source_fault(mesa->source, 0,
                           "there is no list 'register_mappings'");
        return false;
    }
    if (!mesa_begin_chips(mesa, mappings)) {
        return false;
    }
    for (i = 0; i < json_array_get_length(mappings); i++) {
        if (!mesa_mapping(mesa, mappings, i)) {
            return false;
        }
    }
    return true;
}

static bool mesa_database(Mesa *mesa, JsonNode *root)
{
    JsonObject *object = json_node_get_object(root);

    return mesa_section(mesa, object, "enums", mesa_enum) &&
           mesa_section(mesa, object, "register_types", mesa_type) &&
           mesa_mappings(mesa, object);
}

/* JSON-GLib's message is "<data>:3:5: Parse error: ..." */
static void mesa_error(RegDbSource *source, const GError *error)
{
    unsigned line = 0;
    int n = 0;

    if (sscanf(error->message, "<data>:%u:%*u: %n", &line, &n) < 1 || !n) {
        line = 0;
        n = 0;
    }
    regdb_source_fault(source, line, "%s", error->message + n);
}

static JsonNode *mesa_parse(RegDbSource *source, const char *text, size_t len)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) error = NULL;
    const char *why;
    unsigned line;

    if (len > BYTES_MAX) {
        regdb_source_fault(source, 0, "a JSON text has more than 16 MiB");
        return NULL;
    }
    why = regdb_json_check(text, len, &mesa_limits, &line);
    if (why) {
        regdb_source_fault(source, line, "%s", why);
        return NULL;
    }
    if (!json_parser_load_from_data(parser, text, len, &error)) {
        mesa_error(source, error);
        return NULL;
    }
    return json_parser_steal_root(parser);
}

static bool mesa_load(RegDbSource *source, RegDbBuild *build, const char *text,
                      size_t len)
{
    g_autoptr(JsonNode) root = mesa_parse(source, text, len);
    Mesa mesa = {
        .source = source, .build = build, .text = text, .len = len,
        .number = regdb_build_type(build, REGDB_HEX),
        .flag = regdb_build_type(build, REGDB_BOOLEAN),
    };
    bool ok;

    if (!root) {
        return false;
    }
    if (!mesa.number || !mesa.flag) {
        return mesa_limit(&mesa);
    }
    mesa.enums = g_hash_table_new(regdb_hash, g_str_equal);
    mesa.types = g_hash_table_new_full(regdb_hash, g_str_equal, NULL, g_free);
    mesa.chips = g_hash_table_new(regdb_hash, g_str_equal);
    mesa.conditions = g_hash_table_new_full(
        regdb_hash_gbytes, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    mesa.seen = g_hash_table_new_full(regdb_hash, g_str_equal, g_free, NULL);
    ok = mesa_database(&mesa, root);
    g_hash_table_unref(mesa.enums);
    g_hash_table_unref(mesa.types);
    g_hash_table_unref(mesa.chips);
    g_hash_table_unref(mesa.conditions);
    g_hash_table_unref(mesa.seen);
    return ok;
}

static bool mesa_recognise(const char *name, const char *text, size_t len)
{
    while (len && g_ascii_isspace(*text)) {
        text++;
        len--;
    }
    return len && *text == '{' &&
           (g_str_has_suffix(name, ".json") ||
            strstr(text, "\"register_mappings\""));
}

const RegDbLoader regdb_mesa = {
    .name = "mesa",
    .brief = "Mesa's registers of AMD GPUs (JSON)",
    .recognise = mesa_recognise,
    .load = mesa_load,
};
