/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: tables of lines for the parsers of formats (see input-lines.h)
 */
#include "input-lines.h"

#include <stdlib.h>
#include <string.h>

static const char *const result_names[] = {
    [MMT_INPUT_FOREIGN] = "foreign",
    [MMT_INPUT_ENTRY] = "entry",
    [MMT_INPUT_SKIP] = "skip",
    [MMT_INPUT_DAMAGED] = "damaged",
};

MmtInputResult input_parse(MmtInputParse *parse, MmtInput *input,
                           const char *line, size_t len, MmtEntry *entry)
{
    static const char slack[] = "\n0 f)x'\"";
    MmtInputResult result = MMT_INPUT_FOREIGN;
    size_t i;

    for (i = 0; i < sizeof(slack); i++) {
        char *copy = g_malloc(len + MMT_INPUT_SLACK);
        MmtEntry e = { .cpu = MMT_NO_CPU, .region = MMT_NO_REGION };
        MmtInputResult r;

        memcpy(copy, line, len);
        memset(copy + len, slack[i], MMT_INPUT_SLACK);
        input->text = NULL;
        input->text_len = 0;
        r = parse(input, copy, len, &e);
        if (i) {
            g_assert_cmpint(r, ==, result);
            if (r == MMT_INPUT_ENTRY) {
                g_assert_cmpmem(entry, sizeof(e), &e, sizeof(e));
            }
        }
        if (input->text) {
            /* of the caller's line, which lives longer */
            g_assert_true(input->text >= copy);
            g_assert_true(input->text + input->text_len <= copy + len);
            input->text = line + (input->text - copy);
        }
        result = r;
        *entry = e;
        g_free(copy);
    }
    return result;
}

static void check_entry(MmtInput *input, const MmtEntry *entry,
                        const InputLine *want)
{
    const MmtRegion *region = mmt_regions_get(input->regions, entry->region);

    g_test_message("%s", want->line);
    g_assert_cmpint(entry->kind, ==, want->kind);
    g_assert_cmpint(entry->width, ==, want->width);
    g_assert_cmpstr(region->device, ==, want->device);
    g_assert_cmpstr(region->name, ==, want->region);
    g_assert_cmphex(entry->offset, ==, want->offset);
    g_assert_cmphex(entry->value, ==, want->value);
    g_assert_cmphex(entry->address, ==, region->base + want->offset);
    g_assert_cmpint(!(entry->flags & MMT_ENTRY_TIMED), ==,
                    want->ns == NO_TIME);
    if (want->ns != NO_TIME) {
        g_assert_cmpuint(entry->ns, ==, want->ns);
    }
    g_assert_cmpuint(entry->cpu, ==, want->cpu ? want->cpu - 1 : MMT_NO_CPU);
    g_assert_cmphex(entry->pc, ==, want->pc);
}

static void check_garbage(MmtInputParse *parse, MmtInput *input,
                          const char *line)
{
    static const char *const garbage[] = { "g", " x", ")", "0x", "\t", "-" };
    MmtEntry entry;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(garbage); i++) {
        g_autofree char *longer = g_strconcat(line, garbage[i], NULL);

        g_test_message("%s", longer);
        g_assert_cmpstr(result_names[input_parse(parse, input, longer,
                                                 strlen(longer), &entry)],
                        ==, "damaged");
    }
}

static void check_line(MmtInputParse *parse, MmtInput *input,
                       const InputLine *want)
{
    MmtEntry entry;
    size_t len;
    int i;

    for (i = 0; i < 2; i++) {
        MmtInputResult result = input_parse(parse, input, want->line,
                                            strlen(want->line), &entry);

        g_test_message("%s", want->line);
        g_assert_cmpstr(result_names[result], ==, "entry");
        check_entry(input, &entry, want);
    }
    if (!strstr(want->line, "//")) {
        check_garbage(parse, input, want->line);
    }
    for (len = 1; len < strlen(want->line); len++) {
        input_parse(parse, input, want->line, len, &entry);
    }
}

void input_check_lines(MmtInputParse *parse, MmtInput *input,
                       const InputLine *lines, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        check_line(parse, input, &lines[i]);
    }
}

void input_check_results(MmtInputParse *parse, MmtInputResult result,
                         const char *const *lines, size_t n)
{
    MmtInput input = { .regions = mmt_regions_new() };
    MmtEntry entry;
    size_t i;

    for (i = 0; i < n; i++) {
        g_test_message("%s", lines[i]);
        g_assert_cmpstr(result_names[input_parse(parse, &input, lines[i],
                                                 strlen(lines[i]), &entry)],
                        ==, result_names[result]);
    }
    mmt_regions_free(input.regions);
}
