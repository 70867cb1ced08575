/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: interrupts of a device through VFIO
 */
#ifndef VFIO_TRACE_PLAY_VFIO_IRQ_H
#define VFIO_TRACE_PLAY_VFIO_IRQ_H

#include "tools/play/vfio-internal.h"

/**
 * vfio_irq_open() - switch on the interrupts that a sequence waits for
 * @vfio: the device
 * @seq: the sequence
 * @error: where to store that the device does not have them
 *
 * MSI-X, else MSI, else INTx; INTx also if it waits for none.
 */
bool vfio_irq_open(PlayVfio *vfio, const Sequence *seq, GError **error);

/**
 * vfio_irq_wait() - PlayBackend.irq
 * @backend: the device
 * @vector: the vector
 * @ns: how long to wait
 * @error: where to store an error
 */
PlayIrq vfio_irq_wait(PlayBackend *backend, unsigned vector, uint64_t ns,
                      GError **error);

/**
 * vfio_irq_close() - switch the interrupts off
 * @vfio: the device
 */
void vfio_irq_close(PlayVfio *vfio);

#endif /* VFIO_TRACE_PLAY_VFIO_IRQ_H */
