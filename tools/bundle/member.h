/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: what a bundle has (docs/bundle.md)
 */
#ifndef VFIO_TRACE_BUNDLE_MEMBER_H
#define VFIO_TRACE_BUNDLE_MEMBER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define BUNDLE_FORMAT  "vfio-trace-bundle"
#define BUNDLE_VERSION 1

/* The last member: hashes as sha256sum(1) checks them */
#define BUNDLE_SUMS "SHA256SUMS"

/* Roles of members */
#define BUNDLE_ROLE_LOG     "log"
#define BUNDLE_ROLE_CONFIG  "config"
#define BUNDLE_ROLE_LSPCI   "lspci"
#define BUNDLE_ROLE_ROM     "rom"
#define BUNDLE_ROLE_SYMBOLS "symbols"
#define BUNDLE_ROLE_FILE    "file"

/**
 * struct BundleMember: a member, except for the manifest and the hashes
 * @name: its name
 * @role: one of the above; in a bundle that is read, any word
 * @device: the device that it is about, or NULL
 * @size: bytes
 * @sha256: their hash, in hexadecimal
 * @path: the file that has its contents, or NULL
 * @bytes: its contents, or NULL: a part of the log, or it is in @path
 */
typedef struct BundleMember {
    char *name;
    char *role;
    char *device;
    uint64_t size;
    char *sha256;
    char *path;
    GBytes *bytes;
} BundleMember;

/**
 * struct Bundle: contents of a bundle
 * @created: when it was made, or NULL
 * @maker: what has made it, or NULL
 * @log: name of the log's file, or NULL
 * @qemu: version of QEMU, or NULL
 * @command: QEMU's command line, or NULL
 * @kernel: the host's kernel, or NULL
 * @devices: addresses of the devices on the host
 * @redacted: 'vfio-trace redact' has written the log
 * @members: BundleMember, in the order of the archive
 */
typedef struct Bundle {
    char *created;
    char *maker;
    char *log;
    char *qemu;
    char *command;
    char *kernel;
    GPtrArray *devices;
    bool redacted;
    GPtrArray *members;
} Bundle;

/**
 * bundle_new() - an empty bundle
 */
Bundle *bundle_new(void);

/**
 * bundle_add() - add a member
 * @bundle: the bundle
 * @name: its name, as mmt_bundle_name_ok() allows
 * @role: its role
 * @error: where to store the error: there is one of that name, or too many
 *
 * Return: the member, which is otherwise empty; NULL on error
 */
BundleMember *bundle_add(Bundle *bundle, const char *name, const char *role,
                         GError **error);

/**
 * bundle_add_bytes() - add a member whose contents are in memory
 * @bundle: the bundle
 * @name: its name
 * @role: its role
 * @bytes: its contents
 * @len: their number
 * @error: as bundle_add()
 *
 * Return: the member; NULL on error
 */
BundleMember *bundle_add_bytes(Bundle *bundle, const char *name,
                               const char *role, const void *bytes, size_t len,
                               GError **error);

/**
 * bundle_name_from() - make a member's name
 * @prefix: what it begins with
 * @path: a file, whose own name it has behind that
 *
 * Return: the name, to be freed; characters that no member's name has became
 *         '_'
 */
char *bundle_name_from(const char *prefix, const char *path);

/**
 * bundle_sums() - the contents of the last member
 * @bundle: the bundle
 * @manifest: the manifest's text
 *
 * Return: the text, to be freed
 */
char *bundle_sums(const Bundle *bundle, const char *manifest);

/**
 * bundle_free() - free a bundle
 * @bundle: the bundle, or NULL
 */
void bundle_free(Bundle *bundle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bundle, bundle_free)

#endif /* VFIO_TRACE_BUNDLE_MEMBER_H */
