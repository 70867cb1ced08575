/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: host devices that <qemu:commandline> passes to QEMU
 */
#ifndef VFIO_TRACE_VIRT_OTHER_ARGS_H
#define VFIO_TRACE_VIRT_OTHER_ARGS_H

#include "tools/virt/xml-edit.h"

/**
 * virt_other_args() - find arguments -device vfio-pci,... and the like
 * @doc: the domain
 * @others: VirtXmlOthers are added to it
 */
void virt_other_args(xmlDoc *doc, GPtrArray *others);

#endif /* VFIO_TRACE_VIRT_OTHER_ARGS_H */
