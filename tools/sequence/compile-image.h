/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what guest memory has, as far as a trace knows
 *
 * Watches and snapshots have much that the driver wrote long ago, or the
 * device.  The image tells what is new.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_IMAGE_H
#define VFIO_TRACE_SEQUENCE_COMPILE_IMAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct CompileImage CompileImage;

/**
 * compile_image_new() - begin: all is zero, as buffers are
 */
CompileImage *compile_image_new(void);

/**
 * compile_image_put() - bytes are in memory now
 * @image: the image
 * @address: their address
 * @bytes: the bytes
 * @len: their number
 *
 * Memory is bounded: a page more than it has room for stays unknown.
 */
void compile_image_put(CompileImage *image, uint64_t address,
                       const uint8_t *bytes, uint64_t len);

/**
 * compile_image_has() - are bytes in memory already?
 * @image: the image
 * @address: their address
 * @bytes: the bytes
 * @len: their number
 *
 * Return: false if they are not, or it is not known
 */
bool compile_image_has(const CompileImage *image, uint64_t address,
                       const uint8_t *bytes, uint64_t len);

void compile_image_free(CompileImage *image);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_IMAGE_H */
