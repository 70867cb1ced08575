/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: share of the guest's time that traps take (see status-time.h)
 */
#include "tools/control/status-time.h"
#include "tools/common/json-read.h"

#include <inttypes.h>

/**
 * struct TimeSum: accesses and their time in QEMU
 * @accesses: number of accesses
 * @trap_ns: nanoseconds
 */
typedef struct TimeSum {
    double accesses;
    double trap_ns;
} TimeSum;

/* Return: the growth of a count; the device may have been plugged in again */
static double grown(JsonObject *now, JsonObject *before, const char *name)
{
    uint64_t a = json_read_int(now, name);
    uint64_t b = before ? json_read_int(before, name) : 0;

    return a >= b ? a - b : a;
}

/* Has the log been created again? */
static bool is_newer(JsonObject *log, JsonObject *before)
{
    return before && json_read_int(log, "running-ns") <
                     json_read_int(before, "running-ns");
}

/* Return: {vCPU: element of the region's list} */
static GHashTable *read_vcpus(JsonObject *region)
{
    GHashTable *vcpus = g_hash_table_new(NULL, NULL);
    JsonArray *array = region ? json_read_array(region, "time") : NULL;
    guint i;

    for (i = 0; i < json_read_length_of(array); i++) {
        JsonObject *time = json_read_element(array, i);

        if (time && json_object_has_member(time, "cpu")) {
            g_hash_table_insert(vcpus,
                                GSIZE_TO_POINTER(json_read_int(time, "cpu")),
                                time);
        }
    }
    return vcpus;
}

static double share(double ns, double of)
{
    return ns * 100 / of;
}

bool status_time(JsonObject *log, JsonObject *region, JsonObject *log_before,
                 JsonObject *region_before, StatusTime *time)
{
    bool newer = is_newer(log, log_before);
    g_autoptr(GHashTable) now = read_vcpus(region);
    g_autoptr(GHashTable) before = read_vcpus(newer ? NULL : region_before);
    double exit_ns = json_read_int(log, "exit-ns");
    double running = grown(log, newer ? NULL : log_before, "running-ns");
    double vcpus = json_read_int(log, "vcpus");
    TimeSum all = { 0 };
    GHashTableIter iter;
    gpointer cpu;
    gpointer object;

    *time = (StatusTime) { .exits_known = exit_ns, .several = vcpus > 1 };
    if (!json_read_array(region, "time") || !running || !vcpus) {
        return false;
    }
    g_hash_table_iter_init(&iter, now);
    while (g_hash_table_iter_next(&iter, &cpu, &object)) {
        JsonObject *then = g_hash_table_lookup(before, cpu);
        double accesses = grown(object, then, "accesses");
        double trap_ns = grown(object, then, "trap-ns");
        double busy = share(trap_ns + accesses * exit_ns, running);

        all.accesses += accesses;
        all.trap_ns += trap_ns;
        if (busy > time->busiest) {
            time->busiest = busy;
            time->busiest_cpu = GPOINTER_TO_SIZE(cpu);
        }
    }
    time->qemu = share(all.trap_ns, running * vcpus);
    time->exits = share(all.accesses * exit_ns, running * vcpus);
    return true;
}

char *status_time_text(const StatusTime *time)
{
    g_autofree char *exits =
        time->exits_known ? g_strdup_printf("%.1f %% in exits", time->exits)
                          : g_strdup("exits not known");
    g_autofree char *busiest =
        time->several && time->busiest > 0
        ? g_strdup_printf("; vCPU %" PRIu64 ": %.1f %%", time->busiest_cpu,
                          time->busiest)
        : g_strdup("");

    return g_strdup_printf("(%.1f %% in QEMU, %s)%s", time->qemu, exits,
                           busiest);
}

/* Percent are rounded to a hundredth. */
static void set_percent(JsonObject *object, const char *name, double percent)
{
    json_object_set_double_member(object, name,
                                  (uint64_t)(percent * 100 + 0.5) / 100.0);
}

static void add_region(JsonObject *log, JsonObject *region, JsonObject *before,
                       JsonObject *region_before)
{
    StatusTime time;

    if (!status_time(log, region, before, region_before, &time)) {
        return;
    }
    set_percent(region, "trap-percent", time.qemu + time.exits);
    set_percent(region, "exit-percent", time.exits);
    if (time.busiest > 0) {
        json_object_set_int_member(region, "busiest-cpu", time.busiest_cpu);
        set_percent(region, "busiest-percent", time.busiest);
    }
}

static void add_device(JsonObject *log, JsonObject *device, JsonObject *before,
                       JsonObject *device_before)
{
    JsonArray *regions = json_read_array(device, "regions");
    JsonArray *befores = json_read_array(device_before, "regions");
    guint i;

    for (i = 0; i < json_read_length_of(regions); i++) {
        JsonObject *region = json_read_element(regions, i);
        const char *name = region ? json_read_str(region, "name") : NULL;
        JsonObject *then = name ? json_read_find(befores, "name", name) : NULL;

        if (then) {
            add_region(log, region, before, then);
        }
    }
}

void status_time_add(JsonObject *log, JsonObject *before)
{
    JsonArray *devices = json_read_array(log, "devices");
    JsonArray *befores = json_read_array(before, "devices");
    guint i;

    for (i = 0; i < json_read_length_of(devices); i++) {
        JsonObject *device = json_read_element(devices, i);
        const char *path = device ? json_read_str(device, "qom-path") : NULL;
        JsonObject *then = path ? json_read_find(befores, "qom-path", path)
                                : NULL;

        if (then) {
            add_device(log, device, before, then);
        }
    }
}
