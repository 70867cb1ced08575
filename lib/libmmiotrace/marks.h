/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: table of structured marks
 *
 * A structured mark is "vfio-trace: NAME key=value key=value ...".  One table
 * defines the names, the keys of each, their order and their values. mark-put.h
 * writes marks by it and 'vfio-trace check' checks logs by it.  A test
 * (tests/static/test_marks.py) compares it with the table in
 * docs/log-format.md, and with all places in the sources that write a mark.
 */
#ifndef LIBMMIOTRACE_MARKS_H
#define LIBMMIOTRACE_MARKS_H

#include <stddef.h>

#include "libmmiotrace/record.h"

/* All marks; docs/log-format.md describes their meaning. */
typedef enum MmtMark {
    MMT_MARK_LOG,
    MMT_MARK_CLOCK,
    MMT_MARK_DEVICE,
    MMT_MARK_COVERAGE,
    MMT_MARK_START,
    MMT_MARK_STOP,
    MMT_MARK_WINDOW,
    MMT_MARK_HOT,
    MMT_MARK_PC,
    MMT_MARK_RESCUE,
    MMT_MARK_STEPPED,
    MMT_MARK_STEP_FAILED,
    MMT_MARK_STEP_LOST,
    MMT_MARK_REFUSED,
    MMT_MARK_P2P,
    MMT_MARK_HW,
    MMT_MARK_CONFIG,
    MMT_MARK_FAILED,
    MMT_MARK_PENDING,
    MMT_MARK_UNSYNCED,
    MMT_MARK_UNVERIFIED,
    MMT_MARK_RESET,
    MMT_MARK_COMMAND,
    MMT_MARK_POWER,
    MMT_MARK_MOVED,
    MMT_MARK_ERROR,
    MMT_MARK_REQUEST,
    MMT_MARK_VM,
    MMT_MARK_IRQ,
    MMT_MARK_IRQS,
    MMT_MARK_DEPARTED,
    MMT_MARK_BACKTRACE,
    MMT_MARK_SNAPSHOT,
    MMT_MARK_SNAPSHOT_DATA,
    MMT_MARK_RINGS,
    MMT_MARK_RING,
    MMT_MARK_ENTRY,
    MMT_MARK_DATA,
    MMT_MARK_WATCH,
    MMT_MARK_WATCH_DATA,
    MMT_MARK_MEMORY_CUT,
    MMT_MARK_TRAPS,
    MMT_MARK_TRAP_COST,
    MMT_MARK_SYMBOLS,
    MMT_MARK_GUEST_MARK,
    MMT_MARK_DETACHED,
    MMT_MARK_CONVERTED,
    MMT_MARK_PART,
    MMT_MARK_CUT,
    MMT_MARK_READER,
    MMT_MARK_DAMAGED,
    MMT_MARK_RECOVERED,
    MMT_MARK_END,
    MMT_MARKS,          /* number of marks; also: no such mark */
} MmtMark;

/* Kinds of values */
typedef enum MmtMarkKind {
    MMT_VALUE_WORD,     /* anything without a blank, or one of a choice */
    MMT_VALUE_DEC,
    MMT_VALUE_HEX,      /* 0x... */
    MMT_VALUE_SECONDS,  /* S.FRACTION; the writer gives nanoseconds */
    MMT_VALUE_SHA256,
    MMT_VALUE_BYTES,    /* two hexadecimal digits each, or "none" */
    /* "bar=0", "rom", "vga=0x3c0", "config", "space=mem"; no key */
    MMT_VALUE_REGION,
    MMT_VALUE_TEXT,     /* the rest of the mark, any text */
    MMT_VALUE_FIELDS,   /* the extra fields of an access; no key */
    MMT_VALUE_PROSE,    /* the rest of the mark in fixed words; no key */
    MMT_VALUES,
} MmtMarkKind;

typedef enum MmtMarkKeyFlags {
    /* The word may be absent. */
    MMT_KEY_OPTIONAL = 1 << 0,
    /* The word is always written, but its absence is not a fault. */
    MMT_KEY_LENIENT = 1 << 1,
    /* The value is written without "key=". */
    MMT_KEY_BARE = 1 << 2,
    /* Several values may follow, separated by blanks. */
    MMT_KEY_REPEATED = 1 << 3,
} MmtMarkKeyFlags;

/* Largest number of keys of a mark, and the empty last one */
#define MMT_MARK_KEYS 11

/**
 * struct MmtMarkKey: a "key=value" of a mark
 * @key: the key; NULL after the last one.  Values without "key=" have a name
 *       here, too
 * @kind: MmtMarkKind
 * @flags: MmtMarkKeyFlags
 * @choice: the allowed values, joined by "|"; NULL for anything
 */
typedef struct MmtMarkKey {
    const char *key;
    MmtMarkKind kind;
    unsigned flags;
    const char *choice;
} MmtMarkKey;

/**
 * struct MmtMarkForm: one mark
 * @name: its first word
 * @key: its keys, in their order
 */
typedef struct MmtMarkForm {
    const char *name;
    MmtMarkKey key[MMT_MARK_KEYS];
} MmtMarkForm;

extern const MmtMarkForm mmt_mark_forms[MMT_MARKS];

/**
 * mmt_mark_find() - find a mark by its name
 * @name: the name
 * @len: bytes of @name
 *
 * Return: the mark, or MMT_MARKS if there is no such mark
 */
MmtMark mmt_mark_find(const char *name, size_t len);

#endif /* LIBMMIOTRACE_MARKS_H */
