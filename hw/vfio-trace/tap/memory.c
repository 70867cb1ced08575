/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the guest's memory, as snapshot= and rings= say (see memory.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/timer.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/vcpu/guest-ram.h"
#include "hw/vfio-trace/tap/memory.h"

/* Most bytes that one command reads */
#define READ_MAX (64 * 1024)

/*
 * Bytes of an entry or datum in its own mark: 256, if this leaves room for the
 * device's name and WORDS_MAX bytes of other words.
 */
#define INLINE_BYTES 256
#define WORDS_MAX    340

/* --- triggers ------------------------------------------------------------ */

/* Not when the engine's own work has caused the event: an IOMMU reports a fault,
   for example */
static bool tap_memory_enter_always(PCITapMemory *m)
{
    if (m->inside || !m->started) {
        return false;
    }
    m->inside = true;
    /* What it logs belongs together. */
    mmt_gate_close(&m->tap->log->gate);
    m->since = 0;
    return true;
}

/* Memory is read while the device is traced. */
static bool tap_memory_enter(PCITapMemory *m)
{
    return m->tap->started && tap_memory_enter_always(m);
}

static void tap_memory_leave(PCITapMemory *m)
{
    m->inside = false;
    mmt_gate_open(&m->tap->log->gate);
    if (m->since) {
        int64_t ns = get_clock() - m->since;

        m->ns += ns;
        vfio_trace_fair(ns);
    }
}

/* An event that needs no access may come when the log has ended. */
static bool tap_memory_enter_event(PCITapMemory *m)
{
    return vfio_trace_log_is_open(m->tap->log) && tap_memory_enter(m);
}

void pci_tap_memory_write(PCITapRegion *region, uint64_t offset, unsigned size,
                          uint64_t value)
{
    PCITapMemory *m = region->tap->guest_memory;

    if (tap_memory_enter(m)) {
        gmem_engine_write(m->engine, region->nr, offset, size, value);
        tap_memory_leave(m);
    }
}

void pci_tap_memory_read_done(PCITapRegion *region, uint64_t offset,
                              unsigned size, uint64_t value)
{
    PCITapMemory *m = region->tap->guest_memory;

    if (tap_memory_enter(m)) {
        gmem_engine_read(m->engine, region->nr, offset, size, value);
        tap_memory_leave(m);
    }
}

void pci_tap_memory_irq(PCITap *tap, unsigned vector)
{
    PCITapMemory *m = tap->guest_memory;

    if (tap_memory_enter_event(m)) {
        gmem_engine_irq(m->engine, vector);
        tap_memory_leave(m);
    }
}

static void tap_memory_marker(Notifier *n, void *text)
{
    PCITapMemory *m = container_of(n, PCITapMemory, marker);

    if (tap_memory_enter_event(m)) {
        gmem_engine_marker(m->engine, text);
        tap_memory_leave(m);
    }
}

void pci_tap_memory_reset(PCITap *tap)
{
    PCITapMemory *m = tap->guest_memory;

    m->as = NULL;
    /* What it ends is gone also if the device is not traced at the moment. */
    if (vfio_trace_log_is_open(tap->log) && tap_memory_enter_always(m)) {
        gmem_engine_reset(m->engine);
        tap_memory_leave(m);
    }
}

/* --- commands ------------------------------------------------------------ */

bool pci_tap_memory_now(PCITap *tap, const char *name, Error **errp)
{
    PCITapMemory *m = tap->guest_memory;
    bool found;

    if (!tap_memory_enter_event(m)) {
        error_setg(errp,
                   "device '%s' is not traced at the moment: start it with vfio-trace-start",
                   tap->name);
        return false;
    }
    found = gmem_engine_request(m->engine, name);
    tap_memory_leave(m);
    if (!found) {
        error_setg(errp,
                   "device '%s' has no ring, watch or snapshot '%s'; names are as in 'SQ[3]'",
                   tap->name, name);
    }
    return found;
}

uint8_t *pci_tap_memory_read(PCITap *tap, bool physical, uint64_t addr,
                             uint32_t len, uint64_t *got, Error **errp)
{
    AddressSpace *as = physical ? &address_space_memory
                                : pci_device_iommu_address_space(tap->pdev);
    uint8_t *buf;

    if (!len || len > READ_MAX) {
        error_setg(errp, "length is %" PRIu32 "; 1 to %d expected", len,
                   READ_MAX);
        return NULL;
    }
    buf = g_malloc0(len);
    *got = vfio_trace_read_ram(as, addr, buf, len);
    return buf;
}

/* --- life ---------------------------------------------------------------- */

static size_t tap_memory_inline_max(const PCITap *tap)
{
    size_t other = strlen(tap->name) + WORDS_MAX;

    return other >= MMT_MARK_MAX ? 0
                                 : MIN(INLINE_BYTES,
                                       (MMT_MARK_MAX - other) / 2);
}

static bool tap_memory_add_plan(PCITap *tap, const PCITapMemoryPlan *plan,
                                Error **errp)
{
    GmemFile *file;
    guint i;

    for (i = 0; plan->snapshot && plan->snapshot[i]; i++) {
        file = pci_tap_snapshot_parse(plan->snapshot[i], errp);
        if (!file || !pci_tap_memory_add(tap, file, true, errp)) {
            return false;
        }
    }
    for (i = 0; i < plan->rings->len; i++) {
        file = pci_tap_rings_parse(&g_array_index(plan->rings, PCITapRingsFile,
                                                  i), errp);
        if (!file || !pci_tap_memory_add(tap, file, false, errp)) {
            return false;
        }
    }
    return true;
}

bool pci_tap_memory_new(PCITap *tap, const PCITapMemoryPlan *plan,
                        Error **errp)
{
    PCITapMemory *m = g_new0(PCITapMemory, 1);

    tap->guest_memory = m;
    m->tap = tap;
    m->engine = gmem_engine_new(&pci_tap_memory_host, m);
    m->snapshot = g_ptr_array_new();
    m->inline_max = tap_memory_inline_max(tap);
    if (!tap_memory_add_plan(tap, plan, errp)) {
        return false;
    }
    pci_tap_memory_mind(tap);
    return true;
}

void pci_tap_memory_start(PCITap *tap)
{
    PCITapMemory *m = tap->guest_memory;
    const GmemFile *file;
    unsigned i;

    m->started = true;
    for (i = 0; (file = gmem_engine_file(m->engine, i)); i++) {
        pci_tap_memory_tell(m, file);
    }
    m->marker.notify = tap_memory_marker;
    notifier_list_add(&tap->log->markers, &m->marker);
}

void pci_tap_memory_stop(PCITap *tap)
{
    PCITapMemory *m = tap->guest_memory;
    int dir;
    int i;

    m->started = false;
    notifier_remove(&m->marker);
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
            tap->region[i].memory[dir] = false;
        }
    }
}

void pci_tap_memory_free(PCITap *tap)
{
    if (tap->guest_memory) {
        gmem_engine_free(tap->guest_memory->engine);
        g_ptr_array_unref(tap->guest_memory->snapshot);
        g_clear_pointer(&tap->guest_memory, g_free);
    }
}
