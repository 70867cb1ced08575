/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as JSON: members of the reader's objects and their
 * values (see json-internal.h)
 */
#include "tools/sequence/json-internal.h"

#include <stdarg.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "tools/sequence/wrong.h"

#define HEX_DIGITS 16

bool seq_reader_wrong(SeqReader *r, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return !r->pull.error && sequence_wrong(&r->pull.error, "%s", text);
}

/* They mostly come in the order of the table: @hint is the next one. */
static size_t find_member(const SeqMember *members, size_t n, size_t hint,
                          const char *name)
{
    size_t k;

    for (k = 0; k < n; k++) {
        size_t i = (hint + k) % n;

        if (!strcmp(members[i].name, name)) {
            return i;
        }
    }
    return n;
}

static bool take_member(SeqReader *r, const SeqMember *member, SeqValue *value)
{
    const char *name = member->name;

    if (value->present) {
        return seq_reader_wrong(r, "%s: it is there twice: remove one", name);
    }
    value->present = true;
    if (!member->take(r, value)) {
        if (!r->is_placed) {
            g_prefix_error(&r->pull.error, "%s: ", name);
        }
        return false;
    }
    return true;
}

bool seq_reader_object(SeqReader *r, const SeqMember *members, size_t n,
                       SeqValue *values)
{
    size_t hint = 0;

    memset(values, 0, n * sizeof(*values));
    if (!json_pull_object(&r->pull)) {
        return false;
    }
    while (json_pull_member(&r->pull)) {
        size_t i = find_member(members, n, hint, r->pull.text->str);

        if (i == n) {
            return seq_reader_wrong(r,
                                    "%.64s: there is no such member: remove it, or use the version of vfio-trace that knows it",
                                    r->pull.text->str);
        }
        if (!take_member(r, &members[i], &values[i])) {
            return false;
        }
        hint = i + 1;
    }
    return !r->pull.error;
}

bool seq_reader_has(SeqReader *r, const SeqMember *member,
                    const SeqValue *value)
{
    return value->present ||
           seq_reader_wrong(r, "%s: this member is missing: add it",
                            member->name);
}

bool seq_take_hex(SeqReader *r, SeqValue *value)
{
    const char *text = json_pull_string(&r->pull);
    const char *p;

    if (!text) {
        return false;
    }
    p = g_str_has_prefix(text, "0x") ? text + 2 : "";
    value->number = 0;
    if (!*p || strlen(p) > HEX_DIGITS) {
        p = "?";
    }
    for (; g_ascii_isxdigit(*p); p++) {
        value->number = value->number << 4 | g_ascii_xdigit_value(*p);
    }
    return !*p ||
           seq_reader_wrong(r,
                            "it must be a hexadecimal number in a string, such as \"0x10\", of at most 64 bits");
}

bool seq_take_number(SeqReader *r, SeqValue *value)
{
    return json_pull_uint(&r->pull, &value->number);
}

bool seq_take_bool(SeqReader *r, SeqValue *value)
{
    bool truth;

    if (!json_pull_bool(&r->pull, &truth)) {
        return false;
    }
    value->number = truth;
    return true;
}

static bool is_printable(const char *text)
{
    for (; *text; text = g_utf8_next_char(text)) {
        if (!mmt_char_is_printable(g_utf8_get_char(text))) {
            return false;
        }
    }
    return true;
}

bool seq_take_string(SeqReader *r, SeqValue *value)
{
    const char *text = json_pull_string(&r->pull);

    if (!text) {
        return false;
    }
    if (!is_printable(text)) {
        return seq_reader_wrong(r,
                                "it has characters that are not printable: remove them");
    }
    value->text = g_string_chunk_insert(r->names, text);
    return true;
}

bool seq_take_word(SeqReader *r, const char *const *words, SeqValue *value)
{
    const char *text = json_pull_string(&r->pull);
    g_autofree char *all = NULL;
    unsigned i;

    if (!text) {
        return false;
    }
    for (i = 0; words[i]; i++) {
        if (!strcmp(words[i], text)) {
            value->number = i;
            return true;
        }
    }
    all = g_strjoinv(", ", (char **)words);
    return seq_reader_wrong(r, "%.64s is not one of: %s", text, all);
}

bool seq_take_region(SeqReader *r, SeqValue *value)
{
    static const char *words[SEQUENCE_REGIONS + 1];
    unsigned i;

    for (i = 0; !words[i] && i < SEQUENCE_REGIONS; i++) {
        words[i] = sequence_region_name(i);
    }
    return seq_take_word(r, words, value);
}

bool seq_take_file(SeqReader *r, SeqValue *value)
{
    const char *text = json_pull_string(&r->pull);
    gpointer found;

    if (!text) {
        return false;
    }
    found = g_hash_table_lookup(r->files, text);
    if (!found) {
        return seq_reader_wrong(r,
                                "%.64s is not listed in files: list it there, before the operations",
                                text);
    }
    value->number = GPOINTER_TO_UINT(found) - 1;
    return true;
}
