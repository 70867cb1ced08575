/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: phases of a trace: what lies between two marks of users
 */
#ifndef LIBMMIOTRACE_PHASES_H
#define LIBMMIOTRACE_PHASES_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Phases that have a number of their own; the last one has all the rest. */
#define MMT_PHASES_MAX 65536

/**
 * struct MmtPhases: names of the phases so far
 * @names: the names, printable; at least one
 */
typedef struct MmtPhases {
    GPtrArray *names;
} MmtPhases;

/**
 * mmt_phases_init() - begin with phase 0, "start"
 * @phases: to be initialised
 */
void mmt_phases_init(MmtPhases *phases);

/**
 * mmt_phases_clear() - free the contents
 * @phases: the phases
 */
void mmt_phases_clear(MmtPhases *phases);

/**
 * mmt_phases_begin() - a phase begins
 * @phases: the phases
 * @name: its name; any bytes
 * @len: their number
 *
 * Return: its number
 */
uint32_t mmt_phases_begin(MmtPhases *phases, const char *name, size_t len);

/**
 * mmt_phases_begin_mark() - a phase begins with a mark
 * @phases: the phases
 * @text: text of the mark; of a guest's mark, the tracer's words around the
 *        guest's text are left out
 * @len: its length
 *
 * Return: its number
 */
uint32_t mmt_phases_begin_mark(MmtPhases *phases, const char *text, size_t len);

#endif /* LIBMMIOTRACE_PHASES_H */
