/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: which device of one log is which of another (see pair.h)
 */
#include "tools/diff/pair.h"

#include <string.h>

typedef bool Same(const DiffDevice *a, const DiffDevice *b);

static DiffDevice *device_at(GArray *devices, unsigned i)
{
    return &g_array_index(devices, DiffDevice, i);
}

/* QEMU's trace events, for example, do not say what a device is. */
static bool has_kind(const DiffDevice *d)
{
    return d->is->vendor || d->is->device;
}

/* The region "mem" of all physical addresses is of a device without a name. */
static bool is_nameless(const DiffDevice *d)
{
    return !*d->is->id;
}

static bool same_kind(const DiffDevice *a, const DiffDevice *b)
{
    return has_kind(a) && a->is->vendor == b->is->vendor &&
           a->is->device == b->is->device;
}

static bool may_be_same(const DiffDevice *a, const DiffDevice *b)
{
    return same_kind(a, b) || !has_kind(a) || !has_kind(b);
}

static bool same_name(const DiffDevice *a, const DiffDevice *b)
{
    return !strcmp(a->is->id, b->is->id) && may_be_same(a, b);
}

static bool same_host(const DiffDevice *a, const DiffDevice *b)
{
    const char *host_a = *a->is->host ? a->is->host : a->is->name;
    const char *host_b = *b->is->host ? b->is->host : b->is->name;

    return *host_a && strcmp(host_a, "none") && !strcmp(host_a, host_b) &&
           may_be_same(a, b);
}

static bool same_kind_used(const DiffDevice *a, const DiffDevice *b)
{
    return same_kind(a, b) && a->accesses && b->accesses;
}

/* Is of its accesses only the address known? */
static bool is_unplaced(const DiffDevice *d)
{
    return d->accesses && !d->placed;
}

static bool used(const DiffDevice *a, const DiffDevice *b)
{
    return a->accesses && b->accesses && may_be_same(a, b) &&
           is_unplaced(a) == is_unplaced(b);
}

/* Has no device of the log this number? */
static bool is_free(GArray *devices, uint32_t number)
{
    unsigned i;

    for (i = 0; i < devices->len; i++) {
        if (device_at(devices, i)->number == number) {
            return false;
        }
    }
    return true;
}

static void pair_by(GArray *a, GArray *b, Same *same)
{
    unsigned i;
    unsigned j;

    for (i = 0; i < b->len; i++) {
        DiffDevice *y = device_at(b, i);

        for (j = 0; y->number == DIFF_NO_DEVICE && j < a->len; j++) {
            const DiffDevice *x = device_at(a, j);

            if (same(x, y) && is_free(b, x->number)) {
                y->number = x->number;
            }
        }
    }
}

/*
 * The ID of a device is its own, even if others have it as a name.
 *
 * Return: the only device that @text fits, or NULL
 */
static DiffDevice *find_sole(GArray *devices, const char *text)
{
    DiffDevice *found = NULL;
    unsigned n = 0;
    unsigned i;

    for (i = 0; i < devices->len; i++) {
        DiffDevice *d = device_at(devices, i);

        if (!strcmp(d->is->id, text)) {
            return d;
        }
        if (mmt_devices_fit(d->is, text)) {
            found = d;
            n++;
        }
    }
    return n == 1 ? found : NULL;
}

static void put_devices(GArray *devices, GString *list)
{
    gsize start = list->len;
    unsigned i;

    for (i = 0; i < devices->len && list->len - start < 300; i++) {
        const DiffDevice *d = device_at(devices, i);

        if (i) {
            g_string_append(list, ", ");
        }
        if (is_nameless(d)) {
            g_string_append(list, "a device without a name");
        } else {
            g_string_append(list, d->is->id);
        }
        if (has_kind(d)) {
            g_string_append_printf(list, " (%04x:%04x)", d->is->vendor,
                                   d->is->device);
        }
    }
    if (!devices->len) {
        g_string_append(list, "none");
    }
    g_string_append(list, i < devices->len ? ", ..." : "");
}

static bool fail_sole(DiffLog *log, const char *text, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);

    put_devices(diff_log_devices(log), list);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "--pair: '%s' is not one of the devices of %s: %s", text,
                diff_log_name(log), list->str);
    return false;
}

static bool pair_as_told(DiffLog *a, DiffLog *b, char **pairs, GError **error)
{
    GArray *devices_a = diff_log_devices(a);
    GArray *devices_b = diff_log_devices(b);

    for (; pairs && *pairs; pairs++) {
        g_auto(GStrv) words = g_strsplit(*pairs, "=", 2);
        DiffDevice *x;
        DiffDevice *y;

        if (g_strv_length(words) != 2) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "--pair '%s': A=B expected, a device of each log",
                        *pairs);
            return false;
        }
        x = find_sole(devices_a, words[0]);
        y = find_sole(devices_b, words[1]);
        if (!x || !y) {
            return fail_sole(x ? b : a, words[x ? 1 : 0], error);
        }
        if (y->number == DIFF_NO_DEVICE && is_free(devices_b, x->number)) {
            y->number = x->number;
        }
    }
    return true;
}

/* Return: the first number that none of the devices has */
static uint32_t next_number(GArray *devices)
{
    uint32_t next = 0;
    unsigned i;

    for (i = 0; i < devices->len; i++) {
        uint32_t number = device_at(devices, i)->number;

        if (number != DIFF_NO_DEVICE) {
            next = MAX(next, number + 1);
        }
    }
    return next;
}

/* Devices without a pair have numbers of their own. */
static void number_devices(GArray *devices, uint32_t next)
{
    unsigned i;

    for (i = 0; i < devices->len; i++) {
        DiffDevice *d = device_at(devices, i);

        if (d->number == DIFF_NO_DEVICE) {
            d->number = next++;
        }
    }
}

static unsigned count_pairs(GArray *a, GArray *b)
{
    unsigned pairs = 0;
    unsigned i;

    for (i = 0; i < b->len; i++) {
        uint32_t number = device_at(b, i)->number;

        pairs += number != DIFF_NO_DEVICE && !is_free(a, number);
    }
    return pairs;
}

static bool has_unplaced(DiffLog *log)
{
    GArray *devices = diff_log_devices(log);
    unsigned i;

    for (i = 0; i < devices->len; i++) {
        if (is_unplaced(device_at(devices, i))) {
            return true;
        }
    }
    return false;
}

static bool fail_pairs(DiffLog *a, DiffLog *b, GError **error)
{
    g_autoptr(GString) list_a = g_string_new(NULL);
    g_autoptr(GString) list_b = g_string_new(NULL);

    put_devices(diff_log_devices(a), list_a);
    put_devices(diff_log_devices(b), list_b);
    if (has_unplaced(a) != has_unplaced(b)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s does not say where the device's BARs are, and %s does: --bar says it, as in vfio-trace-selection(7)",
                    diff_log_name(has_unplaced(a) ? a : b),
                    diff_log_name(has_unplaced(a) ? b : a));
        return false;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "the logs have no device in common: devices of %s: %s; devices of %s: %s; --pair A=B says which devices to compare",
                diff_log_name(a), list_a->str, diff_log_name(b), list_b->str);
    return false;
}

bool diff_pair(DiffLog *a, DiffLog *b, char **pairs, GError **error)
{
    GArray *devices_a = diff_log_devices(a);
    GArray *devices_b = diff_log_devices(b);

    number_devices(devices_a, next_number(devices_a));
    if (!pair_as_told(a, b, pairs, error)) {
        return false;
    }
    pair_by(devices_a, devices_b, same_host);
    pair_by(devices_a, devices_b, same_name);
    pair_by(devices_a, devices_b, same_kind_used);
    pair_by(devices_a, devices_b, same_kind);
    pair_by(devices_a, devices_b, used);
    if (devices_a->len && devices_b->len &&
        !count_pairs(devices_a, devices_b)) {
        return fail_pairs(a, b, error);
    }
    number_devices(devices_b, MAX(next_number(devices_a),
                                  next_number(devices_b)));
    return true;
}
