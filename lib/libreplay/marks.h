/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: marks of interrupts and of memory
 *
 * Marks of memory stand behind what made the tracer look.  Behind a write, they
 * have what the driver had written.  Behind a read or an interrupt, they have
 * what the device had written before: its interrupt comes after that.
 */
#ifndef LIBREPLAY_MARKS_H
#define LIBREPLAY_MARKS_H

#include "libmmiotrace/parse.h"
#include "libreplay/memory.h"
#include "libreplay/replay.h"
#include "libreplay/rings.h"

/**
 * struct ReplayMarks: what comes before a mark matters
 * @replay: the model, which gets the events
 * @memory: gets the pieces
 * @rings: gets the rings
 * @write: the access, if it is a write
 * @role: of the last mark of memory, and of those that go on with it
 * @begin: address of the ring, or of the data, that it is in
 * @known: the marks of memory that come next are behind an access or interrupt
 * @device: and are what the device has written
 * @ours: the last mark of memory was the device's
 * @irq: an interrupt of which the memory comes next
 * @has_irq: there is one
 * @left_out: what was too much
 */
typedef struct ReplayMarks {
    Replay *replay;
    ReplayMemory *memory;
    ReplayRings *rings;
    ReplayWrite write;
    ReplayRole role;
    uint64_t begin;
    bool known;
    bool device;
    bool ours;
    ReplayEvent irq;
    bool has_irq;
    uint64_t left_out;
} ReplayMarks;

/**
 * replay_marks_access() - an access comes
 * @marks: the state
 * @write: what it writes, or NULL: it reads
 */
void replay_marks_access(ReplayMarks *marks, const ReplayWrite *write);

/**
 * replay_marks_take() - take a mark of the tracer
 * @marks: the state
 * @text: its text
 * @ours: it names the device; or it names none
 * @ns: its time
 */
void replay_marks_take(ReplayMarks *marks, MmtSpan text, bool ours,
                       uint64_t ns);

/**
 * replay_marks_end() - the log has ended, or marks of something else come
 * @marks: the state
 */
void replay_marks_end(ReplayMarks *marks);

#endif /* LIBREPLAY_MARKS_H */
