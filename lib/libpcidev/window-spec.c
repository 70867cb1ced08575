/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpcidev: grammar of windows (see window-spec.h) */
#include "libpcidev/window-spec.h"

#include <string.h>

/* Digits behind the point that count: a double represents them exactly. */
#define FRACTION_SCALE_MAX 1e15

GQuark pci_window_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-pci-window");
}

/* pci_window_region_word() returns the first word of a region. */
static const struct {
    const char *word;
    PciWindowRegion region;
} pci_window_names[] = {
    { "0", PCI_WINDOW_BAR0 },
    { "1", PCI_WINDOW_BAR1 },
    { "2", PCI_WINDOW_BAR2 },
    { "3", PCI_WINDOW_BAR3 },
    { "4", PCI_WINDOW_BAR4 },
    { "5", PCI_WINDOW_BAR5 },
    { "bar0", PCI_WINDOW_BAR0 },
    { "bar1", PCI_WINDOW_BAR1 },
    { "bar2", PCI_WINDOW_BAR2 },
    { "bar3", PCI_WINDOW_BAR3 },
    { "bar4", PCI_WINDOW_BAR4 },
    { "bar5", PCI_WINDOW_BAR5 },
    { "rom", PCI_WINDOW_ROM },
    { "config", PCI_WINDOW_CONFIG },
    { "vga-memory", PCI_WINDOW_VGA_MEMORY },
    { "vga-3b0", PCI_WINDOW_VGA_3B0 },
    { "vga-3c0", PCI_WINDOW_VGA_3C0 },
    { "vga", PCI_WINDOW_VGA },
    { "all", PCI_WINDOW_ALL },
    { "registers", PCI_WINDOW_REGISTERS },
};

static const struct {
    const char *word;
    PciWindowDirection directions;
} pci_window_directions[] = {
    { "r", PCI_WINDOW_READ },
    { "w", PCI_WINDOW_WRITE },
    { "rw", PCI_WINDOW_BOTH },
};

static const struct {
    char letter;
    unsigned shift;
} pci_window_units[] = {
    { 'B', 0 }, { 'K', 10 }, { 'M', 20 }, { 'G', 30 }, { 'T', 40 },
    { 'P', 50 }, { 'E', 60 },
};

/* --- numbers ------------------------------------------------------------ */

/* Digits up to the first other character; advances *@word to it. */
static bool pci_window_digits(const char **word, unsigned base,
                              uint64_t *number)
{
    const char *start = *word;

    *number = 0;
    for (; base == 16 ? g_ascii_isxdigit(**word) : g_ascii_isdigit(**word);
         (*word)++) {
        uint64_t digit = g_ascii_xdigit_value(**word);

        if (*number > (UINT64_MAX - digit) / base) {
            return false;
        }
        *number = *number * base + digit;
    }
    return *word != start;
}

/* The digits behind the point as a fraction; advances *@word behind them. */
static double pci_window_fraction(const char **word)
{
    double digits = 0;
    double scale = 1;

    for (; g_ascii_isdigit(**word); (*word)++) {
        if (scale < FRACTION_SCALE_MAX) {
            digits = digits * 10 + g_ascii_digit_value(**word);
            scale *= 10;
        }
    }
    return digits / scale;
}

/* The unit, if there is one; advances *@word behind it. */
static unsigned pci_window_shift(const char **word)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pci_window_units); i++) {
        if (g_ascii_toupper(**word) == pci_window_units[i].letter) {
            (*word)++;
            return pci_window_units[i].shift;
        }
    }
    return 0;
}

static bool pci_window_decimal(const char *word, uint64_t *number)
{
    double fraction = 0;
    uint64_t part;
    unsigned shift;

    if (!pci_window_digits(&word, 10, number)) {
        return false;
    }
    if (*word == '.') {
        word++;
        fraction = pci_window_fraction(&word);
    }
    shift = pci_window_shift(&word);
    /* A fraction of a byte is invalid: probably a unit is missing. */
    if (*word || (fraction && !shift) || *number > UINT64_MAX >> shift) {
        return false;
    }
    *number <<= shift;
    part = fraction * (UINT64_C(1) << shift) + 0.5;
    if (*number > UINT64_MAX - part) {
        return false;
    }
    *number += part;
    return true;
}

static bool pci_window_number(const char *word, uint64_t *number)
{
    if (g_ascii_strncasecmp(word, "0x", 2)) {
        return pci_window_decimal(word, number);
    }
    word += 2;
    return pci_window_digits(&word, 16, number) && !*word;
}

bool pci_window_number_parse(const char *what, const char *word, uint64_t max,
                             uint64_t *number, GError **error)
{
    if (!pci_window_number(word, number) || *number > max) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_NUMBER,
                    "%s is '%s'; a number like 4096, 0x1000 or 4K expected",
                    what, word);
        return false;
    }
    return true;
}

/* --- windows ------------------------------------------------------------ */

static bool pci_window_range(char *const *word, const PciWindowLimits *limits,
                             PciWindow *window, GError **error)
{
    if (!pci_window_number_parse("OFFSET", word[0], limits->number_max,
                                 &window->offset, error) ||
        !pci_window_number_parse("LEN", word[1], limits->number_max,
                                 &window->len, error)) {
        g_prefix_error(error, "'%s': ", window->text);
        return false;
    }
    if (!window->len) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_NUMBER,
                    "'%s': LEN is 0", window->text);
        return false;
    }
    return true;
}

static bool pci_window_find_region(const char *word,
                                   const PciWindowLimits *limits,
                                   PciWindowRegion *region)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pci_window_names); i++) {
        *region = pci_window_names[i].region;
        if (!strcmp(pci_window_names[i].word, word)) {
            return limits->device_wide || *region < PCI_WINDOW_ALL;
        }
    }
    return false;
}

static void pci_window_no_region(const char *word,
                                 const PciWindowLimits *limits,
                                 const PciWindow *window, GError **error)
{
    if (limits->device_wide) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_REGION,
                    "'%s': BAR is '%s'; 0 to 5, rom, vga, vga-memory, vga-3b0, vga-3c0, config, all or registers expected",
                    window->text, word);
    } else {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_REGION,
                    "'%s': BAR is '%s'; 0 to 5, rom, vga, vga-memory, vga-3b0, vga-3c0 or config expected",
                    window->text, word);
    }
}

static bool pci_window_region(const char *word, const PciWindowLimits *limits,
                              PciWindow *window, GError **error)
{
    if (!pci_window_find_region(word, limits, &window->region)) {
        pci_window_no_region(word, limits, window, error);
        return false;
    }
    if (!window->whole && window->region >= PCI_WINDOW_REGIONS) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_REGION,
                    "'%s': %s can't have a range", window->text, word);
        return false;
    }
    return true;
}

/* Removes the last of @words if it is a direction, and returns that. */
static PciWindowDirection pci_window_take_direction(char *const *word,
                                                    unsigned *words)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pci_window_directions) && *words > 1; i++) {
        if (!strcmp(word[*words - 1], pci_window_directions[i].word)) {
            (*words)--;
            return pci_window_directions[i].directions;
        }
    }
    return PCI_WINDOW_BOTH;
}

bool pci_window_parse(const char *text, const PciWindowLimits *limits,
                      PciWindow *window, GError **error)
{
    g_auto(GStrv) word = g_strsplit(text, ":", -1);
    unsigned words = g_strv_length(word);

    *window = (PciWindow) { .text = g_strdup(text) };
    window->directions = pci_window_take_direction(word, &words);
    if (words != 1 && words != 3) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_FORM,
                    "'%s' is not REGION[:OFFSET:LEN][:r|w|rw]", text);
        return false;
    }
    window->whole = words == 1;
    return pci_window_region(word[0], limits, window, error) &&
           (window->whole || pci_window_range(word + 1, limits, window, error));
}

void pci_window_clear(PciWindow *window)
{
    g_clear_pointer(&window->text, g_free);
}

GArray *pci_window_list_parse(const char *text, const PciWindowLimits *limits,
                              GError **error)
{
    g_autoptr(GArray) windows = g_array_new(false, true, sizeof(PciWindow));
    g_auto(GStrv) word = g_strsplit(text, "+", -1);
    size_t i;

    g_array_set_clear_func(windows, (GDestroyNotify)pci_window_clear);
    for (i = 0; word[i]; i++) {
        PciWindow window;
        bool ok = pci_window_parse(word[i], limits, &window, error);

        g_array_append_val(windows, window);
        if (!ok) {
            return NULL;
        }
    }
    if (!windows->len) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_FORM,
                    "'' is not REGION[:OFFSET:LEN][:r|w|rw]");
        return NULL;
    }
    return g_steal_pointer(&windows);
}

const char *pci_window_region_word(PciWindowRegion region)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pci_window_names); i++) {
        if (pci_window_names[i].region == region) {
            return pci_window_names[i].word;
        }
    }
    g_assert_not_reached();
}

/* Prefetchable BARs of this size and more */
#define PCI_WINDOW_LARGE_BAR (4u << 20)

bool pci_window_is_memory(const PciWindowBar bars[PCI_WINDOW_BARS],
                          unsigned n)
{
    unsigned first = PCI_WINDOW_BARS;
    bool others = false;
    unsigned i;

    for (i = PCI_WINDOW_BARS; i--; ) {
        if (bars[i].size && bars[i].memory) {
            first = i;
            others |= !bars[i].prefetch;
        }
    }
    return n < PCI_WINDOW_BARS && bars[n].memory && bars[n].prefetch &&
           bars[n].size >= PCI_WINDOW_LARGE_BAR && (others || n != first);
}
