/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: traced devices of a running QEMU (see devices.h)
 */
#include "tools/qemu/devices.h"
#include "tools/common/json-read.h"

#include <string.h>

JsonNode *devices_query(Target *target, GError **error)
{
    return target_query(target, "query-vfio-trace-windows", error);
}

const char *devices_name(JsonObject *device)
{
    const char *id = json_read_str(device, "id");

    return id && *id ? id : json_read_str(device, "qom-path");
}

/* 01:00.0 is 0000:01:00.0 */
static bool is_address(const char *host, const char *wanted)
{
    static const char domain[] = "0000:";

    if (host && g_str_has_prefix(host, domain) &&
        !strcmp(host + strlen(domain), wanted)) {
        return true;
    }
    return !g_strcmp0(host, wanted);
}

static bool is_wanted(JsonObject *device, const char *wanted)
{
    return !g_strcmp0(json_read_str(device, "id"), wanted) ||
           !g_strcmp0(json_read_str(device, "qom-path"), wanted) ||
           is_address(json_read_str(device, "host"), wanted);
}

/* "gpu, audio" */
static char *list_names(JsonArray *devices)
{
    g_autoptr(GString) names = g_string_new(NULL);
    guint n = json_read_length_of(devices);
    guint i;

    for (i = 0; i < n; i++) {
        JsonObject *device = json_read_element(devices, i);
        const char *name = device ? devices_name(device) : NULL;

        if (name) {
            g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                                   name);
        }
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

JsonObject *devices_find(const Target *target, JsonNode *devices,
                         const char *wanted, GError **error)
{
    JsonArray *array = json_node_get_array(devices);
    g_autofree char *names = list_names(array);
    guint n = json_read_length_of(array);
    JsonObject *found = NULL;
    guint i;

    for (i = 0; i < n && !found; i++) {
        JsonObject *device = json_read_element(array, i);

        if (device && devices_name(device) &&
            (wanted ? is_wanted(device, wanted) : n == 1)) {
            found = device;
        }
    }
    if (found) {
        return found;
    }
    if (!*names) {
        g_set_error(error, QMP_ERROR, QMP_ERROR_REFUSED,
                    "%s: no device of this QEMU is traced",
                    target_name(target));
    } else if (wanted) {
        g_set_error(error, QMP_ERROR, QMP_ERROR_REFUSED,
                    "%s: there is no traced device '%s'; there are: %s",
                    target_name(target), wanted, names);
    } else {
        g_set_error(error, QMP_ERROR, QMP_ERROR_REFUSED,
                    "%s: several devices are traced: name one with --device: %s",
                    target_name(target), names);
    }
    return NULL;
}
