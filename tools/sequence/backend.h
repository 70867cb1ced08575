/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how a program that is made of a sequence gets at the device
 */
#ifndef VFIO_TRACE_SEQUENCE_BACKEND_H
#define VFIO_TRACE_SEQUENCE_BACKEND_H

#include "tools/sequence/model.h"

/**
 * typedef SeqBackend - how a program gets at the device
 * @SEQ_BACKEND_VFIO: through /dev/vfio; everything is possible
 * @SEQ_BACKEND_SYSFS: through /sys/bus/pci/devices; no memory for the device,
 *                     no interrupts, no legacy VGA
 */
typedef enum SeqBackend {
    SEQ_BACKEND_VFIO,
    SEQ_BACKEND_SYSFS,
} SeqBackend;

/**
 * sequence_backend_check() - check that a backend can do what a sequence needs
 * @seq: the sequence
 * @backend: the backend
 * @error: where to store what it can't, and what to do
 */
bool sequence_backend_check(const Sequence *seq, SeqBackend backend,
                            GError **error);

#endif /* VFIO_TRACE_SEQUENCE_BACKEND_H */
