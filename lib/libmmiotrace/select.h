/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: selection of entries, and the points where phases begin
 *
 * mmiotrace.h has the functions that make a selection.
 */
#ifndef LIBMMIOTRACE_SELECT_H
#define LIBMMIOTRACE_SELECT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "libmmiotrace/regions.h"

/**
 * struct MmtSelect: a selection at work on one trace
 *
 * Made by mmt_select_new(), used by trace.c only.
 */
typedef struct MmtSelect MmtSelect;

/**
 * mmt_select_new() - apply a selection to a trace
 * @selection: the selection, which must outlive the result
 * @regions: regions of the trace
 */
MmtSelect *mmt_select_new(const MmtSelection *selection,
                          const MmtRegions *regions);

/**
 * typedef MmtSelectNamed - has a register that an access reaches this name?
 * @pattern: argument of --reg
 * @entry: the access
 * @opaque: of mmt_select_name()
 */
typedef bool MmtSelectNamed(const char *pattern, const MmtEntry *entry,
                            void *opaque);

/**
 * mmt_select_name() - registers have names
 * @select: the selection
 * @named: tests a name, or NULL if there are none; the result is kept
 * @opaque: its argument
 *
 * Call it again when registers have got other names.
 */
void mmt_select_name(MmtSelect *select, MmtSelectNamed *named, void *opaque);

/**
 * mmt_select_unmatched() - get the arguments of --reg that matched nothing
 * @select: the selection
 * @i: which of them, from 0 up
 *
 * Only registers count that have all else that is selected.
 *
 * Return: the argument; NULL if there are no more
 */
const char *mmt_select_unmatched(const MmtSelect *select, unsigned i);

/**
 * mmt_select_devices() - get the devices that an argument of --device fits
 * @select: the selection
 * @i: number of the argument, from 0 up
 * @found: where to add them (MmtRegionDevice), those that have regions
 *
 * Return: the argument; NULL if there are no more
 */
const char *mmt_select_devices(const MmtSelect *select, unsigned i,
                               GPtrArray *found);

/* What mmt_select_missed() returns */
enum {
    MMT_MISSED_DEVICE = 1 << 0, /* --device fits no device */
    MMT_MISSED_PHASE = 1 << 1,  /* --phase fits no phase */
    MMT_MISSED_FROM = 1 << 2,   /* --from fits no mark */
};

/**
 * mmt_select_missed() - get the options that fit nothing in what was read
 * @select: the selection
 */
unsigned mmt_select_missed(const MmtSelect *select);

/**
 * mmt_select_begin_phase() - a phase begins
 * @select: the selection
 * @number: its number
 * @name: its name
 */
void mmt_select_begin_phase(MmtSelect *select, uint32_t number,
                            const char *name);

/**
 * mmt_select_mark() - a mark comes, before its entry is tested
 * @select: the selection
 * @text: its text
 * @len: its length
 */
void mmt_select_mark(MmtSelect *select, const char *text, size_t len);

/**
 * mmt_select_phase_at() - does an access begin a phase?
 * @select: the selection
 * @entry: the access
 */
bool mmt_select_phase_at(MmtSelect *select, const MmtEntry *entry);

/**
 * mmt_select_has_phase_at() - can an access begin a phase?
 * @select: the selection
 */
bool mmt_select_has_phase_at(const MmtSelect *select);

/**
 * mmt_select_access() - is an access selected?
 * @select: the selection
 * @entry: the access
 */
bool mmt_select_access(MmtSelect *select, const MmtEntry *entry);

/**
 * mmt_select_time() - is an entry that is no access within what is selected?
 * @select: the selection
 * @entry: the entry
 */
bool mmt_select_time(MmtSelect *select, const MmtEntry *entry);

/**
 * mmt_select_ended() - can no later entry be selected?
 * @select: the selection
 */
bool mmt_select_ended(const MmtSelect *select);

void mmt_select_free(MmtSelect *select);

#endif /* LIBMMIOTRACE_SELECT_H */
