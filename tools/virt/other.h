/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: host devices of a domain that 'vfio-trace virt enable' can't
 * trace, since they are not passed through as PCI devices by libvirt
 */
#ifndef VFIO_TRACE_VIRT_OTHER_H
#define VFIO_TRACE_VIRT_OTHER_H

#include "tools/virt/xml.h"
#include "tools/virt/xml-edit.h"

/**
 * virt_other_all() - find these devices
 * @doc: the domain
 * @pools: names of networks that give host devices to their interfaces
 *
 * Return: VirtXmlOthers, to be freed with g_ptr_array_unref()
 */
GPtrArray *virt_other_all(xmlDoc *doc, const char *const *pools);

#endif /* VFIO_TRACE_VIRT_OTHER_H */
