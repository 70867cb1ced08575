/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: a register that is written and read in turns, for upload.c
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_TURNS_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_TURNS_H

#include "tools/analysis/upload-run.h"

typedef struct UploadTurnsSet UploadTurnsSet;

/**
 * upload_turns_new() - begin
 * @options: what is looked for
 * @sink: takes the uploads
 * @opaque: for @sink
 */
UploadTurnsSet *upload_turns_new(const UploadOptions *options,
                                 UploadSink *sink, void *opaque);

/**
 * upload_turns_set() - get the open runs
 * @turns: the state
 */
UploadSet *upload_turns_set(UploadTurnsSet *turns);

/**
 * upload_turns_take() - take a read or a write
 * @turns: the state
 * @access: the access
 *
 * Return: is it surely one of a register that has an index and data?
 */
bool upload_turns_take(UploadTurnsSet *turns, const UploadAccess *access);

/**
 * upload_turns_has() - do reads of a register follow an index each?
 * @turns: the state
 * @region: number of its region
 * @offset: its offset
 *
 * Return: does it look so?  A port that they make, too, is none.
 */
bool upload_turns_has(const UploadTurnsSet *turns, uint32_t region,
                      uint64_t offset);

/**
 * upload_turns_free() - forget everything
 * @turns: the state, or NULL
 */
void upload_turns_free(UploadTurnsSet *turns);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_TURNS_H */
