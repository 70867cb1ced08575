/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: access to guest memory for a step
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_MEMORY_H
#define HW_VFIO_TRACE_RESCUE_STEP_MEMORY_H

#include "hw/vfio-trace/rescue/stepper.h"

/**
 * vfio_trace_step_access() - read or write the guest's RAM
 * @s: the step; the vCPU's registers are loaded
 * @linear: linear address
 * @buf: the bytes
 * @len: number of bytes
 * @write: write them
 *
 * The access has a kernel's rights.  It never reaches a device's registers,
 * whatever the guest's page tables say.
 *
 * Return: false if not all of it is RAM
 */
bool vfio_trace_step_access(const Stepper *s, uint64_t linear, uint8_t *buf,
                            unsigned len, bool write);

/**
 * vfio_trace_step_fetch_byte() - read a byte of code
 * @s: the step; the vCPU's registers are loaded
 * @linear: linear address
 * @byte: gets the byte
 *
 * Return: false if it is not RAM, or the vCPU can't execute it
 */
bool vfio_trace_step_fetch_byte(const Stepper *s, uint64_t linear,
                                uint8_t *byte);

/**
 * vfio_trace_step_stack() - linear address of a place on the stack
 * @sregs: the vCPU's segments
 * @rsp: value of RSP for that place
 */
uint64_t vfio_trace_step_stack(const struct kvm_sregs *sregs, uint64_t rsp);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_MEMORY_H */
