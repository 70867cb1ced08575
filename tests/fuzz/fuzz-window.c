/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the grammar of windows: any text, as windows= or a word of
 * `vfio-trace window`
 *
 * What is accepted names a region, has bytes, and is accepted again in its
 * plainest form; what is refused has an error that quotes it.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "libpcidev/window-spec.h"

static const PciWindowLimits all = {
    .device_wide = true,
    .number_max = UINT64_MAX,
};

static const PciWindowLimits few = {
    .device_wide = false,
    .number_max = INT64_MAX,
};

/* In numbers without units and with all words that may be left out */
static char *plain_form(const PciWindow *w)
{
    static const char *const directions[] = {
        [PCI_WINDOW_READ] = "r",
        [PCI_WINDOW_WRITE] = "w",
        [PCI_WINDOW_BOTH] = "rw",
    };
    const char *region = pci_window_region_word(w->region);

    return w->whole ?
        g_strdup_printf("%s:%s", region, directions[w->directions]) :
        g_strdup_printf("%s:%" PRIu64 ":0x%" PRIx64 ":%s", region, w->offset,
                        w->len, directions[w->directions]);
}

static void check_same(const PciWindow *w, const PciWindowLimits *limits)
{
    g_autofree char *text = plain_form(w);
    g_auto(PciWindow) again = { 0 };

    fuzz_check(pci_window_parse(text, limits, &again, NULL),
               "'%s' became '%s'", w->text, text);
    fuzz_check(again.region == w->region && again.whole == w->whole &&
               again.offset == w->offset && again.len == w->len &&
               again.directions == w->directions,
               "'%s' is not '%s'", text, w->text);
}

static void check_window(const PciWindow *w, const PciWindowLimits *limits)
{
    fuzz_check(w->region <= PCI_WINDOW_REGISTERS, "%d", (int)w->region);
    fuzz_check(limits->device_wide || w->region < PCI_WINDOW_ALL, "%d",
               (int)w->region);
    fuzz_check(w->directions && w->directions <= PCI_WINDOW_BOTH, "%d",
               (int)w->directions);
    fuzz_check(w->whole || w->region < PCI_WINDOW_REGIONS,
               "'%s': a range of a group", w->text);
    fuzz_check(w->whole || w->len, "'%s': no bytes", w->text);
    fuzz_check(w->offset <= limits->number_max && w->len <= limits->number_max,
               "'%s': a number is too large", w->text);
    check_same(w, limits);
}

static bool check_one(const char *text, const PciWindowLimits *limits)
{
    g_autoptr(GError) error = NULL;
    g_auto(PciWindow) window = { 0 };

    if (pci_window_parse(text, limits, &window, &error)) {
        fuzz_check(!error, "an error for '%s'", text);
        fuzz_check(!strcmp(window.text, text), "'%s'", window.text);
        check_window(&window, limits);
        return true;
    }
    fuzz_check(error && strstr(error->message, text), "no error for '%s'",
               text);
    return false;
}

/* A list is good if all of its windows are, and as long. */
static void check_list(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) windows = pci_window_list_parse(text, &all, &error);
    g_auto(GStrv) word = g_strsplit(text, "+", -1);
    bool good = *text;
    size_t i;

    for (i = 0; word[i]; i++) {
        good = check_one(word[i], &all) && good;
    }
    fuzz_check(good == (windows != NULL), "'%s'", text);
    fuzz_check(good == !error, "'%s'", text);
    fuzz_check(!windows || windows->len == i, "%u windows", windows->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    /* What is good for few is good for all. */
    if (check_one(text, &few)) {
        fuzz_check(check_one(text, &all), "'%s'", text);
    }
    check_list(text);
    free(text);
    return 0;
}
