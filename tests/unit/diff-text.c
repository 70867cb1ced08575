/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: differences of two short logs as text (see diff-text.h)
 */
#include "diff-text.h"
#include "run-tool.h"

#include <inttypes.h>
#include <string.h>

static void put_line(GString *text, const char *word, uint64_t base,
                     unsigned *us)
{
    char *end;
    uint64_t offset = g_ascii_strtoull(word + 1, &end, 16);
    uint64_t value = *end == '=' ? g_ascii_strtoull(end + 1, NULL, 16) : 0;

    (*us)++;
    g_string_append_printf(text, "%s %u.%06u ",
                           *word == 'R' ? "R 4" : *word == 'W' ? "W 4" :
                           *word == 'U' ? "UNKNOWN" : "MARK",
                           1 + *us / 1000000, *us % 1000000);
    switch (*word) {
    case 'M':
        g_string_append_printf(text, "%s\n", word + 2);
        break;
    case 'c':
        g_string_append(text, "vfio-trace: config R width=4 map=7 ");
        g_string_append_printf(text,
                               "offset=0x%" PRIx64 " value=0x%" PRIx64 "\n",
                               offset, value);
        break;
    case 'U':
        g_string_append_printf(text, "1 0x%" PRIx64 " 8b,00,00 0x0 0\n",
                               base + offset);
        break;
    default:
        g_string_append_printf(text, "1 0x%" PRIx64 " 0x%" PRIx64 " 0x0 0\n",
                               base + offset, value);
    }
}

char *diff_log_text(const char *words, uint64_t base)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    GString *text = g_string_new("VERSION 20070824\n");
    unsigned us = 0;
    char **word;

    g_string_append_printf(text, "PCIDEV 0028 808610d3 1b %" PRIx64, base);
    g_string_append(text, " 0 0 0 0 0 0 100000 0 0 0 0 0 0 e1000e\n");
    for (word = list; *word; word++) {
        const char *times = strchr(*word, '*');
        unsigned n = times ? atoi(times + 1) : 1;

        if (**word == '+') {
            us += 1000 * atoi(*word + 1);
            continue;
        }
        while (**word && n--) {
            put_line(text, *word, base, &us);
        }
    }
    return g_string_free(text, FALSE);
}

/**
 * struct Text: state of diff_text()
 * @a: the first log
 * @b: the second one
 * @next_a: token that the next hunk begins with
 * @next_b: likewise
 * @text: the hunks
 */
typedef struct Text {
    DiffLog *a;
    DiffLog *b;
    uint64_t next_a;
    uint64_t next_b;
    GString *text;
} Text;

static void take_hunk(const DiffHunk *hunk, void *opaque)
{
    static const char kinds[] = "=-+voetr";
    Text *t = opaque;
    uint64_t n = hunk->a1 - hunk->a0;
    uint64_t m = hunk->b1 - hunk->b0;

    g_assert_cmpuint(hunk->kind, <, DIFF_KIND__MAX);
    g_assert_cmpuint(hunk->a0, ==, t->next_a);
    g_assert_cmpuint(hunk->b0, ==, t->next_b);
    g_assert_cmpuint(hunk->a1, >=, hunk->a0);
    g_assert_cmpuint(hunk->b1, >=, hunk->b0);
    g_assert_cmpuint(hunk->a0, >=, diff_log_start(t->a));
    g_assert_cmpuint(hunk->a1, <=, diff_log_end(t->a));
    g_assert_cmpuint(hunk->b0, >=, diff_log_start(t->b));
    g_assert_cmpuint(hunk->b1, <=, diff_log_end(t->b));
    g_assert_cmpuint(n + m, >, 0);
    t->next_a = hunk->a1;
    t->next_b = hunk->b1;
    g_string_append_printf(t->text, "%s%c", t->text->len ? " " : "",
                           kinds[hunk->kind]);
    switch (hunk->kind) {
    case DIFF_ONLY_A:
        g_assert_cmpuint(m, ==, 0);
        g_string_append_printf(t->text, "%" PRIu64, n);
        break;
    case DIFF_ONLY_B:
        g_assert_cmpuint(n, ==, 0);
        g_string_append_printf(t->text, "%" PRIu64, m);
        break;
    case DIFF_ORDER:
    case DIFF_ROUNDS:
        g_string_append_printf(t->text, "%" PRIu64 "/%" PRIu64, n, m);
        break;
    case DIFF_POLL_TIME:
        if (hunk->cycle) {
            g_string_append_printf(t->text, "%" PRIu64 "/%" PRIu64, n, m);
            break;
        }
        /* fallthrough */
    default:
        g_assert_cmpuint(n, ==, m);
        g_string_append_printf(t->text, "%" PRIu64, n);
    }
}

char *diff_text(const char *a, const char *b, const DiffOptions *options,
                uint32_t window, ToolStatus *status)
{
    static const Verb verb = { .name = "diff" };
    static unsigned number;
    g_autofree char *name_a = g_strdup_printf("a%u.mmt", number);
    g_autofree char *name_b = g_strdup_printf("b%u.mmt", number++);
    g_autofree char *path_a = temp_file(name_a, a, -1);
    g_autofree char *path_b = temp_file(name_b, b, -1);
    g_autoptr(DiffPlaces) places = diff_places_new();
    Text t = { .text = g_string_new(NULL) };
    DiffSink sink = { .hunk = take_hunk, .opaque = &t };

    t.a = diff_log_open(&verb, path_a, places, window);
    t.b = diff_log_open(&verb, path_b, places, window);
    g_assert_true(t.a && t.b);
    *status = diff_compare(&verb, t.a, t.b, options, &sink);
    diff_log_close(t.a);
    diff_log_close(t.b);
    return g_string_free(t.text, FALSE);
}
