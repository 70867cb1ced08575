/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: names of places, and what values mean
 *
 * The names of a register come from the log that has its region; if both have
 * it, from the one with a register database for it.
 */
#ifndef VFIO_TRACE_DIFF_WORDS_H
#define VFIO_TRACE_DIFF_WORDS_H

#include "tools/diff/log.h"
#include "tools/fold/output.h"

typedef struct DiffWords DiffWords;

/**
 * diff_words_new() - begin
 * @a: a log, whose devices are paired when the first name is asked for
 * @b: the other log
 */
DiffWords *diff_words_new(DiffLog *a, DiffLog *b);

/**
 * diff_words_free() - free the names
 * @words: the names, or NULL
 */
void diff_words_free(DiffWords *words);

/**
 * diff_words_fold() - get the words for FoldOutput.words
 * @words: the names
 * @meanings: say what values mean
 *
 * FoldNode.region is a DiffPlace.region there.
 */
const FoldWords *diff_words_fold(DiffWords *words, bool meanings);

/**
 * diff_words_put_register() - append a register: "bar0+0x0 CTRL"
 * @words: the names
 * @region: DiffPlace.region
 * @offset: its offset
 * @text: where to append it
 */
void diff_words_put_register(DiffWords *words, uint32_t region,
                             uint64_t offset, GString *text);

/**
 * diff_words_name() - get the name that a database has for a register
 * @words: the names
 * @region: DiffPlace.region
 * @offset: its offset
 *
 * Return: the name, until names change; NULL if it has none
 */
const char *diff_words_name(DiffWords *words, uint32_t region,
                            uint64_t offset);

/**
 * diff_words_put_place() - append a place: "W4 bar0+0x0 CTRL"
 * @words: the names
 * @place: the place
 * @text: where to append it
 */
void diff_words_put_place(DiffWords *words, const DiffPlace *place,
                          GString *text);

/**
 * diff_words_put_meaning() - append what a value means: " { RST }"
 * @words: the names
 * @place: the place
 * @value: the value
 * @text: where to append it; nothing if the number says it all
 */
void diff_words_put_meaning(DiffWords *words, const DiffPlace *place,
                            uint64_t value, GString *text);

/**
 * diff_words_put_change() - append the fields that differ: "  +SLU -RST"
 * @words: the names
 * @place: the place
 * @before: the value in A
 * @after: the value in B
 * @text: where to append it; nothing if there are no fields
 */
void diff_words_put_change(DiffWords *words, const DiffPlace *place,
                           uint64_t before, uint64_t after, GString *text);

/**
 * diff_words_json() - append the members "device", "region", "offset", "name"
 * @words: the names
 * @place: the place
 * @json: a line of tools/analysis/json-line.h
 */
void diff_words_json(DiffWords *words, const DiffPlace *place, GString *json);

#endif /* VFIO_TRACE_DIFF_WORDS_H */
