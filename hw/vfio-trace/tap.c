/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the tap (see tap.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "hw/pci/pci.h"
#include "system/runstate.h"
#include "tap.h"

/* --- one access --------------------------------------------------------- */

/*
 * A vCPU finds its way here before it takes the BQL.  Another one may have
 * switched the BAR's decoding off or put the device into D3 meanwhile; VFIO's
 * mmaps are gone then and touching them would be a SIGBUS.
 */
static bool tap_bar_reachable(const PCITapBar *bar)
{
    return bar->tap->pdev->io_regions[bar->nr].addr != PCI_BAR_UNMAPPED;
}

static MemTxResult tap_forward(PCITapBar *bar, hwaddr addr, uint8_t *buf,
                               unsigned size, bool write, MemTxAttrs attrs)
{
    if (!tap_bar_reachable(bar)) {
        /* What a bus gives when nobody answers. */
        memset(buf, 0xff, size);
        return MEMTX_DECODE_ERROR;
    }
    return address_space_rw(&bar->shadow, addr, attrs, buf, size, write);
}

static MemTxResult tap_access(PCITapBar *bar, hwaddr addr, uint64_t *data,
                              unsigned size, bool write, MemTxAttrs attrs)
{
    PCITapCount *count = write ? &bar->write : &bar->read;
    MmtSlot spare;
    MmtSlot *slot = vfio_trace_log_begin(bar->tap->log, &spare);
    MmtRecord *rec = &slot->rec;
    uint8_t buf[8] = { 0 };
    MemTxResult result;

    rec->kind = write ? MMT_KIND_WRITE : MMT_KIND_READ;
    rec->width = size;
    rec->flags = 0;
    rec->map_id = bar->map_id;
    rec->cpu = current_cpu ? current_cpu->cpu_index : UINT32_MAX;
    rec->ns = get_clock();
    rec->addr = bar->addr + addr;
    rec->value = write ? *data : 0;
    rec->arg = 0;
    rec->pc = 0;
    rec->spare = 0;
    mmt_slot_publish(slot, MMT_STATE_PENDING);

    if (write) {
        stn_le_p(buf, size, *data);
    }
    result = tap_forward(bar, addr, buf, size, write, attrs);
    if (!write) {
        *data = ldn_le_p(buf, size);
        rec->value = *data;
        rec->ns = get_clock();
    }
    if (result != MEMTX_OK) {
        rec->flags |= MMT_FLAG_FAILED;
        bar->failed++;
    }
    mmt_slot_publish(slot, MMT_STATE_READY);

    count->accesses++;
    count->bytes += size;
    return result;
}

static MemTxResult tap_read(void *opaque, hwaddr addr, uint64_t *data,
                            unsigned size, MemTxAttrs attrs)
{
    return tap_access(opaque, addr, data, size, false, attrs);
}

static MemTxResult tap_write(void *opaque, hwaddr addr, uint64_t data,
                             unsigned size, MemTxAttrs attrs)
{
    return tap_access(opaque, addr, &data, size, true, attrs);
}

/*
 * Every width at every address comes through as the accelerator delivered
 * it; what the device can take is decided in the shadow, as it would have
 * been without us.
 */
static const MemoryRegionOps tap_ops = {
    .read_with_attrs = tap_read,
    .write_with_attrs = tap_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* --- one BAR ------------------------------------------------------------ */

static void tap_bar_attach(PCITapBar *bar)
{
    PCITap *tap = bar->tap;
    PCIIORegion *r = &tap->pdev->io_regions[bar->nr];
    g_autofree char *name = g_strdup_printf("vfio-trace BAR %d", bar->nr);

    address_space_init(&bar->shadow, bar->region, name);
    memory_region_init_io(&bar->trap, OBJECT(tap), &tap_ops, bar,
                          "vfio-trace trap", bar->size);
    /*
     * An access that passes the trap and then enters the device must not count
     * as nested, or QEMU's re-entrancy guard drops it.  The guard goes by the
     * device that owns a region; the tap, which is none, owns this one.
     */
    assert(!bar->trap.dev);
    memory_region_init_alias(&bar->window, OBJECT(tap), "vfio-trace window",
                             &bar->trap, 0, bar->size);
    memory_region_init(&bar->container, OBJECT(tap), name, bar->size);
    memory_region_add_subregion(&bar->container, 0, &bar->window);

    /* Not memory_region_is_mapped(): that is true through an alias as well. */
    if (r->addr != PCI_BAR_UNMAPPED) {
        memory_region_del_subregion(r->address_space, bar->region);
        memory_region_add_subregion_overlap(r->address_space, r->addr,
                                            &bar->container, 1);
    }
    r->memory = &bar->container;
}

static void tap_bar_detach(PCITapBar *bar)
{
    PCIIORegion *r = &bar->tap->pdev->io_regions[bar->nr];

    /*
     * The device's region does not come back into the guest's view: what a
     * vCPU did there in the device's last moments would be in no log.
     */
    if (memory_region_is_mapped(&bar->container)) {
        memory_region_del_subregion(r->address_space, &bar->container);
    }
    r->addr = PCI_BAR_UNMAPPED;
    r->memory = bar->region;

    /* 10.0 counts a region inside another of the same owner as a reference */
    memory_region_del_subregion(&bar->container, &bar->window);
    address_space_destroy(&bar->shadow);
}

/* --- one device --------------------------------------------------------- */

bool pci_tap_valid_driver(const char *driver, Error **errp)
{
    const char *p;

    if (strlen(driver) >= sizeof_field(MmtPciDev, driver)) {
        error_setg(errp, "driver name '%s' is longer than %zu bytes", driver,
                   sizeof_field(MmtPciDev, driver) - 1);
        return false;
    }
    for (p = driver; *p; p++) {
        if (!g_ascii_isgraph(*p)) {
            error_setg(errp, "driver name may hold no blanks, control or "
                       "non-ASCII characters");
            return false;
        }
    }
    return true;
}

/* What is in the log, and what can not be: nobody should have to guess. */
static void tap_log_coverage(PCITap *tap, bool synthetic)
{
    const char *id = tap->name;
    uint64_t rom = tap->pdev->io_regions[PCI_ROM_SLOT].size;
    int i;

    vfio_trace_log_pcidev(tap->log, &tap->pci);
    vfio_trace_log_markf(tap->log, "device id=%s host=%s type=%s addresses=%s",
                         id, tap->host ?: "none",
                         object_get_typename(OBJECT(tap->pdev)),
                         synthetic ? "synthetic" : "host");
    for (i = 0; i < PCI_TAP_BARS; i++) {
        PCITapBar *bar = &tap->bar[i];

        if (bar->map_id) {
            vfio_trace_log_markf(tap->log, "coverage device=%s bar=%d map=%u "
                                 "addr=0x%" PRIx64 " len=0x%" PRIx64
                                 " state=trapped", id, i, bar->map_id,
                                 bar->addr, bar->size);
        }
    }
    if (rom) {
        vfio_trace_log_markf(tap->log, "coverage device=%s rom len=0x%" PRIx64
                             " state=direct why=not-supported", id, rom);
    }
    if (tap->pdev->has_vga) {
        vfio_trace_log_markf(tap->log, "coverage device=%s vga state=direct "
                             "why=not-supported", id);
    }
    vfio_trace_log_markf(tap->log, "coverage device=%s config state=direct "
                         "why=not-supported", id);
}

PCITap *pci_tap_attach(PCIDevice *pdev, VFIOTraceLog *log, const char *host,
                       const MmtPciDev *pci, const char *driver,
                       Error **errp)
{
    PCITap *tap = PCI_TAP(object_new(TYPE_PCI_TAP));
    int i;

    if (!object_property_try_add_child(OBJECT(pdev), "vfio-trace-tap",
                                       OBJECT(tap), NULL)) {
        error_setg(errp, "device '%s' is traced already",
                   DEVICE(pdev)->id ?: pdev->name);
        object_unref(OBJECT(tap));
        return NULL;
    }
    object_unref(OBJECT(tap));

    tap->pdev = pdev;
    tap->log = log;
    object_ref(OBJECT(log));
    QTAILQ_INSERT_TAIL(&log->taps, tap, next);
    log->users++;
    log->used |= runstate_is_running();
    tap->host = g_strdup(host);
    if (DEVICE(pdev)->id) {
        tap->name = g_strdup(DEVICE(pdev)->id);
    } else if (host) {
        tap->name = g_strdup(host);
    } else {
        tap->name = object_get_canonical_path(OBJECT(pdev));
    }
    if (pci) {
        tap->pci = *pci;
    } else {
        pci_tap_describe(tap);
    }
    pstrcpy(tap->pci.driver, sizeof(tap->pci.driver), driver);

    for (i = 0; i < PCI_TAP_BARS; i++) {
        PCITapBar *bar = &tap->bar[i];
        PCIIORegion *r = &pdev->io_regions[i];

        bar->tap = tap;
        bar->nr = i;
        if (r->size) {
            bar->map_id = log->next_map_id++;
            bar->region = r->memory;
            bar->size = r->size;
        }
    }
    tap_log_coverage(tap, pci_tap_place(tap));

    memory_region_transaction_begin();
    for (i = 0; i < PCI_TAP_BARS; i++) {
        if (tap->bar[i].map_id) {
            tap_bar_attach(&tap->bar[i]);
        }
    }
    memory_region_transaction_commit();
    pci_tap_listen(tap);
    return tap;
}

/* Runs after every vCPU and every flat view has let go of the shadows. */
static void tap_release(struct rcu_head *head)
{
    object_unref(OBJECT(container_of(head, PCITap, rcu)));
}

void pci_tap_detach(PCITap *tap)
{
    int i;

    memory_region_transaction_begin();
    for (i = 0; i < PCI_TAP_BARS; i++) {
        if (tap->bar[i].map_id) {
            tap_bar_detach(&tap->bar[i]);
        }
    }
    memory_region_transaction_commit();
    pci_tap_unlisten(tap);
    vfio_trace_log_markf(tap->log, "detached id=%s", tap->name);

    QTAILQ_REMOVE(&tap->log->taps, tap, next);
    tap->log->users--;

    /*
     * The shadows are destroyed after a grace period, in the order of the
     * calls: this comes after them and keeps them allocated until then.  A
     * vCPU may be on its way into a trap until then, too.
     */
    object_ref(OBJECT(tap));
    object_unparent(OBJECT(tap));
    call_rcu1(&tap->rcu, tap_release);
}

static void tap_finalize(Object *obj)
{
    PCITap *tap = PCI_TAP(obj);

    if (tap->log) {
        object_unref(OBJECT(tap->log));
    }
    g_free(tap->host);
    g_free(tap->name);
}

static const TypeInfo tap_info = {
    .name = TYPE_PCI_TAP,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(PCITap),
    .instance_finalize = tap_finalize,
};

static void tap_register_types(void)
{
    type_register_static(&tap_info);
}

type_init(tap_register_types);
