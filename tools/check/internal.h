/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: what is known of a log
 *
 *      check.c       the verb: options, one pass over the log
 *      rules.c       what a line says together with the lines before it
 *      marks.c       the same for the tracer's own marks
 *      coverage.c    marks that say what is in the log
 *      started.c     marks that say whether a device is traced
 *      snapshot.c    marks with guest memory
 *      map.c         map ids
 *      fault.c       faults
 *      print.c       the result, as text and as JSON
 */
#ifndef VFIO_TRACE_CHECK_INTERNAL_H
#define VFIO_TRACE_CHECK_INTERNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/parse.h"
#include "libmmiotrace/reader.h"

#define CHECK_NO_END \
    "no end mark: QEMU still runs, was killed, or the log was cut"
#define CHECK_CUT_FRAME \
    "ends within a compressed frame: what was to come of it is missing"

/**
 * struct CheckOptions: the command line
 * @complete: a log that is not whole is a fault
 * @json: print JSON
 * @kernel: it is a log of Linux's own mmiotrace
 * @max_faults: print so many
 */
typedef struct CheckOptions {
    gboolean complete;
    gboolean json;
    gboolean kernel;
    int max_faults;
} CheckOptions;

/**
 * struct Place: a line
 * @file: the part that it is in; the reader's pointer
 * @line: in that part, from 1 up; 0 is no line
 */
typedef struct Place {
    const char *file;
    uint64_t line;
} Place;

/**
 * struct Map: one map id
 * @id: the id
 * @live: mapped, and not unmapped since
 * @port: an I/O-port BAR, as far as PCIDEV tells
 * @vga_port: VGA's I/O ports, as a coverage mark tells
 * @config: config space, as a coverage mark or its accesses tell
 * @told: that there is no such map has been said
 * @device: index into Check.devices, or -1
 * @bar: resource of that device
 * @region: what a coverage mark calls it: "rom of gpu", or NULL
 * @owner: the ID of the device as that mark has it, or NULL
 * @phys: address that it was mapped at last
 * @len: bytes
 * @at: the latest MAP or UNMAP
 * @maps: number of MAPs
 * @reads: number of accesses
 * @writes: likewise
 * @unknown: likewise
 * @failed: accesses that did not reach the device
 * @last_pc: of the latest access, if there is one
 */
typedef struct Map {
    uint32_t id;
    bool live;
    bool port;
    bool vga_port;
    bool config;
    bool told;
    int device;
    int bar;
    char *region;
    char *owner;
    uint64_t phys;
    uint64_t len;
    Place at;
    uint64_t maps;
    uint64_t reads;
    uint64_t writes;
    uint64_t unknown;
    uint64_t failed;
    uint64_t last_pc;
} Map;

typedef struct Fault {
    Place at;
    uint64_t column;
    char *what;
} Fault;

/**
 * struct Snapshot: guest memory that is being told
 * @at: the mark that it began with; line 0: none is
 * @broken: what more of it comes is not looked at
 * @next: guest address of the next byte
 * @left: bytes that are still to come
 * @hash: what they hash to, in hex
 * @sum: hash of the bytes so far; NULL if there is none to compare
 */
typedef struct Snapshot {
    Place at;
    bool broken;
    uint64_t next;
    uint64_t left;
    char hash[65];
    GChecksum *sum;
} Snapshot;

/* Of the tracer's marks, what is counted */
typedef enum MarkCount {
    COUNT_FAILED,           /* accesses that did not reach the device */
    COUNT_PENDING,          /* accesses that were never answered */
    COUNT_UNVERIFIED,       /* all ones that may have been an error */
    COUNT_IRQS,
    COUNT_SNAPSHOTS,
    COUNT_BACKTRACES,
    COUNT_RESETS,
    COUNT_PAUSES,           /* times that the machine stood still */
    COUNT_STOPS,            /* times that tracing of a device was stopped */
    COUNT_WINDOWS,          /* times that windows were added or removed */
    COUNT_HOT,              /* pages that were trapped too often */
    COUNT_LOSSES,           /* places where text is missing */
    COUNT_FOREIGN,          /* words that are not known here */
    COUNT__MAX,
} MarkCount;

/**
 * struct Check: what is known of the log so far
 * @options: the command line
 * @name: of the log
 * @lines: read
 * @at: the line being checked
 * @counts: events of each type
 * @marked: of the tracer's marks
 * @last_ns: time of @last
 * @last: the last line with a time, if there is one yet
 * @last_exact_ns: exact time of @last_exact
 * @last_exact: the last line with an exact time, if there is one yet
 * @extras_told: the log says what its accesses have besides
 * @extras: MmtExtra: that
 * @lost: lost events, where the number is known
 * @quirks: values that only the kernel's decoder can explain
 * @hw_differs: accesses of which guest and hardware have another value
 * @ours: the tracer has introduced itself
 * @later_part: what was told in the parts before is not known
 * @repeating: what a later part repeats: its times are old ones
 * @end: the tracer's end mark, if there is one yet
 * @after_end: something happens after that
 * @cut_file: a file that ends within a compressed frame, or NULL
 * @vm: the machine's last change of state, if there is one yet
 * @vm_running: what it changed to
 * @foreign: the first mark with a word that is not known here
 * @foreign_word: that word, fit to be shown, or NULL
 * @maps: uint32_t id -> Map
 * @devices: MmtPciDev of every PCIDEV line
 * @regions: what coverage marks tell of regions; NULL if there is none
 * @stopped: ID of a device that is not traced -> Place since when; or NULL
 * @snapshot: the one that is being told
 * @access: the event of the line before, if it was an access
 * @access_at: its line
 * @held: what is wrong with it, unless a mark excuses it
 * @held_column: where
 * @faults: the first ones
 * @fault_count: all of them
 */
typedef struct Check {
    const CheckOptions *options;
    const char *name;
    uint64_t lines;
    Place at;
    uint64_t counts[MMT_EVENT__MAX];
    uint64_t marked[COUNT__MAX];
    uint64_t last_ns;
    Place last;
    uint64_t last_exact_ns;
    Place last_exact;
    bool extras_told;
    uint32_t extras;
    uint64_t lost;
    uint64_t quirks;
    uint64_t hw_differs;
    bool ours;
    bool later_part;
    bool repeating;
    Place end;
    bool after_end;
    const char *cut_file;
    Place vm;
    bool vm_running;
    Place foreign;
    char *foreign_word;
    GHashTable *maps;
    GArray *devices;
    GHashTable *regions;
    GHashTable *stopped;
    Snapshot snapshot;
    MmtEvent access;
    Place access_at;
    char *held;
    uint32_t held_column;
    GArray *faults;
    uint64_t fault_count;
} Check;

/**
 * check_device() - what a PCIDEV line said
 * @check: the log
 * @i: its number, from 0 up
 */
static inline const MmtPciDev *check_device(const Check *check, int i)
{
    return &g_array_index(check->devices, MmtPciDev, i);
}

#endif /* VFIO_TRACE_CHECK_INTERNAL_H */
