/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: windows of NVIDIA's GPUs
 *
 * Parts of the BARs show the GPU's memory: 1 MiB of BAR 0 (PRAMIN) at an
 * address that a register has, BAR 1 (FB), and BAR 2 or 3 (RAMIN) by page tables
 * in that memory.  The rules are those of envytools' demmio, which are known to
 * hold from NV50 to Maxwell.
 */
#ifndef VFIO_TRACE_DECODE_NVIDIA_H
#define VFIO_TRACE_DECODE_NVIDIA_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/decode/pages.h"

#define NVIDIA_VENDOR 0x10de

/* PRAMIN in BAR 0 */
#define NVIDIA_PRAMIN      0x700000u
#define NVIDIA_PRAMIN_SIZE 0x100000u

/**
 * enum NvidiaBar: what a region of a GPU is
 */
typedef enum NvidiaBar {
    NVIDIA_OTHER,
    NVIDIA_MMIO,
    NVIDIA_FB,
    NVIDIA_RAMIN,
} NvidiaBar;

/**
 * struct NvidiaGpu: a GPU
 * @index: its number, as demmio counts
 * @chip: number of its chip (0x140), or 0 if not known
 * @family: chips from this one on have a common architecture: 0x40, 0x50, 0xc0
 *          or @chip without its lowest digit
 * @window: value of the register that says what PRAMIN shows
 * @channel: address of the channel of which RAMIN is the memory (NV50)
 * @ramin: offset in the channel (NV50), or address of the memory of RAMIN's
 *         channel (GF100 and later)
 * @memory: contents of the GPU's memory
 */
typedef struct NvidiaGpu {
    unsigned index;
    unsigned chip;
    unsigned family;
    uint64_t window;
    uint64_t channel;
    uint64_t ramin;
    DecodePages *memory;
} NvidiaGpu;

/**
 * nvidia_gpu_set_chip() - the chip is known
 * @gpu: the GPU
 * @chip: its number
 */
void nvidia_gpu_set_chip(NvidiaGpu *gpu, unsigned chip);

/**
 * nvidia_gpu_register() - take what an access to BAR 0 says of windows and chip
 * @gpu: the GPU
 * @offset: its offset
 * @value: its value
 *
 * Return: false if the register is none of these
 */
bool nvidia_gpu_register(NvidiaGpu *gpu, uint64_t offset, uint64_t value);

/* May nvidia_gpu_register() or PRAMIN be at an offset of BAR 0? */
static inline bool nvidia_is_window(uint64_t offset)
{
    return !offset || offset - 0x1700 < 0x20 ||
           offset - NVIDIA_PRAMIN < NVIDIA_PRAMIN_SIZE;
}

/**
 * nvidia_gpu_has_pramin() - does BAR 0 show the memory at an offset?
 * @gpu: the GPU
 * @offset: the offset
 */
static inline bool nvidia_gpu_has_pramin(const NvidiaGpu *gpu, uint64_t offset)
{
    return offset - NVIDIA_PRAMIN < NVIDIA_PRAMIN_SIZE && gpu->family >= 0x50;
}

/**
 * nvidia_gpu_ramin() - find the address of an access to RAMIN
 * @gpu: the GPU
 * @offset: offset in the BAR
 * @address: where to store the address
 *
 * As demmio does it, words that are not known count as 0.
 *
 * Return: are all the words known that the address depends on, and is it a chip
 *         with these page tables?
 */
bool nvidia_gpu_ramin(const NvidiaGpu *gpu, uint64_t offset, uint64_t *address);

/**
 * nvidia_gpu_memory() - find what an access to a window reaches in the memory
 * @gpu: the GPU
 * @bar: what the region is
 * @offset: offset in it
 * @address: where to store the address
 *
 * Return: name of the memory, "VRAM" or "SYSRAM"; NULL if it is not known
 */
const char *nvidia_gpu_memory(const NvidiaGpu *gpu, NvidiaBar bar,
                              uint64_t offset, uint64_t *address);

/**
 * nvidia_gpu_store() - note what an access says of the memory
 * @gpu: the GPU
 * @address: its address
 * @width: its bytes
 * @value: its value
 */
void nvidia_gpu_store(NvidiaGpu *gpu, uint64_t address, unsigned width,
                      uint64_t value);

typedef struct NvidiaGpus NvidiaGpus;

/**
 * struct NvidiaRegion: a region of a GPU
 * @gpu: the GPU, or NULL if the region is not of one
 * @bar: what it is
 */
typedef struct NvidiaRegion {
    NvidiaGpu *gpu;
    NvidiaBar bar;
} NvidiaRegion;

/**
 * nvidia_gpus_new() - begin without GPUs
 * @trace: the trace
 * @db: its databases, for the chip that the user names; or NULL
 */
NvidiaGpus *nvidia_gpus_new(MmtTrace *trace, AnalysisDb *db);

/**
 * nvidia_gpus_free() - free them
 * @gpus: the GPUs, or NULL
 */
void nvidia_gpus_free(NvidiaGpus *gpus);

/**
 * nvidia_gpus_device() - take a PCIDEV line
 * @gpus: the GPUs
 * @line: the line
 * @len: its length
 */
void nvidia_gpus_device(NvidiaGpus *gpus, const char *line, size_t len);

/**
 * nvidia_gpus_changed() - devices or chips may have changed
 * @gpus: the GPUs
 */
void nvidia_gpus_changed(NvidiaGpus *gpus);

/**
 * nvidia_gpus_region() - find out what a region is
 * @gpus: the GPUs
 * @region: its number
 *
 * Return: the region, until a device or chip changes
 */
const NvidiaRegion *nvidia_gpus_region(NvidiaGpus *gpus, uint32_t region);

/**
 * nvidia_gpus_full() - was there more of a GPU's memory than is kept?
 * @gpus: the GPUs
 */
bool nvidia_gpus_full(const NvidiaGpus *gpus);

#endif /* VFIO_TRACE_DECODE_NVIDIA_H */
