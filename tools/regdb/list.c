/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb list: which database is for which device
 */
#include <string.h>

#include "libregdb/devices.h"
#include "tools/analysis/json-line.h"
#include "tools/regdb/regdb.h"

static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* --- the device on the command line ------------------------------------- */

/* VENDOR:DEVICE[:CLASS], hexadecimal; a class has 4 or 6 digits */
static bool parse_device(const char *text, uint16_t *vendor, uint16_t *device,
                         uint32_t *class_code)
{
    g_auto(GStrv) part = g_strsplit(text, ":", 4);
    guint n = g_strv_length(part);
    guint64 number[3] = { 0 };
    guint i;

    if (n != 2 && n != 3) {
        return false;
    }
    for (i = 0; i < n; i++) {
        if (!g_ascii_string_to_unsigned(part[i], 16, 0,
                                        i < 2 ? UINT16_MAX : 0xffffff,
                                        &number[i], NULL)) {
            return false;
        }
    }
    *vendor = number[0];
    *device = number[1];
    *class_code = n < 3 || strlen(part[2]) > 4 ? number[2] : number[2] << 8;
    return true;
}

/* The entries to print; NULL after an error was printed */
static GPtrArray *find_entries(int argc, char **argv, RegDbMessages *messages)
{
    GPtrArray *found;
    RegDbDevice *one;
    uint16_t vendor;
    uint16_t device;
    uint32_t class_code;

    if (argc < 2) {
        return regdb_device_all(messages);
    }
    if (argc > 2 || !parse_device(argv[1], &vendor, &device, &class_code)) {
        tool_error(&regdb_list.verb,
                   "'%s': VENDOR:DEVICE or VENDOR:DEVICE:CLASS expected: 8086:10d3 or 144d:a808:0108, for example",
                   argv[argc > 2 ? 2 : 1]);
        return NULL;
    }
    found = g_ptr_array_new_with_free_func((GDestroyNotify)regdb_device_free);
    one = regdb_device_find(vendor, device, class_code, messages);
    if (one) {
        g_ptr_array_add(found, one);
    }
    return found;
}

/* --- output ------------------------------------------------------------- */

static void put_region(GString *text, const RegDbRegionOf *of)
{
    g_autofree char *place = regdb_region_of_text(of);

    g_string_append_printf(text, "%s%s:%s", text->len ? " " : "", place,
                           of->domain);
}

static char *regions_text(const RegDbDevice *device)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; device->regions && i < device->regions->len; i++) {
        put_region(text, &g_array_index(device->regions, RegDbRegionOf, i));
    }
    return g_string_free(text, FALSE);
}

static void print_line(const char *name, const char *text)
{
    if (text && *text) {
        tool_print("    %-9s%s\n", name, text);
    }
}

static void print_entry(const RegDbDevice *device)
{
    g_autofree char *regions = regions_text(device);
    g_autofree char *variants = device->variants ?
                                g_strjoinv(" ", device->variants) : NULL;

    tool_print("%s\n", device->title ?: device->manifest);
    print_line("devices", device->match);
    print_line("regions", regions);
    print_line("variants", variants);
    print_line("detect", device->detect);
    if (device->file) {
        print_line("file", device->file);
    } else {
        tool_print("    %-9snot installed: %s\n", "file", device->file_name);
        print_line("source", device->source);
    }
    print_line("entry", device->manifest);
    if (device->missing) {
        print_line("better", device->missing);
        print_line("source", device->missing_source);
    }
}

static void put_member(GString *json, const char *name, const char *text)
{
    if (text && *text) {
        json_line_text(json, name, text);
    }
}

static void put_regions(GString *json, const RegDbDevice *device)
{
    guint i;

    json_line_list(json, "regions");
    for (i = 0; device->regions && i < device->regions->len; i++) {
        const RegDbRegionOf *of =
            &g_array_index(device->regions, RegDbRegionOf, i);

        json_line_item(json);
        json_line_text(json, "region", of->region);
        if (of->at) {
            json_line_text(json, "at", of->at);
        } else if (regdb_region_of_by_capability(of)) {
            json_line_hex(json, "capability", of->capability);
        } else {
            json_line_hex(json, "offset", of->offset);
        }
        json_line_text(json, "domain", of->domain);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void print_json(const RegDbDevice *device)
{
    g_autoptr(GString) json = g_string_new(NULL);
    g_autofree char *variants = device->variants ?
                                g_strjoinv(" ", device->variants) : NULL;

    json_line_begin(json, "database");
    put_member(json, "title", device->title);
    put_member(json, "devices", device->match);
    json_line_bool(json, "installed", device->file);
    put_member(json, "file", device->file ?: device->file_name);
    put_member(json, "source", device->source);
    put_member(json, "variants", variants);
    put_member(json, "detect", device->detect);
    put_member(json, "entry", device->manifest);
    put_member(json, "better", device->missing);
    put_member(json, "better_source", device->missing_source);
    put_regions(json, device);
    json_line_print(json);
}

static int list(int argc, char **argv)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(GPtrArray) found = find_entries(argc, argv, messages);
    guint i;

    for (i = 0; i < messages->lines->len; i++) {
        tool_error(&regdb_list.verb, "%s",
                   (const char *)messages->lines->pdata[i]);
    }
    if (!found) {
        return TOOL_TROUBLE;
    }
    for (i = 0; i < found->len; i++) {
        if (opt_json) {
            print_json(found->pdata[i]);
        } else {
            tool_print("%s", i ? "\n" : "");
            print_entry(found->pdata[i]);
        }
    }
    if (!found->len && argc > 1) {
        tool_error(&regdb_list.verb, "there is no database for %s", argv[1]);
    } else if (!found->len) {
        tool_error(&regdb_list.verb, "no database is installed");
    }
    return tool_finish(&regdb_list.verb, found->len ? TOOL_OK : TOOL_FAULT);
}

const SubVerb regdb_list = {
    .verb = {
        .name = "regdb list",
        .brief = "List register databases, and the devices that they are for",
    },
    .operands = "[VENDOR:DEVICE[:CLASS]]",
    .details =
        "With a device, only the database that is used for it. CLASS, as in\n"
        "/sys/bus/pci/devices/*/class, finds those that are for a class of devices.\n\n"
        "Exit status: 0 a database is listed, 1 there is none, 2 bad usage.",
    .entries = entries,
    .run = list,
};
