/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: reads the archive, which may have any contents
 *
 * It is read by the same code as by the verbs that read traces
 * (libmmiotrace/bundle.h), so that what is verified is what they read.
 */
#ifndef VFIO_TRACE_BUNDLE_UNPACK_H
#define VFIO_TRACE_BUNDLE_UNPACK_H

#include "tools/analysis/progress.h"
#include "tools/bundle/member.h"

typedef struct BundleUnpack BundleUnpack;

/**
 * struct BundleSink: takes the members
 * @begin: a member begins; or NULL
 * @put: some of its contents
 * @end: it has ended, and is as the manifest says; or NULL
 * @opaque: for the functions, which return false after they have set the error
 */
typedef struct BundleSink {
    bool (*begin)(void *opaque, const char *name, GError **error);
    bool (*put)(void *opaque, const char *p, size_t len, GError **error);
    bool (*end)(void *opaque, GError **error);
    void *opaque;
} BundleSink;

/**
 * bundle_unpack_open() - open a bundle
 * @path: the bundle, or "-" for standard input
 * @error: where to store the error: also that it is none
 *
 * Return: the bundle, or NULL
 */
BundleUnpack *bundle_unpack_open(const char *path, GError **error);

/**
 * bundle_unpack_manifest() - read the manifest
 * @unpack: the bundle, of which nothing was read
 * @error: where to store what is wrong with it
 *
 * Return: what the bundle should have, which belongs to @unpack; or NULL
 */
const Bundle *bundle_unpack_manifest(BundleUnpack *unpack, GError **error);

/**
 * bundle_unpack_all() - read all members, and compare them with the manifest
 * @unpack: the bundle, whose manifest was read
 * @sink: takes the members, the manifest and the hashes included
 * @progress: shows progress, or NULL
 * @error: where to store what is wrong
 *
 * Return: true if all members have the names, sizes and hashes of the manifest,
 *         in its order; and there is nothing else
 */
bool bundle_unpack_all(BundleUnpack *unpack, const BundleSink *sink,
                       AnalysisProgress *progress, GError **error);

/**
 * bundle_unpack_close() - close a bundle
 * @unpack: the bundle, or NULL
 */
void bundle_unpack_close(BundleUnpack *unpack);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BundleUnpack, bundle_unpack_close)

#endif /* VFIO_TRACE_BUNDLE_UNPACK_H */
