/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: comparison of a new domain with other definitions
 */
#ifndef VFIO_TRACE_VIRT_NEW_DROPPED_H
#define VFIO_TRACE_VIRT_NEW_DROPPED_H

/**
 * virt_new_dropped() - find an element that libvirt has dropped
 * @ours: the XML that it was given
 * @theirs: the XML that it has stored
 *
 * libvirt drops elements that it does not know.  It may add elements.
 *
 * Return: the name of the element, to be freed; or NULL
 */
char *virt_new_dropped(const char *ours, const char *theirs);

/**
 * virt_new_shared_disk() - find a disk that another domain has as well
 * @xml: that domain's XML
 * @disks: paths of the disks, terminated by NULL
 *
 * Return: the path, or NULL
 */
const char *virt_new_shared_disk(const char *xml, const char *const *disks);

#endif /* VFIO_TRACE_VIRT_NEW_DROPPED_H */
