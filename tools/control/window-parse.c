/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the words of `vfio-trace window` (see window-parse.h)
 */
#include "tools/control/window-parse.h"

#include <gio/gio.h>
#include <string.h>

/* What users call regions, and what QMP does */
static const struct {
    const char *word;
    const char *regions[WINDOW_REGIONS_MAX + 1];
} names[] = {
    { "0", { "bar0" } },
    { "1", { "bar1" } },
    { "2", { "bar2" } },
    { "3", { "bar3" } },
    { "4", { "bar4" } },
    { "5", { "bar5" } },
    { "bar0", { "bar0" } },
    { "bar1", { "bar1" } },
    { "bar2", { "bar2" } },
    { "bar3", { "bar3" } },
    { "bar4", { "bar4" } },
    { "bar5", { "bar5" } },
    { "rom", { "rom" } },
    { "config", { "config" } },
    { "vga-memory", { "vga-memory" } },
    { "vga-3b0", { "vga-3b0" } },
    { "vga-3c0", { "vga-3c0" } },
    { "vga", { "vga-memory", "vga-3b0", "vga-3c0" } },
};

static const struct {
    const char *word;
    const char *direction;
} directions[] = {
    { "r", "read" },
    { "w", "write" },
    { "rw", "both" },
};

static const struct {
    char letter;
    unsigned shift;
} units[] = {
    { 'K', 10 }, { 'M', 20 }, { 'G', 30 }, { 'T', 40 },
};

static void set_error(GError **error, const WindowSpec *window,
                      const char *fmt, ...) G_GNUC_PRINTF(3, 4);

static void set_error(GError **error, const WindowSpec *window,
                      const char *fmt, ...)
{
    g_autofree char *message = NULL;
    va_list ap;

    va_start(ap, fmt);
    message = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "'%s': %s",
                window->text, message);
}

/*
 * 4096, 0x1000, 4K.  JSON's numbers are signed here, and no device is that
 * large.
 */
static bool parse_number(const char *word, uint64_t *number)
{
    bool hex = g_str_has_prefix(word, "0x") || g_str_has_prefix(word, "0X");
    const char *digits = word + (hex ? 2 : 0);
    char *end;
    size_t i;

    if (!(hex ? g_ascii_isxdigit(*digits) : g_ascii_isdigit(*digits))) {
        return false;
    }
    *number = g_ascii_strtoull(digits, &end, hex ? 16 : 10);
    if (*number > INT64_MAX) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(units) && *end && !hex; i++) {
        if (g_ascii_toupper(*end) == units[i].letter) {
            if (*number > (uint64_t)INT64_MAX >> units[i].shift) {
                return false;
            }
            *number <<= units[i].shift;
            end++;
            break;
        }
    }
    return !*end;
}

static bool parse_range(WindowSpec *window, char *const *word, GError **error)
{
    static const char *const what[] = { "OFFSET", "LEN" };
    uint64_t number[G_N_ELEMENTS(what)];
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(what); i++) {
        if (!parse_number(word[i], &number[i])) {
            set_error(error, window,
                      "%s is '%s'; a number like 4096, 0x1000 or 4K expected",
                      what[i], word[i]);
            return false;
        }
    }
    window->offset = number[0];
    window->length = number[1];
    if (!window->length) {
        set_error(error, window, "LEN is 0");
        return false;
    }
    return true;
}

static bool parse_region(WindowSpec *window, const char *word, GError **error)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!strcmp(names[i].word, word)) {
            memcpy(window->regions, names[i].regions,
                   sizeof(window->regions));
            if (window->whole || !window->regions[1]) {
                return true;
            }
            set_error(error, window,
                      "%s is several regions: OFFSET and LEN are of one", word);
            return false;
        }
    }
    set_error(error, window,
              "there is no region '%s'; a BAR from 0 to 5, rom, vga or config expected",
              word);
    return false;
}

/* The last of @words, if it is a direction: it is taken off. */
static const char *take_direction(char **word, unsigned *words)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(directions) && *words > 1; i++) {
        if (!strcmp(word[*words - 1], directions[i].word)) {
            (*words)--;
            return directions[i].direction;
        }
    }
    return "both";
}

bool window_parse(const char *text, WindowSpec *window, GError **error)
{
    g_auto(GStrv) word = g_strsplit(text, ":", -1);
    unsigned words = g_strv_length(word);

    *window = (WindowSpec) { .text = text };
    window->direction = take_direction(word, &words);
    if (words != 1 && words != 3) {
        set_error(error, window,
                  "not of the form REGION[:OFFSET:LEN][:r|w|rw]");
        return false;
    }
    window->whole = words == 1;
    return parse_region(window, word[0], error) &&
           (window->whole || parse_range(window, word + 1, error));
}
