/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the parsers of QEMU's, ftrace's and m1n1's text: arbitrary bytes as
 * the lines of a trace
 *
 * An entry is plausible and depends on nothing behind the line; nor, but for
 * the number of its region, on the lines before it.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/input.h"

static MmtInputParse *const parsers[] = {
    mmt_input_qemu, mmt_input_ftrace, mmt_input_m1n1,
};

/**
 * struct Parsed: what a parser has made of a line
 * @result: its result
 * @entry: the entry
 * @has_text: the entry has a text
 * @text: offset of the text in the line
 * @text_len: its length
 */
typedef struct Parsed {
    MmtInputResult result;
    MmtEntry entry;
    bool has_text;
    size_t text;
    size_t text_len;
} Parsed;

static Parsed parse(MmtInputParse *parser, MmtInput *input,
                    const uint8_t *line, size_t len, char slack)
{
    Parsed parsed = {
        .entry = { .cpu = MMT_NO_CPU, .region = MMT_NO_REGION, .line = 1 },
    };
    char *copy = malloc(len + MMT_INPUT_SLACK);

    memcpy(copy, line, len);
    memset(copy + len, slack, MMT_INPUT_SLACK);
    input->text = NULL;
    input->text_len = 0;
    parsed.result = parser(input, copy, len, &parsed.entry);
    if (input->text) {
        fuzz_check(input->text >= copy &&
                   input->text + input->text_len <= copy + len,
                   "the text is not in the line");
        parsed.has_text = true;
        parsed.text = input->text - copy;
        parsed.text_len = input->text_len;
    }
    free(copy);
    return parsed;
}

static void check_access(const MmtInput *input, const MmtEntry *entry)
{
    const MmtRegion *region;

    fuzz_check(entry->width >= 1 && entry->width <= 8, "width %u",
               entry->width);
    fuzz_check(entry->width == 8 || !(entry->value >> (8 * entry->width)),
               "the value is wider than %u bytes", entry->width);
    fuzz_check(entry->region < mmt_regions_count(input->regions),
               "there is no region %u", entry->region);
    region = mmt_regions_get(input->regions, entry->region);
    fuzz_check(region->device && region->name && *region->name,
               "a region without a name");
}

static void check_entry(const MmtInput *input, const Parsed *parsed)
{
    const MmtEntry *entry = &parsed->entry;

    if (parsed->result != MMT_INPUT_ENTRY) {
        return;
    }
    fuzz_check(entry->kind == MMT_ENTRY_READ ||
               entry->kind == MMT_ENTRY_WRITE ||
               entry->kind == MMT_ENTRY_MARK || entry->kind == MMT_ENTRY_LOST,
               "kind %u", entry->kind);
    fuzz_check(parsed->has_text == (entry->kind == MMT_ENTRY_MARK),
               "a text, but no mark, or the reverse");
    fuzz_check(entry->flags & MMT_ENTRY_TIMED || !entry->ns,
               "a time that is not known");
    if (entry->kind == MMT_ENTRY_READ || entry->kind == MMT_ENTRY_WRITE) {
        check_access(input, entry);
    } else {
        fuzz_check(entry->region == MMT_NO_REGION, "the region of no access");
    }
}

/* The same but for the region, whose number and address have a history */
static void check_same(const Parsed *a, const Parsed *b)
{
    fuzz_check(a->result == b->result, "the result: %u, was %u", b->result,
               a->result);
    if (a->result != MMT_INPUT_ENTRY) {
        return;
    }
    fuzz_check(a->entry.kind == b->entry.kind &&
               a->entry.width == b->entry.width &&
               a->entry.flags == b->entry.flags &&
               a->entry.cpu == b->entry.cpu && a->entry.ns == b->entry.ns &&
               a->entry.offset == b->entry.offset &&
               a->entry.value == b->entry.value && a->entry.pc == b->entry.pc,
               "the entry differs");
    fuzz_check(a->has_text == b->has_text && a->text == b->text &&
               a->text_len == b->text_len, "the text differs");
}

static void check_line(MmtInputParse *parser, MmtInput *input,
                       const uint8_t *line, size_t len)
{
    MmtInput fresh = { .regions = mmt_regions_new(), .known = input->known };
    Parsed first = parse(parser, input, line, len, '\n');
    Parsed again = parse(parser, input, line, len, '0');
    Parsed alone = parse(parser, &fresh, line, len, ' ');

    check_entry(input, &first);
    check_entry(&fresh, &alone);
    check_same(&first, &again);
    check_same(&first, &alone);
    if (first.result == MMT_INPUT_ENTRY &&
        again.entry.region != MMT_NO_REGION) {
        const MmtRegion *was = mmt_regions_get(input->regions,
                                               again.entry.region);
        const MmtRegion *is = mmt_regions_get(fresh.regions,
                                              alone.entry.region);

        fuzz_check(!strcmp(was->device, is->device) &&
                   !strcmp(was->name, is->name),
                   "the region: %s %s, alone %s %s", was->device, was->name,
                   is->device, is->name);
    }
    mmt_regions_free(fresh.regions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t i;

    for (i = 0; i < 2 * G_N_ELEMENTS(parsers); i++) {
        MmtInput input = { .regions = mmt_regions_new(), .known = i & 1 };
        const uint8_t *end = data + size;
        const uint8_t *p = data;

        while (p < end) {
            const uint8_t *nl = memchr(p, '\n', end - p);

            nl = nl ? nl : end;
            if (nl > p) {
                check_line(parsers[i / 2], &input, p, nl - p);
            }
            p = nl + 1;
        }
        mmt_regions_free(input.regions);
    }
    return 0;
}
