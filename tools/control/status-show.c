/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: samples of `vfio-trace status --watch` as text (see
 * status-show.h)
 */
#include "tools/control/status-show.h"
#include "tools/common/json-read.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <string.h>

/* Return: a string member of an object, made printable; to be freed */
static char *printable(JsonObject *object, const char *name,
                       const char *absent)
{
    const char *text = json_read_str(object, name);

    return tool_printable(g_strdup(text && *text ? text : absent));
}

static uint64_t read_accesses(JsonObject *region, const char *name)
{
    JsonObject *count = json_read_object_member(region, name);

    return count ? json_read_int(count, "accesses") : 0;
}

/* Return: "123", "0.4", or "-" if there is no rate; to be freed */
static char *rate_text(JsonObject *object, const char *name)
{
    double rate;

    if (!json_object_has_member(object, name)) {
        return g_strdup("-");
    }
    rate = json_object_get_double_member(object, name);
    return g_strdup_printf(rate > 0 && rate < 10 ? "%.1f" : "%.0f", rate);
}

/* Return: a share that status-time.h computes, 0 if absent */
static double read_percent(JsonObject *region, const char *name)
{
    return json_object_has_member(region, name)
           ? json_object_get_double_member(region, name) : 0;
}

/* Return: "58.6 KiB"; to be freed */
static char *bytes_text(double bytes)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
    size_t unit = 0;

    while (bytes >= 1024 && unit + 1 < G_N_ELEMENTS(units)) {
        bytes /= 1024;
        unit++;
    }
    return g_strdup_printf(unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static char *bytes_rate_text(JsonObject *log)
{
    static const char name[] = "bytes-per-second";

    return json_object_has_member(log, name)
           ? bytes_text(json_object_get_double_member(log, name))
           : g_strdup("-");
}

static uint64_t ring_percent(JsonObject *log)
{
    uint64_t size = json_read_int(log, "ring-size");

    return size ? json_read_int(log, "ring-used") * 100.0 / size : 0;
}

/* Return: whether the guest is paused, and the log's error; "" if neither */
static char *trouble_text(JsonObject *log, const char *before)
{
    g_autofree char *error = printable(log, "error", "");
    bool paused = json_read_bool(log, "stopped");

    return g_strdup_printf("%s%s%s%s", paused || *error ? before : "",
                           paused ? "GUEST PAUSED" : "",
                           paused && *error ? ": " : "", error);
}

static const char *state_text(JsonObject *device)
{
    if (!json_object_has_member(device, "started")) {
        return "";
    }
    return json_read_bool(device, "started") ? "started" : "stopped";
}

/* "20931 events, 1200/s; ..." */
static void append_log(GString *out, JsonObject *log)
{
    g_autofree char *events = rate_text(log, "events-per-second");
    g_autofree char *bytes = bytes_text(json_read_int(log, "bytes"));
    g_autofree char *bytes_rate = bytes_rate_text(log);

    g_string_append_printf(out, "%" PRIu64 " events, %s/s; %s, %s/s; ring %"
                           PRIu64 " %%; lost %" PRIu64,
                           json_read_int(log, "events"), events, bytes,
                           bytes_rate, ring_percent(log),
                           json_read_int(log, "lost"));
}

/* Printed only if the guest has been in traps of the region meanwhile. */
static void table_time(GString *out, JsonObject *region, const char *name)
{
    double traps = read_percent(region, "trap-percent");
    double exits = read_percent(region, "exit-percent");
    double busiest = read_percent(region, "busiest-percent");

    if (traps > 0) {
        g_string_append_printf(out, "  %-12s %.1f %% of the guest's time in "
                               "traps of %s, %.1f %% in exits; vCPU %" PRIu64
                               ": %.1f %%\n", "", traps, name, exits,
                               json_read_int(region, "busiest-cpu"), busiest);
    }
}

static void table_region(GString *out, const char *device, const char *state,
                         JsonObject *region)
{
    g_autofree char *name = printable(region, "name", "?");
    g_autofree char *reads = rate_text(region, "reads-per-second");
    g_autofree char *writes = rate_text(region, "writes-per-second");

    g_string_append_printf(out, "  %-12s %-8s %-10s %10s %10s %12" PRIu64
                           " %12" PRIu64 " %8" PRIu64 "\n", device, state,
                           name, reads, writes, read_accesses(region, "read"),
                           read_accesses(region, "write"),
                           json_read_int(region, "failed"));
    table_time(out, region, name);
}

/* Printed only if there were instructions that KVM can not emulate. */
static void table_rescue(GString *out, JsonObject *device)
{
    uint64_t rescued = json_read_int(device, "rescued");
    uint64_t stepped = json_read_int(device, "stepped");
    uint64_t refused = json_read_int(device, "refused");

    if (rescued || stepped || refused) {
        g_string_append_printf(out, "  %-12s instructions KVM can't emulate: %"
                               PRIu64 " rescued, %" PRIu64 " stepped, %" PRIu64
                               " refused\n", "", rescued, stepped, refused);
    }
}

static void table_device(GString *out, JsonObject *device)
{
    JsonArray *regions = json_read_array(device, "regions");
    g_autofree char *path = printable(device, "qom-path", "?");
    g_autofree char *id = printable(device, "id", path);
    bool first = true;
    guint i;

    for (i = 0; i < json_read_length_of(regions); i++) {
        JsonObject *region = json_read_element(regions, i);

        if (region) {
            table_region(out, first ? id : "",
                         first ? state_text(device) : "", region);
            first = false;
        }
    }
    if (first) {
        g_string_append_printf(out, "  %-12s %-8s no region is traced\n",
                               id, state_text(device));
    }
    table_rescue(out, device);
}

static void table_log(GString *out, JsonObject *log)
{
    JsonArray *devices = json_read_array(log, "devices");
    g_autofree char *id = printable(log, "id", "?");
    g_autofree char *file = printable(log, "file", "?");
    g_autofree char *trouble = trouble_text(log, "  ");
    guint i;

    g_string_append_printf(out, "log %s: %s\n  ", id, file);
    append_log(out, log);
    g_string_append_printf(out, "\n%s%s", trouble, *trouble ? "\n" : "");
    g_string_append_printf(out, "  %-12s %-8s %-10s %10s %10s %12s %12s %8s\n",
                           "device", "", "region", "reads/s", "writes/s",
                           "reads", "writes", "failed");
    for (i = 0; i < json_read_length_of(devices); i++) {
        JsonObject *device = json_read_element(devices, i);

        if (device) {
            table_device(out, device);
        }
    }
}

char *status_show_table(JsonObject *sample)
{
    JsonArray *logs = json_read_array(sample, "logs");
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; i < json_read_length_of(logs); i++) {
        JsonObject *log = json_read_element(logs, i);

        if (log) {
            table_log(out, log);
        }
    }
    if (!out->len) {
        g_string_append(out, "nothing is traced: QEMU has no log\n");
    }
    return g_string_free(out, FALSE);
}

static void line_device(GString *out, JsonObject *device)
{
    JsonArray *regions = json_read_array(device, "regions");
    g_autofree char *path = printable(device, "qom-path", "?");
    g_autofree char *id = printable(device, "id", path);
    const char *state = state_text(device);
    guint i;

    g_string_append_printf(out, "; %s%s%s:", id, *state ? " " : "", state);
    for (i = 0; i < json_read_length_of(regions); i++) {
        JsonObject *region = json_read_element(regions, i);
        g_autofree char *name = NULL;
        g_autofree char *reads = NULL;
        g_autofree char *writes = NULL;

        if (!region) {
            continue;
        }
        name = printable(region, "name", "?");
        reads = rate_text(region, "reads-per-second");
        writes = rate_text(region, "writes-per-second");
        g_string_append_printf(out, " %s %s reads/s %s writes/s %" PRIu64
                               " failed", name, reads, writes,
                               json_read_int(region, "failed"));
        if (json_object_has_member(region, "trap-percent")) {
            g_string_append_printf(out, " %.1f %% in traps",
                                   read_percent(region, "trap-percent"));
        }
    }
}

static void line_log(GString *out, JsonObject *log)
{
    JsonArray *devices = json_read_array(log, "devices");
    g_autofree char *id = printable(log, "id", "?");
    g_autofree char *trouble = trouble_text(log, "; ");
    guint i;

    g_string_append_printf(out, " log %s: ", id);
    append_log(out, log);
    g_string_append(out, trouble);
    for (i = 0; i < json_read_length_of(devices); i++) {
        JsonObject *device = json_read_element(devices, i);

        if (device) {
            line_device(out, device);
        }
    }
}

char *status_show_line(JsonObject *sample)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *stamp = g_date_time_format(now, "%H:%M:%S");
    JsonArray *logs = json_read_array(sample, "logs");
    GString *out = g_string_new(stamp);
    guint i;

    for (i = 0; i < json_read_length_of(logs); i++) {
        JsonObject *log = json_read_element(logs, i);

        if (log) {
            line_log(out, log);
        }
    }
    if (!json_read_length_of(logs)) {
        g_string_append(out, " nothing is traced: QEMU has no log");
    }
    return g_string_free(out, FALSE);
}
