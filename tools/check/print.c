/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: output of the result, as text and as JSON
 */
#include "tools/check/print.h"
#include "tools/check/fault.h"
#include "tools/check/other.h"
#include "tools/common/json-text.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

static int compare_maps(gconstpointer a, gconstpointer b)
{
    const Map *x = a;
    const Map *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

/* Coverage marks also describe regions that the guest has not accessed. */
static bool is_worth_a_line(const Map *map)
{
    return map->maps || map->reads || map->writes || map->unknown;
}

/* Does the log have another device with the same IDs? */
static bool has_equal(const Check *check, const MmtDevice *device)
{
    unsigned n = mmt_devices_count(check->devices);
    unsigned i;

    for (i = 0; i < n; i++) {
        const MmtDevice *other = mmt_devices_at(check->devices, i);

        if (other != device && other->has_pci &&
            other->pub.vendor == device->pub.vendor &&
            other->pub.device == device->pub.device) {
            return true;
        }
    }
    return false;
}

static char *map_title(const Check *check, const Map *map)
{
    const MmtDevice *dev = map->device;
    bool several;

    if (map->config) {
        return g_strdup(map->region ? map->region : "config space");
    }
    if (!map->maps) {
        return g_strdup("never mapped");
    }
    if (!dev) {
        return g_strdup_printf("0x%" PRIx64 " +0x%" PRIx64 "%s%s", map->phys,
                               map->len, map->region ? ", " : "",
                               map->region ? map->region : "");
    }
    several = has_equal(check, dev);
    return g_strdup_printf("0x%" PRIx64 " +0x%" PRIx64 ", %s%s of %04x:%04x%s%s",
                           map->phys, map->len, map->port ? "port " : "",
                           mmt_resource_name(map->bar), dev->pub.vendor,
                           dev->pub.device, several ? ", " : "",
                           several ? dev->pub.id : "");
}

/* Counts that are printed if they are not 0, with singular and plural */
static const struct {
    MarkCount count;
    const char *json;
    const char *one;
    const char *several;
} mark_counts[] = {
    { COUNT_UNVERIFIED, "unverified", "unverified read", "unverified reads" },
    { COUNT_IRQS, "interrupts", "interrupt", "interrupts" },
    { COUNT_SNAPSHOTS, "snapshots", "snapshot", "snapshots" },
    { COUNT_ENTRIES, "entries", "entry of a ring", "entries of rings" },
    { COUNT_WATCHES, "watches", "look at a watch", "looks at watches" },
    { COUNT_CUTS, "memory-cuts", "cut in guest memory",
      "cuts in guest memory" },
    { COUNT_BACKTRACES, "backtraces", "backtrace", "backtraces" },
    { COUNT_RESETS, "resets", "reset", "resets" },
    { COUNT_PAUSES, "pauses", "pause", "pauses" },
    { COUNT_SLEEPS, "sleeps", "sleep of the guest", "sleeps of the guest" },
    { COUNT_STOPS, "stops", "stop of tracing", "stops of tracing" },
    { COUNT_WINDOWS, "window-changes", "change of windows",
      "changes of windows" },
    { COUNT_HOT, "hot-pages", "hot range", "hot ranges" },
};

static void print_count(uint64_t n, const char *one, const char *several,
                        const char **before)
{
    if (n) {
        tool_print("%s%" PRIu64 " %s", *before, n, n == 1 ? one : several);
        *before = ", ";
    }
}

/* Print the counts of what marks report. */
static void print_marked(const Check *check)
{
    const char *before = "  ";
    size_t i;

    print_count(check->counts[MMT_EVENT_CONFIG_READ] +
                check->counts[MMT_EVENT_CONFIG_WRITE],
                "access to config space", "accesses to config space",
                &before);
    for (i = 0; i < G_N_ELEMENTS(mark_counts); i++) {
        print_count(check->marked[mark_counts[i].count], mark_counts[i].one,
                    mark_counts[i].several, &before);
    }
    print_count(check->hw_differs, "access with another value at the hardware",
                "accesses with another value at the hardware", &before);
    if (*before == ',') {
        putchar('\n');
    }
}

static uint64_t mark_lines(const Check *check)
{
    return check->counts[MMT_EVENT_MARK] +
           check->counts[MMT_EVENT_CONFIG_READ] +
           check->counts[MMT_EVENT_CONFIG_WRITE];
}

static void print_notes(const Check *check)
{
    if (check->foreign_word) {
        g_autofree char *where = check_line_name(check, check->foreign);

        tool_print(
            "%s: note: %" PRIu64
            " mark%s of an unknown kind, the first, '%s', in %s\n",
            check->name,
                    check->marked[COUNT_FOREIGN],
                    check->marked[COUNT_FOREIGN] == 1 ? "" : "s",
                    check->foreign_word, where);
    }
    if (check->kernel && !check->options->kernel) {
        tool_print("%s: note: this is a log of Linux's own mmiotrace%s\n",
                   check->name, check->headless ?
                   ", without its beginning: mappings before it are not known" :
                   "");
    }
    if (check->ours && !check->end.line && !check->options->complete) {
        tool_print("%s: note: " CHECK_NO_END "\n", check->name);
    }
    if (check->cut_file && !check->options->complete) {
        tool_print("%s: note: " CHECK_CUT_FRAME "\n", check->cut_file);
    }
}

static void print_more_faults(const Check *check)
{
    if (check->fault_count > check->faults->len) {
        tool_print("%s: and %" PRIu64 " more faults (--max-faults)\n",
                   check->name, check->fault_count - check->faults->len);
    }
}

static void print_text(const Check *check, GList *maps)
{
    const uint64_t *n = check->counts;
    uint64_t n_losses = check->marked[COUNT_LOSSES];
    GList *l;

    print_more_faults(check);
    if (check->other) {
        check_other_print(check);
        return;
    }
    tool_print("%s: %" PRIu64 " lines: %" PRIu64 " R, %" PRIu64 " W, %" PRIu64
               " UNKNOWN, %" PRIu64 " MAP, %" PRIu64 " UNMAP, %" PRIu64 " MARK, %"
               PRIu64 " PCIDEV\n", check->name, check->lines, n[MMT_EVENT_READ],
               n[MMT_EVENT_WRITE], n[MMT_EVENT_UNKNOWN], n[MMT_EVENT_MAP],
               n[MMT_EVENT_UNMAP], mark_lines(check), n[MMT_EVENT_PCIDEV]);
    for (l = maps; l; l = l->next) {
        const Map *map = l->data;
        g_autofree char *title = NULL;

        if (!is_worth_a_line(map)) {
            continue;
        }
        title = map_title(check, map);
        tool_print("  map %" PRIu32 " (%s): %" PRIu64 " R, %" PRIu64 " W",
                   map->id, title, map->reads, map->writes);
        if (map->unknown) {
            tool_print(", %" PRIu64 " UNKNOWN", map->unknown);
        }
        if (map->failed) {
            tool_print(", %" PRIu64 " failed", map->failed);
        }
        putchar('\n');
    }
    print_marked(check);
    print_notes(check);
    tool_print("%s: ", check->name);
    if (check->quirks) {
        tool_print(
            "%" PRIu64
            " values wider than the access (a known fault of the kernel's decoder); ",
            check->quirks);
    }
    if (n_losses) {
        tool_print("%" PRIu64 " place%s where text is missing; ", n_losses,
                   n_losses == 1 ? "" : "s");
    }
    if (check->marked[COUNT_PENDING]) {
        tool_print("%" PRIu64 " accesses without an answer; ",
                   check->marked[COUNT_PENDING]);
    }
    tool_print("%" PRIu64 " lost, %" PRIu64 " fault%s\n", check->lost,
               check->fault_count, check->fault_count == 1 ? "" : "s");
}

static void add_u64(JsonBuilder *b, const char *name, uint64_t v)
{
    json_builder_set_member_name(b, name);
    json_builder_add_int_value(b, v);
}

static void add_file(JsonBuilder *b, const char *file)
{
    g_autofree char *name = g_utf8_make_valid(file, -1);

    json_builder_set_member_name(b, "file");
    json_builder_add_string_value(b, name);
}

/* JSON readers may not hold a 64-bit number exactly: addresses are strings. */
static void add_hex(JsonBuilder *b, const char *name, uint64_t v)
{
    g_autofree char *text = g_strdup_printf("0x%" PRIx64, v);

    json_builder_set_member_name(b, name);
    json_builder_add_string_value(b, text);
}

static void add_maps(JsonBuilder *b, GList *maps)
{
    GList *l;

    json_builder_set_member_name(b, "map-ids");
    json_builder_begin_array(b);
    for (l = maps; l; l = l->next) {
        const Map *map = l->data;

        if (!is_worth_a_line(map)) {
            continue;
        }
        json_builder_begin_object(b);
        add_u64(b, "map-id", map->id);
        add_hex(b, "address", map->phys);
        add_hex(b, "size", map->len);
        if (map->region) {
            json_builder_set_member_name(b, "region");
            json_builder_add_string_value(b, map->region);
        }
        if (map->device) {
            json_builder_set_member_name(b, "name");
            json_builder_add_string_value(b, map->device->pub.id);
            add_hex(b, "vendor", map->device->pub.vendor);
            add_hex(b, "device", map->device->pub.device);
            add_u64(b, "bar", map->bar);
        }
        add_u64(b, "reads", map->reads);
        add_u64(b, "writes", map->writes);
        add_u64(b, "unknown", map->unknown);
        add_u64(b, "failed", map->failed);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

static void add_faults(JsonBuilder *b, const Check *check)
{
    guint i;

    add_u64(b, "fault-count", check->fault_count);
    json_builder_set_member_name(b, "faults");
    json_builder_begin_array(b);
    for (i = 0; i < check->faults->len; i++) {
        const Fault *fault = &g_array_index(check->faults, Fault, i);

        json_builder_begin_object(b);
        add_file(b, fault->at.file);
        add_u64(b, "line", fault->at.line);
        add_u64(b, "column", fault->column);
        json_builder_set_member_name(b, "what");
        json_builder_add_string_value(b, fault->what);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

/* What there is to say of a log of mmiotrace */
static void add_log(JsonBuilder *b, const Check *check, GList *maps)
{
    static const struct {
        const char *name;
        MmtEventType type;
    } counts[] = {
        { "reads", MMT_EVENT_READ }, { "writes", MMT_EVENT_WRITE },
        { "unknown", MMT_EVENT_UNKNOWN }, { "maps", MMT_EVENT_MAP },
        { "unmaps", MMT_EVENT_UNMAP }, { "devices", MMT_EVENT_PCIDEV },
        { "config-reads", MMT_EVENT_CONFIG_READ },
        { "config-writes", MMT_EVENT_CONFIG_WRITE },
    };
    size_t i;

    json_builder_set_member_name(b, "format");
    json_builder_add_string_value(b, "mmiotrace");
    json_builder_set_member_name(b, "kernel");
    json_builder_add_boolean_value(b, check->kernel);
    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        add_u64(b, counts[i].name, check->counts[counts[i].type]);
    }
    add_u64(b, "marks", mark_lines(check));
    add_u64(b, "lost", check->lost);
    add_u64(b, "failed", check->marked[COUNT_FAILED]);
    add_u64(b, "pending", check->marked[COUNT_PENDING]);
    for (i = 0; i < G_N_ELEMENTS(mark_counts); i++) {
        add_u64(b, mark_counts[i].json, check->marked[mark_counts[i].count]);
    }
    add_u64(b, "hardware-differs", check->hw_differs);
    add_u64(b, "unknown-marks", check->marked[COUNT_FOREIGN]);
    add_u64(b, "missing-text", check->marked[COUNT_LOSSES]);
    add_u64(b, "decoder-quirks", check->quirks);
    json_builder_set_member_name(b, "complete");
    json_builder_add_boolean_value(b, check->end.line && !check->after_end);
    json_builder_set_member_name(b, "truncated");
    json_builder_add_boolean_value(b, check->cut_file != NULL);
    add_maps(b, maps);
}

static void print_json(const Check *check, GList *maps)
{
    g_autoptr(JsonBuilder) b = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(b);
    add_file(b, check->name);
    add_u64(b, "lines", check->lines);
    if (check->other) {
        check_other_json(check, b);
    } else {
        add_log(b, check, maps);
    }
    add_faults(b, check);
    json_builder_end_object(b);

    root = json_builder_get_root(b);
    text = json_text(root, TRUE);
    puts(text);
}

void check_print(const Check *check)
{
    g_autoptr(GList) maps = g_list_sort(g_hash_table_get_values(check->maps),
                                        compare_maps);

    (check->options->json ? print_json : print_text)(check, maps);
}
