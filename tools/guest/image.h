/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: images of a guest's disks
 */
#ifndef VFIO_TRACE_GUEST_IMAGE_H
#define VFIO_TRACE_GUEST_IMAGE_H

/**
 * guest_image_format() - get the format of a disk's image
 * @path: the image
 *
 * Return: QEMU's name of the format
 */
const char *guest_image_format(const char *path);

#endif /* VFIO_TRACE_GUEST_IMAGE_H */
