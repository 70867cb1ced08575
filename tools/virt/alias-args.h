/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: aliases of devices in <qemu:commandline>
 */
#ifndef VFIO_TRACE_VIRT_ALIAS_ARGS_H
#define VFIO_TRACE_VIRT_ALIAS_ARGS_H

#include "tools/virt/xml-edit.h"

/**
 * virt_alias_args_follow() - rename devices in the user's QEMU arguments
 * @doc: the domain
 * @changes: from the name before (key) to the name after
 * @error: where to store the error: an argument has a name at a place where its
 *         meaning is not known
 */
gboolean virt_alias_args_follow(xmlDoc *doc, GHashTable *changes,
                                GError **error);

#endif /* VFIO_TRACE_VIRT_ALIAS_ARGS_H */
