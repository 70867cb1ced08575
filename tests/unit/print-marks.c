/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of marks, for tests that are not C: a line "MARK NAME"
 * for each mark and, behind it, a line "KEY KIND FLAG+FLAG CHOICE" for each of
 * its keys.  Tabs stand between; "-" is none.
 */
#include <glib.h>
#include <stdio.h>

#include "libmmiotrace/marks.h"

static const char *const kind[MMT_VALUES] = {
    [MMT_VALUE_WORD] = "word",
    [MMT_VALUE_DEC] = "decimal",
    [MMT_VALUE_HEX] = "hexadecimal",
    [MMT_VALUE_SECONDS] = "seconds",
    [MMT_VALUE_SHA256] = "SHA-256",
    [MMT_VALUE_BYTES] = "bytes",
    [MMT_VALUE_REGION] = "region",
    [MMT_VALUE_TEXT] = "text",
    [MMT_VALUE_FIELDS] = "fields",
    [MMT_VALUE_PROSE] = "prose",
};

static const struct {
    MmtMarkKeyFlags flag;
    const char *name;
} flags[] = {
    { MMT_KEY_OPTIONAL, "optional" },
    { MMT_KEY_LENIENT, "lenient" },
    { MMT_KEY_BARE, "bare" },
    { MMT_KEY_REPEATED, "repeated" },
};

static void print_key(const MmtMarkKey *key)
{
    g_autoptr(GString) names = g_string_new(NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (key->flags & flags[i].flag) {
            g_string_append_printf(names, "%s%s", names->len ? "+" : "",
                                   flags[i].name);
        }
    }
    printf("%s\t%s\t%s\t%s\n", key->key, kind[key->kind],
           names->len ? names->str : "-", key->choice ?: "-");
}

int main(void)
{
    MmtMark mark;

    for (mark = 0; mark < MMT_MARKS; mark++) {
        const MmtMarkKey *key;

        printf("MARK\t%s\n", mmt_mark_forms[mark].name);
        for (key = mmt_mark_forms[mark].key; key->key; key++) {
            print_key(key);
        }
    }
    return 0;
}
