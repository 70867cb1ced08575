/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What widths.c asks probe-module.c for: an instruction of widths.h, carried
 * out by the kernel
 */
#ifndef PROBE_DEVICE_H
#define PROBE_DEVICE_H

/**
 * struct ProbeRequest: an ioctl's argument
 * @probe: number of the instruction
 * @offset: of the operand in the BAR
 * @state: registers; @di and @si are set by the kernel, and are afterwards
 *         relative to the operands; so is the last x87 operand's address
 * @buf: memory, the operand in RAM is in its middle
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
