/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: DMA of devices into a trapped BAR
 *
 * VFIO maps the mmaps of BARs that the guest sees into the IOMMU, so that
 * devices can reach each other's BARs and their own: some SCSI controllers
 * fetch scripts from their own BAR.  A trap hides the mmaps from VFIO, and a
 * driver that relies on them would fail when it is traced.  So they are mapped
 * here.
 *
 * Such accesses of a device are DMA, and are not logged.
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
 * struct Mapping: a part of a BAR that is mapped into an IOMMU
 * @container: VFIO container of the mapping
 * @iova: I/O virtual address
 * @size: size in bytes
 */
typedef struct Mapping {
    Container *container;
    hwaddr iova;
    uint64_t size;
} Mapping;

/*
 * List of all containers; NULL if there is no list.  It is kept until the end
 * of the memory transaction, as making it walks over the whole object tree.
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
    /* Behind a vIOMMU, the guest decides what is mapped. */
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
 * struct MapAll: arguments of tap_p2p_map_mmap()
 * @region: the region
 * @section: section of it to map
 * @containers: containers to map it in
 * @tried: there was something to map
 * @error: the first error, or 0
 */
typedef struct MapAll {
    PCITapRegion *region;
    const PCITapSection *section;
    GPtrArray *containers;
    bool tried;
    int error;
} MapAll;

/* Map an mmap, or a part of it, that a window hides. */
static void tap_p2p_map_part(MapAll *all, MemoryRegion *mr, void *host,
                             Mapping m)
{
    uint64_t mask = qemu_real_host_page_size() - 1;
    guint i;

    /* A 64-bit BAR is at the top while it is sized; VFIO does not map it. */
    if (((m.iova | m.size) & mask) || (m.iova & (1ull << 63))) {
        return;
    }
    all->tried = true;
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

/* Marks are written for changes only: a guest can repeat failures at will. */
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

/* Map the new sections; the others are mapped, or have failed, already. */
static void tap_p2p_map_region(PCITapRegion *region)
{
    MapAll all = { .region = region };
    bool tried = false;
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
            all.tried = false;
            all.error = 0;
            flatview_for_each_range(address_space_to_flatview(&region->shadow),
                                    tap_p2p_map_mmap, &all);
            section->dma_due = false;
            section->dma_tried = all.tried;
            section->dma_error = all.error;
        }
        tried |= section->dma_tried;
        error = error ?: section->dma_error;
    }
    /* While a BAR is sized, nothing is mapped: that says nothing of errors. */
    if (tried) {
        tap_p2p_tell(region, error);
    }
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
        /* The container is gone if its devices have been unplugged. */
        if (g_ptr_array_find(tap_p2p_all_containers(), m.container, NULL)) {
            dma_unmap(m.container, m.iova, m.size);
        }
        g_array_remove_index_fast(region->dma, i);
    }
}
