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
#include "compat.h"
#include "hw.h"

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

static int find_container(Object *obj, void *opaque)
{
    GPtrArray *containers = opaque;
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

static GPtrArray *all_containers(void)
{
    GPtrArray *containers = g_ptr_array_new();

    object_child_foreach_recursive(object_get_root(), find_container,
                                   containers);
    return containers;
}

/* An mmap, or a part of it, that a window hides */
static void map_part(PCITapRegion *region, GPtrArray *containers,
                     MemoryRegion *mr, void *host, uint64_t offset,
                     uint64_t size)
{
    uint64_t mask = qemu_real_host_page_size() - 1;
    Mapping m = { .iova = region->mapped_at + offset, .size = size };
    guint i;

    /* While a 64-bit BAR is sized it is seen up there: VFIO does not map it. */
    if (((m.iova | m.size) & mask) || (m.iova & (1ull << 63))) {
        return;
    }
    for (i = 0; i < containers->len; i++) {
        int ret;

        m.container = g_ptr_array_index(containers, i);
        ret = dma_map(m.container, m.iova, m.size, host, mr);
        if (ret) {
            warn_report_once("vfio-trace: devices can't reach %s of '%s' by "
                             "DMA: %s", pci_tap_region_label(region->nr),
                             region->tap->name, strerror(-ret));
        } else {
            g_array_append_val(region->dma, m);
        }
    }
}

/**
 * struct MapAll: what map_mmap() has to know
 * @region: the region
 * @containers: where to map
 */
typedef struct MapAll {
    PCITapRegion *region;
    GPtrArray *containers;
} MapAll;

static bool map_mmap(Int128 start, Int128 len, const MemoryRegion *cmr,
                     hwaddr offset_in_region, void *opaque)
{
    MapAll *all = opaque;
    MemoryRegion *mr = (MemoryRegion *)cmr;
    uint64_t from = int128_get64(start);
    uint64_t to = from + int128_get64(len);
    guint i;

    if (!memory_region_is_ram_device(mr)) {
        return false;
    }
    for (i = 0; i < all->region->trapped->len; i++) {
        const PCITapRange *range = pci_tap_ranges_at(all->region->trapped, i);
        uint64_t first = MAX(from, range->offset);
        uint64_t end = MIN(to, range->offset + range->len);

        if (first < end) {
            map_part(all->region, all->containers, mr,
                     (uint8_t *)memory_region_get_ram_ptr(mr) +
                     offset_in_region + (first - from), first, end - first);
        }
    }
    return false;
}

void pci_tap_hw_dma_map(PCITapRegion *region)
{
    g_autoptr(GPtrArray) containers = NULL;
    MapAll all = { .region = region };

    if (!region->tap->vfio || region->nr >= PCI_TAP_BARS || region->port ||
        region->dma) {
        return;
    }
    region->dma = g_array_new(false, false, sizeof(Mapping));
    all.containers = containers = all_containers();
    WITH_RCU_READ_LOCK_GUARD() {
        flatview_for_each_range(address_space_to_flatview(&region->shadow),
                                map_mmap, &all);
    }
}

void pci_tap_hw_dma_unmap(PCITapRegion *region)
{
    g_autoptr(GPtrArray) containers = NULL;
    guint i;

    if (!region->dma) {
        return;
    }
    /* Those of devices that have been unplugged since are gone. */
    containers = all_containers();
    for (i = 0; i < region->dma->len; i++) {
        const Mapping *m = &g_array_index(region->dma, Mapping, i);

        if (g_ptr_array_find(containers, m->container, NULL)) {
            dma_unmap(m->container, m->iova, m->size);
        }
    }
    g_array_unref(region->dma);
    region->dma = NULL;
}
