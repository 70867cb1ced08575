/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what the user wants of the compiler
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_OPTIONS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct CompileRange: memory of the guest
 * @start: its first address
 * @len: bytes
 */
typedef struct CompileRange {
    uint64_t start;
    uint64_t len;
} CompileRange;

/**
 * struct CompileOptions: what the user wants
 * @min_delay_ns: gaps of this length or longer become delays
 * @min_upload: uploads have at least so many bytes; 0: there are none
 * @drop_reads: leave reads out that have no effect
 * @no_loops: everything stands as often as it was done
 * @dma: CompileRange elements: values in them are addresses; or NULL
 * @stem: beginning of the names of the sequence's files: "gpu"
 */
typedef struct CompileOptions {
    uint64_t min_delay_ns;
    uint64_t min_upload;
    bool drop_reads;
    bool no_loops;
    const GArray *dma;
    const char *stem;
} CompileOptions;

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_OPTIONS_H */
