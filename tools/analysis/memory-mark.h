/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: words of the marks of guest memory
 *
 * One mark by itself, for those that keep lines; memory.h joins them.
 * docs/log-format.md, Guest memory, describes the marks.
 */
#ifndef VFIO_TRACE_ANALYSIS_MEMORY_MARK_H
#define VFIO_TRACE_ANALYSIS_MEMORY_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mark-words.h"

/* Bytes of memory in one mark, at most */
#define ANALYSIS_MEMORY_MARK_BYTES 384

/**
 * struct AnalysisMemoryMark: a mark of guest memory
 * @kind: MMT_MARK_SNAPSHOT, _SNAPSHOT_DATA, _RINGS, _RING, _ENTRY, _DATA,
 *        _WATCH, _WATCH_DATA or _MEMORY_CUT
 * @text: all of it
 * @device: ID of the device
 * @name: of the ring, the watch or the snapshot: "SQ[0]"; of a cut, of what was
 *        cut; of rings, of the file
 * @item: of data: its name
 * @layout: of a ring
 * @by: of a ring: who fills it
 * @state: of any of them
 * @why: of a cut
 * @on: what made the tracer look
 * @sha256: of a snapshot
 * @map: of a snapshot: map id of the register, or 0
 * @addr: of a snapshot: address of the register
 * @index: of entries and data
 * @at: address of the memory; of a ring, its base
 * @len: bytes; of a watch, of the whole
 * @of: of data: bytes that there are
 * @count: of a ring: entries
 * @entry: of a ring: bytes of an entry
 * @lines: of a watch: lines that follow
 * @left: of a watch or a cut: what is left out
 * @sum: of a watch
 * @hex: the bytes, as digits; @p is NULL if there are none
 *
 * What the mark does not have is 0.
 */
typedef struct AnalysisMemoryMark {
    MmtMark kind;
    MmtSpan text;
    MmtSpan device;
    MmtSpan name;
    MmtSpan item;
    MmtSpan layout;
    MmtSpan by;
    MmtSpan state;
    MmtSpan why;
    MmtSpan on;
    MmtSpan sha256;
    uint64_t map;
    uint64_t addr;
    uint64_t index;
    uint64_t at;
    uint64_t len;
    uint64_t of;
    uint64_t count;
    uint64_t entry;
    uint64_t lines;
    uint64_t left;
    uint64_t sum;
    MmtSpan hex;
} AnalysisMemoryMark;

/**
 * analysis_memory_parse() - take a mark to pieces
 * @text: text of a mark of the tracer
 * @mark: where to store the pieces
 *
 * Return: false if it is not a mark of guest memory
 */
bool analysis_memory_parse(MmtSpan text, AnalysisMemoryMark *mark);

/**
 * analysis_memory_key() - name a ring or a watch of all devices
 * @mark: its mark
 *
 * Return: "DEVICE NAME", each of them as far as things keep it: the name of a
 *         hostile log may fill a line; the caller frees it
 */
char *analysis_memory_key(const AnalysisMemoryMark *mark);

/**
 * analysis_memory_bytes() - get the bytes of a mark
 * @hex: AnalysisMemoryMark.hex
 * @bytes: room for ANALYSIS_MEMORY_MARK_BYTES
 *
 * Return: number of bytes; 0 if these are not pairs of hexadecimal digits, or
 *         too many
 */
size_t analysis_memory_bytes(MmtSpan hex, uint8_t *bytes);

#endif /* VFIO_TRACE_ANALYSIS_MEMORY_MARK_H */
