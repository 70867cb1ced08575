/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request from widths.c to probe-module.c: an instruction of widths.h for
 * the kernel to execute
 */
#ifndef PROBE_DEVICE_H
#define PROBE_DEVICE_H

/**
 * struct ProbeRequest: an ioctl's argument
 * @probe: the instruction's number
 * @offset: the operand's offset in the BAR
 * @state: registers; the kernel sets @di and @si, which are afterwards
 *         relative to the operands; so is the last x87 operand's address
 * @buf: memory, with the operand in RAM in its middle
 */
typedef struct ProbeRequest {
    uint32_t probe;
    uint32_t offset;
    ProbeState state;
    uint8_t buf[2 * PROBE_REACH];
} ProbeRequest;

#define PROBE_DEVICE "probe"
#define PROBE_RUN _IOWR('p', 1, ProbeRequest)

#endif
