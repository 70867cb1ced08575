/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: addresses for buffers
 */
#ifndef VFIO_TRACE_PLAY_IOVA_H
#define VFIO_TRACE_PLAY_IOVA_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct PlayRange: addresses that the IOMMU maps
 * @first: the first
 * @last: the last
 */
typedef struct PlayRange {
    uint64_t first;
    uint64_t last;
} PlayRange;

/**
 * struct PlayIova: free addresses
 * @free: PlayRange, sorted
 * @page: the IOMMU's page size
 * @random: where buffers are is random, so that no sequence can know it
 */
typedef struct PlayIova {
    GArray *free;
    uint64_t page;
    GRand *random;
} PlayIova;

/**
 * play_iova_init() - start with all addresses that the IOMMU maps
 * @iova: to be initialised
 * @ranges: the ranges, or NULL if the kernel does not tell: then those that
 *          every IOMMU has
 * @n: number of @ranges
 * @page: the IOMMU's page size
 */
void play_iova_init(PlayIova *iova, const PlayRange *ranges, size_t n,
                    uint64_t page);

/**
 * play_iova_take() - take addresses
 * @iova: the addresses
 * @size: bytes, a multiple of the page size
 * @below_4g: they must have 32 bits
 * @address: where to store the first one
 *
 * A page before and after them stays free, so that a device that writes too
 * much meets the IOMMU.
 *
 * Return: false if there is no room
 */
bool play_iova_take(PlayIova *iova, uint64_t size, bool below_4g,
                    uint64_t *address);

/**
 * play_iova_take_at() - take these addresses
 * @iova: the addresses
 * @size: bytes, a multiple of the page size
 * @address: the first one
 *
 * Return: false if the IOMMU does not map them, or they are taken
 */
bool play_iova_take_at(PlayIova *iova, uint64_t size, uint64_t address);

/**
 * play_iova_clear() - free the contents
 * @iova: the addresses
 */
void play_iova_clear(PlayIova *iova);

#endif /* VFIO_TRACE_PLAY_IOVA_H */
