/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of bundles
 *
 * A bundle (docs/bundle.md) is a tar archive, usually compressed, of a log and
 * what belongs to it.  The order of its members is fixed:
 *
 *      manifest.json       list of the members
 *      log.mmt             the log, or its first part
 *      log.mmt.1 ...       further parts
 *      others
 *      SHA256SUMS          hashes of all others
 *
 * Of tar, this reads what our bundles have: regular files with short names in
 * one directory.  Everything else is refused: links, directories, long names,
 * devices.  It reads forwards only, with memory that does not grow.
 */
#ifndef LIBMMIOTRACE_BUNDLE_H
#define LIBMMIOTRACE_BUNDLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MMT_BUNDLE_MANIFEST "manifest.json"
#define MMT_BUNDLE_LOG      "log.mmt"

/* The first bytes of a bundle: the first member's name and its end */
#define MMT_BUNDLE_MAGIC_LEN sizeof(MMT_BUNDLE_MANIFEST)

/* Members of a bundle at most */
#define MMT_BUNDLE_MEMBERS_MAX 10000

/* Bytes of a member's name at most */
#define MMT_BUNDLE_NAME_MAX 99

typedef struct MmtBundle MmtBundle;

/**
 * struct MmtBundleMember: a member
 * @name: its name: letters, digits and "._+-", and no "." or "-" in front
 * @size: bytes
 */
typedef struct MmtBundleMember {
    char name[MMT_BUNDLE_NAME_MAX + 1];
    uint64_t size;
} MmtBundleMember;

typedef enum MmtBundleResult {
    MMT_BUNDLE_ERROR = -1,
    MMT_BUNDLE_WAIT = 0,    /* there are no more bytes at the moment */
    MMT_BUNDLE_MEMBER = 1,
    MMT_BUNDLE_END = 2,     /* the archive has ended as it should */
} MmtBundleResult;

/**
 * typedef MmtBundleFill - gives the archive's bytes
 * @opaque: of mmt_bundle_new()
 * @buf: where to store them
 * @len: how many at most
 * @error: where to store the error
 *
 * Return: bytes stored; 0 if there are no more at the moment; -1 on error
 */
typedef ssize_t MmtBundleFill(void *opaque, char *buf, size_t len,
                              GError **error);

/**
 * mmt_bundle_new() - begin to read a bundle
 * @name: its name, for messages; must live as long as the bundle
 * @fill: gives its bytes, from the first one on
 * @opaque: for @fill
 */
MmtBundle *mmt_bundle_new(const char *name, MmtBundleFill *fill, void *opaque);

/**
 * mmt_bundle_next() - go on to the next member
 * @bundle: the bundle
 * @error: where to store the error
 *
 * What is left of the current member is skipped.
 */
MmtBundleResult mmt_bundle_next(MmtBundle *bundle, GError **error);

/**
 * mmt_bundle_member() - get the current member
 * @bundle: the bundle
 *
 * Return: the member that mmt_bundle_next() has found last
 */
const MmtBundleMember *mmt_bundle_member(const MmtBundle *bundle);

/**
 * mmt_bundle_read() - read of the current member
 * @bundle: the bundle
 * @buf: where to store bytes
 * @len: how many at most
 * @error: where to store the error
 *
 * Return: bytes stored; 0 at the member's end, or if there are no more at the
 *         moment; -1 on error
 */
ssize_t mmt_bundle_read(MmtBundle *bundle, char *buf, size_t len,
                        GError **error);

/**
 * mmt_bundle_left() - get how much of the current member was not read
 * @bundle: the bundle
 *
 * Return: bytes; 0 at the member's end
 */
uint64_t mmt_bundle_left(const MmtBundle *bundle);

/**
 * mmt_bundle_name_ok() - may a member have this name?
 * @name: the name
 */
bool mmt_bundle_name_ok(const char *name);

/**
 * mmt_bundle_is_log() - is this the name of the log, or of a part of it?
 * @name: the name
 */
bool mmt_bundle_is_log(const char *name);

/* --- the log in a bundle ------------------------------------------------- */

/**
 * mmt_bundle_read_log() - read of the current part of the log
 * @bundle: the bundle
 * @buf: where to store text
 * @len: how many bytes at most
 * @error: where to store the error
 *
 * Begins with the first part.  Only this, mmt_bundle_next_log() and
 * mmt_bundle_drain() may be called then.
 *
 * Return: as mmt_bundle_read()
 */
ssize_t mmt_bundle_read_log(MmtBundle *bundle, char *buf, size_t len,
                            GError **error);

/**
 * mmt_bundle_next_log() - go on to the next part of the log
 * @bundle: the bundle, at the end of a part
 * @error: where to store the error: also that there is no other part
 *
 * Return: MMT_BUNDLE_MEMBER, MMT_BUNDLE_WAIT or MMT_BUNDLE_ERROR
 */
MmtBundleResult mmt_bundle_next_log(MmtBundle *bundle, GError **error);

/**
 * mmt_bundle_in_log() - is the log incomplete?
 * @bundle: the bundle
 *
 * Return: true if there must be more of the log: the archive is cut off if no
 *         bytes follow
 */
bool mmt_bundle_in_log(const MmtBundle *bundle);

/**
 * mmt_bundle_drain() - read the rest of the archive, so that a pipe is empty
 * @bundle: the bundle, at the end of the log; otherwise nothing is done
 */
void mmt_bundle_drain(MmtBundle *bundle);

/**
 * mmt_bundle_free() - free a bundle
 * @bundle: the bundle, or NULL
 */
void mmt_bundle_free(MmtBundle *bundle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtBundle, mmt_bundle_free)

#endif /* LIBMMIOTRACE_BUNDLE_H */
