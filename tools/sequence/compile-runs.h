/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what the driver wrote to memory, and where the trace
 * tells of it
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_RUNS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_RUNS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Bytes and runs of a trace that are kept */
#define COMPILE_RUNS_BYTES (64u << 20)
#define COMPILE_RUNS_MAX (1u << 20)

/**
 * enum CompileOrder - of what one access announces, what comes first
 *
 * A device that is at work may look at an entry as soon as it is there: what it
 * points to is there already.
 */
typedef enum CompileOrder {
    COMPILE_ORDER_DATA,
    COMPILE_ORDER_LIST,
    COMPILE_ORDER_ENTRY,
} CompileOrder;

/**
 * struct CompileRun: bytes that the driver has written
 * @access: line of the access that told the device, which comes behind it
 * @line: line of the trace that has the bytes
 * @address: their address
 * @len: their number
 * @at: where compile_runs_bytes() has them
 * @kind: of its words, see compile-words.h
 * @name: number of its name
 * @order: CompileOrder
 */
typedef struct CompileRun {
    uint64_t access;
    uint64_t line;
    uint64_t address;
    uint32_t len;
    uint32_t at;
    uint32_t kind;
    uint32_t name;
    uint8_t order;
} CompileRun;

typedef struct CompileRuns CompileRuns;

CompileRuns *compile_runs_new(void);

/**
 * compile_runs_name() - get the number of a name
 * @runs: the runs
 * @name: the name
 */
uint32_t compile_runs_name(CompileRuns *runs, const char *name);

/**
 * compile_runs_add() - add a run
 * @runs: the runs
 * @run: the run, without @at
 * @bytes: its bytes
 */
void compile_runs_add(CompileRuns *runs, const CompileRun *run,
                      const uint8_t *bytes);

/**
 * compile_runs_full() - have there been more than are kept?
 * @runs: the runs
 */
bool compile_runs_full(const CompileRuns *runs);

/**
 * compile_runs_finish() - all runs were added: sort them
 * @runs: the runs
 */
void compile_runs_finish(CompileRuns *runs);

/**
 * compile_runs_count() - get the number of runs
 * @runs: the runs
 */
uint32_t compile_runs_count(const CompileRuns *runs);

/**
 * compile_runs_at() - get a run
 * @runs: the runs
 * @i: its number: by @access, then by @order
 */
const CompileRun *compile_runs_at(const CompileRuns *runs, uint32_t i);

/**
 * compile_runs_bytes() - get a run's bytes
 * @runs: the runs
 * @run: the run
 */
const uint8_t *compile_runs_bytes(const CompileRuns *runs,
                                  const CompileRun *run);

/**
 * compile_runs_text() - get a run's name
 * @runs: the runs
 * @run: the run
 */
const char *compile_runs_text(const CompileRuns *runs, const CompileRun *run);

void compile_runs_free(CompileRuns *runs);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_RUNS_H */
