/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle --extract: members as files
 */
#ifndef VFIO_TRACE_BUNDLE_EXTRACT_H
#define VFIO_TRACE_BUNDLE_EXTRACT_H

#include "tools/bundle/unpack.h"

/**
 * bundle_extract() - write the members of a bundle into a directory
 * @unpack: the bundle, whose manifest was read
 * @dir: the directory; it is made if it does not exist
 * @progress: shows progress, or NULL
 * @error: where to store the error
 *
 * No file is replaced and no link followed.  If a member is not as the manifest
 * says, the files that were made are removed.
 *
 * Return: false on error
 */
bool bundle_extract(BundleUnpack *unpack, const char *dir,
                    AnalysisProgress *progress, GError **error);

#endif /* VFIO_TRACE_BUNDLE_EXTRACT_H */
