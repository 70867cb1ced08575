/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: a trace as a sequence of tokens
 *
 * A token is an access, or a run of the same read in a row: a poll.  A log has
 * a window of them in memory.  Tokens have numbers from 0 up over the whole
 * log; those from diff_log_start() to diff_log_end() are in the window.
 */
#ifndef VFIO_TRACE_DIFF_LOG_H
#define VFIO_TRACE_DIFF_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/devices.h"
#include "tools/analysis/trace.h"
#include "tools/diff/places.h"

/* Most tokens of a log in memory, unless --window says otherwise */
#define DIFF_WINDOW 24000000u

/**
 * struct DiffToken: an access, or a run of the same read
 * @value: the value; of a run, the last one
 * @place: number of the place, for diff_places_get()
 * @line: line, relative to diff_log_first_line(): use diff_log_line()
 */
typedef struct DiffToken {
    uint64_t value;
    uint32_t place;
    uint32_t line;
} DiffToken;

/**
 * struct DiffRun: what else is known of a token that is several reads
 * @token: number of the token in the window
 * @flags: MmtEntryFlags: are there times?
 * @rounds: number of reads
 * @changes: how often a read's value is not that of the read before it
 * @first_ns: time of the first read
 * @last_ns: time of the last one
 * @hash: of all values, in their order
 * @last_line: relative line of the last read
 */
typedef struct DiffRun {
    uint32_t token;
    uint32_t flags;
    uint64_t rounds;
    uint64_t changes;
    uint64_t first_ns;
    uint64_t last_ns;
    uint64_t hash;
    uint32_t last_line;
} DiffRun;

/**
 * struct DiffPhase: what follows a mark of the user or the guest
 * @name: text of the mark, printable; "start" for the first phase
 * @first: number of its first token
 * @end: number behind its last token
 *
 * Phases without an access have no tokens: @end is @first.
 */
typedef struct DiffPhase {
    const char *name;
    uint64_t first;
    uint64_t end;
} DiffPhase;

/* Classes of accesses that may be left out, since only one log can have them */
typedef enum DiffClass {
    DIFF_CLASS_CONFIG,
    DIFF_CLASS_PORT,
    DIFF_CLASS_ROM,
    DIFF_CLASS_VGA,
    DIFF_CLASS_UNPAIRED,    /* of devices that the other log does not have */
    DIFF_CLASS__MAX,
    DIFF_CLASS_MEMORY = DIFF_CLASS__MAX,
} DiffClass;

/* DiffDevice.number: the device has no number yet */
#define DIFF_NO_DEVICE UINT32_MAX

/**
 * struct DiffDevice: a device of a log
 * @is: which device it is
 * @number: number of the same device in all logs, or DIFF_NO_DEVICE
 * @accesses: number of its accesses that were read
 * @placed: number of those of which the region is known
 */
typedef struct DiffDevice {
    const MmtRegionDevice *is;
    uint32_t number;
    uint64_t accesses;
    uint64_t placed;
} DiffDevice;

typedef struct DiffLog DiffLog;

/**
 * diff_log_open() - open a log
 * @verb: the verb, for messages
 * @path: the file, or "-"
 * @places: where places of all logs of the comparison are
 * @window: most tokens in memory; 0: DIFF_WINDOW
 *
 * Return: the log; NULL after an error was printed
 */
DiffLog *diff_log_open(const Verb *verb, const char *path, DiffPlaces *places,
                       uint32_t window);

/**
 * diff_log_close() - close a log
 * @log: the log, or NULL
 *
 * Its places stay.
 */
void diff_log_close(DiffLog *log);

/**
 * typedef DiffLogWatch - look at entries as they are read
 * @opaque: diff_log_watch()'s
 * @entries: the entries
 * @n: number of them
 */
typedef void DiffLogWatch(void *opaque, const MmtEntry *entries, size_t n);

/**
 * diff_log_watch() - set what looks at each entry, once
 * @log: the log
 * @watch: the function, or NULL for none
 * @opaque: its argument
 */
void diff_log_watch(DiffLog *log, DiffLogWatch *watch, void *opaque);

/**
 * diff_log_fill() - read until the window is full, or the log ends
 * @log: the log
 *
 * Until diff_log_map(), tokens have places of this log only.
 */
void diff_log_fill(DiffLog *log);

/**
 * diff_log_failed() - did reading end early?
 * @log: the log
 *
 * Return: true after an error, which diff_log_finish() prints, and after ^C
 */
bool diff_log_failed(const DiffLog *log);

/**
 * diff_log_map() - make places of all logs of the places of the tokens
 * @log: the log, whose devices were paired (pair.h)
 *
 * Tokens of classes that are left out, and of devices without a pair if they
 * are not compared, are dropped.
 */
void diff_log_map(DiffLog *log);

/**
 * diff_log_drop() - drop the tokens at the beginning of the window
 * @log: the log
 * @to: number of the first one that stays
 */
void diff_log_drop(DiffLog *log, uint64_t to);

/**
 * diff_log_ended() - is the end of the log in the window?
 * @log: the log
 */
bool diff_log_ended(const DiffLog *log);

/**
 * diff_log_finish() - print what is wrong with a log: analysis_end()
 * @log: the log, read to its end
 */
ToolStatus diff_log_finish(DiffLog *log);

/**
 * diff_log_name() - get the log's name, for messages
 * @log: the log
 */
const char *diff_log_name(const DiffLog *log);

/**
 * diff_log_analysis() - get the trace
 * @log: the log
 */
AnalysisTrace *diff_log_analysis(DiffLog *log);

/**
 * diff_log_places() - get the places
 * @log: the log
 */
DiffPlaces *diff_log_places(const DiffLog *log);

/**
 * diff_log_start() - number of the first token in the window
 * @log: the log
 */
uint64_t diff_log_start(const DiffLog *log);

/**
 * diff_log_end() - number behind the last token in the window
 * @log: the log
 */
uint64_t diff_log_end(const DiffLog *log);

/**
 * diff_log_token() - get a token
 * @log: the log
 * @i: its number, in the window
 */
const DiffToken *diff_log_token(const DiffLog *log, uint64_t i);

/**
 * diff_log_line() - get the line of a token, counted over all parts
 * @log: the log
 * @i: number of the token, in the window
 */
uint64_t diff_log_line(const DiffLog *log, uint64_t i);

/**
 * diff_log_run() - get what else is known of a token that is several reads
 * @log: the log
 * @i: number of the token, in the window
 *
 * Return: NULL if it is one access
 */
const DiffRun *diff_log_run(const DiffLog *log, uint64_t i);

/**
 * diff_log_last_line() - get the line of the last access of a token
 * @log: the log
 * @i: number of the token, in the window
 */
uint64_t diff_log_last_line(const DiffLog *log, uint64_t i);

/**
 * diff_log_phases() - get the phases so far: DiffPhase
 * @log: the log
 *
 * A phase has no name twice, but several may have the same.
 */
const GArray *diff_log_phases(const DiffLog *log);

/**
 * diff_log_phase() - get the phase of a token
 * @log: the log
 * @i: number of the token
 *
 * Return: index in diff_log_phases()
 */
uint32_t diff_log_phase(const DiffLog *log, uint64_t i);

/**
 * diff_log_region() - what number does a region have in the log's trace?
 * @log: the log
 * @region: DiffPlace.region
 *
 * Return: MmtEntry.region, for analysis_put_register(); MMT_NO_REGION if the
 *         log does not have it
 */
uint32_t diff_log_region(const DiffLog *log, uint32_t region);

/**
 * diff_log_devices() - get the devices, with what was read so far
 * @log: the log
 *
 * Return: DiffDevice
 */
GArray *diff_log_devices(DiffLog *log);

/**
 * diff_log_leave_out() - leave out accesses of a class
 * @log: the log
 * @class: the class
 */
void diff_log_leave_out(DiffLog *log, DiffClass class);

/**
 * diff_log_is_port() - does the log say that a BAR is one of I/O ports?
 * @log: the log
 * @device: number of the device
 * @bar: number of the BAR
 */
bool diff_log_is_port(const DiffLog *log, uint32_t device, int32_t bar);

/**
 * diff_log_set_peer() - set the log that may say more of the devices
 * @log: the log
 * @peer: the log that it is compared with
 */
void diff_log_set_peer(DiffLog *log, const DiffLog *peer);

/**
 * diff_log_sees_all() - is the log by this project's tracer, or QEMU's events?
 * @log: the log
 *
 * The kernel's mmiotrace sees accesses to memory BARs only.
 */
bool diff_log_sees_all(const DiffLog *log);

/**
 * diff_log_accesses() - count the accesses of a class that were read
 * @log: the log
 * @class: the class
 */
uint64_t diff_log_accesses(const DiffLog *log, DiffClass class);

/**
 * diff_log_left_out() - count the accesses of a class that were dropped
 * @log: the log
 * @class: the class
 */
uint64_t diff_log_left_out(const DiffLog *log, DiffClass class);

/**
 * diff_class_name() - name a class
 * @class: the class
 *
 * Return: "config space"
 */
const char *diff_class_name(DiffClass class);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffLog, diff_log_close)

#endif /* VFIO_TRACE_DIFF_LOG_H */
