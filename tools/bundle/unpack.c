/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: reads the archive (see unpack.h)
 */
#include "tools/bundle/unpack.h"

#include <gio/gio.h>
#include <string.h>

#include "libmmiotrace/source.h"
#include "tools/analysis/trace.h"
#include "tools/bundle/manifest.h"

#define PIECE (256u * 1024)

/**
 * struct BundleUnpack
 * @source: the file
 * @archive: its members
 * @manifest: the manifest's text, or NULL
 * @bundle: what it says, or NULL
 */
struct BundleUnpack {
    MmtSource *source;
    MmtBundle *archive;
    GString *manifest;
    Bundle *bundle;
};

BundleUnpack *bundle_unpack_open(const char *path, GError **error)
{
    g_autoptr(BundleUnpack) unpack = g_new0(BundleUnpack, 1);

    unpack->source = mmt_source_open(path, error);
    if (unpack->source) {
        unpack->archive = mmt_source_bundle(unpack->source, error);
    }
    return unpack->archive ? g_steal_pointer(&unpack) : NULL;
}

void bundle_unpack_close(BundleUnpack *unpack)
{
    if (!unpack) {
        return;
    }
    mmt_source_free(unpack->source);
    if (unpack->manifest) {
        g_string_free(unpack->manifest, TRUE);
    }
    bundle_free(unpack->bundle);
    g_free(unpack);
}

static bool fail(const BundleUnpack *unpack, const char *what,
                 const char *name, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s%s",
                mmt_source_name(unpack->source), name, what);
    return false;
}

static bool cut_off(const BundleUnpack *unpack, GError **error)
{
    return fail(unpack, "the bundle is cut off", "", error);
}

/* Read the current member, which has at most @max bytes */
static GString *read_small(BundleUnpack *unpack, size_t max, GError **error)
{
    const MmtBundleMember *member = mmt_bundle_member(unpack->archive);
    GString *text = NULL;
    ssize_t n = 1;

    if (member->size > max) {
        fail(unpack, " is too large", member->name, error);
        return NULL;
    }
    text = g_string_sized_new(member->size);
    while (n > 0 && text->len < member->size) {
        n = mmt_bundle_read(unpack->archive, text->str + text->len,
                            member->size - text->len, error);
        g_string_set_size(text, text->len + MAX(n, 0));
    }
    if (n <= 0 && member->size) {
        if (n == 0) {
            cut_off(unpack, error);
        }
        g_string_free(text, TRUE);
        return NULL;
    }
    return text;
}

const Bundle *bundle_unpack_manifest(BundleUnpack *unpack, GError **error)
{
    MmtBundleResult result = mmt_bundle_next(unpack->archive, error);

    if (result != MMT_BUNDLE_MEMBER) {
        if (result != MMT_BUNDLE_ERROR) {
            cut_off(unpack, error);
        }
        return NULL;
    }
    /* MmtBundle has compared its name. */
    unpack->manifest = read_small(unpack, BUNDLE_MANIFEST_MAX, error);
    if (unpack->manifest) {
        unpack->bundle = bundle_manifest_read(unpack->manifest->str,
                                              unpack->manifest->len, error);
        if (!unpack->bundle) {
            g_prefix_error(error, "%s: ", mmt_source_name(unpack->source));
        }
    }
    return unpack->bundle;
}

/* --- all members --------------------------------------------------------- */

/* Go on to the member of that name */
static bool next_is(BundleUnpack *unpack, const char *name, GError **error)
{
    const MmtBundleMember *member = mmt_bundle_member(unpack->archive);

    switch (mmt_bundle_next(unpack->archive, error)) {
    case MMT_BUNDLE_MEMBER:
        return !strcmp(member->name, name) ||
               fail(unpack, " is missing: another member is in its place",
                    name, error);
    case MMT_BUNDLE_WAIT:
        return cut_off(unpack, error);
    case MMT_BUNDLE_END:
        return fail(unpack, " is missing", name, error);
    default:
        return false;
    }
}

static bool begin(const BundleSink *sink, const char *name, GError **error)
{
    return !sink->begin || sink->begin(sink->opaque, name, error);
}

static bool put(const BundleSink *sink, const char *p, size_t len,
                GError **error)
{
    return !sink->put || sink->put(sink->opaque, p, len, error);
}

static bool end(const BundleSink *sink, GError **error)
{
    return !sink->end || sink->end(sink->opaque, error);
}

/* Read the member that has just begun */
static bool take_contents(BundleUnpack *unpack, const BundleMember *want,
                          const BundleSink *sink, AnalysisProgress *progress,
                          GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *buf = g_malloc(PIECE);
    uint64_t done = 0;

    while (done < want->size) {
        ssize_t n = mmt_bundle_read(unpack->archive, buf, PIECE, error);

        if (n <= 0) {
            return n ? false : cut_off(unpack, error);
        }
        g_checksum_update(sum, (guchar *)buf, n);
        if (!put(sink, buf, n, error)) {
            return false;
        }
        if (analysis_interrupted()) {
            return fail(unpack, "interrupted", "", error);
        }
        done += n;
        analysis_progress_bytes(progress, "read", done);
    }
    return !strcmp(g_checksum_get_string(sum), want->sha256) ||
           fail(unpack, " is damaged: its SHA-256 is not that of the manifest",
                want->name, error);
}

static bool take_member(BundleUnpack *unpack, const BundleMember *want,
                        const BundleSink *sink, AnalysisProgress *progress,
                        GError **error)
{
    if (!next_is(unpack, want->name, error)) {
        return false;
    }
    if (mmt_bundle_member(unpack->archive)->size != want->size) {
        return fail(unpack, " has not the size that the manifest says",
                    want->name, error);
    }
    return begin(sink, want->name, error) &&
           take_contents(unpack, want, sink, progress, error) &&
           end(sink, error);
}

static bool put_whole(const BundleSink *sink, const char *name,
                      const char *text, size_t len, GError **error)
{
    return begin(sink, name, error) && put(sink, text, len, error) &&
           end(sink, error);
}

/* The last member also has the manifest's hash. */
static bool take_sums(BundleUnpack *unpack, const BundleSink *sink,
                      GError **error)
{
    g_autofree char *want = bundle_sums(unpack->bundle, unpack->manifest->str);
    GString *sums;
    bool same;

    if (!next_is(unpack, BUNDLE_SUMS, error)) {
        return false;
    }
    sums = read_small(unpack, strlen(want), error);
    if (!sums) {
        return false;
    }
    same = sums->len == strlen(want) && !memcmp(sums->str, want, sums->len);
    g_string_free(sums, TRUE);
    if (!same) {
        return fail(unpack, " does not agree with the manifest, or with its hash",
                    BUNDLE_SUMS, error);
    }
    return put_whole(sink, BUNDLE_SUMS, want, strlen(want), error);
}

static bool take_end(BundleUnpack *unpack, GError **error)
{
    switch (mmt_bundle_next(unpack->archive, error)) {
    case MMT_BUNDLE_END:
        return !mmt_source_in_packed(unpack->source) ||
               cut_off(unpack, error);
    case MMT_BUNDLE_MEMBER:
        return fail(unpack, " is not in the manifest",
                    mmt_bundle_member(unpack->archive)->name, error);
    case MMT_BUNDLE_WAIT:
        return cut_off(unpack, error);
    default:
        return false;
    }
}

bool bundle_unpack_all(BundleUnpack *unpack, const BundleSink *sink,
                       AnalysisProgress *progress, GError **error)
{
    const GPtrArray *members = unpack->bundle->members;
    guint i;

    if (strlen(unpack->manifest->str) != unpack->manifest->len) {
        return fail(unpack, " has bytes that no text has",
                    MMT_BUNDLE_MANIFEST, error);
    }
    if (!put_whole(sink, MMT_BUNDLE_MANIFEST, unpack->manifest->str,
                   unpack->manifest->len, error)) {
        return false;
    }
    for (i = 0; i < members->len; i++) {
        if (!take_member(unpack, members->pdata[i], sink, progress, error)) {
            return false;
        }
    }
    return take_sums(unpack, sink, error) && take_end(unpack, error);
}
