/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: the first member, manifest.json (docs/bundle.md)
 */
#ifndef VFIO_TRACE_BUNDLE_MANIFEST_H
#define VFIO_TRACE_BUNDLE_MANIFEST_H

#include "tools/bundle/member.h"

/* Bytes of a manifest at most */
#define BUNDLE_MANIFEST_MAX (4u << 20)

/**
 * bundle_manifest_text() - write the manifest
 * @bundle: the bundle
 *
 * Return: its text, to be freed
 */
char *bundle_manifest_text(const Bundle *bundle);

/**
 * bundle_manifest_read() - read a manifest, which may have any contents
 * @text: its text
 * @len: bytes
 * @error: where to store what is wrong with it
 *
 * Return: the bundle, whose members have names, sizes and hashes that are
 *         valid; or NULL
 */
Bundle *bundle_manifest_read(const char *text, size_t len, GError **error);

#endif /* VFIO_TRACE_BUNDLE_MANIFEST_H */
