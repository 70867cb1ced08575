/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: times in QEMU's trace events
 *
 * With `-msg timestamp=on`, a line begins with PID@SECONDS: in QEMU up to 10.0,
 * and with date and time in newer ones.
 */
#ifndef LIBMMIOTRACE_INPUT_QEMU_TIME_H
#define LIBMMIOTRACE_INPUT_QEMU_TIME_H

#include "libmmiotrace/input-scan.h"

/**
 * mmt_input_qemu_time() - take the time that a line begins with
 * @input: the state; it has the last minute
 * @text: the cursor, at the beginning of the line
 * @ns: where to store the time in nanoseconds since 1970
 *
 * Return: true, or false if the line does not begin with a time
 */
bool mmt_input_qemu_time(MmtInput *input, MmtScan *text, uint64_t *ns);

#endif /* LIBMMIOTRACE_INPUT_QEMU_TIME_H */
