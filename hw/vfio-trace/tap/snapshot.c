/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: snapshots of the guest's memory
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/range.h"
#include "qemu/timer.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/vcpu/guest-ram.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/snapshot.h"

/* Bytes of memory in a mark: as hexadecimal they fit with all around them. */
#define DATA_BYTES 384

/* Slots of the ring that such a mark takes, and one. */
#define DATA_SLOTS (2 + (DATA_BYTES * 2 + 64) / MMT_TEXT_BYTES)

/* A ring with less room than so many snapshots would be full at once. */
#define RING_PARTS 8

/* --- a device's --------------------------------------------------------- */

static PCITapSnapshot *tap_snapshot_at(const PCITapSnapshots *snapshots,
                                       unsigned i)
{
    return &g_array_index(snapshots->snapshot, PCITapSnapshot, i);
}

static unsigned tap_snapshot_slots_for(uint64_t len)
{
    return DIV_ROUND_UP(len, DATA_BYTES) * DATA_SLOTS + DATA_SLOTS;
}

/* Writes that are not traced are not seen. */
static bool tap_snapshot_is_traced(const PCITapRegion *region, uint64_t offset,
                                   unsigned len)
{
    return region->size && offset + len > offset &&
           pci_tap_ranges_cover(region->wanted[PCI_TAP_WRITE], offset, len);
}

static bool tap_snapshot_fits(PCITap *tap, const PCITapSnapshot *s,
                              Error **errp)
{
    const PCITapRegion *region = &tap->region[s->bar];
    uint64_t room = vfio_trace_log_slots(tap->log) / RING_PARTS;

    if (!tap_snapshot_is_traced(region, s->offset, 1) ||
        (s->by_register && !tap_snapshot_is_traced(region, s->reg, 8))) {
        error_setg(errp,
                   "snapshot: '%s': that register of device '%s' is not there, or not traced",
                   s->text, tap->name);
        return false;
    }
    if (tap_snapshot_slots_for(s->len) > room) {
        error_setg(errp,
                   "snapshot: '%s': the ring of trace log '%s' is too small for %"
                   PRIu64 " bytes at once: ring-size=%" PRIu64 " would do",
                   s->text, tap->log->id, s->len,
                   pow2ceil(tap_snapshot_slots_for(s->len)) * RING_PARTS *
                   sizeof(MmtSlot));
        return false;
    }
    return true;
}

static int tap_snapshot_find(const PCITapSnapshots *snapshots, unsigned end,
                             const char *text)
{
    unsigned i;

    for (i = 0; i < end; i++) {
        if (g_str_equal(tap_snapshot_at(snapshots, i)->text, text)) {
            return i;
        }
    }
    return -1;
}

bool pci_tap_snapshots_add(PCITap *tap, const PCITapSnapshots *more,
                           Error **errp)
{
    unsigned had = tap->snapshots->snapshot->len;
    unsigned i;

    for (i = 0; i < more->snapshot->len; i++) {
        const PCITapSnapshot *s = tap_snapshot_at(more, i);

        if (!tap_snapshot_fits(tap, s, errp)) {
            return false;
        }
        if (tap_snapshot_find(tap->snapshots, had, s->text) >= 0 ||
            tap_snapshot_find(more, i, s->text) >= 0) {
            error_setg(errp, "device '%s' has the snapshot '%s' already",
                       tap->name, s->text);
            return false;
        }
    }
    for (i = 0; i < more->snapshot->len; i++) {
        PCITapSnapshot s = *tap_snapshot_at(more, i);

        s.text = g_strdup(s.text);
        tap->region[s.bar].snapshots++;
        g_array_append_val(tap->snapshots->snapshot, s);
    }
    if (more->snapshot->len && !tap->snapshots->buf) {
        tap->snapshots->buf = g_malloc(PCI_TAP_SNAPSHOT_MAX);
    }
    return true;
}

bool pci_tap_snapshots_remove(PCITap *tap, const char *text)
{
    int i = tap_snapshot_find(tap->snapshots, tap->snapshots->snapshot->len,
                              text);

    if (i < 0) {
        return false;
    }
    tap->region[tap_snapshot_at(tap->snapshots, i)->bar].snapshots--;
    g_array_remove_index(tap->snapshots->snapshot, i);
    return true;
}

const char *pci_tap_snapshots_next(const PCITap *tap, unsigned *i)
{
    if (*i >= tap->snapshots->snapshot->len) {
        return NULL;
    }
    return tap_snapshot_at(tap->snapshots, (*i)++)->text;
}

/* --- a write ------------------------------------------------------------ */

static void tap_snapshot_hold(PCITapSnapshot *s, uint64_t offset, unsigned size,
                              const uint8_t *bytes)
{
    unsigned i;

    for (i = 0; i < size; i++) {
        uint64_t at = offset + i - s->reg;

        if (at < sizeof(s->held)) {
            s->held[at] = bytes[i];
            s->known |= 1 << at;
        }
    }
}

void pci_tap_snapshots_reset(PCITap *tap)
{
    unsigned i;

    for (i = 0; i < tap->snapshots->snapshot->len; i++) {
        tap_snapshot_at(tap->snapshots, i)->known = 0;
    }
}

void pci_tap_snapshots_forget(const PCITapRegion *region)
{
    PCITapSnapshots *snapshots = region->tap->snapshots;
    unsigned i;

    for (i = 0; i < snapshots->snapshot->len; i++) {
        PCITapSnapshot *s = tap_snapshot_at(snapshots, i);

        if (s->by_register && s->bar == region->nr &&
            (!region->logs[PCI_TAP_WRITE] ||
             !tap_snapshot_is_traced(region, s->reg, 8) ||
             !pci_tap_ranges_cover(region->trapped, s->reg, 8))) {
            s->known = 0;
        }
    }
}

/* Returns false if the guest has not said where. */
static bool tap_snapshot_address_of(const PCITapSnapshot *s, uint64_t offset,
                                    uint64_t value, uint64_t *addr)
{
    if (s->by_register) {
        *addr = ldq_le_p(s->held) & s->mask;
        /* drivers of 32-bit guests may never touch the upper half */
        return (s->known & 0xf) == 0xf;
    }
    *addr = (value >> ((s->offset - offset) * 8)) & s->mask;
    return true;
}

static void tap_snapshot_put_data(PCITap *tap, uint64_t addr,
                                  const uint8_t *bytes, uint64_t len)
{
    char hex[DATA_BYTES * 2 + 1];
    uint64_t done;

    for (done = 0; done < len; done += DATA_BYTES) {
        uint64_t n = MIN(DATA_BYTES, len - done);
        uint64_t i;

        for (i = 0; i < n; i++) {
            uint8_t byte = bytes[done + i];

            hex[i * 2] = "0123456789abcdef"[byte >> 4];
            hex[i * 2 + 1] = "0123456789abcdef"[byte & 15];
        }
        hex[n * 2] = '\0';
        vfio_trace_log_own_mark(tap->log, MMT_MARK_SNAPSHOT_DATA,
                                MMT_NUMBER("at", addr + done),
                                MMT_TEXT("data", hex));
    }
}

static void tap_snapshot_take(PCITapRegion *region, const PCITapSnapshot *s,
                              uint64_t offset, uint64_t value)
{
    PCITap *tap = region->tap;
    uint64_t slots = vfio_trace_log_slots(tap->log);
    const char *state = NULL;
    g_autofree char *hash = NULL;
    uint64_t addr = 0;
    uint64_t len = 0;

    if (!tap_snapshot_address_of(s, offset, value, &addr)) {
        state = "address-unknown";
    } else if (vfio_trace_log_slots_used(tap->log) +
               tap_snapshot_slots_for(s->len) > slots - slots / RING_PARTS) {
        /* What is left is for the accesses. */
        state = "ring-full";
    } else {
        len = vfio_trace_read_ram(pci_device_iommu_address_space(tap->pdev),
                                  addr, tap->snapshots->buf, s->len);
        state = len < s->len ? "not-memory" : NULL;
    }
    hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                       tap->snapshots->buf, len);
    vfio_trace_log_own_mark(tap->log, MMT_MARK_SNAPSHOT,
                            MMT_TEXT("device", tap->name),
                            MMT_NUMBER("map", region->map_id),
                            MMT_NUMBER("addr", region->addr + s->offset),
                            MMT_NUMBER("at", addr), MMT_NUMBER("len", len),
                            MMT_TEXT("sha256", hash),
                            state ? MMT_TEXT("state", state) : MMT_NO_WORD);
    tap_snapshot_put_data(tap, addr, tap->snapshots->buf, len);
}

void pci_tap_snapshots_write(PCITapRegion *region, uint64_t offset,
                             unsigned size, uint64_t value)
{
    PCITapSnapshots *snapshots = region->tap->snapshots;
    uint8_t bytes[8];
    unsigned i;

    stq_le_p(bytes, value);
    for (i = 0; i < snapshots->snapshot->len; i++) {
        PCITapSnapshot *s = tap_snapshot_at(snapshots, i);

        if (s->bar != region->nr) {
            continue;
        }
        if (s->by_register) {
            tap_snapshot_hold(s, offset, size, bytes);
        }
        if (s->offset >= offset && s->offset - offset < size) {
            int64_t since = get_clock();

            tap_snapshot_take(region, s, offset, value);
            vfio_trace_fair(get_clock() - since);
        }
    }
}
