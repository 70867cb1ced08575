/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: windows of NVIDIA's GPUs (see nvidia.h)
 *
 * The registers: nouveau's drm/nouveau/nvkm (subdev/bar, subdev/instmem) sets
 * them, envytools' docs/hw/memory describes them.
 */
#include "tools/decode/nvidia.h"

#include "tools/analysis/chip-nvidia.h"

/* Registers in BAR 0 */
#define REG_ID            0x0
#define REG_WINDOW        0x1700
#define REG_CHANNEL       0x1704    /* NV50 */
#define REG_RAMIN         0x170c    /* NV50 */
#define REG_RAMIN_CHANNEL 0x1714    /* GF100 and later */

#define PAGE 0x1000u

/* Page tables of the GPUs from GP100 on have another form. */
#define FAMILY_PASCAL 0x130

void nvidia_gpu_set_chip(NvidiaGpu *gpu, unsigned chip)
{
    unsigned family = chip & ~0xfu;

    gpu->chip = chip;
    if (family == 0x60) {
        family = 0x40;
    } else if (family >= 0x80 && family <= 0xa0) {
        family = 0x50;
    } else if (family >= 0xc0 && family <= 0x100) {
        family = 0xc0;
    }
    gpu->family = family;
}

bool nvidia_gpu_register(NvidiaGpu *gpu, uint64_t offset, uint64_t value)
{
    const char *name;

    if (!gpu->chip) {
        if (offset == REG_ID) {
            nvidia_gpu_set_chip(gpu, analysis_chip_nvidia(value, &name));
        }
    } else if (gpu->family >= 0x50 && offset == REG_WINDOW) {
        gpu->window = value;
    } else if (gpu->family == 0x50 && offset == REG_CHANNEL) {
        gpu->channel = (value & 0xfffffff) << 12;
    } else if (gpu->family == 0x50 && offset == REG_RAMIN) {
        gpu->ramin = (value & 0xffff) << 4;
    } else if (gpu->family >= 0xc0 && offset == REG_RAMIN_CHANNEL) {
        gpu->ramin = (value & 0xfffffff) << 12;
    } else {
        return false;
    }
    return true;
}

/* A word of the memory; @known becomes false if it is not known */
static uint64_t word(const NvidiaGpu *gpu, uint64_t address, bool *known)
{
    uint32_t value;

    *known &= decode_pages_get(gpu->memory, address, &value);
    return value;
}

/* One page directory with one entry, and a page table */
static bool ramin_fermi(const NvidiaGpu *gpu, uint64_t offset,
                        uint64_t *address)
{
    bool known = true;
    uint64_t directory = word(gpu, gpu->ramin + 0x200, &known);
    uint64_t table = (word(gpu, directory + 4, &known) & 0xfffffff0) << 8;
    uint64_t page = word(gpu, table + offset / PAGE * 8, &known);

    *address = ((page & 0xfffffff0) << 8) + offset % PAGE;
    return known && (page & 1);
}

static bool ramin_tesla(const NvidiaGpu *gpu, uint64_t offset,
                        uint64_t *address)
{
    bool known = true;
    uint64_t object = gpu->channel + gpu->ramin;
    uint64_t directory = gpu->channel + (gpu->chip == 0x50 ? 0x1400 : 0x200);
    uint64_t table, page, high;
    uint32_t unit;

    /* Where in the channel's address space the BAR begins */
    offset += word(gpu, object + 8, &known);
    offset += (word(gpu, object + 12, &known) >> 24) << 32;
    table = word(gpu, directory + (offset >> 29) * 8, &known);
    unit = table & 2 ? PAGE : 16 * PAGE;
    table &= 0xfffff000;
    table += (offset & 0x1ffff000) / unit * 8;
    page = word(gpu, table, &known);
    high = word(gpu, table + 4, &known);
    *address = (page & 0xfffff000) | (high & 0xff) << 32;
    *address += offset & (unit - 1);
    return known && (page & 1);
}

bool nvidia_gpu_ramin(const NvidiaGpu *gpu, uint64_t offset, uint64_t *address)
{
    if (gpu->family >= 0xc0) {
        return ramin_fermi(gpu, offset, address) &&
               gpu->family < FAMILY_PASCAL;
    }
    if (gpu->family == 0x50) {
        return ramin_tesla(gpu, offset, address);
    }
    *address = offset;
    return false;
}

/* Bits 24 and 25 of the register say which memory it is. */
static const char *pramin(const NvidiaGpu *gpu, uint64_t offset,
                          uint64_t *address)
{
    static const char *const names[] = { "VRAM", NULL, "SYSRAM", "SYSRAM" };

    *address = ((gpu->window & 0xffffff) << 16) + offset - NVIDIA_PRAMIN;
    return names[gpu->window >> 24 & 3];
}

const char *nvidia_gpu_memory(const NvidiaGpu *gpu, NvidiaBar bar,
                              uint64_t offset, uint64_t *address)
{
    if (bar == NVIDIA_MMIO && nvidia_gpu_has_pramin(gpu, offset)) {
        return pramin(gpu, offset, address);
    }
    if (bar == NVIDIA_FB && gpu->chip && gpu->family < 0x50) {
        *address = offset;
        return "VRAM";
    }
    if (bar == NVIDIA_RAMIN && nvidia_gpu_ramin(gpu, offset, address)) {
        return "VRAM";
    }
    return NULL;
}

void nvidia_gpu_store(NvidiaGpu *gpu, uint64_t address, unsigned width,
                      uint64_t value)
{
    if (width >= 4 && address % 4 == 0) {
        decode_pages_put(gpu->memory, address, value);
        if (width == 8) {
            decode_pages_put(gpu->memory, address + 4, value >> 32);
        }
    }
}
