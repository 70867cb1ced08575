/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: where a file's registers are
 *
 * The place of an array may depend on the value of other registers.  Until they
 * are known, it has none: its accesses are not seen.
 */
#ifndef LIBGUESTMEM_PLACES_H
#define LIBGUESTMEM_PLACES_H

#include "libguestmem/eval.h"

typedef enum GmemDirection {
    GMEM_READS,
    GMEM_WRITES,
    GMEM_DIRECTIONS,
} GmemDirection;

/**
 * struct GmemPlace: a register, or an array of registers, and its place
 * @is: its declaration
 * @registers: the file's registers
 * @number: its number among them
 * @counts: accesses in this direction are of interest
 * @on_bar: BAR that it is in
 * @area: offset there of what @is counts from
 * @moves_others: places of others depend on it
 * @placed: it has a place
 * @offset: offset of the first one
 * @len: bytes from the first one's first to the last one's last
 * @stride: bytes from one to the next
 * @shift: @stride is 1 << @shift; or -1
 * @n: registers that are at different places
 * @user: of the engine
 */
typedef struct GmemPlace {
    const GmemRegister *is;
    GmemRegisters *registers;
    unsigned number;
    bool counts[GMEM_DIRECTIONS];
    int on_bar;
    uint64_t area;
    bool moves_others;
    bool placed;
    uint64_t offset;
    uint64_t len;
    uint64_t stride;
    int shift;
    unsigned n;
    void *user;
} GmemPlace;

/**
 * gmem_places_new() - make the places of a file's registers
 * @file: the file
 * @registers: its registers
 * @config: 256 bytes of config space, or NULL
 * @error: an area is not in @config
 *
 * Return: GmemPlace, one for each register; or NULL
 */
GArray *gmem_places_new(const GmemFile *file, GmemRegisters *registers,
                        const uint8_t *config, GError **error);

/**
 * gmem_places_update() - find the places again
 * @places: the places
 * @keep: those that can't be found now keep their place
 *
 * What was learnt of a register is forgotten if its place changes.
 *
 * Return: whether a place has changed
 */
bool gmem_places_update(GArray *places, bool keep);

#endif /* LIBGUESTMEM_PLACES_H */
