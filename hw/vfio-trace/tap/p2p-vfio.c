/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: DMA of devices into a trapped BAR
 *
 * VFIO maps the mmaps of BARs that the guest sees into the IOMMU, so that
 * devices reach each other's BARs and their own: some SCSI controllers fetch
 * what they execute from there.  A trap hides the mmaps from it; a driver
 * that relies on them would fail when it is traced.  So they are mapped here.
 *
 * What a device does there is DMA, and not in the log.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/pci/pci.h"
#include "hw/vfio/pci.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/tap/p2p-vfio.h"
#include "hw/vfio-trace/tap/region.h"

#if VFIO_TRACE_QEMU_AT_LEAST(10, 2)
typedef VFIOContainer Container;
#define dma_map(c, iova, size, host, mr) \
    vfio_container_dma_map(c, iova, size, host, false, mr)
#define dma_unmap(c, iova, size) \
    vfio_container_dma_unmap(c, iova, size, NULL, false)
#else
typedef VFIOContainerBase Container;
#define dma_map(c, iova, size, host, mr) \
    vfio_container_dma_map(c, iova, size, host, false)
#define dma_unmap(c, iova, size) \
    vfio_container_dma_unmap(c, iova, size, NULL)
#endif

/**
 * struct Mapping: a part of a BAR that is in an IOMMU
 * @container: whose
 * @iova: where
 * @size: bytes
 */
typedef struct Mapping {
    Container *container;
    hwaddr iova;
    uint64_t size;
} Mapping;

/*
 * All that there are, from when they are asked for until the memory transaction
 * ends: to look for them takes a walk through all of the machine.
 */
static GPtrArray *containers;

static int tap_p2p_find_container(Object *obj, void *opaque)
{
    PCIDevice *pdev;
    Container *c;

    if (!object_dynamic_cast(obj, VFIO_TRACE_TYPE_VFIO)) {
        return 0;
    }
    pdev = PCI_DEVICE(obj);
    c = VFIO_PCI_OF(obj)->vbasedev.bcontainer;
    /* Behind a vIOMMU the guest says what is mapped. */
    if (c && pci_device_iommu_address_space(pdev) == &address_space_memory &&
        !g_ptr_array_find(containers, c, NULL)) {
        g_ptr_array_add(containers, c);
    }
    return 0;
}

static GPtrArray *tap_p2p_all_containers(void)
{
    if (!containers) {
        containers = g_ptr_array_new();
        object_child_foreach_recursive(object_get_root(),
                                       tap_p2p_find_container, NULL);
    }
    return containers;
}

/* --- mapping ------------------------------------------------------------- */

/**
 * struct MapAll: what tap_p2p_map_mmap() has to know
 * @region: the region
 * @section: what of it is to be mapped
 * @containers: where
 * @error: the first error, or 0
 */
typedef struct MapAll {
    PCITapRegion *region;
    const PCITapSection *section;
    GPtrArray *containers;
    int error;
} MapAll;

/* An mmap, or a part of it, that a window hides */
static void tap_p2p_map_part(MapAll *all, MemoryRegion *mr, void *host,
                             Mapping m)
{
    uint64_t mask = qemu_real_host_page_size() - 1;
    guint i;

    /* While a 64-bit BAR is sized it is seen up there: VFIO does not map it. */
    if (((m.iova | m.size) & mask) || (m.iova & (1ull << 63))) {
        return;
    }
    for (i = 0; i < all->containers->len; i++) {
        int ret;

        m.container = g_ptr_array_index(all->containers, i);
        ret = dma_map(m.container, m.iova, m.size, host, mr);
        if (ret) {
            all->error = all->error ?: -ret;
        } else {
            g_array_append_val(all->region->dma, m);
        }
    }
}

static bool tap_p2p_map_mmap(Int128 start, Int128 len, const MemoryRegion *cmr,
                             hwaddr offset_in_region, void *opaque)
{
    MapAll *all = opaque;
    MemoryRegion *mr = (MemoryRegion *)cmr;
    uint64_t from = int128_get64(start);
    uint64_t first = MAX(from, all->section->offset);
    uint64_t end = MIN(from + int128_get64(len),
                       all->section->offset + all->section->len);

    if (memory_region_is_ram_device(mr) && first < end) {
        tap_p2p_map_part(all, mr, (uint8_t *)memory_region_get_ram_ptr(mr) +
                         offset_in_region + (first - from),
                         (Mapping) {
                     .iova = all->section->at + (first - all->section->offset),
                     .size = end - first,
                 });
    }
    return false;
}

/* Once for each time that it begins, or ends: a guest may repeat it at will. */
static void tap_p2p_tell(PCITapRegion *region, int error)
{
    if (error == region->dma_error) {
        return;
    }
    region->dma_error = error;
    vfio_trace_log_own_mark(region->tap->log, MMT_MARK_P2P,
        MMT_TEXT("device", region->tap->name),
        MMT_TEXT("region", pci_tap_region_label(region->nr)),
        MMT_NUMBER("map", region->map_id),
        MMT_TEXT("state", error ? "none" : "mapped"),
        error ? MMT_NUMBER("errno", error) : MMT_NO_WORD);
    if (!error) {
        return;
    }
    warn_report_once("vfio-trace: devices can't reach %s of '%s' by DMA: %s",
                     pci_tap_region_label(region->nr), region->tap->name,
                     strerror(error));
}

/* What devices reach of it is what they reached before, and new sections. */
static void tap_p2p_map_region(PCITapRegion *region)
{
    MapAll all = { .region = region };
    int error = 0;
    guint i;

    if (!region->dma) {
        region->dma = g_array_new(false, false, sizeof(Mapping));
    }
    all.containers = tap_p2p_all_containers();
    RCU_READ_LOCK_GUARD();
    for (i = 0; i < region->sections->len; i++) {
        PCITapSection *section = &g_array_index(region->sections,
                                                PCITapSection, i);

        if (section->dma_due) {
            all.section = section;
            all.error = 0;
            flatview_for_each_range(address_space_to_flatview(&region->shadow),
                                    tap_p2p_map_mmap, &all);
            section->dma_due = false;
            section->dma_error = all.error;
        }
        error = error ?: section->dma_error;
    }
    tap_p2p_tell(region, error);
}

void pci_tap_hw_dma_commit(PCITap *tap)
{
    int i;

    for (i = 0; tap->vfio && i < PCI_TAP_BARS; i++) {
        PCITapRegion *region = &tap->region[i];

        if (region->dma_due && !region->port) {
            tap_p2p_map_region(region);
        }
        region->dma_due = false;
    }
    g_clear_pointer(&containers, g_ptr_array_unref);
}

void pci_tap_hw_dma_unmap(PCITapRegion *region, const PCITapSection *section)
{
    guint i;

    for (i = region->dma ? region->dma->len : 0; i--;) {
        Mapping m = g_array_index(region->dma, Mapping, i);

        if (m.iova - section->at >= section->len) {
            continue;
        }
        /* Those of devices that have been unplugged since are gone. */
        if (g_ptr_array_find(tap_p2p_all_containers(), m.container, NULL)) {
            dma_unmap(m.container, m.iova, m.size);
        }
        g_array_remove_index_fast(region->dma, i);
    }
}
