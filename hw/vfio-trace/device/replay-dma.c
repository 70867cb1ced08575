/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: DMA of a device that is made from a log (see replay-dma.h)
 *
 * Addresses are the driver's: as long as it has not said where its memory is
 * (libreplay/memory.h), nothing is written.
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/device/replay-dma.h"

/* A line of a log has no more bytes. */
#define REPLAY_DMA_BYTES 512

void replay_dma_wrote(ReplayLog *log, const ReplayAccess *access)
{
    ReplayAccess step;

    if (replay_step(log->replay, replay_last_step(log->replay), &step)) {
        replay_memory_wrote(log->memory, access->region, access->offset,
                            access->width, step.value, access->value);
    }
}

bool replay_dma_is_due(const ReplayLog *log, uint32_t number)
{
    ReplayPiece piece;

    return replay_memory_piece(log->memory, number, &piece) && !piece.device;
}

void replay_dma_piece(PCIDevice *pdev, ReplayLog *log, uint32_t number)
{
    uint8_t bytes[REPLAY_DMA_BYTES];
    ReplayPiece piece;
    uint64_t now;

    if (!replay_memory_piece(log->memory, number, &piece) ||
        piece.len > sizeof(bytes) ||
        !replay_memory_address(log->memory, piece.at, &now)) {
        return;
    }
    if (piece.device) {
        pci_dma_write(pdev, now, piece.bytes, piece.len);
    } else if (pci_dma_read(pdev, now, bytes, piece.len) == MEMTX_OK) {
        replay_memory_compare(log->memory, &piece, bytes);
    }
}
