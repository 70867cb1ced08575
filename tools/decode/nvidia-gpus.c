/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: NVIDIA's GPUs of a trace, and their regions
 *
 * A GPU has a PCIDEV line, or its vendor ID is known otherwise.  demmio numbers
 * those with a PCIDEV line in the order of these.
 */
#include "tools/decode/nvidia.h"

#include <string.h>

#include "libmmiotrace/parse.h"
#include "libmmiotrace/trace.h"

/* Further GPUs are devices as any others. */
#define GPUS_MAX 64

/**
 * struct Gpu: a GPU and its device
 * @pub: the GPU
 * @has_pci: @pci is known
 * @pci: its PCIDEV line
 * @device: its device, or NULL if it was not accessed
 */
typedef struct Gpu {
    NvidiaGpu pub;
    bool has_pci;
    MmtPciDev pci;
    const MmtRegionDevice *device;
} Gpu;

/**
 * struct NvidiaGpus: the GPUs of a trace
 * @trace: the trace
 * @db: its databases, or NULL
 * @gpus: Gpu
 * @pages: number of pages of their memory
 * @regions: NvidiaRegion, by number; one that was not looked at has
 *           REGION_NEW as its bar
 */
struct NvidiaGpus {
    MmtTrace *trace;
    AnalysisDb *db;
    GPtrArray *gpus;
    unsigned pages;
    GArray *regions;
};

#define REGION_NEW ((NvidiaBar)-1)

static void free_gpu(gpointer p)
{
    Gpu *gpu = p;

    decode_pages_free(gpu->pub.memory);
    g_free(gpu);
}

NvidiaGpus *nvidia_gpus_new(MmtTrace *trace, AnalysisDb *db)
{
    NvidiaGpus *gpus = g_new0(NvidiaGpus, 1);

    gpus->trace = trace;
    gpus->db = db;
    gpus->gpus = g_ptr_array_new_with_free_func(free_gpu);
    gpus->regions = g_array_new(FALSE, FALSE, sizeof(NvidiaRegion));
    return gpus;
}

void nvidia_gpus_free(NvidiaGpus *gpus)
{
    if (gpus) {
        g_ptr_array_unref(gpus->gpus);
        g_array_unref(gpus->regions);
        g_free(gpus);
    }
}

static Gpu *add_gpu(NvidiaGpus *gpus)
{
    Gpu *gpu;

    if (gpus->gpus->len >= GPUS_MAX) {
        return NULL;
    }
    gpu = g_new0(Gpu, 1);
    gpu->pub.index = gpus->gpus->len;
    gpu->pub.memory = decode_pages_new(&gpus->pages);
    g_ptr_array_add(gpus->gpus, gpu);
    return gpu;
}

/* The BARs' places, too: in two PCI domains, all the rest may be the same. */
static bool is_same(const MmtPciDev *a, const MmtPciDev *b)
{
    return a->bus == b->bus && a->devfn == b->devfn && a->vendor == b->vendor &&
           a->device == b->device &&
           !memcmp(a->start, b->start, sizeof(a->start));
}

/* @free: a GPU that is not known to be any device's yet */
static Gpu *find_pci(NvidiaGpus *gpus, const MmtPciDev *pci, bool free)
{
    guint i;

    for (i = 0; i < gpus->gpus->len; i++) {
        Gpu *gpu = gpus->gpus->pdata[i];

        if (gpu->has_pci && is_same(&gpu->pci, pci) &&
            !(free && gpu->device)) {
            return gpu;
        }
    }
    return NULL;
}

static Gpu *add_pci(NvidiaGpus *gpus, const MmtPciDev *pci)
{
    Gpu *gpu = add_gpu(gpus);

    if (gpu) {
        gpu->has_pci = true;
        gpu->pci = *pci;
    }
    return gpu;
}

/* BAR 0 with registers, and BAR 1 that is no I/O space */
static bool is_gpu(const MmtPciDev *pci)
{
    return pci->vendor == NVIDIA_VENDOR && pci->start[0] &&
           !(pci->start[0] & 0xf) && pci->start[1] && !(pci->start[1] & 1);
}

void nvidia_gpus_device(NvidiaGpus *gpus, const char *line, size_t len)
{
    MmtParseError err;
    MmtEvent ev;

    if (mmt_parse_line(line, len, &ev, &err) && ev.type == MMT_EVENT_PCIDEV &&
        is_gpu(&ev.pci) && !find_pci(gpus, &ev.pci, false)) {
        add_pci(gpus, &ev.pci);
    }
    nvidia_gpus_changed(gpus);
}

/* The chip that the user or the database's rules have found */
static void ask_chip(NvidiaGpus *gpus, Gpu *gpu, uint32_t region)
{
    uint64_t chip = 0;

    if (analysis_db_chip(gpus->db, region, "chipset", &chip) && chip &&
        chip <= UINT16_MAX) {
        nvidia_gpu_set_chip(&gpu->pub, chip);
    }
}

void nvidia_gpus_changed(NvidiaGpus *gpus)
{
    g_array_set_size(gpus->regions, 0);
}

static Gpu *find_device(NvidiaGpus *gpus, const MmtRegionDevice *device)
{
    guint i;

    for (i = 0; i < gpus->gpus->len; i++) {
        Gpu *gpu = gpus->gpus->pdata[i];

        if (gpu->device == device) {
            return gpu;
        }
    }
    return NULL;
}

static Gpu *find_gpu(NvidiaGpus *gpus, uint32_t region)
{
    const MmtRegions *table = mmt_trace_table(gpus->trace);
    const MmtRegionDevice *device = mmt_regions_device(table, region);
    const MmtPciDev *pci = mmt_regions_pci(table, region);
    Gpu *gpu = find_device(gpus, device);

    if (!gpu && pci && is_gpu(pci)) {
        gpu = find_pci(gpus, pci, true) ?: add_pci(gpus, pci);
    } else if (!gpu && !pci && device->vendor == NVIDIA_VENDOR) {
        gpu = add_gpu(gpus);
    }
    if (gpu) {
        gpu->device = device;
    }
    return gpu;
}

/* BAR 2, or BAR 3 if BAR 1 has 64 bits */
static NvidiaBar bar_of(const Gpu *gpu, int number)
{
    if (number == 0 || number == 1) {
        return number ? NVIDIA_FB : NVIDIA_MMIO;
    }
    if (number == 2 || number == 3) {
        bool second = gpu->has_pci && gpu->pci.start[2];

        return number == 3 && second ? NVIDIA_OTHER : NVIDIA_RAMIN;
    }
    return NVIDIA_OTHER;
}

static void find_region(NvidiaGpus *gpus, uint32_t number,
                        NvidiaRegion *region)
{
    Gpu *gpu = find_gpu(gpus, number);

    *region = (NvidiaRegion) { .bar = NVIDIA_OTHER };
    if (gpu) {
        region->gpu = &gpu->pub;
        region->bar = bar_of(gpu, mmt_trace_region(gpus->trace, number)->number);
        if (region->bar == NVIDIA_MMIO) {
            ask_chip(gpus, gpu, number);
        }
    }
}

const NvidiaRegion *nvidia_gpus_region(NvidiaGpus *gpus, uint32_t region)
{
    const NvidiaRegion new = { .bar = REGION_NEW };
    NvidiaRegion *found;

    while (gpus->regions->len <= region) {
        g_array_append_val(gpus->regions, new);
    }
    found = &g_array_index(gpus->regions, NvidiaRegion, region);
    if (found->bar == REGION_NEW) {
        find_region(gpus, region, found);
    }
    return found;
}

bool nvidia_gpus_full(const NvidiaGpus *gpus)
{
    guint i;

    for (i = 0; i < gpus->gpus->len; i++) {
        const Gpu *gpu = gpus->gpus->pdata[i];

        if (decode_pages_full(gpu->pub.memory)) {
            return true;
        }
    }
    return false;
}
