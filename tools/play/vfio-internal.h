/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: the state of a device through VFIO
 */
#ifndef VFIO_TRACE_PLAY_VFIO_INTERNAL_H
#define VFIO_TRACE_PLAY_VFIO_INTERNAL_H

#include "tools/play/backend.h"
#include "tools/play/iova.h"
#include "tools/play/stop.h"
#include "tools/sequence/model.h"

typedef struct PlayVfio PlayVfio;

/**
 * struct VfioRegion: a region
 * @size: bytes; 0 if the device has no such region
 * @at: where it is in the device's file
 * @map: its memory, or NULL: it is read and written by the file
 */
typedef struct VfioRegion {
    uint64_t size;
    uint64_t at;
    uint8_t *map;
} VfioRegion;

/**
 * struct VfioBuffer: a buffer
 * @bytes: its memory; MAP_FAILED if it has none
 * @size: bytes, whole pages of the IOMMU
 * @iova: its address for the device
 * @mapped: the IOMMU maps it
 */
typedef struct VfioBuffer {
    void *bytes;
    uint64_t size;
    uint64_t iova;
    bool mapped;
} VfioBuffer;

/**
 * struct PlayVfio
 * @backend: the functions, first
 * @bdf: the device's address
 * @container: the container's file, or -1
 * @group: the group's file, or -1
 * @device: the device's file, or -1
 * @can_reset: the kernel can reset it
 * @was_reset: it has done so
 * @regions: VfioRegion, by VFIO's numbers
 * @iova: free addresses
 * @buffers: VfioBuffer, by number
 * @irq_index: which kind of interrupts: VFIO_PCI_*_IRQ_INDEX
 * @irqs: an eventfd for each vector
 * @irq_masked: an INTx has come, and masked itself
 * @stop: ends waiting
 */
struct PlayVfio {
    PlayBackend backend;
    char *bdf;
    int container;
    int group;
    int device;
    bool can_reset;
    bool was_reset;
    VfioRegion regions[SEQUENCE_REGIONS];
    PlayIova iova;
    GArray *buffers;
    unsigned irq_index;
    GArray *irqs;
    bool irq_masked;
    PlayStop *stop;
};

#endif /* VFIO_TRACE_PLAY_VFIO_INTERNAL_H */
