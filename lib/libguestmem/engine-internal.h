/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: types that the engine's parts share
 *
 * An engine has runs, one for each file.  A run has targets, one for each
 * statement.  A target has instances, one for each ring, watch or snapshot that
 * was used.  A look is what a trigger does with one instance.
 */
#ifndef LIBGUESTMEM_ENGINE_INTERNAL_H
#define LIBGUESTMEM_ENGINE_INTERNAL_H

#include "libguestmem/budget.h"
#include "libguestmem/commands.h"
#include "libguestmem/eval.h"
#include "libguestmem/host.h"
#include "libguestmem/table.h"

/* Bounds that no file can change */
#define GMEM_LOOP_MAX       256     /* instances looked at by one trigger */
#define GMEM_LINKS_MAX      64      /* links followed in a ring at a trigger */
#define GMEM_SEGMENTS_MAX   256     /* of a ring */
#define GMEM_RULE_RANGE_MAX 64      /* rings that one rule deletes */
#define GMEM_WATCHES_BYTES  (16 * 1024 * 1024)  /* copies of all watches */

#define GMEM_PATH_MAX       192     /* "list[1023].list[1023].data" */

typedef struct GmemRun GmemRun;
typedef struct GmemTarget GmemTarget;
typedef struct GmemWatch GmemWatch;

/**
 * struct GmemShared: what all files of an engine share
 * @host: the engine's user
 * @opaque: first argument of its functions
 * @commands: kept entries
 * @serial: number of the trigger
 * @lives: number of lives that rings have had, see GmemInstance.life
 * @watched: bytes of copies of watches
 * @data: GMEM_DATA_MAX bytes for what is read
 * @entries: likewise for entries of a ring
 */
typedef struct GmemShared {
    const GmemHost *host;
    void *opaque;
    GmemCommands *commands;
    uint64_t serial;
    uint64_t lives;
    uint64_t watched;
    uint8_t *data;
    uint8_t entries[GMEM_ENTRY_MAX];
} GmemShared;

/**
 * struct GmemInstance: a ring, watch or snapshot
 * @target: its statement
 * @n: its number
 * @name: its name: "SQ[3]"
 * @life: number of its life: since it was created or reset
 * @has_access: an access has triggered it
 * @value: that access's value
 * @index: index of the register that was accessed
 * @created: a rule has created it
 * @made_base: with this base
 * @made_count: and so many entries
 * @started: @position or @at, and @phase, are valid
 * @position: GMEM_BY_TAIL: counter of the next entry
 * @phase: phase
 * @number: GMEM_BY_WHILE: entries since the reset
 * @placed: GMEM_BY_WHILE: @base, @count and @at are valid
 * @segment: likewise, the segment
 * @segments: number of segments
 * @slot: index in the segment
 * @base: the segment's base
 * @count: entries of the segment
 * @at: address of the next entry
 * @told_unreadable: that the next entry can't be read was handed out
 * @told_unknown: that its address is unknown was handed out
 * @said: its geometry was handed out:
 * @said_base: base
 * @said_count: and count
 * @watch: its copy; or NULL
 */
typedef struct GmemInstance {
    GmemTarget *target;
    uint64_t n;
    char *name;
    uint64_t life;
    bool has_access;
    uint64_t value;
    uint64_t index;
    bool created;
    uint64_t made_base;
    uint64_t made_count;
    bool started;
    uint64_t position;
    uint64_t phase;
    uint64_t number;
    bool placed;
    uint64_t segment;
    uint64_t segments;
    uint64_t slot;
    uint64_t base;
    uint64_t count;
    uint64_t at;
    bool told_unreadable;
    bool told_unknown;
    bool said;
    uint64_t said_base;
    uint64_t said_count;
    GmemWatch *watch;
} GmemInstance;

/**
 * struct GmemTarget: a statement
 * @run: its file
 * @is: the declaration
 * @count: what it has done
 * @instance: its instances, by number - @is->low; NULL: not used yet
 * @used: its instances, in the order of their first use
 * @next_loop: where in @used the next loop begins
 */
struct GmemTarget {
    GmemRun *run;
    const GmemStatement *is;
    GmemCount count;
    GmemInstance **instance;
    GPtrArray *used;
    unsigned next_loop;
};

/**
 * struct GmemRun: a file
 * @shared: of the engine
 * @file: the file
 * @registers: values of its registers
 * @place: GmemPlace, of its registers
 * @target: GmemTarget, one for each statement
 * @budget: its budget
 */
struct GmemRun {
    GmemShared *shared;
    GmemFile *file;
    GmemRegisters *registers;
    GArray *place;
    GArray *target;
    GmemBudget budget;
};

/**
 * struct GmemEvent: what triggers
 * @kind: GmemTriggerKind
 * @bar: BAR of the register; -1: none
 * @offset: its offset
 * @has_value: there is a value
 * @value: the value
 * @has_index: the register is of an array
 * @index: its index
 * @text: of a marker
 */
typedef struct GmemEvent {
    GmemTriggerKind kind;
    int bar;
    uint64_t offset;
    bool has_value;
    uint64_t value;
    bool has_index;
    uint64_t index;
    const char *text;
} GmemEvent;

/**
 * struct GmemLook: what a trigger does with one instance
 * @run: the file
 * @target: the statement
 * @instance: the instance; NULL: not known yet
 * @event: what has triggered
 * @scope: what expressions refer to
 * @number: number of the entry that is looked at
 * @path: name of the item that is looked at
 * @path_len: its length
 * @why: why something was left out, or NULL
 * @left: entries that were left out
 */
typedef struct GmemLook {
    GmemRun *run;
    GmemTarget *target;
    GmemInstance *instance;
    const GmemEvent *event;
    GmemContext scope;
    uint64_t number;
    char path[GMEM_PATH_MAX];
    unsigned path_len;
    const char *why;
    uint64_t left;
} GmemLook;

typedef struct GmemEngine GmemEngine;

/**
 * struct GmemEngine: an engine
 * @shared: what all files share
 * @run: GmemRun, the files
 * @place: GmemPlace, of all files' registers
 * @table: which registers an access is of
 * @irq: GmemHook, what interrupts trigger
 * @marker: GmemHook, what markers trigger
 */
struct GmemEngine {
    GmemShared shared;
    GPtrArray *run;
    GPtrArray *place;
    GmemTable table[GMEM_DIRECTIONS][GMEM_BARS];
    GArray *irq;
    GArray *marker;
};

#endif /* LIBGUESTMEM_ENGINE_INTERNAL_H */
