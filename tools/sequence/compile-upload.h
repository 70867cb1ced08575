/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: runs of writes that become files
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_UPLOAD_H
#define VFIO_TRACE_SEQUENCE_COMPILE_UPLOAD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/**
 * struct CompileUpload: an upload
 * @first: number of its first access, from 0 up
 * @accesses: number of accesses
 * @stride: what each adds to the offset
 * @first_line: its first line
 * @last_line: its last line
 * @bytes: what was written
 */
typedef struct CompileUpload {
    uint64_t first;
    uint64_t accesses;
    int64_t stride;
    uint64_t first_line;
    uint64_t last_line;
    GBytes *bytes;
} CompileUpload;

typedef struct CompileUploads CompileUploads;

/**
 * compile_uploads_new() - begin
 * @min: bytes that an upload has at least
 */
CompileUploads *compile_uploads_new(uint64_t min);

/**
 * compile_uploads_add() - take an access
 * @uploads: the uploads
 * @entry: the access
 */
void compile_uploads_add(CompileUploads *uploads, const MmtEntry *entry);

/**
 * compile_uploads_break() - something comes that must not lie within one
 * @uploads: the uploads
 */
void compile_uploads_break(CompileUploads *uploads);

/**
 * compile_uploads_finish() - all accesses were taken
 * @uploads: the uploads
 * @lines: uint64_t, sorted: accesses of these lines must be writes
 */
void compile_uploads_finish(CompileUploads *uploads, const GArray *lines);

/**
 * compile_uploads_at() - get the upload that begins with an access
 * @uploads: the uploads, finished
 * @number: the access's number; grows from call to call
 *
 * Return: the upload, or NULL
 */
const CompileUpload *compile_uploads_at(CompileUploads *uploads,
                                        uint64_t number);

void compile_uploads_free(CompileUploads *uploads);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_UPLOAD_H */
