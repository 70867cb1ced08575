/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the status line (see status.h)
 */
#include "tools/run/status.h"

#include "tools/common/json-read.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <string.h>

/* Number of regions on the line; 'vfio-trace status' shows all */
#define REGIONS_SHOWN 3

#define RED "\033[31m"
#define PLAIN "\033[0m"

/**
 * struct Region: accesses to a region
 * @name: its name on the status line
 * @accesses: number so far
 * @rate: number per second, between the last two answers
 */
typedef struct Region {
    char *name;
    uint64_t accesses;
    double rate;
} Region;

/**
 * struct RunStatus
 * @regions: Region: of all devices
 * @time: time of the last answer; 0 if there was none
 * @bytes: size of the logs
 * @lost: number of lost events
 * @ring_used: used slots of the fullest ring
 * @ring_size: all slots of that ring
 * @paused: the guest waits for a log
 * @error: why a log can't be written, or NULL
 */
struct RunStatus {
    GPtrArray *regions;
    gint64 time;
    uint64_t bytes;
    uint64_t lost;
    uint64_t ring_used;
    uint64_t ring_size;
    bool paused;
    char *error;
};

static void region_free(gpointer opaque)
{
    Region *region = opaque;

    g_free(region->name);
    g_free(region);
}

RunStatus *run_status_new(void)
{
    RunStatus *status = g_new0(RunStatus, 1);

    status->regions = g_ptr_array_new_with_free_func(region_free);
    return status;
}

static Region *find_region(RunStatus *status, const char *name)
{
    Region *region;
    guint i;

    for (i = 0; i < status->regions->len; i++) {
        region = status->regions->pdata[i];
        if (!strcmp(region->name, name)) {
            return region;
        }
    }
    region = g_new0(Region, 1);
    region->name = g_strdup(name);
    g_ptr_array_add(status->regions, region);
    return region;
}

static uint64_t accesses_of(JsonObject *region, const char *direction)
{
    JsonObject *count = json_read_object_member(region, direction);

    return count ? json_read_int(count, "accesses") : 0;
}

static void update_device(RunStatus *status, JsonObject *device, bool alone,
                          gint64 elapsed)
{
    JsonArray *regions = json_read_array(device, "regions");
    const char *id = json_read_str(device, "id");
    guint i;

    for (i = 0; i < json_read_length_of(regions); i++) {
        JsonObject *object = json_read_element(regions, i);
        const char *name = object ? json_read_str(object, "name") : NULL;
        g_autofree char *full = NULL;
        uint64_t accesses;
        Region *region;

        if (!name) {
            continue;
        }
        full = alone || !id ? g_strdup(name) :
                              g_strdup_printf("%s %s", id, name);
        region = find_region(status, tool_printable(full));
        accesses = accesses_of(object, "read") + accesses_of(object, "write");
        /* The counters of a device start at 0 when it is plugged in again. */
        region->rate = elapsed > 0 && accesses >= region->accesses ?
                       (accesses - region->accesses) * 1e6 / elapsed : 0;
        region->accesses = accesses;
    }
}

static void update_log(RunStatus *status, JsonObject *log, bool alone,
                       gint64 elapsed)
{
    JsonArray *devices = json_read_array(log, "devices");
    const char *error = json_read_str(log, "error");
    uint64_t used = json_read_int(log, "ring-used");
    uint64_t size = json_read_int(log, "ring-size");
    guint n = json_read_length_of(devices);
    guint i;

    status->bytes += json_read_int(log, "bytes");
    status->lost += json_read_int(log, "lost");
    if (!status->ring_size ||
        (double)used * status->ring_size > (double)status->ring_used * size) {
        status->ring_used = used;
        status->ring_size = size;
    }
    status->paused |= json_read_bool(log, "stopped");
    if (error && !status->error) {
        status->error = tool_printable(g_strdup(error));
    }
    for (i = 0; i < n; i++) {
        JsonObject *device = json_read_element(devices, i);

        if (device) {
            update_device(status, device, alone && n == 1, elapsed);
        }
    }
}

void run_status_update(RunStatus *status, JsonNode *answer, gint64 now)
{
    gint64 elapsed = status->time ? now - status->time : 0;
    JsonArray *logs;
    guint n;
    guint i;

    if (!JSON_NODE_HOLDS_ARRAY(answer)) {
        return;
    }
    status->bytes = status->lost = status->ring_used = status->ring_size = 0;
    status->paused = false;
    g_clear_pointer(&status->error, g_free);
    logs = json_node_get_array(answer);
    n = json_read_length_of(logs);
    for (i = 0; i < n; i++) {
        JsonObject *log = json_read_element(logs, i);

        if (log) {
            update_log(status, log, n == 1, elapsed);
        }
    }
    status->time = now;
}

/* 999, 1.0k, 12.3k, 4.5M */
static void append_number(GString *line, double value)
{
    static const char units[] = "kMGT";
    size_t i;

    if (value < 999.5) {
        g_string_append_printf(line, "%.0f", value);
        return;
    }
    for (i = 0; value >= 999.5 && units[i]; i++) {
        value /= 1000;
    }
    g_string_append_printf(line, "%.1f%c", value, units[i - 1]);
}

static gint compare_rates(gconstpointer a, gconstpointer b)
{
    const Region *const *x = a;
    const Region *const *y = b;

    return ((*y)->rate > (*x)->rate) - ((*y)->rate < (*x)->rate);
}

static void append_rates(GString *line, const RunStatus *status)
{
    g_autoptr(GPtrArray) busy = g_ptr_array_new();
    double sum = 0;
    guint i;

    for (i = 0; i < status->regions->len; i++) {
        Region *region = status->regions->pdata[i];

        sum += region->rate;
        if (region->rate > 0) {
            g_ptr_array_add(busy, region);
        }
    }
    append_number(line, sum);
    g_string_append(line, " accesses/s");
    g_ptr_array_sort(busy, compare_rates);
    for (i = 0; i < MIN(busy->len, REGIONS_SHOWN); i++) {
        const Region *region = busy->pdata[i];

        g_string_append_printf(line, "%s%s ", i ? ", " : " (", region->name);
        append_number(line, region->rate);
    }
    g_string_append(line, busy->len > REGIONS_SHOWN ? ", ...)" :
                    busy->len ? ")" : "");
}

/* Cut to a number of characters; called before colours are added. */
static void cut(GString *line, unsigned columns)
{
    if (columns && g_utf8_validate(line->str, line->len, NULL) &&
        (unsigned long)g_utf8_strlen(line->str, -1) >= columns) {
        char *end = g_utf8_offset_to_pointer(line->str, columns - 1);

        g_string_truncate(line, end - line->str);
    }
}

char *run_status_line(const RunStatus *status, unsigned elapsed,
                      unsigned columns, bool colour)
{
    GString *line = g_string_new(NULL);
    bool bad = status && (status->lost || status->paused || status->error);

    g_string_append_printf(line, "%u:%02u  ", elapsed / 60, elapsed % 60);
    if (!status || !status->time) {
        g_string_append(line, status ? "waiting for QEMU" :
                        "QEMU does not answer");
        cut(line, columns);
        return g_string_free(line, FALSE);
    }
    if (status->paused) {
        g_string_append_printf(line, "GUEST PAUSED: %s  ",
                               status->error ? status->error :
                               "the log is slower than the guest");
    } else if (status->error) {
        g_string_append_printf(line, "LOG: %s  ", status->error);
    }
    append_rates(line, status);
    g_string_append(line, "  ");
    append_number(line, status->bytes);
    g_string_append_printf(line, "B  ring %.0f %%  lost %" PRIu64,
                           status->ring_size ? 100.0 * status->ring_used /
                           status->ring_size : 0,
                           status->lost);
    cut(line, columns);
    if (bad && colour) {
        g_string_prepend(line, RED);
        g_string_append(line, PLAIN);
    }
    return g_string_free(line, FALSE);
}

uint64_t run_status_lost(const RunStatus *status)
{
    return status->lost;
}

void run_status_free(RunStatus *status)
{
    if (!status) {
        return;
    }
    g_ptr_array_unref(status->regions);
    g_free(status->error);
    g_free(status);
}
