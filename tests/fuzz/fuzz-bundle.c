/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing bundles: any archive, in pieces of any size
 *
 * Reading it ends, and takes no more than there is.  Members have names that
 * are safe as files' names.  The log is the same, read as the log or member by
 * member.  What is refused has a printable message.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/bundle.h"
#include "libmmiotrace/printable.h"
#include "tools/bundle/manifest.h"

#define BLOCK 512

/* Flags in the input's first byte */
enum {
    MODE_SUMS = 1 << 0,     /* headers get the right sums */
    MODE_MAGIC = 1 << 1,    /* and the right magic */
};

/**
 * struct Archive: what is read
 * @p: the next byte
 * @left: bytes left
 * @piece: the most bytes that are handed out
 */
typedef struct Archive {
    const unsigned char *p;
    size_t left;
    size_t piece;
} Archive;

static ssize_t fill(void *opaque, char *buf, size_t len, GError **error)
{
    Archive *archive = opaque;
    size_t n = MIN(MIN(len, archive->left), archive->piece);

    (void)error;
    fuzz_check(len > 0, "nothing is asked for");
    memcpy(buf, archive->p, n);
    archive->p += n;
    archive->left -= n;
    return n;
}

/* Without it, the fuzzer would have to guess sums. */
static void set_sums(unsigned char *p, size_t len, unsigned mode)
{
    for (; len >= BLOCK; p += BLOCK, len -= BLOCK) {
        unsigned sum = 0;
        char text[8];
        size_t i;

        if (memcmp(p + 257, "ustar", 5)) {
            continue;
        }
        if (mode & MODE_MAGIC) {
            memcpy(p + 257, "ustar\0" "00", 8);
        }
        memset(p + 148, ' ', 8);
        for (i = 0; i < BLOCK; i++) {
            sum += p[i];
        }
        g_snprintf(text, sizeof(text), "%06o", sum);
        memcpy(p + 148, text, 7);
    }
}

static void check_error(const GError *error)
{
    const char *p;

    fuzz_check(error, "refused without a message");
    fuzz_check(g_utf8_validate(error->message, -1, NULL), "not UTF-8");
    for (p = error->message; *p; p = g_utf8_next_char(p)) {
        fuzz_check(mmt_char_is_printable(g_utf8_get_char(p)),
                   "not printable: %s", error->message);
    }
}

static void check_manifest(const GString *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Bundle) bundle = bundle_manifest_read(text->str, text->len,
                                                    &error);
    guint i;

    if (!bundle) {
        fuzz_check(error, "refused without a message");
        return;
    }
    fuzz_check(bundle->members->len, "no member");
    for (i = 0; i < bundle->members->len; i++) {
        const BundleMember *member = bundle->members->pdata[i];

        fuzz_check(mmt_bundle_name_ok(member->name), "%s", member->name);
        fuzz_check(mmt_bundle_is_log(member->name) ==
                   !strcmp(member->role, BUNDLE_ROLE_LOG), "%s", member->name);
        fuzz_check(member->size <= INT64_MAX, "%s", member->name);
    }
}

/* Read what the current member has */
static void read_member(MmtBundle *bundle, GString *to)
{
    char buf[300];
    ssize_t n;

    while ((n = mmt_bundle_read(bundle, buf, sizeof(buf), NULL)) > 0) {
        g_string_append_len(to, buf, n);
    }
    fuzz_check(n == 0, "an error that the archive does not have");
}

/* Member by member.  Return: the log's text, up to another member */
static GString *by_member(const Archive *input)
{
    Archive archive = *input;
    g_autoptr(MmtBundle) bundle = mmt_bundle_new("x", fill, &archive);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    GString *log = g_string_new(NULL);
    MmtBundleResult result;
    bool in_log = true;
    unsigned n = 0;

    while ((result = mmt_bundle_next(bundle, &error)) == MMT_BUNDLE_MEMBER) {
        const MmtBundleMember *member = mmt_bundle_member(bundle);

        fuzz_check(mmt_bundle_name_ok(member->name), "%s", member->name);
        fuzz_check(!strchr(member->name, '/'), "%s", member->name);
        fuzz_check(member->size <= INT64_MAX, "%s", member->name);
        g_string_truncate(text, 0);
        read_member(bundle, text);
        fuzz_check(text->len <= member->size, "%s", member->name);
        if (n == 0) {
            check_manifest(text);
        } else if (in_log && mmt_bundle_is_log(member->name)) {
            g_string_append_len(log, text->str, text->len);
        } else {
            in_log = false;
        }
        n++;
    }
    if (result == MMT_BUNDLE_ERROR) {
        check_error(error);
    } else {
        fuzz_check(!archive.left, "%zu bytes are left", archive.left);
    }
    return log;
}

static GString *as_log(const Archive *input)
{
    Archive archive = *input;
    g_autoptr(MmtBundle) bundle = mmt_bundle_new("x", fill, &archive);
    GString *log = g_string_new(NULL);
    char buf[200];
    ssize_t n;

    do {
        while ((n = mmt_bundle_read_log(bundle, buf, sizeof(buf), NULL)) > 0) {
            g_string_append_len(log, buf, n);
        }
    } while (n == 0 && !mmt_bundle_in_log(bundle) &&
             mmt_bundle_next_log(bundle, NULL) == MMT_BUNDLE_MEMBER);
    mmt_bundle_drain(bundle);
    return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    unsigned mode = fuzz_take(&in, 1);
    size_t piece = 1 + fuzz_take(&in, 2);
    unsigned char *bytes = (unsigned char *)fuzz_copy(in.p, in.left);
    Archive archive = { bytes, in.left, MAX(piece, in.left / 256) };
    GString *a, *b;

    if (mode & MODE_SUMS) {
        set_sums(bytes, in.left, mode);
    }
    a = by_member(&archive);
    b = as_log(&archive);
    fuzz_check(a->len == b->len && !memcmp(a->str, b->str, a->len),
               "%zu and %zu bytes of the log", a->len, b->len);
    g_string_free(a, TRUE);
    g_string_free(b, TRUE);
    free(bytes);
    return 0;
}
