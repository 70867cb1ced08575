/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a device of memory, and what a sequence does to it
 */
#ifndef TESTS_UNIT_SEQUENCE_PLAYER_H
#define TESTS_UNIT_SEQUENCE_PLAYER_H

#include "tools/sequence/model.h"

#define VENDOR 0x8086
#define DEVICE 0x10d3
#define CONFIG SEQUENCE_REGION_CONFIG

/**
 * struct Memory: what the device's regions have, and the buffers
 * @byte: by region: bytes, or NULL
 * @size: by region: their number
 * @buffers: by buffer: bytes; NULL without buffers
 * @n_buffers: number of buffers
 * @vfio: for programs that use VFIO
 */
typedef struct Memory {
    uint8_t *byte[SEQUENCE_REGIONS];
    size_t size[SEQUENCE_REGIONS];
    uint8_t **buffers;
    unsigned n_buffers;
    bool vfio;
} Memory;

/* The regions that random sequences use; their names in sysfs */
static const struct {
    unsigned region;
    const char *name;
    size_t size;
} device_files[] = {
    { 0, "resource0", 0x1000 },
    { 2, "resource2", 0x100 },
    { CONFIG, "config", 0x100 },
};

/**
 * memory_init() - make a device with contents at random
 * @memory: the device
 * @seed: the contents' seed; the IDs are VENDOR and DEVICE
 * @vfio: as the member
 */
void memory_init(Memory *memory, unsigned seed, bool vfio);

/**
 * memory_enable() - do what each program does first
 * @memory: the device
 */
void memory_enable(Memory *memory);

/**
 * memory_play() - do what a sequence says
 * @memory: the device; buffers are at their addresses in the guest
 * @seq: the sequence; some of its reads become checks
 * @rand: where chance comes from
 */
void memory_play(Memory *memory, Sequence *seq, GRand *rand);

/**
 * memory_clear() - free the contents
 * @memory: the device
 */
void memory_clear(Memory *memory);

#endif
