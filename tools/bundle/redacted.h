/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle --redact: a log without secrets
 */
#ifndef VFIO_TRACE_BUNDLE_REDACTED_H
#define VFIO_TRACE_BUNDLE_REDACTED_H

#include <glib.h>

typedef struct BundleRedacted BundleRedacted;

/**
 * bundle_redacted_new() - let 'vfio-trace redact --all' write a log
 * @log: the log
 * @beside: a file in whose directory it is written
 * @secrets: for --secret, or NULL
 * @error: where to store the error
 *
 * Return: the log, or NULL
 */
BundleRedacted *bundle_redacted_new(const char *log, const char *beside,
                                    char **secrets, GError **error);

/**
 * bundle_redacted_path() - get its path
 * @redacted: the log
 */
const char *bundle_redacted_path(const BundleRedacted *redacted);

/**
 * bundle_redacted_free() - remove it
 * @redacted: the log, or NULL
 */
void bundle_redacted_free(BundleRedacted *redacted);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BundleRedacted, bundle_redacted_free)

#endif /* VFIO_TRACE_BUNDLE_REDACTED_H */
