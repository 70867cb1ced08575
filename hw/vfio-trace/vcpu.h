/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the guest's program counter
 *
 * Which instruction made an access, without asking the accelerator for all
 * of a vCPU's state: KVM leaves the registers in memory that it shares with
 * us at each exit, where it was told to; TCG finds the instruction from the
 * place in its generated code that the access came from.
 *
 * All of this runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_PC_H
#define HW_VFIO_TRACE_PC_H

#include "exec/memattrs.h"

/**
 * vfio_trace_pc_start() - have the vCPUs' program counters from now on
 *
 * Calls are counted.  vCPUs that are plugged in later are included, from
 * their second access on.
 *
 * Return: NULL, or in one word why there are none: all will be 0
 */
const char *vfio_trace_pc_start(void);

/**
 * vfio_trace_pc_stop() - undo one vfio_trace_pc_start()
 */
void vfio_trace_pc_stop(void);

/**
 * vfio_trace_pc() - which instruction makes this access?
 * @attrs: the access's
 * @port: it goes to an I/O port
 *
 * To be called in the access, on the thread that makes it.  docs/log-format.md
 * says which instruction that is.
 *
 * Return: its RIP, or 0: not known, or the access is no instruction's
 */
uint64_t vfio_trace_pc(MemTxAttrs attrs, bool port);

#endif /* HW_VFIO_TRACE_PC_H */
