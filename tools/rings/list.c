/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings list: which rings files there are
 */
#include "libguestmem/find.h"
#include "tools/analysis/json-line.h"
#include "tools/rings/rings.h"
#include "tools/rings/words.h"

static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct ListDevice: the device that files must be for
 * @given: there is one
 */
typedef struct ListDevice {
    bool given;
    uint16_t vendor;
    uint16_t device;
    uint32_t class_code;
} ListDevice;

/* VENDOR:DEVICE[:CLASS], hexadecimal */
static bool parse_device(const char *text, ListDevice *device)
{
    g_auto(GStrv) part = g_strsplit(text, ":", 4);
    guint n = g_strv_length(part);
    guint64 number[3] = { 0 };
    guint i;

    for (i = 0; i < n && i < 3; i++) {
        if (!g_ascii_string_to_unsigned(part[i], 16, 0,
                                        i < 2 ? UINT16_MAX : 0xffffff,
                                        &number[i], NULL)) {
            return false;
        }
    }
    *device = (ListDevice) { true, number[0], number[1], number[2] };
    return n == 2 || n == 3;
}

static bool is_listed(const GmemFound *found, const ListDevice *device)
{
    return !device->given ||
           (found->file && gmem_file_is_for(found->file, device->vendor,
                                            device->device,
                                            device->class_code));
}

/* --- output -------------------------------------------------------------- */

static void print_line(const char *name, const char *text)
{
    if (text && *text) {
        tool_print("    %-9s%s\n", name, text);
    }
}

static void print_text(const GmemFound *found, bool first)
{
    g_autofree char *devices = found->file ?
                               rings_devices_words(found->file, ", ") : NULL;

    tool_print("%s%s\n", first ? "" : "\n", found->name);
    if (!found->file) {
        print_line("error", found->error->message);
    } else {
        print_line("title", found->file->title);
        print_line("devices", *devices ? devices : "any");
        print_line("irq", gmem_file_has(found->file, GMEM_ON_IRQ) ?
                   "needs interrupts in the log: irq=on" : NULL);
    }
    print_line("file", found->path);
}

static void print_json(const GmemFound *found)
{
    g_autoptr(GString) json = g_string_new(NULL);
    unsigned i;

    json_line_begin(json, "rings");
    json_line_text(json, "name", found->name);
    json_line_text(json, "file", found->path);
    json_line_bool(json, "usable", found->file);
    if (!found->file) {
        json_line_text(json, "error", found->error->message);
        json_line_print(json);
        return;
    }
    if (found->file->title) {
        json_line_text(json, "title", found->file->title);
    }
    json_line_text(json, "sha256", found->file->sha256);
    json_line_bool(json, "irq", gmem_file_has(found->file, GMEM_ON_IRQ));
    json_line_list(json, "devices");
    for (i = 0; i < found->file->device->len; i++) {
        g_autofree char *word = rings_device_word(
            &g_array_index(found->file->device, GmemFor, i));

        json_line_item(json);
        json_line_text(json, "device", word);
        json_line_item_end(json);
    }
    json_line_list_end(json);
    json_line_print(json);
}

static int list(int argc, char **argv)
{
    g_autoptr(GPtrArray) all = NULL;
    ListDevice device = { 0 };
    bool faulty = false;
    unsigned n = 0;
    unsigned i;

    if (argc > 2 || (argc == 2 && !parse_device(argv[1], &device))) {
        tool_error(&rings_list.verb,
                   "'%s': VENDOR:DEVICE or VENDOR:DEVICE:CLASS expected: 8086:10d3 or 144d:a808:010802, for example",
                   argv[argc - 1]);
        return TOOL_TROUBLE;
    }
    all = gmem_find_all();
    for (i = 0; i < all->len; i++) {
        const GmemFound *found = all->pdata[i];

        if (!is_listed(found, &device)) {
            continue;
        }
        if (opt_json) {
            print_json(found);
        } else {
            print_text(found, !n);
        }
        faulty = faulty || !found->file;
        n++;
    }
    if (!n && device.given) {
        tool_error(&rings_list.verb, "there is no rings file for %s", argv[1]);
    } else if (!n) {
        tool_error(&rings_list.verb, "no rings file is installed");
    }
    return tool_finish(&rings_list.verb, n && !faulty ? TOOL_OK : TOOL_FAULT);
}

const SubVerb rings_list = {
    .verb = {
        .name = "rings list",
        .brief = "List rings files, and the devices that they are for",
    },
    .operands = "[VENDOR:DEVICE[:CLASS]]",
    .details =
        "With a device, only the files that --rings auto takes for it. CLASS has 6\n"
        "digits, as in /sys/bus/pci/devices/*/class.\n\n"
        "Exit status: 0 files are listed, 1 there is none, or one with an error, 2 bad\n"
        "usage.",
    .entries = entries,
    .run = list,
};
