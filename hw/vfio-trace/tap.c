/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the tap (see tap.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "hw/pci/pci.h"
#include "system/runstate.h"
#include "pc.h"
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

/* One load or store, as in QEMU's own callbacks for an mmapped BAR. */
static bool tap_forward_direct(const PCITapDirect *d, hwaddr addr,
                               uint8_t *buf, unsigned size, bool write)
{
    uint64_t at = addr - d->offset;

    if (at >= d->len || size > d->len - at) {
        return false;
    }
    if (write) {
        stn_he_p(d->host + at, size, ldn_he_p(buf, size));
    } else {
        stn_he_p(buf, size, ldn_he_p(d->host + at, size));
    }
    return true;
}

static MemTxResult tap_forward(PCITapBar *bar, hwaddr addr, uint8_t *buf,
                               unsigned size, bool write, MemTxAttrs attrs)
{
    if (!tap_bar_reachable(bar)) {
        /* What a bus gives when nobody answers. */
        memset(buf, 0xff, size);
        return MEMTX_DECODE_ERROR;
    }
    if (tap_forward_direct(&bar->direct, addr, buf, size, write)) {
        return MEMTX_OK;
    }
    return address_space_rw(&bar->shadow, addr, attrs, buf, size, write);
}

static MemTxResult tap_access(PCITapBar *bar, hwaddr addr, uint64_t *data,
                              unsigned size, bool write, MemTxAttrs attrs)
{
    PCITapCount *count = write ? &bar->write : &bar->read;
    VFIOTraceLog *log = bar->tap->log;
    MmtSlot spare;
    MmtSlot *slot;
    MmtRecord *rec;
    uint8_t buf[8] = { 0 };
    MemTxResult result;

    if (unlikely(bar->tap->detached)) {
        /* Unplugged while this vCPU was on its way here: there is no log. */
        *data = UINT64_MAX;
        return MEMTX_DECODE_ERROR;
    }
    slot = vfio_trace_log_begin(log, &spare);
    rec = &slot->rec;
    rec->kind = write ? MMT_KIND_WRITE : MMT_KIND_READ;
    rec->width = size;
    rec->flags = 0;
    rec->map_id = bar->map_id;
    rec->cpu = current_cpu ? current_cpu->cpu_index : MMT_CPU_NONE;
    /* A read's time is that of the answer; until then the last known one. */
    if (write) {
        log->now = get_clock();
    }
    rec->ns = log->now;
    rec->addr = bar->addr + addr;
    rec->value = write ? *data : 0;
    rec->arg = 0;
    rec->pc = unlikely(log->pc) ? vfio_trace_pc(attrs, bar->port) : 0;
    rec->cr3 = 0;
    rec->latency = 0;
    vfio_trace_log_issue(log, slot);

    if (write) {
        stn_le_p(buf, size, *data);
    }
    result = tap_forward(bar, addr, buf, size, write, attrs);
    if (!write) {
        *data = ldn_le_p(buf, size);
        rec->value = *data;
        rec->ns = log->now = get_clock();
    }
    if (result != MEMTX_OK) {
        rec->flags |= MMT_FLAG_FAILED;
        bar->failed++;
    }
    vfio_trace_log_done(log, slot);

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

static void tap_bar_init(PCITapBar *bar, PCITap *tap, int nr,
                         const PCITapWindows *windows)
{
    const PCIIORegion *r = &tap->pdev->io_regions[nr];
    g_autoptr(GArray) ranges = pci_tap_windows_of(windows, nr, r->size);
    unsigned i;

    bar->tap = tap;
    bar->nr = nr;
    bar->size = r->size;
    bar->port = r->type & PCI_BASE_ADDRESS_SPACE_IO;
    if (!r->size || !ranges->len) {
        return;
    }
    bar->map_id = tap->log->next_map_id++;
    bar->region = r->memory;
    bar->windows = ranges->len;
    bar->window = g_new0(PCITapWindow, bar->windows);
    for (i = 0; i < bar->windows; i++) {
        bar->window[i].range = g_array_index(ranges, PCITapRange, i);
    }
}

static bool tap_bar_is_whole(const PCITapBar *bar)
{
    return bar->window[0].range.len == bar->size;
}

static void tap_bar_attach(PCITapBar *bar)
{
    PCITap *tap = bar->tap;
    PCIIORegion *r = &tap->pdev->io_regions[bar->nr];
    g_autofree char *name = g_strdup_printf("vfio-trace BAR %d", bar->nr);
    unsigned i;

    address_space_init(&bar->shadow, bar->region, name);
    pci_tap_direct_start(&bar->direct, &bar->shadow);
    memory_region_init_io(&bar->trap, OBJECT(tap), &tap_ops, bar,
                          "vfio-trace trap", bar->size);
    /*
     * An access that passes the trap and then enters the device must not count
     * as nested, or QEMU's re-entrancy guard drops it.  The guard goes by the
     * device that owns a region; the tap, which is none, owns this one.
     */
    assert(!bar->trap.dev);
    memory_region_init(&bar->container, OBJECT(tap), name, bar->size);
    for (i = 0; i < bar->windows; i++) {
        PCITapWindow *w = &bar->window[i];

        memory_region_init_alias(&w->alias, OBJECT(tap), "vfio-trace window",
                                 &bar->trap, w->range.offset, w->range.len);
        memory_region_add_subregion_overlap(&bar->container, w->range.offset,
                                            &w->alias, 1);
    }

    /* Not memory_region_is_mapped(): that is true through an alias as well. */
    if (r->addr != PCI_BAR_UNMAPPED) {
        memory_region_del_subregion(r->address_space, bar->region);
        memory_region_add_subregion_overlap(r->address_space, r->addr,
                                            &bar->container, 1);
    }
    r->memory = &bar->container;

    if (tap_bar_is_whole(bar)) {
        /* A shadow's root counts from where it was mapped last. */
        memory_region_set_address(bar->region, 0);
    } else {
        memory_region_add_subregion(&bar->container, 0, bar->region);
    }
}

static void tap_bar_detach(PCITapBar *bar)
{
    PCIIORegion *r = &bar->tap->pdev->io_regions[bar->nr];
    unsigned i;

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
    for (i = 0; i < bar->windows; i++) {
        memory_region_del_subregion(&bar->container, &bar->window[i].alias);
    }
    if (!tap_bar_is_whole(bar)) {
        memory_region_del_subregion(&bar->container, bar->region);
    }
    pci_tap_direct_stop(&bar->direct);
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

static void tap_log_range(const PCITapBar *bar, uint64_t from, uint64_t to,
                          const char *state)
{
    g_autofree char *map = bar->map_id ?
                           g_strdup_printf(" map=%u", bar->map_id) : NULL;

    if (from < to) {
        vfio_trace_log_markf(bar->tap->log, "coverage device=%s bar=%d%s "
                             "addr=0x%" PRIx64 " len=0x%" PRIx64 " state=%s",
                             bar->tap->name, bar->nr, map ?: "",
                             bar->addr + from, to - from, state);
    }
}

static void tap_log_bar(const PCITapBar *bar)
{
    static const char outside[] = "direct why=outside-windows";
    uint64_t at = 0;
    unsigned i;

    for (i = 0; i < bar->windows; i++) {
        const PCITapRange *range = &bar->window[i].range;
        uint64_t end = range->offset + range->len;

        tap_log_range(bar, at, range->offset, outside);
        tap_log_range(bar, range->offset, end, "trapped");
        at = end;
    }
    tap_log_range(bar, at, bar->size, outside);
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
        tap_log_bar(&tap->bar[i]);
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

static void tap_start_pc(PCITap *tap)
{
    const char *why = tap->log->pc ? vfio_trace_pc_start() : NULL;

    if (why) {
        vfio_trace_log_markf(tap->log, "pc device=%s state=none why=%s",
                             tap->name, why);
        warn_report("vfio-trace: pc=on: there are no program counters to be "
                    "had for '%s' (%s)", tap->name, why);
    }
}

PCITap *pci_tap_attach(PCIDevice *pdev, VFIOTraceLog *log,
                       const PCITapWindows *windows, const char *host,
                       const MmtPciDev *pci, const char *driver,
                       Error **errp)
{
    PCITap *tap;
    int i;

    if (!pci_tap_windows_fit(windows, pdev, errp)) {
        return NULL;
    }
    tap = PCI_TAP(object_new(TYPE_PCI_TAP));
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
        tap_bar_init(&tap->bar[i], tap, i, windows);
    }
    tap_log_coverage(tap, pci_tap_place(tap));
    tap_start_pc(tap);

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

    tap->detached = true;
    memory_region_transaction_begin();
    for (i = 0; i < PCI_TAP_BARS; i++) {
        if (tap->bar[i].map_id) {
            tap_bar_detach(&tap->bar[i]);
        }
    }
    memory_region_transaction_commit();
    pci_tap_unlisten(tap);
    if (tap->log->pc) {
        vfio_trace_pc_stop();
    }
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
    int i;

    if (tap->log) {
        object_unref(OBJECT(tap->log));
    }
    for (i = 0; i < PCI_TAP_BARS; i++) {
        g_free(tap->bar[i].window);
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
