/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: which device of one log is which of another
 */
#ifndef VFIO_TRACE_DIFF_PAIR_H
#define VFIO_TRACE_DIFF_PAIR_H

#include "tools/diff/log.h"

/**
 * diff_pair() - pair the devices of two logs, as far as they were read
 * @a: a log, whose devices may have been paired with others before
 * @b: the other log
 * @pairs: arguments of --pair, "A=B", NULL-terminated; NULL for none
 * @error: where to store an error that names both logs' devices and --pair
 *
 * Devices are paired as the user says; by their addresses on the host or their
 * names, if they are of the same kind; the n-th of the same VENDOR:DEVICE; if
 * one device of each log has accesses and no pair, these.  Other devices keep
 * their accesses, and these are in one log only.
 *
 * Return: false if the logs have no device in common
 */
bool diff_pair(DiffLog *a, DiffLog *b, char **pairs, GError **error);

#endif /* VFIO_TRACE_DIFF_PAIR_H */
