/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: state of guest memory, shared by its files
 *
 *      compile-memory.c    beginning, end, the second reading
 *      compile-things.c    the first reading: what the marks say
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_INTERNAL_H
#define VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_INTERNAL_H

#include "tools/analysis/memory.h"
#include "tools/sequence/compile-areas.h"
#include "tools/sequence/compile-image.h"
#include "tools/sequence/compile-lacks.h"
#include "tools/sequence/compile-runs.h"
#include "tools/sequence/compile-words.h"

/* see compile-memory.h */
typedef struct CompileMemory CompileMemory;

/* Accesses among which is the one that a mark of memory belongs to */
#define ANNOUNCERS 16

/**
 * struct Announcer: an access, or an interrupt
 * @line: its line
 * @by_device: what is in memory now, the device has written
 */
typedef struct Announcer {
    uint64_t line;
    bool by_device;
} Announcer;

/**
 * struct CompileMemory: the memory
 * @marks: puts the trace's marks together
 * @device: names of the device, or NULL
 * @areas: areas that are known
 * @exact: set of addresses of data whose length is known
 * @device_rings: set of names of rings that the device writes
 * @image: what memory has
 * @runs: what the driver wrote
 * @words: where addresses are in it
 * @lacks: what is missing
 * @announcers: the last ones
 * @n: number of announcers
 * @by_device: of the last one
 * @next: the next run of compile_memory_next()
 */
struct CompileMemory {
    AnalysisMemory *marks;
    char *device[2];
    CompileAreas *areas;
    GHashTable *exact;
    GHashTable *device_rings;
    CompileImage *image;
    CompileRuns *runs;
    CompileWords *words;
    CompileLacks *lacks;
    Announcer announcers[ANNOUNCERS];
    uint64_t n;
    bool by_device;
    uint32_t next;
};

/* Takes what the marks say, for the state. */
extern const AnalysisMemoryUser compile_memory_user;

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_INTERNAL_H */
