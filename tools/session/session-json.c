/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: contents of session files (see session-json.h)
 *
 * Only root can write a file.  Yet everything in it is validated, since it
 * becomes the names of files below /sys that are written to.
 */
#include "tools/session/session-json.h"

#include "tools/common/json-read.h"
#include "tools/host/pci.h"
#include "tools/host/usb.h"
#include "tools/session/bind.h"
#include "tools/session/session-log.h"
#include "tools/session/session-uid.h"

#include <limits.h>
#include <string.h>

#define VERSION 1

#define DEVICES_MAX 256
#define HELPERS_MAX 64

/* More USB devices than a controller has ports, and longer than any command */
#define STRINGS_MAX 32
#define CONNECT_MAX_BYTES 256

/* Longer than any driver's or module's name */
#define NAME_MAX_BYTES 64

/* Suffix of a member whose value has C's escape sequences */
#define ESCAPED "-escaped"

static void set_string(JsonObject *object, const char *name,
                       const char *value)
{
    if (value) {
        json_object_set_string_member(object, name, value);
    }
}

/*
 * A path may have any bytes, a JSON text only UTF-8: other paths are escaped,
 * in a member of another name.
 */
static void set_path(JsonObject *object, const char *name, const char *path)
{
    g_autofree char *other = g_strconcat(name, ESCAPED, NULL);
    g_autofree char *escaped = g_strescape(path ? path : "", NULL);
    bool valid = !path || g_utf8_validate(path, -1, NULL);

    set_string(object, valid ? name : other, valid ? path : escaped);
}

static JsonObject *device_to_json(const BindState *state)
{
    JsonObject *object = json_object_new();

    set_string(object, "bdf", state->bdf);
    set_string(object, "driver", state->driver);
    set_string(object, "module", state->module);
    set_string(object, "driver-override", state->driver_override);
    set_string(object, "power-control", state->power_control);
    if (state->command_known) {
        json_object_set_int_member(object, "command", state->command);
    }
    if (state->enabled >= 0) {
        json_object_set_int_member(object, "enabled", state->enabled);
    }
    return object;
}

/* Members without elements are left out. */
static void set_strings(JsonObject *object, const char *name,
                        const GPtrArray *values)
{
    JsonArray *array;
    guint i;

    if (!values->len) {
        return;
    }
    array = json_array_new();
    for (i = 0; i < values->len; i++) {
        g_autofree char *text = g_utf8_make_valid(values->pdata[i], -1);

        json_array_add_string_element(array, text);
    }
    json_object_set_array_member(object, name, array);
}

static JsonArray *helpers_to_json(const GArray *helpers)
{
    JsonArray *array = json_array_new();
    guint i;

    for (i = 0; i < helpers->len; i++) {
        const ProcId *id = &g_array_index(helpers, ProcId, i);
        JsonObject *object = json_object_new();

        json_object_set_int_member(object, "pid", id->pid);
        json_object_set_int_member(object, "start-time", id->start_time);
        json_array_add_object_element(array, object);
    }
    return array;
}

char *session_json_text(const Session *session)
{
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    JsonArray *devices = json_array_new();
    g_autofree char *text = NULL;
    guint i;

    json_object_set_int_member(object, "version", VERSION);
    json_object_set_int_member(object, "pid", session->run.pid);
    json_object_set_int_member(object, "start-time", session->run.start_time);
    if (session->qemu.pid) {
        json_object_set_int_member(object, "qemu-pid", session->qemu.pid);
        json_object_set_int_member(object, "qemu-start-time",
                                   session->qemu.start_time);
    }
    set_path(object, "qmp", session->qmp);
    set_path(object, "log", session->log);
    set_path(object, "log-work", session->work);
    if (session->uid) {
        json_object_set_int_member(object, "qemu-uid", session->uid);
    }
    if (session->helpers->len) {
        json_object_set_array_member(object, "helpers",
                                     helpers_to_json(session->helpers));
    }
    if (session->tpm) {
        set_path(object, "tpm", session->tpm);
        json_object_set_int_member(object, "tpm-owner", session->tpm_owner);
    }
    for (i = 0; i < session->devices->len; i++) {
        json_array_add_object_element(
            devices, device_to_json(session->devices->pdata[i]));
    }
    json_object_set_array_member(object, "devices", devices);
    set_strings(object, "usb", session->usb);
    set_strings(object, "connect", session->connect);
    json_node_take_object(root, object);
    text = json_to_string(root, TRUE);
    return g_strconcat(text, "\n", NULL);
}

/* Can it be a file's name below /sys, and one word of modprobe's arguments? */
static bool is_name(const char *text)
{
    size_t len = strlen(text);
    size_t i;

    if (!len || len > NAME_MAX_BYTES || text[0] == '.') {
        return false;
    }
    for (i = 0; i < len; i++) {
        if (!g_ascii_isprint(text[i]) || text[i] == '/') {
            return false;
        }
    }
    return true;
}

static bool is_path(const char *text)
{
    return g_path_is_absolute(text) && strlen(text) < PATH_MAX;
}

static bool is_log(const char *text)
{
    return *text && strlen(text) < PATH_MAX;
}

/* Is it a directory beside the log, as session-log.h makes it? */
static bool is_work(const Session *session)
{
    g_autofree char *dir = NULL;
    g_autofree char *log_dir = NULL;
    g_autofree char *name = NULL;

    if (!session->log || !session->uid) {
        return false;
    }
    dir = g_path_get_dirname(session->work);
    log_dir = g_path_get_dirname(session->log);
    name = g_path_get_basename(session->work);
    return !strcmp(dir, log_dir) && g_str_has_prefix(name, SESSION_LOG_WORK);
}

static bool is_power_control(const char *text)
{
    return !strcmp(text, "on") || !strcmp(text, "auto");
}

static bool is_command(const char *text)
{
    size_t i;

    /* The path of a socket may have any letters. */
    for (i = 0; text[i]; i++) {
        if (g_ascii_iscntrl(text[i])) {
            return false;
        }
    }
    return i && i < CONNECT_MAX_BYTES;
}

typedef bool IsValid(const char *text);

/* Return: false if the member exists, but is not a valid string */
static bool get_string(JsonObject *object, const char *name, IsValid *valid,
                       char **value)
{
    const char *text = json_read_str(object, name);

    if (!json_object_has_member(object, name)) {
        return true;
    }
    if (!text || !valid(text)) {
        return false;
    }
    *value = g_strdup(text);
    return true;
}

/* Likewise; the value may be escaped, see set_path() */
static bool get_path(JsonObject *object, const char *name, IsValid *valid,
                     char **path)
{
    g_autofree char *other = g_strconcat(name, ESCAPED, NULL);
    const char *escaped = json_read_str(object, other);
    g_autofree char *text = escaped ? g_strcompress(escaped) : NULL;

    if (!json_object_has_member(object, other)) {
        return get_string(object, name, valid, path);
    }
    if (!text || !valid(text)) {
        return false;
    }
    *path = g_steal_pointer(&text);
    return true;
}

/* Return: false if the member exists, but is not a list of valid strings */
static bool get_strings(JsonObject *object, const char *name, IsValid *valid,
                        GPtrArray *values)
{
    JsonArray *array = json_read_array(object, name);
    guint n = json_read_length_of(array);
    guint i;

    if (!json_object_has_member(object, name)) {
        return true;
    }
    for (i = 0; i < n && i < STRINGS_MAX; i++) {
        JsonNode *node = json_array_get_element(array, i);
        const char *text = JSON_NODE_HOLDS_VALUE(node) ?
                           json_node_get_string(node) : NULL;

        if (!text || !valid(text)) {
            return false;
        }
        g_ptr_array_add(values, g_strdup(text));
    }
    return n && i == n;
}

static bool get_number(JsonObject *object, const char *name, uint64_t max,
                       uint64_t *value)
{
    JsonNode *node = json_object_get_member(object, name);

    if (!node || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_INT64 ||
        json_node_get_int(node) < 0 ||
        (uint64_t)json_node_get_int(node) > max) {
        return false;
    }
    *value = json_node_get_int(node);
    return true;
}

static bool get_process(JsonObject *object, const char *pid_name,
                        const char *time_name, ProcId *id)
{
    uint64_t pid;
    uint64_t time;

    if (!get_number(object, pid_name, G_MAXINT32, &pid) || pid < 2 ||
        !get_number(object, time_name, G_MAXINT64, &time)) {
        return false;
    }
    id->pid = pid;
    id->start_time = time;
    return true;
}

static BindState *device_from_json(JsonObject *object)
{
    g_autoptr(BindState) state = g_new0(BindState, 1);
    uint64_t command = 0;
    uint64_t enabled;

    if (!get_string(object, "bdf", host_pci_is_bdf, &state->bdf) ||
        !state->bdf ||
        !get_string(object, "driver", is_name, &state->driver) ||
        !get_string(object, "module", is_name, &state->module) ||
        !get_string(object, "driver-override", is_name,
                    &state->driver_override) ||
        !get_string(object, "power-control", is_power_control,
                    &state->power_control)) {
        return NULL;
    }
    state->enabled = -1;
    if (json_object_has_member(object, "enabled")) {
        if (!get_number(object, "enabled", 16, &enabled)) {
            return NULL;
        }
        state->enabled = enabled;
    }
    if (json_object_has_member(object, "command")) {
        state->command_known = true;
        if (!get_number(object, "command", 0xffff, &command)) {
            return NULL;
        }
        state->command = command;
    }
    return g_steal_pointer(&state);
}

static bool get_helpers(JsonObject *object, GArray *helpers)
{
    JsonArray *array = json_read_array(object, "helpers");
    guint n = json_read_length_of(array);
    guint i;

    for (i = 0; i < n; i++) {
        JsonObject *element = json_read_element(array, i);
        ProcId id;

        if (i == HELPERS_MAX || !element ||
            !get_process(element, "pid", "start-time", &id)) {
            return false;
        }
        g_array_append_val(helpers, id);
    }
    return n || !json_object_has_member(object, "helpers");
}

/* Only what was lent to QEMU's user is given back. */
static bool get_tpm(JsonObject *object, Session *session)
{
    uint64_t owner = 0;

    if (!get_path(object, "tpm", is_path, &session->tpm) ||
        (session->tpm && (!session->uid ||
                          !get_number(object, "tpm-owner", G_MAXUINT32 - 1,
                                      &owner)))) {
        return false;
    }
    session->tpm_owner = owner;
    return true;
}

static const char *fill_session(Session *session, JsonObject *object)
{
    JsonArray *devices = json_read_array(object, "devices");
    guint n = json_read_length_of(devices);
    uint64_t uid = 0;
    uint64_t version;
    guint i;

    if (!get_number(object, "version", G_MAXINT64, &version) || !version) {
        return "it has no version";
    }
    if (version > VERSION) {
        return "a newer vfio-trace has made it: use that version";
    }
    if (!get_process(object, "pid", "start-time", &session->run)) {
        return "it has no valid process";
    }
    if (json_object_has_member(object, "qemu-pid") &&
        !get_process(object, "qemu-pid", "qemu-start-time", &session->qemu)) {
        return "it has an invalid process of QEMU";
    }
    if (!get_path(object, "qmp", is_path, &session->qmp) ||
        !get_path(object, "log", is_log, &session->log)) {
        return "it has an invalid path of a socket or log";
    }
    if (json_object_has_member(object, "qemu-uid") &&
        (!get_number(object, "qemu-uid", SESSION_UID_LAST, &uid) ||
         uid < SESSION_UID_FIRST)) {
        return "it has an invalid user of QEMU";
    }
    session->uid = uid;
    if (!get_path(object, "log-work", is_path, &session->work)) {
        return "it has an invalid path of the log's work directory";
    }
    if (session->work && !is_work(session)) {
        return "the log's work directory is not beside the log";
    }
    if (!get_strings(object, "usb", host_usb_is_name, session->usb) ||
        !get_strings(object, "connect", is_command, session->connect)) {
        return "it has an invalid USB device, or an invalid command";
    }
    if (!get_helpers(object, session->helpers)) {
        return "it has an invalid process";
    }
    if (!get_tpm(object, session)) {
        return "it has an invalid directory of a TPM";
    }
    if ((!n && host_pci_is_bdf(session->name)) || n > DEVICES_MAX) {
        return "it has no devices, or too many";
    }
    for (i = 0; i < n; i++) {
        JsonObject *element = json_read_element(devices, i);
        BindState *state = element ? device_from_json(element) : NULL;

        if (!state) {
            return "it has an invalid device";
        }
        if (session_has(session, state->bdf)) {
            bind_state_free(state);
            return "it has a device twice";
        }
        g_ptr_array_add(session->devices, state);
    }
    return !n || session_has(session, session->name) ? NULL :
           "it does not have the device that it is named after";
}

Session *session_json_parse(const char *name, const char *text, gsize len,
                            GError **error)
{
    g_autoptr(JsonNode) node = json_read_object(text, len);
    g_autoptr(Session) session = session_new(name, NULL, NULL);
    const char *wrong = "it is not a JSON object";

    session->run = (ProcId){ 0, 0 };
    if (node && JSON_NODE_HOLDS_OBJECT(node)) {
        wrong = fill_session(session, json_node_get_object(node));
    }
    if (wrong) {
        g_autofree char *path = session_path(name, ".json");

        g_set_error(error, SESSION_ERROR, SESSION_ERROR_CONTENT,
                    "%s is not a valid session file: %s; if no device is left without its driver, remove the file",
                    path, wrong);
        return NULL;
    }
    return g_steal_pointer(&session);
}
