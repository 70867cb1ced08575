/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: state of the check, shared by its files
 *
 *      check.c       the verb: options, one pass over the log
 *      origin.c      which format it is, and who wrote it
 *      fast.c        ordinary accesses without a fault
 *      other.c       traces that are not mmiotrace
 *      rules.c       rules for a line and the lines before it
 *      marks.c       the same for the tracer's own marks
 *      coverage.c    coverage marks: what the log contains
 *      started.c     start and stop marks: whether a device is traced
 *      memory.c      marks with guest memory
 *      map.c         map ids
 *      fault.c       faults
 *      print.c       output of the result, as text and as JSON
 */
#ifndef VFIO_TRACE_CHECK_INTERNAL_H
#define VFIO_TRACE_CHECK_INTERNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/devices.h"
#include "libmmiotrace/parse.h"
#include "libmmiotrace/reader.h"

struct CheckOther;

#define CHECK_NO_END \
    "no end mark: QEMU still runs, was killed, or the log was cut"
#define CHECK_CUT_FRAME \
    "ends within a compressed frame: the rest of the frame's text is missing"

/**
 * struct CheckOptions: the command line
 * @complete: an incomplete log is a fault
 * @json: print JSON
 * @kernel: the log is of Linux's own mmiotrace
 * @max_faults: number of faults to print at most
 */
typedef struct CheckOptions {
    gboolean complete;
    gboolean json;
    gboolean kernel;
    int max_faults;
} CheckOptions;

/**
 * struct Place: the place of a line
 * @file: name of the part that it is in; owned by the reader
 * @line: line number in that part, from 1 up; 0 means no line
 */
typedef struct Place {
    const char *file;
    uint64_t line;
} Place;

/**
 * struct Map: one map id
 * @id: the id
 * @live: mapped, and not unmapped since
 * @port: an I/O-port BAR, according to PCIDEV
 * @vga_port: VGA's I/O ports, according to a coverage mark
 * @config: config space, according to a coverage mark or its accesses
 * @told: it was reported that there is no such map
 * @device: the device that has a BAR there, or NULL
 * @bar: resource of that device
 * @region: name in a coverage mark, as "rom of gpu", or NULL
 * @owner: the device's ID in that mark, or NULL
 * @phys: address of the latest MAP
 * @len: bytes
 * @at: the latest MAP or UNMAP
 * @maps: number of MAPs
 * @reads: number of reads
 * @writes: number of writes
 * @unknown: number of UNKNOWN records
 * @failed: accesses that did not reach the device
 * @last_pc: program counter of the latest access, if there is one
 */
typedef struct Map {
    uint32_t id;
    bool live;
    bool port;
    bool vga_port;
    bool config;
    bool told;
    const MmtDevice *device;
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

/* Counts of the tracer's marks */
typedef enum MarkCount {
    COUNT_FAILED,           /* accesses that did not reach the device */
    COUNT_PENDING,          /* accesses that were never answered */
    COUNT_UNVERIFIED,       /* reads of all ones that may have failed */
    COUNT_IRQS,
    COUNT_SNAPSHOTS,
    COUNT_ENTRIES,          /* entries of rings */
    COUNT_WATCHES,          /* times that a watch was looked at */
    COUNT_CUTS,             /* places where guest memory was left out */
    COUNT_BACKTRACES,
    COUNT_RESETS,
    COUNT_PAUSES,           /* times that the machine was paused */
    COUNT_SLEEPS,           /* times that the guest went to sleep (S3) */
    COUNT_STOPS,            /* times that tracing of a device was stopped */
    COUNT_WINDOWS,          /* times that windows were added or removed */
    COUNT_HOT,              /* pages that were trapped too often */
    COUNT_LOSSES,           /* places where text is missing */
    COUNT_FOREIGN,          /* marks of an unknown kind */
    COUNT__MAX,
} MarkCount;

/**
 * struct Check: state of the check of a log
 * @options: the command line
 * @kernel: the log is of Linux's own mmiotrace
 * @guessed: @kernel was guessed from the log's form
 * @headless: it lacks its beginning, as the kernel's file "trace" does
 * @decided: it is mmiotrace: @other is NULL for good
 * @other: the check of a trace in another format, or NULL
 * @holding: faults go to @pending, as long as it is not known whether they are
 *           faults: the log may be the kernel's, or in another format
 * @pending: Fault, these faults
 * @pending_count: number of all of them
 * @last_pcidev: bus and devfn of the line before, if it was a PCIDEV, else -1
 * @name: name of the log
 * @lines: number of lines read
 * @at: the line being checked
 * @counts: number of events of each type
 * @marked: counts of the tracer's marks
 * @last_ns: time of @last
 * @last: the last line with a time, if there is one yet
 * @last_exact_ns: exact time of @last_exact
 * @last_exact: the last line with an exact time, if there is one yet
 * @extras_told: the log has listed the extra fields of its accesses
 * @extras: MmtExtra: these fields
 * @lost: number of lost events, as far as it is known
 * @quirks: values that are faults of the kernel's decoder
 * @hw_differs: accesses whose value differs between guest and hardware
 * @ours: the log has the tracer's first mark
 * @converted: it was written out of a trace in another format
 * @later_part: a later part that is read alone: earlier parts are unknown
 * @repeating: in the header of a later part, which repeats old lines and times
 * @end: the tracer's end mark, if there is one yet
 * @after_end: there are events after the end mark
 * @cut_file: a file that ends within a compressed frame, or NULL
 * @vm: the machine's last change of state, if there is one yet
 * @vm_state: the state that it changed to; "" if it is unknown
 * @vm_reset: that is the state after a reset
 * @foreign: the first mark of an unknown kind
 * @foreign_word: its word, printable, or NULL
 * @maps: uint32_t id -> Map
 * @devices: the devices
 * @regions: regions in coverage marks; NULL if there is none
 * @stopped: ID of a device that is not traced -> Place of its stop; or NULL
 * @memory: guest memory in the log
 * @memory_mark: the mark of it that is being read, or NULL
 * @access: the event of the previous line, if it was an access
 * @access_at: its line
 * @access_line: its text, if @access must still be parsed, else NULL
 * @access_len: length of @access_line
 * @fast_map: map of the last access that fast.c has taken, or NULL
 * @held: fault of this access, unless a mark excuses it
 * @held_column: column of this fault
 * @faults: the first faults, up to CheckOptions.max_faults
 * @fault_count: number of all faults
 */
typedef struct Check {
    const CheckOptions *options;
    bool kernel;
    bool guessed;
    bool headless;
    bool decided;
    struct CheckOther *other;
    bool holding;
    GArray *pending;
    uint64_t pending_count;
    int last_pcidev;
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
    bool converted;
    bool later_part;
    bool repeating;
    Place end;
    bool after_end;
    const char *cut_file;
    Place vm;
    char vm_state[sizeof("suspended")];
    bool vm_reset;
    Place foreign;
    char *foreign_word;
    GHashTable *maps;
    MmtDevices *devices;
    GHashTable *regions;
    GHashTable *stopped;
    struct AnalysisMemory *memory;
    const MmtEvent *memory_mark;
    MmtEvent access;
    Place access_at;
    const char *access_line;
    size_t access_len;
    Map *fast_map;
    char *held;
    uint32_t held_column;
    GArray *faults;
    uint64_t fault_count;
} Check;

#endif /* VFIO_TRACE_CHECK_INTERNAL_H */
