/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --against-all: several logs of the same
 */
#ifndef VFIO_TRACE_DIFF_AGAINST_H
#define VFIO_TRACE_DIFF_AGAINST_H

#include "tools/diff/engine.h"
#include "tools/diff/noise.h"

/**
 * diff_against_learn() - find out what varies between logs of the same
 * @verb: the verb
 * @paths: their names; the first one is read several times
 * @n: number of them, at least two
 * @places: places of all logs
 * @options: what is compared
 * @window: most tokens of a log in memory; 0: DIFF_WINDOW
 * @noise: what is learnt
 *
 * Return: TOOL_OK; TOOL_FAULT if a log is damaged or cut off; TOOL_TROUBLE
 *         after an error
 */
ToolStatus diff_against_learn(const Verb *verb, const char *const *paths,
                              unsigned n, DiffPlaces *places,
                              const DiffOptions *options, uint32_t window,
                              DiffNoise *noise);

/**
 * diff_against_print() - print how much was noise
 * @noise: what was learnt, and taken out
 * @json: as an object of JSON
 *
 * Of JSON, always; else, if there was any.
 */
void diff_against_print(const DiffNoise *noise, bool json);

#endif /* VFIO_TRACE_DIFF_AGAINST_H */
