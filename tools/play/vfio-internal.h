/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: the state of a device through VFIO
 */
#ifndef VFIO_TRACE_PLAY_VFIO_INTERNAL_H
#define VFIO_TRACE_PLAY_VFIO_INTERNAL_H

#include "libpcidev/device.h"
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
 * struct VfioTarget: what is to be opened
 * @root: as in libpcidev/device.h
 * @dev: the device
 * @token: the token of a virtual function, or NULL
 */
typedef struct VfioTarget {
    const char *root;
    const HostPci *dev;
    const char *token;
} VfioTarget;

/**
 * struct VfioWay: how a kernel opens a device, and maps memory for it
 * @open: open the device's file, with an address space for it
 * @ranges: ask which addresses can be mapped; none if the kernel does not tell
 *          @page: gets the smallest page, if the kernel tells
 * @map: map a buffer at its address; errno says why not
 * @unmap: unmap a buffer
 */
typedef struct VfioWay {
    bool (*open)(PlayVfio *vfio, const VfioTarget *target, GError **error);
    GArray *(*ranges)(const PlayVfio *vfio, uint64_t *page);
    bool (*map)(const PlayVfio *vfio, const VfioBuffer *buffer);
    void (*unmap)(const PlayVfio *vfio, const VfioBuffer *buffer);
} VfioWay;

/**
 * struct PlayVfio
 * @backend: the functions, first
 * @bdf: the device's address
 * @way: how it is opened
 * @iommu: the file of the container, or /dev/iommu; or -1
 * @group: the group's file, or -1
 * @ioas: number of the address space of /dev/iommu
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
    const VfioWay *way;
    int iommu;
    int group;
    uint32_t ioas;
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

/**
 * vfio_refused() - say why the kernel does not open a device, by errno
 * @vfio: the device
 * @target: what was to be opened
 * @error: where to store it
 *
 * Return: false
 */
bool vfio_refused(const PlayVfio *vfio, const VfioTarget *target,
                  GError **error);

#endif /* VFIO_TRACE_PLAY_VFIO_INTERNAL_H */
