/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: snapshots of guest memory, joined from their marks
 */
#ifndef VFIO_TRACE_SCRIPT_SNAPSHOT_H
#define VFIO_TRACE_SCRIPT_SNAPSHOT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mark-words.h"

/**
 * struct ScriptSnapshot: the last snapshot, as far as it was read
 * @device: its device's ID, any bytes but NUL
 * @trigger: address of the register whose write took it
 * @address: address of the memory
 * @len: its bytes
 * @data: those that were read
 * @state: why there are fewer bytes than were asked for, or ""
 * @open: more of it may come
 */
typedef struct ScriptSnapshot {
    char device[64];
    uint64_t trigger;
    uint64_t address;
    uint64_t len;
    GByteArray *data;
    char state[32];
    bool open;
} ScriptSnapshot;

/**
 * enum ScriptSnapshotMark: what a mark is
 */
typedef enum ScriptSnapshotMark {
    SCRIPT_SNAPSHOT_NONE,       /* not part of a snapshot */
    SCRIPT_SNAPSHOT_PART,       /* part of one that is not complete */
    SCRIPT_SNAPSHOT_COMPLETE,   /* the last part */
} ScriptSnapshotMark;

/**
 * script_snapshot_take() - take a mark
 * @snapshot: the snapshot; all zeros at first
 * @text: text of the mark
 * @added: where to store how many bytes were added to its data
 */
ScriptSnapshotMark script_snapshot_take(ScriptSnapshot *snapshot, MmtSpan text,
                                        size_t *added);

/**
 * script_snapshot_clear() - free the contents of a snapshot
 * @snapshot: the snapshot
 */
void script_snapshot_clear(ScriptSnapshot *snapshot);

#endif /* VFIO_TRACE_SCRIPT_SNAPSHOT_H */
