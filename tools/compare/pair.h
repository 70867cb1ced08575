/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which device of one log is which of the other
 */
#ifndef VFIO_TRACE_PAIR_H
#define VFIO_TRACE_PAIR_H

#include "tools/compare/accesses.h"

/**
 * struct PairOptions: what the user says of devices
 * @filter: VENDOR:DEVICE, or the ID or address in our log of the devices to
 *          compare; NULL for all
 * @pairs: "ORACLE=LOG": IDs or addresses of a device in both logs; NULL for none
 */
typedef struct PairOptions {
    const char *filter;
    char **pairs;
} PairOptions;

/**
 * pair_devices() - pair the devices of the two logs, as far as they were read
 * @oracle: the guest's log
 * @log: our log
 * @options: what the user says
 *
 * Devices are paired as the user says; by their addresses on the host, if both
 * logs have them; by the guest addresses in @log's MAPs; by their IDs in QEMU.
 * Where that fails, the n-th device with the same IDs in one log is the n-th in
 * the other, at first among those with the same sizes of BARs.  If one log has
 * more of them, its devices without accesses do not count.  A device whose IDs
 * a log does not tell is paired last, with any other.  AccessDevice.missing
 * marks the devices of @oracle that have no peer, but are not excluded by the
 * filter, and AccessDevice.guessed those that may have been another's peer.
 *
 * Return: number of pairs
 */
unsigned pair_devices(AccessLog *oracle, AccessLog *log,
                      const PairOptions *options);

/**
 * pair_check() - were the devices found that the user has named?
 * @oracle: the guest's log, read to its end
 * @log: our log, likewise
 * @options: what the user says
 * @error: where to store the error
 */
bool pair_check(const AccessLog *oracle, const AccessLog *log,
                const PairOptions *options, GError **error);

/**
 * pair_peers() - get what was paired, for accesses_set_peers()
 * @log: a log, after pair_devices()
 *
 * Return: int, for each device the index in our log, or -1
 */
GArray *pair_peers(const AccessLog *log);

/**
 * pair_same() - do two results of pair_peers() say the same?
 * @before: the first one
 * @after: a later one, of which the log may have more devices
 */
bool pair_same(const GArray *before, const GArray *after);

#endif /* VFIO_TRACE_PAIR_H */
