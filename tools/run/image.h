/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: check of the images of disks
 */
#ifndef VFIO_TRACE_RUN_IMAGE_H
#define VFIO_TRACE_RUN_IMAGE_H

#include <glib.h>
#include <stdbool.h>

/**
 * run_image_check() - check whether QEMU can be given the image of a disk
 * @path: the image
 * @alone: QEMU can open no other file
 * @error: where to store the problem, with the remedy
 *
 * An image that can't be read is not this function's subject.
 */
bool run_image_check(const char *path, bool alone, GError **error);

#endif /* VFIO_TRACE_RUN_IMAGE_H */
