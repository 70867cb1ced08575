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

/* Pages that follow each other in the log need not do so here. */
#define REPLAY_DMA_PAGE 4096u

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

/*
 * Only memory: a driver that gives the address of registers, of this device
 * perhaps, has nothing of it.
 *
 * Return: false if a part of it is unknown, or is not memory
 */
static bool replay_dma_move(PCIDevice *pdev, const ReplayLog *log,
                            const ReplayPiece *piece, uint8_t *bytes,
                            DMADirection direction)
{
    const MemTxAttrs attrs = { .memory = true };
    ReplayPiece rest = *piece;
    uint64_t now;

    while (rest.len) {
        uint32_t n = MIN(rest.len,
                         REPLAY_DMA_PAGE - rest.at % REPLAY_DMA_PAGE);

        if (!replay_memory_place(log->memory, &rest, &now) ||
            pci_dma_rw(pdev, now, bytes, n, direction, attrs) != MEMTX_OK) {
            return false;
        }
        rest.at += n;
        rest.role.offset += n;
        rest.len -= n;
        bytes += n;
    }
    return true;
}

void replay_dma_piece(PCIDevice *pdev, ReplayLog *log, uint32_t number)
{
    uint8_t bytes[REPLAY_DMA_BYTES];
    ReplayPiece piece;

    if (!replay_memory_piece(log->memory, number, &piece) ||
        piece.len > sizeof(bytes)) {
        return;
    }
    if (piece.device) {
        replay_memory_translate(log->memory, &piece, bytes);
        replay_dma_move(pdev, log, &piece, bytes, DMA_DIRECTION_FROM_DEVICE);
    } else if (replay_dma_move(pdev, log, &piece, bytes,
                               DMA_DIRECTION_TO_DEVICE)) {
        replay_memory_compare(log->memory, &piece, bytes);
    }
}
