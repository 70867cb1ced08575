/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: options that every verb that reads a trace has
 *
 * The options of the selection (vfio-trace-selection(7)), those that say what a
 * trace without addresses is of, and those that choose a register database
 * (db-options.h).  A verb hands analysis_option_group()
 * to tool_options_group(), and opens its traces with analysis_open().
 */
#ifndef VFIO_TRACE_ANALYSIS_OPTIONS_H
#define VFIO_TRACE_ANALYSIS_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/**
 * analysis_option_group() - get the options, for --help-selection
 *
 * Each option is checked when it is parsed.  A process has one set of them.
 *
 * Return: the group, for tool_options_group()
 */
GOptionGroup *analysis_option_group(void);

/**
 * analysis_options_given() - has an option of the selection been given?
 *
 * If not, a verb gets all entries of a trace.
 */
bool analysis_options_given(void);

/**
 * analysis_options_apply() - apply the options to a trace
 * @trace: a trace from which nothing was read
 *
 * Return: its selection, to be freed with mmt_selection_free() at any time;
 *         NULL if everything is selected
 */
MmtSelection *analysis_options_apply(MmtTrace *trace);

/**
 * analysis_options_device() - get what the user said of the device
 * @vendor: where to store its vendor ID, if it was given
 * @device: where to store its device ID
 * @bar: called for each BAR of which the place was given
 * @opaque: argument of @bar
 *
 * Return: was anything given?
 */
bool analysis_options_device(uint16_t *vendor, uint16_t *device,
                             void (*bar)(int number, uint64_t base,
                                         uint64_t size, void *opaque),
                             void *opaque);

/**
 * analysis_options_bars() - does the user say where a BAR is?
 */
bool analysis_options_bars(void);

/**
 * analysis_options_reset() - forget the options that were parsed
 */
void analysis_options_reset(void);

#endif /* VFIO_TRACE_ANALYSIS_OPTIONS_H */
