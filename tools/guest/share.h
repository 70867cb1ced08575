/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: directories of the host that it gets
 */
#ifndef VFIO_TRACE_GUEST_SHARE_H
#define VFIO_TRACE_GUEST_SHARE_H

#include <glib.h>
#include <stdbool.h>

/**
 * guest_share_parse() - parse a value of --share
 * @word: DIR, or DIR:TAG
 * @dir: where to store the directory's absolute path, to be freed
 * @tag: where to store the name that the guest mounts it by, to be freed; it is
 *       the directory's name by default
 * @error: where to store what is wrong
 */
bool guest_share_parse(const char *word, char **dir, char **tag,
                       GError **error);

#endif /* VFIO_TRACE_GUEST_SHARE_H */
