/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing .regdb files: any text
 *
 * What is accepted has a file that stays in the directory, and groups that name
 * devices; of what is refused, a message says why.  Messages are printable.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "libregdb/manifest.h"

static void check_messages(const RegDbMessages *messages)
{
    unsigned i;

    fuzz_check(messages->lines->len == MIN(messages->n, REGDB_MESSAGES_MAX),
               "%u of %u", messages->lines->len, messages->n);
    for (i = 0; i < messages->lines->len; i++) {
        const char *line = messages->lines->pdata[i];
        const char *p;

        fuzz_check(g_utf8_validate(line, -1, NULL), "not UTF-8");
        for (p = line; *p; p = g_utf8_next_char(p)) {
            fuzz_check(mmt_char_is_printable(g_utf8_get_char(p)),
                       "not printable: %s", line);
        }
        fuzz_check(g_str_has_prefix(line, "x.regdb:"), "no name: %s", line);
    }
}

static void check_group(const RegDbGroup *group)
{
    unsigned i;

    fuzz_check(group->ids->len || group->classes->len, "no device");
    for (i = 0; i < group->classes->len; i++) {
        const RegDbClass *class = &g_array_index(group->classes, RegDbClass, i);

        fuzz_check(!(class->code & ~class->mask), "0x%x/0x%x", class->code,
                   class->mask);
    }
    for (i = 0; i < group->regions->len; i++) {
        const RegDbRegionOf *of = &g_array_index(group->regions, RegDbRegionOf,
                                                 i);

        fuzz_check(*of->region && *of->domain, "an empty name");
        fuzz_check(!of->at || (*of->at && !of->offset), "%s", of->region);
    }
}

static void check_manifest(const RegDbManifest *manifest)
{
    unsigned i;

    fuzz_check(manifest->title, "no title");
    fuzz_check(manifest->files && manifest->files[0], "no file");
    for (i = 0; manifest->files[i]; i++) {
        fuzz_check(regdb_path_is_inside(manifest->files[i]), "%s",
                   manifest->files[i]);
    }
    fuzz_check(manifest->groups->len, "no group");
    for (i = 0; i < manifest->groups->len; i++) {
        check_group(manifest->groups->pdata[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    RegDbMessages *messages = regdb_messages_new();
    RegDbManifest *manifest;

    memcpy(text, data, size);
    text[size] = '\0';
    manifest = regdb_manifest_parse("x.regdb", text, size, messages);
    fuzz_check(manifest || messages->n, "refused without a message");
    check_messages(messages);
    if (manifest) {
        check_manifest(manifest);
    }
    regdb_manifest_free(manifest);
    regdb_messages_free(messages);
    free(text);
    return 0;
}
