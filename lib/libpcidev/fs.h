/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: reading small files of the host's kernel
 *
 * Every path begins with a root: "" for the host's own files, or a directory
 * with the contents of a host's /sys, /proc and /dev.
 */
#ifndef LIBPCIDEV_FS_H
#define LIBPCIDEV_FS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * host_fs_path() - path of a file of the host
 * @root: see above
 * @fmt: the path on a host, from its first '/'
 *
 * Return: the path; to be freed
 */
char *host_fs_path(const char *root, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/**
 * host_fs_text() - contents of a small text file
 * @path: the file
 *
 * Return: its text without white space around it, to be freed; or NULL if it
 *         can't be read
 */
char *host_fs_text(const char *path);

/**
 * host_fs_attr() - contents of a small text file in a directory
 * @dir: the directory
 * @name: the file
 *
 * Return: as host_fs_text()
 */
char *host_fs_attr(const char *dir, const char *name);

/**
 * host_fs_attr_number() - number in a file
 * @dir: the directory
 * @name: the file
 * @base: base of the number; 0: by its prefix
 * @fallback: result if the file has no number
 *
 * Return: the number, or @fallback
 */
int64_t host_fs_attr_number(const char *dir, const char *name, unsigned base,
                            int64_t fallback);

/**
 * host_fs_unread() - does a file perhaps exist, but can't be read?
 * @dir: the directory
 * @name: the file's name in it
 */
bool host_fs_unread(const char *dir, const char *name);

/**
 * host_fs_exists() - is there a file of that name in a directory?
 * @dir: the directory
 * @name: the file
 */
bool host_fs_exists(const char *dir, const char *name);

/**
 * host_fs_link() - last component of a link's target, if it can be known
 * @dir: the directory that the link is in
 * @name: the link
 * @last: where to store the name, to be freed; or NULL if there is no such link
 *
 * Return: false if it is not known whether there is a link, or where it leads
 */
bool host_fs_link(const char *dir, const char *name, char **last);

/**
 * host_fs_link_name() - last component of a link's target
 * @dir: the directory that the link is in
 * @name: the link
 *
 * Return: the name, to be freed; or NULL if there is no such link
 */
char *host_fs_link_name(const char *dir, const char *name);

/**
 * host_fs_names() - sorted names in a directory
 * @dir: the directory
 *
 * Return: a list, to be freed with g_strfreev(); empty if it can't be read
 */
char **host_fs_names(const char *dir);

#endif /* LIBPCIDEV_FS_H */
