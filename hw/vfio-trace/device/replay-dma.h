/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: DMA of a device that is made from a log
 */
#ifndef HW_VFIO_TRACE_REPLAY_DMA_H
#define HW_VFIO_TRACE_REPLAY_DMA_H

#include "hw/pci/pci_device.h"
#include "libreplay/device.h"

/**
 * replay_dma_wrote() - the driver has written a register
 * @log: the log
 * @access: the access, which was replay_access()'s last one
 */
void replay_dma_wrote(ReplayLog *log, const ReplayAccess *access);

/**
 * replay_dma_is_due() - is a piece of memory to be taken at once?
 * @log: the log
 * @number: number of the piece
 *
 * What the driver has written is only there until the driver goes on.
 */
bool replay_dma_is_due(const ReplayLog *log, uint32_t number);

/**
 * replay_dma_piece() - write or read a piece of memory, as the log has it here
 * @pdev: the device
 * @log: the log
 * @number: number of the piece
 */
void replay_dma_piece(PCIDevice *pdev, ReplayLog *log, uint32_t number);

#endif /* HW_VFIO_TRACE_REPLAY_DMA_H */
