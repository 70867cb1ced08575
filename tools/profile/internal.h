/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: the engine's state, shared by its files
 *
 *      engine.c    table of registers; one access
 *      counts.c    accumulators of a register
 *      windows.c   neighbours that are accessed in a row
 *      pairs.c     registers that are accessed together
 */
#ifndef VFIO_TRACE_PROFILE_INTERNAL_H
#define VFIO_TRACE_PROFILE_INTERNAL_H

#include "tools/profile/registers.h"

/* Streams of a device; processors share them if there are more. */
#define PROFILE_STREAMS 16

/* Length from which neighbours in a row are a table, by direction */
#define PROFILE_RUN_WRITES 16
#define PROFILE_RUN_READS  64

/* Length from which a run's registers are no longer kept one by one */
#define PROFILE_RUN_ABSORB 1024

/* Most windows whose registers are not kept */
#define PROFILE_WINDOWS_MAX 4096

/* Accesses of a register in a row from which it is a port for bulk data */
#define PROFILE_STREAM_MIN 16

/**
 * struct ProfileRow: accesses of a register, nothing else between them
 * @reg: the register, or NULL
 * @write: they are writes
 * @n: number of them
 * @changes: number of them with another value than the one before
 * @before: number of them before the last change
 * @from: value before the last change
 * @to: value after it
 * @start_ns: time of the first
 * @change_ns: time of the last change
 */
typedef struct ProfileRow {
    ProfileRegister *reg;
    bool write;
    uint32_t n;
    uint32_t changes;
    uint32_t before;
    uint64_t from;
    uint64_t to;
    uint64_t start_ns;
    uint64_t change_ns;
} ProfileRow;

/**
 * struct ProfileStream: what one processor does to one device
 * @row: its last accesses, as far as they are to one register
 * @last_value: value of its last access
 * @paired: register of its last access, or NULL; a read directly after a write
 *          of the same register, which flushes, does not count
 * @paired_write: that was a write
 * @paired_value: its value
 * @written: register of its last write, or NULL
 * @written_value: value of that
 * @written_width: width of that
 */
typedef struct ProfileStream {
    ProfileRow row;
    uint64_t last_value;
    ProfileRegister *paired;
    bool paired_write;
    uint64_t paired_value;
    ProfileRegister *written;
    uint64_t written_value;
    uint8_t written_width;
} ProfileStream;

/**
 * struct ProfileRun: accesses of neighbours in a row, of one direction
 * @region: MmtEntry.region
 * @width: of the accesses
 * @offset: of the last
 * @delta: from one to the next; negative if it goes down
 * @n: number of them
 * @recent: the first registers, until the run is long enough
 * @window: index of the window that the run belongs to, or -1
 */
typedef struct ProfileRun {
    uint32_t region;
    uint32_t width;
    uint64_t offset;
    int64_t delta;
    uint64_t n;
    ProfileRegister *recent[PROFILE_RUN_READS];
    int window;
} ProfileRun;

/**
 * struct ProfileDevice: a device
 * @writes: number of writes to it
 * @streams: by processor
 * @runs: of reads, of writes
 */
typedef struct ProfileDevice {
    uint64_t writes;
    ProfileStream streams[PROFILE_STREAMS];
    ProfileRun runs[2];
} ProfileDevice;

/**
 * struct Profile: the profile (engine.h)
 * @max: most registers to keep
 * @factors: random factors of the hash
 * @work: slots that were searched in vain
 * @slots: hash table with open addressing: 0 or index into @registers + 1
 * @slot_mask: number of slots - 1
 * @registers: ProfileRegister pointers, in the order of their first accesses,
 *             sorted by profile_finish()
 * @devices: ProfileDevice pointers, by number; NULL if there is no access
 * @windows: ProfileWindow
 * @others: accesses of registers for which there was no room
 */
typedef struct Profile {
    uint32_t max;
    uint64_t factors[2];
    uint64_t work;
    uint32_t *slots;
    uint32_t slot_mask;
    GPtrArray *registers;
    GPtrArray *devices;
    GArray *windows;
    uint64_t others;
} Profile;

#endif /* VFIO_TRACE_PROFILE_INTERNAL_H */
