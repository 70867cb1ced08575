/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: polls and loops, as fold finds them
 *
 * A poll is a run of reads of one register that a change of bits has ended
 * (tools/analysis/fold-poll.h); each is a slice on its region's track "polls".
 * What else repeats is a slice on the track "loops": rounds of several
 * accesses, with polls in them, and equal accesses in a row.
 */
#ifndef VFIO_TRACE_EXPORT_PERFETTO_POLLS_H
#define VFIO_TRACE_EXPORT_PERFETTO_POLLS_H

#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/export/perfetto-out.h"
#include "tools/export/perfetto-tracks.h"

typedef struct PerfettoPolls PerfettoPolls;

/**
 * perfetto_polls_new() - begin to look for polls
 * @out: the output
 * @tracks: its tracks
 * @trace: the trace
 * @db: names of its registers
 *
 * Return: the state, to be freed with perfetto_polls_free()
 */
PerfettoPolls *perfetto_polls_new(PerfettoOut *out, PerfettoTracks *tracks,
                                  const MmtTrace *trace, AnalysisDb *db);

void perfetto_polls_free(PerfettoPolls *polls);

/**
 * perfetto_polls_access() - look at an access
 * @polls: the state
 * @entry: the access
 * @ns: its time, not less than that of the last one
 */
void perfetto_polls_access(PerfettoPolls *polls, const MmtEntry *entry,
                           uint64_t ns);

/**
 * perfetto_polls_end() - write what is pending
 * @polls: the state
 */
void perfetto_polls_end(PerfettoPolls *polls);

#endif /* VFIO_TRACE_EXPORT_PERFETTO_POLLS_H */
