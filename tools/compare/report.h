/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: notes and errors about a comparison
 */
#ifndef VFIO_TRACE_REPORT_H
#define VFIO_TRACE_REPORT_H

#include "tools/compare/accesses.h"
#include "tools/compare/tally.h"

/**
 * struct Report: what there is to say
 * @oracle: the guest kernel's log, read to its end
 * @log: our log, likewise
 * @tally: what was counted
 * @filter: which devices are compared, NULL for all
 */
typedef struct Report {
    const AccessLog *oracle;
    const AccessLog *log;
    const Tally *tally;
    const char *filter;
} Report;

/**
 * report_device() - get the name of a device, for messages
 * @log: its log
 * @device: its index
 *
 * Return: a name that none of the log's other devices has; valid as long as the
 *         log
 */
const char *report_device(const AccessLog *log, unsigned device);

/**
 * report_extras() - print the number of extras between the oracle's accesses,
 *                   for each BAR
 * @r: the report
 */
void report_extras(const Report *r);

/**
 * report_quirks() - print the number of matches that are none at first sight
 * @r: the report
 */
void report_quirks(const Report *r);

/**
 * report_reservations() - print notes and errors about the logs
 * @r: the report
 *
 * Return: false if they invalidate the comparison
 */
bool report_reservations(const Report *r);

/**
 * report_missing_devices() - print the oracle's devices that have accesses, but
 *                            no counterpart
 * @r: the report
 *
 * The guest's kernel also traces devices that are not passed through.  If our
 * log has no device with these IDs, the user can exclude the device (--device).
 *
 * Return: number of accesses that are missing because of this
 */
uint64_t report_missing_devices(const Report *r);

#endif /* VFIO_TRACE_REPORT_H */
