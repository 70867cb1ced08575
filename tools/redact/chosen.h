/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: registers whose values the user wants replaced
 */
#ifndef VFIO_TRACE_REDACT_CHOSEN_H
#define VFIO_TRACE_REDACT_CHOSEN_H

#include <glib.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"

typedef struct RedactChosen RedactChosen;

RedactChosen *redact_chosen_new(void);
void redact_chosen_free(RedactChosen *chosen);

/**
 * redact_chosen_add() - choose registers
 * @chosen: the registers
 * @word: a range, REGION[:OFF:LEN][:r|w|rw], or a name, in which * ? [ ] stand
 *        for others as in --reg
 * @error: where to store what is wrong
 *
 * Return: true, or false on error
 */
bool redact_chosen_add(RedactChosen *chosen, const char *word, GError **error);

/**
 * redact_chosen_bits() - get the bits of an access that are chosen
 * @chosen: the registers
 * @trace: the trace
 * @db: names of its registers
 * @entry: the access
 */
uint64_t redact_chosen_bits(RedactChosen *chosen, const MmtTrace *trace,
                            AnalysisDb *db, const MmtEntry *entry);

/**
 * redact_chosen_unmatched() - get what has matched no access
 * @chosen: the registers
 *
 * Return: the first such word, or NULL
 */
const char *redact_chosen_unmatched(const RedactChosen *chosen);

/**
 * redact_chosen_any() - is anything chosen?
 * @chosen: the registers
 */
bool redact_chosen_any(const RedactChosen *chosen);

#endif /* VFIO_TRACE_REDACT_CHOSEN_H */
