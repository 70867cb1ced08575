/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: parser of a selection's options (see selection.h) */
#include "libmmiotrace/selection.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/record.h"
#include "libpcidev/window-spec.h"

/* More of one option would only slow reading down. */
#define SELECTION_MAX 256

static void clear_range(gpointer p)
{
    g_free(((MmtSelectRange *)p)->name);
}

static void clear_point(gpointer p)
{
    clear_range(&((MmtSelectPoint *)p)->range);
}

MmtSelection *mmt_selection_new(void)
{
    MmtSelection *s = g_new0(MmtSelection, 1);

    s->refs = 1;
    s->devices = g_ptr_array_new_with_free_func(g_free);
    s->ranges = g_array_new(FALSE, TRUE, sizeof(MmtSelectRange));
    g_array_set_clear_func(s->ranges, clear_range);
    s->regs = g_ptr_array_new_with_free_func(g_free);
    s->values = g_array_new(FALSE, TRUE, sizeof(MmtSelectValue));
    s->cpus = g_array_new(FALSE, TRUE, sizeof(MmtSelectSpan));
    s->pcs = g_array_new(FALSE, TRUE, sizeof(MmtSelectSpan));
    s->phases = g_array_new(FALSE, TRUE, sizeof(MmtSelectSpan));
    s->phase_names = g_ptr_array_new_with_free_func(g_free);
    s->points = g_array_new(FALSE, TRUE, sizeof(MmtSelectPoint));
    g_array_set_clear_func(s->points, clear_point);
    return s;
}

MmtSelection *mmt_selection_use(MmtSelection *s)
{
    g_atomic_int_inc(&s->refs);
    g_atomic_int_set(&s->used, 1);
    return s;
}

void mmt_selection_free(MmtSelection *s)
{
    if (!s || !g_atomic_int_dec_and_test(&s->refs)) {
        return;
    }
    g_ptr_array_unref(s->devices);
    g_array_unref(s->ranges);
    g_ptr_array_unref(s->regs);
    g_array_unref(s->values);
    g_array_unref(s->cpus);
    g_array_unref(s->pcs);
    g_clear_pointer(&s->from.regex, g_regex_unref);
    g_clear_pointer(&s->to.regex, g_regex_unref);
    g_array_unref(s->phases);
    g_ptr_array_unref(s->phase_names);
    g_array_unref(s->points);
    g_free(s);
}

static bool fail(char **message, const char *option, const char *argument,
                 const char *expected)
{
    if (message) {
        *message = g_strdup_printf("--%s '%s': %s expected", option, argument,
                                   expected);
    }
    return false;
}

/* A decimal number, or a hexadecimal one with 0x; nothing else may follow */
static bool take_number(const char *word, uint64_t *out)
{
    bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    const char *digits = hex ? word + 2 : word;
    const char *p;

    for (p = digits; *p; p++) {
        if (hex ? !g_ascii_isxdigit(*p) : !g_ascii_isdigit(*p)) {
            return false;
        }
    }
    return *digits && g_ascii_string_to_unsigned(digits, hex ? 16 : 10, 0,
                                                 UINT64_MAX, out, NULL);
}

/* FIRST or FIRST-LAST */
static bool take_span(const char *text, MmtSelectSpan *span)
{
    g_auto(GStrv) words = g_strsplit(text, "-", 2);

    return words[0] && take_number(words[0], &span->first) &&
           take_number(words[1] ?: words[0], &span->last) &&
           span->last >= span->first;
}

/* VALUE or VALUE/MASK */
static bool take_value(const char *text, MmtSelectValue *value)
{
    g_auto(GStrv) words = g_strsplit(text, "/", 2);

    value->mask = UINT64_MAX;
    return words[0] && take_number(words[0], &value->value) &&
           (!words[1] || take_number(words[1], &value->mask));
}

/* Numbers of a region of the windows' grammar, as bits */
static uint32_t region_bits(PciWindowRegion region)
{
    static const uint32_t bits[] = {
        [PCI_WINDOW_ROM] = 1u << MMT_REGION_ROM,
        [PCI_WINDOW_VGA_MEMORY] = 1u << MMT_REGION_VGA_MEMORY,
        [PCI_WINDOW_VGA_3B0] = 1u << MMT_REGION_VGA_3B0,
        [PCI_WINDOW_VGA_3C0] = 1u << MMT_REGION_VGA_3C0,
        [PCI_WINDOW_CONFIG] = 1u << MMT_REGION_CONFIG,
        [PCI_WINDOW_VGA] = 1u << MMT_REGION_VGA_MEMORY |
                           1u << MMT_REGION_VGA_3B0 | 1u << MMT_REGION_VGA_3C0,
    };

    return region <= PCI_WINDOW_BAR5 ? 1u << region : bits[region];
}

/* NAME[:OFFSET:LEN] of a region that is not a PCI device's */
static bool take_named_range(const char *text, MmtSelectRange *range)
{
    g_auto(GStrv) words = g_strsplit(text, ":", 0);
    unsigned n = g_strv_length(words);
    uint64_t len;

    range->first = 0;
    range->last = UINT64_MAX;
    range->ops = MMT_SELECT_BOTH;
    /* "all" is of the windows' grammar; nothing would have that name */
    if (!n || !*words[0] || !g_ascii_isalpha(*words[0]) ||
        !strcmp(words[0], "all") || (n != 1 && n != 3)) {
        return false;
    }
    if (n == 3) {
        if (!pci_window_number_parse("OFFSET", words[1], UINT64_MAX,
                                     &range->first, NULL) ||
            !pci_window_number_parse("LEN", words[2], UINT64_MAX, &len,
                                     NULL) ||
            !len || len - 1 > UINT64_MAX - range->first) {
            return false;
        }
        range->last = range->first + (len - 1);
    }
    range->name = g_strdup(words[0]);
    return true;
}

static bool take_range(const char *text, MmtSelectRange *range)
{
    static const PciWindowLimits limits = { .number_max = UINT64_MAX };
    g_auto(PciWindow) window = { 0 };
    g_autoptr(GError) error = NULL;

    *range = (MmtSelectRange) { 0 };
    if (!pci_window_parse(text, &limits, &window, &error)) {
        return g_error_matches(error, PCI_WINDOW_ERROR,
                               PCI_WINDOW_ERROR_REGION) &&
               take_named_range(text, range);
    }
    if (!window.whole && window.len - 1 > UINT64_MAX - window.offset) {
        return false;
    }
    range->numbers = region_bits(window.region);
    range->first = window.whole ? 0 : window.offset;
    range->last = window.whole ? UINT64_MAX
                               : window.offset + (window.len - 1);
    range->ops = (window.directions & PCI_WINDOW_READ ? MMT_SELECT_READ : 0) |
                 (window.directions & PCI_WINDOW_WRITE ? MMT_SELECT_WRITE : 0);
    return true;
}

static bool add_device(MmtSelection *s, const char *option,
                       const char *argument, char **message)
{
    if (!*argument) {
        return fail(message, option, argument,
                    "an ID, a PCI address or VENDOR:DEVICE");
    }
    g_ptr_array_add(s->devices, g_strdup(argument));
    return true;
}

static bool add_range(MmtSelection *s, const char *option,
                      const char *argument, char **message)
{
    g_auto(GStrv) parts = g_strsplit(argument, "+", 0);
    unsigned before = s->ranges->len;
    unsigned i;

    for (i = 0; parts[i]; i++) {
        MmtSelectRange range;

        if (!take_range(parts[i], &range)) {
            g_array_set_size(s->ranges, before);
            return fail(message, option, argument,
                        "REGION[:OFFSET:LEN], where REGION is 0 to 5, rom, config, vga or a region's name,");
        }
        g_array_append_val(s->ranges, range);
    }
    return parts[0] || fail(message, option, argument, "a region");
}

static bool add_pattern(GPtrArray *patterns, const char *option,
                        const char *argument, char **message)
{
    if (!*argument) {
        return fail(message, option, argument, "a name or a pattern");
    }
    g_ptr_array_add(patterns, g_strdup(argument));
    return true;
}

static bool add_reg(MmtSelection *s, const char *option, const char *argument,
                    char **message)
{
    return add_pattern(s->regs, option, argument, message);
}

static bool add_op(MmtSelection *s, const char *option, const char *argument,
                   char **message)
{
    static const struct {
        const char *word;
        uint8_t ops;
    } words[] = {
        { "r", MMT_SELECT_READ }, { "read", MMT_SELECT_READ },
        { "w", MMT_SELECT_WRITE }, { "write", MMT_SELECT_WRITE },
        { "rw", MMT_SELECT_BOTH },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strcmp(argument, words[i].word)) {
            s->ops |= words[i].ops;
            return true;
        }
    }
    return fail(message, option, argument, "r or w");
}

static bool add_width(MmtSelection *s, const char *option,
                      const char *argument, char **message)
{
    uint64_t width;

    if (!take_number(argument, &width) || width < 1 || width > 8) {
        return fail(message, option, argument, "1, 2, 4 or 8");
    }
    s->widths |= 1u << width;
    return true;
}

static bool add_value(MmtSelection *s, const char *option,
                      const char *argument, char **message)
{
    MmtSelectValue value;

    if (!take_value(argument, &value)) {
        return fail(message, option, argument, "VALUE or VALUE/MASK");
    }
    g_array_append_val(s->values, value);
    return true;
}

static bool add_span(GArray *spans, const char *option, const char *argument,
                     char **message)
{
    MmtSelectSpan span;

    if (!take_span(argument, &span)) {
        return fail(message, option, argument, "a number or FIRST-LAST");
    }
    g_array_append_val(spans, span);
    return true;
}

static bool add_cpu(MmtSelection *s, const char *option, const char *argument,
                    char **message)
{
    return add_span(s->cpus, option, argument, message);
}

static bool add_pc(MmtSelection *s, const char *option, const char *argument,
                   char **message)
{
    return add_span(s->pcs, option, argument, message);
}

/* SECONDS[.FRACTION] */
static bool take_time(const char *text, uint64_t *ns)
{
    g_auto(GStrv) words = g_strsplit(text, ".", 2);
    g_autofree char *fraction = NULL;
    uint64_t seconds;
    uint64_t rest = 0;

    if (!words[0] || !g_ascii_isdigit(*words[0]) ||
        !g_ascii_string_to_unsigned(words[0], 10, 0,
                                    UINT64_MAX / MMT_NS_PER_SEC - 1, &seconds,
                                    NULL)) {
        return false;
    }
    if (words[1]) {
        if (strlen(words[1]) > 9 || !g_ascii_isdigit(*words[1])) {
            return false;
        }
        fraction = g_strdup_printf("%s%.*s", words[1],
                                   9 - (int)strlen(words[1]), "000000000");
        if (!g_ascii_string_to_unsigned(fraction, 10, 0, MMT_NS_PER_SEC - 1,
                                        &rest, NULL)) {
            return false;
        }
    }
    *ns = seconds * MMT_NS_PER_SEC + rest;
    return true;
}

static bool take_bound(const char *argument, MmtSelectBound *bound)
{
    size_t len = strlen(argument);
    g_autofree char *text = NULL;

    if (len > 2 && argument[0] == '/' && argument[len - 1] == '/') {
        text = g_strndup(argument + 1, len - 2);
        bound->kind = MMT_SELECT_BOUND_MARK;
        bound->regex = g_regex_new(text, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0,
                                   NULL);
        return bound->regex;
    }
    if (argument[0] == '#' && take_number(argument + 1, &bound->number)) {
        bound->kind = MMT_SELECT_BOUND_LINE;
        return true;
    }
    bound->kind = MMT_SELECT_BOUND_TIME;
    return take_time(argument, &bound->number);
}

static bool set_bound(MmtSelectBound *bound, const char *option,
                      const char *argument, char **message)
{
    MmtSelectBound taken = { 0 };

    if (!take_bound(argument, &taken)) {
        return fail(message, option, argument,
                    taken.kind == MMT_SELECT_BOUND_MARK ?
                    "a regular expression" :
                    "seconds, #LINE or /REGULAR EXPRESSION/ of a mark");
    }
    g_clear_pointer(&bound->regex, g_regex_unref);
    *bound = taken;
    return true;
}

static bool set_from(MmtSelection *s, const char *option, const char *argument,
                     char **message)
{
    return set_bound(&s->from, option, argument, message);
}

static bool set_to(MmtSelection *s, const char *option, const char *argument,
                   char **message)
{
    return set_bound(&s->to, option, argument, message);
}

static bool add_phase(MmtSelection *s, const char *option,
                      const char *argument, char **message)
{
    MmtSelectSpan span;

    if (take_span(argument, &span)) {
        g_array_append_val(s->phases, span);
        return true;
    }
    return add_pattern(s->phase_names, option, argument, message);
}

/* REGION:OFFSET[=VALUE[/MASK]] */
static bool add_point(MmtSelection *s, const char *option,
                      const char *argument, char **message)
{
    g_auto(GStrv) words = g_strsplit(argument, "=", 2);
    g_autofree char *range = words[0] ? g_strconcat(words[0], ":1", NULL)
                                      : NULL;
    MmtSelectPoint point = { 0 };

    if (!range || !strchr(words[0], ':') || !take_range(range, &point.range) ||
        (words[1] && !take_value(words[1], &point.value))) {
        clear_point(&point);
        return fail(message, option, argument,
                    "REGION:OFFSET or REGION:OFFSET=VALUE[/MASK]");
    }
    g_array_append_val(s->points, point);
    return true;
}

bool mmt_selection_add(MmtSelection *selection, const char *option,
                       const char *argument, char **message)
{
    static const struct {
        const char *option;
        bool (*add)(MmtSelection *s, const char *option, const char *argument,
                    char **message);
    } options[] = {
        { "device", add_device }, { "range", add_range }, { "reg", add_reg },
        { "op", add_op }, { "width", add_width }, { "value", add_value },
        { "cpu", add_cpu }, { "pc", add_pc }, { "from", set_from },
        { "to", set_to }, { "phase", add_phase }, { "phase-at", add_point },
    };
    size_t i;

    if (g_atomic_int_get(&selection->used)) {
        if (message) {
            *message = g_strdup("a trace uses the selection already");
        }
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!strcmp(option, options[i].option)) {
            if (selection->ranges->len + selection->devices->len +
                selection->regs->len + selection->values->len +
                selection->cpus->len + selection->pcs->len +
                selection->phases->len + selection->phase_names->len +
                selection->points->len >= SELECTION_MAX) {
                return fail(message, option, argument, "fewer options");
            }
            return options[i].add(selection, option, argument, message);
        }
    }
    if (message) {
        *message = g_strdup_printf("there is no option '%s' of a selection",
                                   option);
    }
    return false;
}

void mmt_free(void *p)
{
    g_free(p);
}
