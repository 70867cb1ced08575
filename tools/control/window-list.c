/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the table of `vfio-trace window list` (see window-list.h)
 */
#include "tools/control/window-list.h"
#include "tools/common/json-read.h"
#include "tools/common/sizes.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A region's lists of ranges, and their names in the table */
static const struct {
    const char *member;
    const char *what;
} lists[] = {
    { "windows", "window" },
    { "trapped", "trapped" },
    { "hot", "hot" },
};

static const struct {
    const char *direction;
    const char *words;
} directions[] = {
    { "read", "reads" },
    { "write", "writes" },
    { "both", "reads, writes" },
};

/* Return: a string member of an object, made printable; to be freed */
static char *printable(JsonObject *object, const char *name,
                       const char *absent)
{
    const char *text = json_read_str(object, name);

    return tool_printable(g_strdup(text && *text ? text : absent));
}

/* Only windows have a direction; trapped and hot ranges have none. */
static const char *direction_words(JsonObject *range)
{
    const char *direction = json_read_str(range, "direction");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(directions); i++) {
        if (!g_strcmp0(directions[i].direction, direction)) {
            return directions[i].words;
        }
    }
    return "";
}

static void print_range(const char *region, const char *map,
                        const char *what, JsonObject *range)
{
    uint64_t offset = json_read_int(range, "offset");
    uint64_t length = json_read_int(range, "length");
    g_autofree char *size = size_text(length);
    g_autofree char *line = NULL;

    line = g_strdup_printf("  %-10s %4s  %-8s 0x%-10" PRIx64 " 0x%-10" PRIx64
                           " %8s  %s", region, map, what, offset,
                           offset + length - (length > 0), size,
                           direction_words(range));
    puts(g_strchomp(line));
}

/* The region's name and map id are in its first line only. */
static void print_region(JsonObject *region)
{
    g_autofree char *name = printable(region, "name", "?");
    g_autofree char *size = size_text(json_read_int(region, "size"));
    g_autofree char *map = NULL;
    bool first = true;
    size_t i;
    guint k;

    map = json_read_int(region, "map-id")
          ? g_strdup_printf("%" PRIu64, json_read_int(region, "map-id"))
          : g_strdup("-");
    for (i = 0; i < G_N_ELEMENTS(lists); i++) {
        JsonArray *ranges = json_read_array(region, lists[i].member);
        guint n = json_read_length_of(ranges);

        for (k = 0; k < n; k++) {
            JsonObject *range = json_read_element(ranges, k);

            if (range) {
                print_range(first ? name : "", first ? map : "",
                            lists[i].what, range);
                first = false;
            }
        }
    }
    if (first) {
        printf("  %-10s %4s  direct: no window is in its %s bytes\n", name,
               map, size);
    }
}

void window_list_print(JsonObject *device)
{
    JsonArray *regions = json_read_array(device, "regions");
    g_autofree char *id = printable(device, "id", "(no id)");
    g_autofree char *path = printable(device, "qom-path", "?");
    g_autofree char *host = printable(device, "host", "");
    guint n = json_read_length_of(regions);
    guint i;

    printf("device %s%s%s, %s: %s\n", id, *host ? ", host " : "", host, path,
           json_read_bool(device, "started") ? "started"
                                             : "stopped: all is direct");
    if (!n) {
        printf("  it has no region that can be traced\n");
        return;
    }
    printf("  %-10s %4s  %-8s %-12s %-12s %8s\n", "region", "map", "what",
           "first", "last", "bytes");
    for (i = 0; i < n; i++) {
        JsonObject *region = json_read_element(regions, i);

        if (region) {
            print_region(region);
        }
    }
}
