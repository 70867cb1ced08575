/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: small files of the host's kernel
 *
 * Every path starts at a root: "" is the host's own, anything else a directory
 * that holds what a host's /sys, /proc and /dev would hold.
 */
#ifndef LIBPCIDEV_FS_H
#define LIBPCIDEV_FS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * host_path() - the path of a file of the host
 * @root: see above
 * @fmt: the path on a host, from its first '/'
 *
 * Return: the path; to be freed
 */
char *host_path(const char *root, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/**
 * host_text() - what a small text file says
 * @path: the file
 *
 * Return: its text without white space around it, to be freed; or NULL if it
 *         can't be read
 */
char *host_text(const char *path);

/**
 * host_attr() - the same, of a file in a directory
 * @dir: the directory
 * @name: the file
 *
 * Return: as host_text()
 */
char *host_attr(const char *dir, const char *name);

/**
 * host_attr_number() - a file that says a number
 * @dir: the directory
 * @name: the file
 * @base: of the number; 0 goes by its prefix
 * @fallback: the answer if there is none
 */
int64_t host_attr_number(const char *dir, const char *name, unsigned base,
                         int64_t fallback);

/**
 * host_exists() - is there a file of that name in a directory?
 * @dir: the directory
 * @name: the file
 */
bool host_exists(const char *dir, const char *name);

/**
 * host_link_name() - the last part of where a link leads
 * @dir: the directory that the link is in
 * @name: the link
 *
 * Return: the name, to be freed; or NULL if there is no such link
 */
char *host_link_name(const char *dir, const char *name);

/**
 * host_names() - the names in a directory, in order
 * @dir: the directory
 *
 * Return: a list, to be freed with g_strfreev(); empty if it can't be read
 */
char **host_names(const char *dir);

#endif /* LIBPCIDEV_FS_H */
