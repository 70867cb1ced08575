/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores of a processor for which a BAR is at an address
 */
#ifndef BYTE_ORDER_MMIO_H
#define BYTE_ORDER_MMIO_H

#include "byte-order.h"

static inline uint64_t mmio_load_plain(uint64_t at, unsigned width)
{
    switch (width) {
    case 1:
        return *(volatile uint8_t *)at;
    case 2:
        return *(volatile uint16_t *)at;
    case 4:
        return *(volatile uint32_t *)at;
    default:
        return *(volatile uint64_t *)at;
    }
}

static inline void mmio_store_plain(uint64_t at, unsigned width, uint64_t value)
{
    switch (width) {
    case 1:
        *(volatile uint8_t *)at = value;
        break;
    case 2:
        *(volatile uint16_t *)at = value;
        break;
    case 4:
        *(volatile uint32_t *)at = value;
        break;
    default:
        *(volatile uint64_t *)at = value;
    }
}

/* The swap is an instruction of its own, or the compiler's choice. */
static inline uint64_t mmio_load(uint64_t at, unsigned width, int way)
{
    uint64_t value = mmio_load_plain(at, width);

    return way == SWAPPED ? swapped(width, value) : value;
}

static inline void mmio_store(uint64_t at, unsigned width, int way,
                              uint64_t value)
{
    mmio_store_plain(at, width, way == SWAPPED ? swapped(width, value) : value);
}

#endif /* BYTE_ORDER_MMIO_H */
