/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: text of a log, part by part, as it is in its files
 */
#ifndef VFIO_TRACE_BUNDLE_LOG_H
#define VFIO_TRACE_BUNDLE_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct BundleLog BundleLog;

/**
 * bundle_log_open() - open a log
 * @path: the log, or a bundle of one; it is read more than once
 * @error: where to store the error
 *
 * Return: the log, at the beginning of its first part; or NULL
 */
BundleLog *bundle_log_open(const char *path, GError **error);

/**
 * bundle_log_read() - read of the current part
 * @log: the log
 * @buf: where to store text; compressed parts are decompressed
 * @len: how many bytes at most
 * @error: where to store the error
 *
 * Return: bytes stored; 0 at the part's end; -1 on error
 */
ssize_t bundle_log_read(BundleLog *log, char *buf, size_t len, GError **error);

/**
 * bundle_log_next() - go on to the next part
 * @log: the log, at the end of a part
 * @error: where to store the error: also that the part is missing
 *
 * Return: 1; 0 if the log has no other part; -1 on error
 */
int bundle_log_next(BundleLog *log, GError **error);

/**
 * bundle_log_member() - get the name that the current part has in a bundle
 * @log: the log, of which the first lines of the part were read
 *
 * Return: the name, to be freed
 */
char *bundle_log_member(const BundleLog *log);

/**
 * bundle_log_head() - get the beginning of the log
 * @log: the log
 * @len: where to store the number of bytes
 *
 * Return: text of the first part that was read, at most 64 KiB
 */
const char *bundle_log_head(const BundleLog *log, size_t *len);

/**
 * bundle_log_file() - get the name of the current part's file
 * @log: the log
 */
const char *bundle_log_file(const BundleLog *log);

/**
 * bundle_log_mode() - get the permissions that all files so far have
 * @log: the log
 */
mode_t bundle_log_mode(const BundleLog *log);

/**
 * bundle_log_cut() - does the current part end within a compressed frame?
 * @log: the log, at the end of a part
 */
bool bundle_log_cut(const BundleLog *log);

/**
 * bundle_log_close() - close a log
 * @log: the log, or NULL
 */
void bundle_log_close(BundleLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BundleLog, bundle_log_close)

#endif /* VFIO_TRACE_BUNDLE_LOG_H */
