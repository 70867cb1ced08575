/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: XML of a new libvirt domain
 */
#ifndef VFIO_TRACE_VIRT_NEW_XML_H
#define VFIO_TRACE_VIRT_NEW_XML_H

#include "tools/virt/new-guest.h"

/**
 * virt_new_guest_xml() - make a domain's XML
 * @guest: the guest, whose texts virt_new_name_check() has accepted
 *
 * Return: the XML, to be freed
 */
char *virt_new_guest_xml(const VirtNewGuest *guest);

#endif /* VFIO_TRACE_VIRT_NEW_XML_H */
