/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: options that every verb that reads a trace has (see options.h)
 */
#include "tools/analysis/options.h"
#include "tools/analysis/db-options.h"

#include <string.h>

#include "libpcidev/window-spec.h"

/**
 * struct Bar: an argument of --bar
 * @number: 0 to 5, or MMT_REGION_ROM
 * @base: its address
 * @size: its bytes
 */
typedef struct Bar {
    int number;
    uint64_t base;
    uint64_t size;
} Bar;

/**
 * struct Options: the options that were given
 * @selection: option and argument in turns, in the order of the command line
 * @bars: Bar
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 * @has_pci: are they given?
 */
typedef struct Options {
    GPtrArray *selection;
    GArray *bars;
    uint16_t vendor;
    uint16_t device;
    bool has_pci;
} Options;

static Options given;

/* The library's parser is asked now: its message names the option. */
static gboolean parse_selection(const char *option, const char *value,
                                gpointer data, GError **error)
{
    MmtSelection *trial = mmt_selection_new();
    const char *name = option + strspn(option, "-");
    char *message = NULL;
    bool ok;

    (void)data;
    if (g_str_has_prefix(name, "selection-")) {
        /* GLib's own long form, --GROUP-OPTION */
        name += strlen("selection-");
    }
    ok = mmt_selection_add(trial, name, value, &message);
    mmt_selection_free(trial);
    if (!ok) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            message);
        mmt_free(message);
        return FALSE;
    }
    if (!given.selection) {
        given.selection = g_ptr_array_new_with_free_func(g_free);
    }
    g_ptr_array_add(given.selection, g_strdup(name));
    g_ptr_array_add(given.selection, g_strdup(value));
    return TRUE;
}

static bool parse_id(const char *text, uint16_t *id)
{
    guint64 number;

    if (g_str_has_prefix(text, "0x")) {
        text += 2;
    }
    if (!g_ascii_string_to_unsigned(text, 16, 0, UINT16_MAX, &number, NULL)) {
        return false;
    }
    *id = number;
    return true;
}

static gboolean parse_pci(const char *option, const char *value, gpointer data,
                          GError **error)
{
    g_auto(GStrv) ids = g_strsplit(value, ":", 3);

    (void)data;
    if (g_strv_length(ids) != 2 || !parse_id(ids[0], &given.vendor) ||
        !parse_id(ids[1], &given.device)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s '%s': VENDOR:DEVICE expected: 8086:10d3, for example",
                    option, value);
        return FALSE;
    }
    given.has_pci = true;
    return TRUE;
}

static bool parse_bar_number(const char *text, int *number)
{
    if (!strcmp(text, "rom")) {
        *number = MMT_REGION_ROM;
        return true;
    }
    if (g_str_has_prefix(text, "bar")) {
        text += 3;
    }
    *number = text[0] - '0';
    return text[0] >= '0' && text[0] <= '5' && !text[1];
}

static bool parse_bar_range(const char *text, Bar *bar)
{
    g_auto(GStrv) words = g_strsplit(text, ":", 3);

    return g_strv_length(words) == 2 &&
           pci_window_number_parse("address", words[0], UINT64_MAX, &bar->base,
                                   NULL) &&
           pci_window_number_parse("size", words[1], UINT64_MAX, &bar->size,
                                   NULL) &&
           bar->size && bar->base <= UINT64_MAX - (bar->size - 1);
}

static gboolean parse_bar(const char *option, const char *value, gpointer data,
                          GError **error)
{
    g_auto(GStrv) words = g_strsplit(value, "=", 2);
    Bar bar;

    (void)data;
    if (g_strv_length(words) != 2 || !parse_bar_number(words[0], &bar.number) ||
        !parse_bar_range(words[1], &bar)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s '%s': N=ADDRESS:SIZE expected, where N is 0 to 5 or rom: 0=0xfeb80000:128K, for example",
                    option, value);
        return FALSE;
    }
    if (!given.bars) {
        given.bars = g_array_new(FALSE, FALSE, sizeof(Bar));
    }
    g_array_append_val(given.bars, bar);
    return TRUE;
}

#define SELECTION ((gpointer)parse_selection)

static const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only this device: its ID, PCI address or VENDOR:DEVICE", "DEVICE" },
    { "range", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only this region, or LEN bytes of it", "REGION[:OFF:LEN]" },
    { "reg", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only registers with this name: 'bar0+0x1*'", "NAME|GLOB" },
    { "op", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only reads, or only writes", "r|w" },
    { "width", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only accesses of N bytes", "N" },
    { "value", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only this value, or values with these bits of MASK", "V[/MASK]" },
    { "cpu", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only accesses by these processors", "N[-N]" },
    { "pc", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only accesses by instructions at these addresses", "ADDR[-ADDR]" },
    { "from", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "From this time, line or mark on", "SECONDS|#LINE|/REGEX/" },
    { "to", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Up to this time, line or mark", "SECONDS|#LINE|/REGEX/" },
    { "phase", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "Only these phases: what follows a mark", "NAME|GLOB|N[-N]" },
    { "phase-at", 0, 0, G_OPTION_ARG_CALLBACK, SELECTION,
      "A phase also begins where this register is written",
      "REGION:OFF[=V[/MASK]]" },
    { "pci", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer)parse_pci,
      "IDs of the device, of a trace that has none", "VENDOR:DEVICE" },
    { "bar", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer)parse_bar,
      "Place of a BAR, of a trace that does not say", "N=ADDR:SIZE" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

GOptionGroup *analysis_option_group(void)
{
    GOptionGroup *group = g_option_group_new("selection",
        "Selection (vfio-trace-selection(7)):",
        "Print the options that select a part of a trace, and exit", NULL,
        NULL);

    g_option_group_add_entries(group, entries);
    g_option_group_add_entries(group, analysis_db_option_entries());
    return group;
}

bool analysis_options_given(void)
{
    return given.selection != NULL;
}

static MmtSelection *make_selection(void)
{
    MmtSelection *selection = mmt_selection_new();
    guint i;

    /* They were valid when they were parsed. */
    for (i = 0; i < given.selection->len; i += 2) {
        mmt_selection_add(selection, given.selection->pdata[i],
                          given.selection->pdata[i + 1], NULL);
    }
    return selection;
}

MmtSelection *analysis_options_apply(MmtTrace *trace)
{
    MmtSelection *selection = NULL;
    guint i;

    if (given.selection) {
        selection = make_selection();
        mmt_trace_select(trace, selection);
    }
    if (given.has_pci) {
        mmt_trace_set_pci(trace, given.vendor, given.device);
    }
    for (i = 0; given.bars && i < given.bars->len; i++) {
        const Bar *bar = &g_array_index(given.bars, Bar, i);

        mmt_trace_set_bar(trace, bar->number, bar->base, bar->size);
    }
    return selection;
}

bool analysis_options_device(uint16_t *vendor, uint16_t *device,
                             void (*bar)(int number, uint64_t base,
                                         uint64_t size, void *opaque),
                             void *opaque)
{
    guint i;

    if (given.has_pci) {
        *vendor = given.vendor;
        *device = given.device;
    }
    for (i = 0; given.bars && i < given.bars->len; i++) {
        const Bar *one = &g_array_index(given.bars, Bar, i);

        bar(one->number, one->base, one->size, opaque);
    }
    return given.has_pci || given.bars;
}

bool analysis_options_bars(void)
{
    return given.bars;
}

void analysis_options_reset(void)
{
    g_clear_pointer(&given.selection, g_ptr_array_unref);
    g_clear_pointer(&given.bars, g_array_unref);
    given.has_pci = false;
    analysis_db_options_reset();
}
