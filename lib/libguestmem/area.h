/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: places in BARs that capabilities in config space name
 */
#ifndef LIBGUESTMEM_AREA_H
#define LIBGUESTMEM_AREA_H

#include "libguestmem/model.h"

#define GMEM_CONFIG_BYTES 256

/**
 * gmem_area_find() - find an area
 * @file: the file, for the message
 * @area: the area
 * @config: GMEM_CONFIG_BYTES of config space, or NULL
 * @bar: where to store the number of its BAR
 * @offset: where to store its offset
 * @error: the device has no such area
 */
bool gmem_area_find(const GmemFile *file, const GmemArea *area,
                    const uint8_t *config, int *bar, uint64_t *offset,
                    GError **error);

#endif /* LIBGUESTMEM_AREA_H */
