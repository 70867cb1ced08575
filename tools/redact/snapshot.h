/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: pieces of guest memory, put together from their marks
 *
 * A snapshot, an entry of a ring, or a datum that it points to.
 */
#ifndef VFIO_TRACE_REDACT_SNAPSHOT_H
#define VFIO_TRACE_REDACT_SNAPSHOT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/analysis/memory-mark.h"

/* Bytes of a piece at most */
#define REDACT_SNAPSHOT_MAX (64u * 1024)

/**
 * struct RedactSnapshot: a piece
 * @open: its first mark has come, and more data is expected
 * @left: bytes that are missing
 * @bytes: the others
 */
typedef struct RedactSnapshot {
    bool open;
    uint64_t left;
    GByteArray *bytes;
} RedactSnapshot;

/**
 * redact_snapshot_begin() - take the mark that a piece begins with
 * @snapshot: where to begin; what was there is dropped
 * @mark: the mark
 *
 * Return: number of bytes that the mark has
 */
size_t redact_snapshot_begin(RedactSnapshot *snapshot,
                             const AnalysisMemoryMark *mark);

/**
 * redact_snapshot_hex() - find the digits of a mark
 * @mark: the mark
 *
 * Return: the digits; @p is NULL if they are not pairs of such, or something
 *         is behind them
 */
MmtSpan redact_snapshot_hex(const AnalysisMemoryMark *mark);

/**
 * redact_snapshot_data() - take a mark with data
 * @snapshot: the snapshot
 * @hex: redact_snapshot_hex() of the mark
 *
 * Return: number of bytes; 0 if it does not belong to the snapshot
 */
size_t redact_snapshot_data(RedactSnapshot *snapshot, MmtSpan hex);

/**
 * redact_snapshot_clear() - free the bytes
 * @snapshot: the snapshot
 */
void redact_snapshot_clear(RedactSnapshot *snapshot);

#endif /* VFIO_TRACE_REDACT_SNAPSHOT_H */
