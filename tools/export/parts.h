/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --rows: names of the parts of an output
 *
 * Of "gpu.csv.zst" they are gpu.0001.csv.zst, gpu.0002.csv.zst and so on: their
 * endings still say what they are, and their order is that of their names.
 */
#ifndef VFIO_TRACE_EXPORT_PARTS_H
#define VFIO_TRACE_EXPORT_PARTS_H

#include <glib.h>
#include <stdbool.h>

/* Parts at most: four digits */
#define EXPORT_PARTS_MAX 9999

/**
 * export_part_name() - get the name of a part
 * @path: name of the output
 * @number: from 1 up
 *
 * Return: the name, to be freed with g_free()
 */
char *export_part_name(const char *path, unsigned number);

/**
 * export_parts_last() - find the parts that exist
 * @path: name of the output
 *
 * Return: the highest number of one, or 0
 */
unsigned export_parts_last(const char *path);

/**
 * export_parts_remove() - remove parts; what is not there is no error
 * @path: name of the output
 * @first: number of the first one
 * @last: number of the last one
 * @error: where to store what went wrong
 *
 * Return: true if none of them is left
 */
bool export_parts_remove(const char *path, unsigned first, unsigned last,
                         GError **error);

#endif /* VFIO_TRACE_EXPORT_PARTS_H */
