/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: manifest.json (see manifest.h)
 */
#include "tools/bundle/manifest.h"

#include <gio/gio.h>
#include <string.h>

#include "libmmiotrace/bundle.h"
#include "tools/common/json-read.h"
#include "tools/common/json-text.h"

#define SHA256_DIGITS 64

/* --- writing ------------------------------------------------------------- */

static void put_text(JsonObject *object, const char *name, const char *text)
{
    if (text) {
        g_autofree char *valid = g_utf8_make_valid(text, -1);

        json_object_set_string_member(object, name, valid);
    }
}

static JsonArray *devices_array(const Bundle *bundle)
{
    JsonArray *array = json_array_new();
    guint i;

    for (i = 0; i < bundle->devices->len; i++) {
        json_array_add_string_element(array, bundle->devices->pdata[i]);
    }
    return array;
}

static JsonArray *members_array(const Bundle *bundle)
{
    JsonArray *array = json_array_new();
    guint i;

    for (i = 0; i < bundle->members->len; i++) {
        const BundleMember *member = bundle->members->pdata[i];
        JsonObject *object = json_object_new();

        put_text(object, "name", member->name);
        put_text(object, "role", member->role);
        put_text(object, "device", member->device);
        json_object_set_int_member(object, "size", member->size);
        put_text(object, "sha256", member->sha256);
        json_array_add_object_element(array, object);
    }
    return array;
}

char *bundle_manifest_text(const Bundle *bundle)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    g_autofree char *text = NULL;

    put_text(object, "format", BUNDLE_FORMAT);
    json_object_set_int_member(object, "version", BUNDLE_VERSION);
    put_text(object, "made_by", bundle->maker);
    put_text(object, "created", bundle->created);
    put_text(object, "log", bundle->log);
    json_object_set_boolean_member(object, "redacted", bundle->redacted);
    put_text(object, "qemu", bundle->qemu);
    put_text(object, "command", bundle->command);
    put_text(object, "kernel", bundle->kernel);
    json_object_set_array_member(object, "devices", devices_array(bundle));
    json_object_set_array_member(object, "members", members_array(bundle));
    json_node_take_object(node, object);
    text = json_text(node, true);
    return g_strconcat(text, "\n", NULL);
}

/* --- reading ------------------------------------------------------------- */

static bool fail(GError **error, const char *why)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                MMT_BUNDLE_MANIFEST ": %s", why);
    return false;
}

static bool sha256_ok(const char *text)
{
    return text && strlen(text) == SHA256_DIGITS &&
           strspn(text, "0123456789abcdef") == SHA256_DIGITS;
}

/* A size is a number, not absent. */
static bool take_size(JsonObject *object, uint64_t *size)
{
    JsonNode *node = json_object_get_member(object, "size");
    gint64 value;

    if (!node || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_INT64) {
        return false;
    }
    value = json_node_get_int(node);
    *size = value;
    return value >= 0;
}

static bool take_member(Bundle *bundle, JsonObject *object, GError **error)
{
    const char *name = object ? json_read_str(object, "name") : NULL;
    const char *role = object ? json_read_str(object, "role") : NULL;
    BundleMember *member;

    if (!name || !mmt_bundle_name_ok(name)) {
        return fail(error, "the name of a member is missing or invalid");
    }
    if (!role || !sha256_ok(json_read_str(object, "sha256"))) {
        return fail(error, "the role or hash of a member is missing or invalid");
    }
    member = bundle_add(bundle, name, role, error);
    if (!member) {
        return false;
    }
    member->device = g_strdup(json_read_str(object, "device"));
    member->sha256 = g_strdup(json_read_str(object, "sha256"));
    if (!take_size(object, &member->size)) {
        return fail(error, "the size of a member is missing or invalid");
    }
    return true;
}

/* The log comes first, and nothing else is one. */
static bool log_is_first(const Bundle *bundle)
{
    bool others = false;
    guint i;

    for (i = 0; i < bundle->members->len; i++) {
        const BundleMember *member = bundle->members->pdata[i];
        bool log = mmt_bundle_is_log(member->name);

        if ((log && others) || (i == 0 && !log) ||
            log != !strcmp(member->role, BUNDLE_ROLE_LOG)) {
            return false;
        }
        others |= !log;
    }
    return bundle->members->len;
}

static bool take_members(Bundle *bundle, JsonObject *object, GError **error)
{
    JsonArray *array = json_read_array(object, "members");
    guint n = json_read_length_of(array);
    guint i;

    for (i = 0; i < n; i++) {
        if (!take_member(bundle, json_read_element(array, i), error)) {
            return false;
        }
    }
    return log_is_first(bundle) ||
           fail(error, "the first members must be the log, and no others");
}

static void take_devices(Bundle *bundle, JsonObject *object)
{
    JsonArray *array = json_read_array(object, "devices");
    guint n = json_read_length_of(array);
    guint i;

    for (i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);

        if (JSON_NODE_HOLDS_VALUE(node) &&
            json_node_get_value_type(node) == G_TYPE_STRING) {
            g_ptr_array_add(bundle->devices, json_node_dup_string(node));
        }
    }
}

static bool take_all(Bundle *bundle, JsonObject *object, GError **error)
{
    if (g_strcmp0(json_read_str(object, "format"), BUNDLE_FORMAT)) {
        return fail(error, "it is not the manifest of a bundle");
    }
    if (json_read_int(object, "version") != BUNDLE_VERSION) {
        return fail(error,
                    "the bundle has a version that this vfio-trace does not know: use a newer one");
    }
    bundle->maker = g_strdup(json_read_str(object, "made_by"));
    bundle->created = g_strdup(json_read_str(object, "created"));
    bundle->log = g_strdup(json_read_str(object, "log"));
    bundle->qemu = g_strdup(json_read_str(object, "qemu"));
    bundle->command = g_strdup(json_read_str(object, "command"));
    bundle->kernel = g_strdup(json_read_str(object, "kernel"));
    bundle->redacted = json_read_bool(object, "redacted");
    take_devices(bundle, object);
    return take_members(bundle, object, error);
}

Bundle *bundle_manifest_read(const char *text, size_t len, GError **error)
{
    g_autoptr(Bundle) bundle = bundle_new();
    g_autoptr(JsonNode) node = NULL;
    JsonScan scan = { 0 };
    gssize end = len > BUNDLE_MANIFEST_MAX ? -1 : json_scan(&scan, text, len);

    node = end > 0 ? json_read_object(text, len) : NULL;
    if (!node) {
        fail(error, "it is not an object of JSON, or too deep or too large");
        return NULL;
    }
    return take_all(bundle, json_node_get_object(node), error)
           ? g_steal_pointer(&bundle) : NULL;
}
