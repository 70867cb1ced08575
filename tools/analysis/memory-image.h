/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: contents of a watch or a snapshot at a moment of a log
 */
#ifndef VFIO_TRACE_ANALYSIS_MEMORY_IMAGE_H
#define VFIO_TRACE_ANALYSIS_MEMORY_IMAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/analysis/memory-types.h"
#include "tools/analysis/trace.h"

/**
 * struct AnalysisMemoryImage: the contents
 * @bytes: the bytes; 0 where they are not known
 * @at: address of the first
 * @unknown: lines of 64 bytes that are not known, as the log does not have them
 * @left: lines that had changed, but were not in the log yet
 * @sound: the bytes are what the tracer's sum or hash says
 * @line: line of the mark whose contents these are
 * @last: line of the last mark: another one if that look gave no contents
 * @state: state= of the last mark, or ""
 * @less: the last look has less than it should: @state says why
 */
typedef struct AnalysisMemoryImage {
    GByteArray *bytes;
    uint64_t at;
    uint64_t unknown;
    uint64_t left;
    bool sound;
    uint64_t line;
    uint64_t last;
    char state[ANALYSIS_MEMORY_WORD];
    bool less;
} AnalysisMemoryImage;

/**
 * analysis_memory_image() - read a log up to the end of its selection
 * @a: a trace from which nothing was read
 * @device: ID of the device, or NULL: the only one that has such
 * @name: name of the watch or the snapshot: "MAILBOX", "BOX[1]"
 * @image: where to store the contents, to be cleared
 * @error: there is none of this name, with those that there are; several
 *         devices have one; or none of its contents are known
 *
 * With --to, the contents at that moment.  What is wrong with the trace itself
 * is for analysis_end().
 *
 * Return: whether it was found
 */
bool analysis_memory_image(AnalysisTrace *a, const char *device,
                           const char *name, AnalysisMemoryImage *image,
                           GError **error);

/**
 * analysis_memory_image_clear() - free the contents
 * @image: the image
 */
void analysis_memory_image_clear(AnalysisMemoryImage *image);

#endif /* VFIO_TRACE_ANALYSIS_MEMORY_IMAGE_H */
