/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks of the guest's memory
 *
 * A vCPU waits meanwhile: nothing on the path of an entry allocates.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/pci/pci.h"
#include "libmmiotrace/put.h"
#include "hw/vfio-trace/vcpu/guest-ram.h"
#include "hw/vfio-trace/tap/memory.h"

/* Bytes of memory in a mark; in hexadecimal, they fit with the other fields. */
#define DATA_BYTES MMT_MARK_BYTES

QEMU_BUILD_BUG_ON(DATA_BYTES % GMEM_WATCH_LINE);

/* Slots of the ring that a mark of DATA_BYTES takes, plus one */
#define DATA_SLOTS (2 + (DATA_BYTES * 2 + 64) / MMT_TEXT_BYTES)

/*
 * What is logged at once may take 1/RING_PARTS of the ring; more might fill it.
 * The last such part of the ring is reserved for accesses.
 */
#define RING_PARTS 8

/* --- texts --------------------------------------------------------------- */

static const char *tap_memory_put_hex(PCITapMemory *m, const uint8_t *bytes,
                                      size_t len)
{
    *mmt_put_bytes(m->hex, bytes, len) = '\0';
    return m->hex;
}

static const char *tap_memory_put_on(const GmemOut *out)
{
    static const char *const on[] = {
        [GMEM_ON_WRITE] = "write",
        [GMEM_ON_READ] = "read",
        [GMEM_ON_IRQ] = "irq",
        [GMEM_ON_MARKER] = "marker",
        [GMEM_ON_REQUEST] = "request",
    };

    return on[out->on];
}

/* --- marks --------------------------------------------------------------- */

/* The bytes of @out from @done on, in marks of their own */
static void tap_memory_put_rest(PCITapMemory *m, const GmemOut *out,
                                uint64_t done)
{
    for (; done < out->len; done += DATA_BYTES) {
        uint64_t n = MIN(DATA_BYTES, out->len - done);

        vfio_trace_log_own_mark(m->tap->log, MMT_MARK_SNAPSHOT_DATA,
            MMT_NUMBER("at", out->at + done),
            MMT_TEXT("data", tap_memory_put_hex(m, out->data + done, n)));
    }
}

static void tap_memory_put_ring(PCITapMemory *m, const GmemOut *out)
{
    bool known = out->count && out->entry;

    vfio_trace_log_own_mark(m->tap->log, MMT_MARK_RING,
        MMT_TEXT("device", m->tap->name),
        MMT_TEXT("ring", out->name),
        known ? MMT_NUMBER("base", out->at) : MMT_NO_WORD,
        known ? MMT_NUMBER("count", out->count) : MMT_NO_WORD,
        known ? MMT_NUMBER("entry", out->entry) : MMT_NO_WORD,
        out->layout ? MMT_TEXT("layout", out->layout) : MMT_NO_WORD,
        out->by_device ? MMT_TEXT("by", "device") : MMT_NO_WORD,
        out->state ? MMT_TEXT("state", out->state) : MMT_NO_WORD);
}

static void tap_memory_put_entry(PCITapMemory *m, const GmemOut *out)
{
    MmtEntryMark entry = {
        .device = m->tap->name,
        .ring = out->name,
        .index = out->index,
        .at = out->at,
        .len = out->len,
        .state = out->state,
        .data = out->data,
        .bytes = MIN(out->len, m->inline_max),
    };

    vfio_trace_log_own_text(m->tap->log, m->text,
                            mmt_entry_put(&entry, m->text));
    tap_memory_put_rest(m, out, entry.bytes);
}

static void tap_memory_put_data(PCITapMemory *m, const GmemOut *out)
{
    size_t n = MIN(out->len, m->inline_max);

    vfio_trace_log_own_mark(m->tap->log, MMT_MARK_DATA,
        MMT_TEXT("device", m->tap->name),
        MMT_TEXT("ring", out->name),
        MMT_NUMBER("index", out->index),
        MMT_TEXT("name", out->item),
        MMT_NUMBER("at", out->at),
        MMT_NUMBER("len", out->len),
        MMT_NUMBER("of", out->of),
        out->state ? MMT_TEXT("state", out->state) : MMT_NO_WORD,
        n ? MMT_TEXT("data", tap_memory_put_hex(m, out->data, n))
          : MMT_NO_WORD);
    tap_memory_put_rest(m, out, n);
}

static void tap_memory_put_watch(PCITapMemory *m, const GmemOut *out)
{
    vfio_trace_log_own_mark(m->tap->log, MMT_MARK_WATCH,
        MMT_TEXT("device", m->tap->name),
        MMT_TEXT("watch", out->name),
        MMT_TEXT("on", tap_memory_put_on(out)),
        MMT_NUMBER("at", out->at),
        MMT_NUMBER("len", out->of),
        MMT_NUMBER("lines", out->lines),
        MMT_NUMBER("sum", out->sum),
        MMT_TEXT("state", out->state),
        out->left ? MMT_NUMBER("left", out->left) : MMT_NO_WORD);
}

static void tap_memory_put_lines(PCITapMemory *m, const GmemOut *out)
{
    uint64_t done;

    for (done = 0; done < out->len; done += DATA_BYTES) {
        uint64_t n = MIN(DATA_BYTES, out->len - done);

        vfio_trace_log_own_mark(m->tap->log, MMT_MARK_WATCH_DATA,
            MMT_NUMBER("at", out->at + done),
            MMT_TEXT("data", tap_memory_put_hex(m, out->data + done, n)));
    }
}

/* Statements of snapshot= have no name. */
static void tap_memory_put_snapshot(PCITapMemory *m, const GmemOut *out)
{
    bool named = !pci_tap_memory_is_snapshot(m, out->file);
    const PCITapRegion *region = out->bar < 0 ? NULL
                                              : &m->tap->region[out->bar];
    g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                                        out->data, out->len);

    vfio_trace_log_own_mark(m->tap->log, MMT_MARK_SNAPSHOT,
        MMT_TEXT("device", m->tap->name),
        named ? MMT_TEXT("name", out->name) : MMT_NO_WORD,
        named ? MMT_TEXT("on", tap_memory_put_on(out)) : MMT_NO_WORD,
        region ? MMT_NUMBER("map", region->map_id) : MMT_NO_WORD,
        region ? MMT_NUMBER("addr", region->addr + out->offset) : MMT_NO_WORD,
        MMT_NUMBER("at", out->at), MMT_NUMBER("len", out->len),
        MMT_TEXT("sha256", hash),
        out->state ? MMT_TEXT("state", out->state) : MMT_NO_WORD);
    tap_memory_put_rest(m, out, 0);
}

static void tap_memory_put_cut(PCITapMemory *m, const GmemOut *out)
{
    vfio_trace_log_own_mark(m->tap->log, MMT_MARK_MEMORY_CUT,
        MMT_TEXT("device", m->tap->name),
        MMT_TEXT("name", out->name),
        MMT_TEXT("why", out->state),
        out->left ? MMT_NUMBER("left", out->left) : MMT_NO_WORD);
}

/* --- the engine's host --------------------------------------------------- */

static void tap_memory_put(void *opaque, const GmemOut *out)
{
    static void (*const put[])(PCITapMemory *, const GmemOut *) = {
        [GMEM_OUT_RING] = tap_memory_put_ring,
        [GMEM_OUT_ENTRY] = tap_memory_put_entry,
        [GMEM_OUT_DATA] = tap_memory_put_data,
        [GMEM_OUT_WATCH] = tap_memory_put_watch,
        [GMEM_OUT_LINES] = tap_memory_put_lines,
        [GMEM_OUT_SNAPSHOT] = tap_memory_put_snapshot,
        [GMEM_OUT_CUT] = tap_memory_put_cut,
    };

    put[out->kind](opaque, out);
}

/* The work that is paid for begins with the first of these calls. */
static int64_t tap_memory_now(void *opaque)
{
    PCITapMemory *m = opaque;
    int64_t now = get_clock();

    m->since = m->since ?: now;
    return now;
}

static uint64_t tap_memory_read(void *opaque, uint64_t addr, void *buf,
                                uint64_t len)
{
    PCITapMemory *m = opaque;

    m->since = m->since ?: get_clock();
    m->as = m->as ?: pci_device_iommu_address_space(m->tap->pdev);
    return vfio_trace_read_ram(m->as, addr, buf, len);
}

uint64_t pci_tap_memory_slots(uint64_t len)
{
    return DIV_ROUND_UP(len, DATA_BYTES) * DATA_SLOTS + DATA_SLOTS;
}

uint64_t pci_tap_memory_room(VFIOTraceLog *log)
{
    return vfio_trace_log_slots(log) / RING_PARTS;
}

static bool tap_memory_room(void *opaque, uint64_t bytes)
{
    PCITapMemory *m = opaque;
    VFIOTraceLog *log = m->tap->log;

    return vfio_trace_log_slots_used(log) + pci_tap_memory_slots(bytes) <=
           vfio_trace_log_slots(log) - pci_tap_memory_room(log);
}

const GmemHost pci_tap_memory_host = {
    .read = tap_memory_read,
    .put = tap_memory_put,
    .room = tap_memory_room,
    .now = tap_memory_now,
};
