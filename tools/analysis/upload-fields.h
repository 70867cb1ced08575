/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: an index and data in one register, for upload.c
 *
 * Each value that is written has an index that counts by one in some of its
 * bits.  The data is in other bits of it, or in the value that the register is
 * read with afterwards.
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_FIELDS_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_FIELDS_H

#include "tools/analysis/upload-types.h"

/* Indexes at least: fewer may count by chance */
#define UPLOAD_FIELDS_SURE 16

/**
 * upload_fields_written() - find an index in what was written to a port
 * @up: the port, whose bytes are the values; if there is an index, the bytes
 *      are the data, in the order of indexes
 *
 * Return: is there one?
 */
bool upload_fields_written(Upload *up);

/**
 * upload_fields_read() - find the data that was read
 * @up: its bytes are values of the register in turns: what was written, and
 *      what was read then; if there is an index, the bytes are the data, in the
 *      order of indexes
 *
 * Return: is there one?
 */
bool upload_fields_read(Upload *up);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_FIELDS_H */
