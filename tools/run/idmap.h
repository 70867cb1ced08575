/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: a directory for QEMU's user
 *
 * The directory gets another mount, in which files of their owner belong to
 * QEMU's user, and in which what QEMU's user makes belongs to that owner.  QEMU
 * has the owner's rights there, and nowhere else.
 */
#ifndef VFIO_TRACE_RUN_IDMAP_H
#define VFIO_TRACE_RUN_IDMAP_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * run_idmap_mount() - make a mount of a directory, which is attached nowhere
 * @dir: the directory's path; its last part is no symbolic link
 * @owner: the owner of files, or 0 if the mount changes no owners
 * @uid: the user who has them in the mount
 * @read_only: whether the mount is read-only
 * @error: where to store why not; the kernel or the file system may have no
 *         such mounts
 *
 * Directories that are mounted below it are not part of it.
 *
 * Return: its descriptor, for move_mount(); or -1
 */
int run_idmap_mount(const char *dir, uid_t owner, uid_t uid, bool read_only,
                    GError **error);

#endif /* VFIO_TRACE_RUN_IDMAP_H */
