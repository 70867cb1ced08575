/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: path of one access of the guest
 *
 * An access enters the trap, which takes a record, repeats the access in the
 * shadow, and completes the record.  There are two ways:
 *
 * - An access to memory that comes without the BQL enters the log's gate.  It
 *   takes no other lock, makes no call for its record, and is a load or a store
 *   (direct.h).
 * - All others are made under the BQL and with the gate closed, as everything
 *   that they may do has always been done under the BQL: QEMU's devices,
 *   backtraces, rings files, pauses.  Accesses to memory that come with the BQL
 *   (TCG's, those of a rescued instruction) are loads and stores here, too.
 *
 * A vCPU of KVM comes here without the BQL, TCG's and QEMU's own threads with
 * it.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/log/time.h"
#include "hw/vfio-trace/tap/access.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/exit-part.h"
#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/hot.h"
#include "hw/vfio-trace/tap/load-store.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/traps.h"
#include "hw/vfio-trace/vcpu/vcpu.h"

/* One load or store, as in QEMU's own callbacks for an mmapped BAR. */
static bool tap_access_forward_direct(const PCITapDirect *d, hwaddr addr,
                                      uint8_t *buf, unsigned size, bool write)
{
    uint64_t at = addr - d->offset;

    if (at >= d->len || size > d->len - at) {
        return false;
    }
    if (write) {
        pci_tap_store(d->host + at, size, ldn_le_p(buf, size));
    } else {
        stn_le_p(buf, size, pci_tap_load(d->host + at, size));
    }
    return true;
}

/* QEMU's callbacks for an mmapped BAR make one load or store, anywhere. */
static MemTxResult tap_access_forward_shadow(PCITapRegion *region, hwaddr addr,
                                             MemTxAttrs attrs, uint8_t *buf,
                                             unsigned size, bool write)
{
    MemTxResult result = MEMTX_OK;
    unsigned n;

    for (; size; addr += n, buf += n, size -= n) {
        n = pci_tap_first_access(addr, size);
        result |= address_space_rw(&region->shadow, addr, attrs, buf, n, write);
    }
    pci_tap_access_end();
    return result;
}

static MemTxResult tap_access_forward(PCITapRegion *region, hwaddr addr,
                                      uint8_t *buf, MmtRecord *rec,
                                      MemTxAttrs attrs)
{
    bool write = rec->kind == MMT_KIND_WRITE;
    unsigned size = rec->width;
    MemTxResult result;

    if (!pci_tap_region_reachable(region)) {
        /* The value that a bus returns if no device answers */
        memset(buf, 0xff, size);
        rec->flags |= MMT_FLAG_HW_NONE;
        return MEMTX_DECODE_ERROR;
    }
    if (tap_access_forward_direct(&region->direct, addr, buf, size, write)) {
        rec->flags |= MMT_FLAG_HW;
        rec->hw = ldn_le_p(buf, size);
        return MEMTX_OK;
    }
    pci_tap_hw_begin(region, addr, size);
    result = tap_access_forward_shadow(region, addr, attrs, buf, size, write);
    if (!write) {
        rec->value = ldn_le_p(buf, size);
    }
    pci_tap_hw_end(region, rec);
    return result;
}

static VFIOTraceWay tap_access_way(const PCITapRegion *region)
{
    return region->port ? VFIO_TRACE_WAY_PORT : VFIO_TRACE_WAY_MEMORY;
}

/* Optional fields that are known before the access is forwarded */
static void tap_access_fill_details(MmtRecord *rec, const PCITapRegion *region,
                                    MemTxAttrs attrs)
{
    VFIOTraceLog *log = region->tap->log;

    if (log->pc) {
        rec->pc = vfio_trace_pc(attrs, tap_access_way(region));
    }
    if (log->extra & MMT_EXTRA_SPACE) {
        rec->space = vfio_trace_space(attrs);
    }
}

/* At least 1: 0 means that the latency was not measured. */
static void tap_access_fill_latency(MmtRecord *rec, uint64_t since,
                                    uint64_t now)
{
    rec->latency = MIN(MAX(now - since, 1), UINT32_MAX);
}

static void tap_access_log_backtrace(const PCITapRegion *region,
                                     MemTxAttrs attrs)
{
    uint64_t addrs[PCI_TAP_BACKTRACE_MAX];
    unsigned n = vfio_trace_backtrace(attrs, addrs, region->tap->backtrace);

    if (n) {
        vfio_trace_log_own_mark(region->tap->log, MMT_MARK_BACKTRACE,
            MMT_NUMBER("map", region->map_id),
            MMT_NUMBER("pc", vfio_trace_pc(attrs, tap_access_way(region))),
            MMT_NUMBERS("addrs", addrs, n));
    }
}

/* What the log has behind the access's line */
static void tap_access_behind(PCITapRegion *region, hwaddr addr, unsigned size,
                              bool write, uint64_t data, MemTxAttrs attrs)
{
    if (region->backtrace[write] &&
        pci_tap_ranges_touch(region->backtrace[write], addr, size)) {
        tap_access_log_backtrace(region, attrs);
    }
    if (!write && region->memory[PCI_TAP_READ]) {
        pci_tap_memory_read_done(region, addr, size, data);
    }
}

/*
 * An access that is not logged: other bytes of its page are wanted, or its
 * window has been removed since it was routed to the trap.
 */
static MemTxResult tap_access_unlogged(PCITapRegion *region, hwaddr addr,
                                       uint64_t *data, unsigned size,
                                       bool write, MemTxAttrs attrs)
{
    MmtRecord rec = {
        .kind = write ? MMT_KIND_WRITE : MMT_KIND_READ,
        .width = size,
        .value = write ? *data : 0,
    };
    uint8_t buf[8] = { 0 };
    MemTxResult result;

    stn_le_p(buf, size, rec.value);
    result = tap_access_forward(region, addr, buf, &rec, attrs);
    if (!write) {
        *data = ldn_le_p(buf, size);
    }
    region->unlogged++;
    return result;
}

static inline void tap_access_count(PCITapRegion *region, unsigned size,
                                    bool write)
{
    PCITapCount *count = write ? &region->write : &region->read;

    /* query-vfio-trace may look at any time. */
    qatomic_set(&count->accesses, count->accesses + 1);
    qatomic_set(&count->bytes, count->bytes + size);
}

/* All that is known before the access is forwarded, but its time and details */
static inline void tap_access_fill(MmtRecord *rec, const PCITapRegion *region,
                                   hwaddr addr, uint64_t data, unsigned size,
                                   bool write)
{
    rec->kind = write ? MMT_KIND_WRITE : MMT_KIND_READ;
    rec->width = size;
    rec->flags = 0;
    rec->cpu = current_cpu ? current_cpu->cpu_index : MMT_CPU_NONE;
    rec->map_id = region->map_id;
    rec->latency = 0;
    rec->addr = region->addr + addr;
    rec->value = write ? data : 0;
    rec->hw = 0;
    rec->pc = 0;
    rec->space = 0;
}

/* --- in the gate, or with it closed -------------------------------------- */

/* What an access needs that the vCPU has to be asked for, before the gate */
typedef struct TapAccessAsked {
    uint64_t entered;
    uint64_t pc;
    uint64_t space;
} TapAccessAsked;

static TapAccessAsked tap_access_ask_all(const PCITapRegion *region,
                                         MemTxAttrs attrs)
{
    const VFIOTraceLog *log = region->tap->log;
    TapAccessAsked asked = { 0 };

    if (log->extra & MMT_EXTRA_TRAP) {
        asked.entered = get_clock();
    }
    if (log->pc) {
        asked.pc = vfio_trace_pc(attrs, tap_access_way(region));
    }
    if (log->extra & MMT_EXTRA_SPACE) {
        asked.space = vfio_trace_space(attrs);
    }
    return asked;
}

static inline TapAccessAsked tap_access_ask(const PCITapRegion *region,
                                            MemTxAttrs attrs)
{
    const VFIOTraceLog *log = region->tap->log;

    if (unlikely(log->details || log->extra & MMT_EXTRA_TRAP)) {
        return tap_access_ask_all(region, attrs);
    }
    return (TapAccessAsked) { 0 };
}

/* The load or store, and its record */
static inline QEMU_ALWAYS_INLINE void
tap_access_carry_out(PCITapRegion *region, MmtSlot *slot, hwaddr addr,
                     uint64_t *data, unsigned size, bool write,
                     const TapAccessAsked *asked)
{
    VFIOTraceLog *log = region->tap->log;
    uint8_t *at = region->direct.host + (addr - region->direct.offset);
    MmtRecord *rec = &slot->rec;
    uint64_t since = 0;

    tap_access_fill(rec, region, addr, *data, size, write);
    rec->pc = asked->pc;
    rec->space = asked->space;
    /* A read gets its time when it is answered, and the last one until then. */
    rec->ns = write ? vfio_trace_log_now(log) : log->now;
    mmt_slot_publish(slot, MMT_STATE_PENDING);
    if (unlikely(log->extra & MMT_EXTRA_LATENCY)) {
        since = get_clock();
    }
    if (write) {
        pci_tap_store(at, size, *data);
    } else {
        *data = pci_tap_load(at, size);
        rec->value = *data;
        rec->ns = vfio_trace_log_answered(log);
    }
    rec->flags = MMT_FLAG_HW;
    rec->hw = *data;
    if (unlikely(log->extra & MMT_EXTRA_LATENCY)) {
        tap_access_fill_latency(rec, since, get_clock());
    }
    if (unlikely(log->extra & MMT_EXTRA_TRAP)) {
        rec->trap = MAX(get_clock() - asked->entered, 1);
    }
    mmt_slot_publish(slot, MMT_STATE_READY);
    mmt_slot_fetch_next(slot);
}

/* Is it one load or store?  In the gate, or under the BQL. */
static inline bool tap_access_enters(const PCITapRegion *region, hwaddr addr,
                                     unsigned size, bool write)
{
    const PCITapDirect *d = &region->direct;
    uint64_t at = addr - d->offset;

    return d->enters[write] && at < d->len && size <= d->len - at;
}

/* Return: whether the access was made; false if more than that is due */
static inline QEMU_ALWAYS_INLINE bool
tap_access_in_gate(PCITapRegion *region, hwaddr addr, uint64_t *data,
                   unsigned size, bool write, const TapAccessAsked *asked)
{
    VFIOTraceLog *log = region->tap->log;
    MmtSlot *slot;

    if (!tap_access_enters(region, addr, size, write) ||
        unlikely(log->clock_due) || !pci_tap_region_reachable(region) ||
        !pci_tap_region_logs(region, addr, size,
                             write ? PCI_TAP_WRITE : PCI_TAP_READ)) {
        return false;
    }
    slot = vfio_trace_log_take(log);
    if (unlikely(!slot)) {
        return false;
    }
    tap_access_carry_out(region, slot, addr, data, size, write, asked);
    tap_access_count(region, size, write);
    return true;
}

/* What has become of an access that should be made in the gate */
typedef enum TapAccessTry {
    TAP_ACCESS_MADE,
    TAP_ACCESS_CLOSED,          /* the gate is */
    TAP_ACCESS_NOT_THERE,       /* it needs more than that */
} TapAccessTry;

/*
 * @generation: the memory map in which the region is there; 0: QEMU has looked
 *              it up
 */
static inline QEMU_ALWAYS_INLINE TapAccessTry
tap_access_direct(PCITapRegion *region, hwaddr addr, uint64_t *data,
                  unsigned size, bool write, MemTxAttrs attrs, uint64_t since,
                  uint64_t generation)
{
    VFIOTraceLog *log = region->tap->log;
    TapAccessAsked asked = tap_access_ask(region, attrs);
    bool made = false;

    if (!mmt_gate_enter(&log->gate)) {
        return TAP_ACCESS_CLOSED;
    }
    if (!generation || generation == qatomic_read(&pci_tap_generation)) {
        made = tap_access_in_gate(region, addr, data, size, write, &asked);
    }
    if (made) {
        pci_tap_traps_count(region, since);
        qatomic_set(&region->direct.accesses, region->direct.accesses + 1);
        if (!generation) {
            pci_tap_exit_part_learn(region, addr);
        }
    }
    mmt_gate_leave(&log->gate);
    return made ? TAP_ACCESS_MADE : TAP_ACCESS_NOT_THERE;
}

/* --- under the BQL ------------------------------------------------------- */

static MemTxResult tap_access_alone(PCITapRegion *region, hwaddr addr,
                                    uint64_t *data, unsigned size, bool write,
                                    MemTxAttrs attrs)
{
    VFIOTraceLog *log = region->tap->log;
    MmtSlot spare;
    MmtSlot *slot;
    MmtRecord *rec;
    uint8_t buf[8] = { 0 };
    MemTxResult result;
    uint64_t since = 0;
    uint64_t entered = 0;

    if (unlikely(region->tap->detached)) {
        /* Unplugged while the access was on its way here: no log is left. */
        *data = UINT64_MAX;
        return MEMTX_DECODE_ERROR;
    }
    if (unlikely(vfio_trace_vcpu_walks)) {
        /* No access of the guest's: a table's entry that is not valid */
        *data = 0;
        return MEMTX_ACCESS_ERROR;
    }
    if (unlikely(log->extra & MMT_EXTRA_TRAP)) {
        entered = get_clock();
    }
    if (unlikely(region->tap->hot_timer)) {
        pci_tap_hot_see(region, addr);
    }
    if (!pci_tap_region_logs(region, addr, size,
                             write ? PCI_TAP_WRITE : PCI_TAP_READ)) {
        return tap_access_unlogged(region, addr, data, size, write, attrs);
    }
    if (unlikely(log->clock_due)) {
        vfio_trace_log_mark_guest_clock(log);
    }
    slot = vfio_trace_log_begin(log, &spare);
    rec = &slot->rec;
    tap_access_fill(rec, region, addr, *data, size, write);
    if (unlikely(log->details)) {
        tap_access_fill_details(rec, region, attrs);
    }
    rec->ns = write ? vfio_trace_log_now(log) : log->now;
    vfio_trace_log_issue(log, slot);

    if (write) {
        stn_le_p(buf, size, *data);
        if (unlikely(region->memory[PCI_TAP_WRITE])) {
            pci_tap_memory_write(region, addr, size, *data);
        }
    }
    if (unlikely(log->extra & MMT_EXTRA_LATENCY)) {
        since = get_clock();
    }
    result = tap_access_forward(region, addr, buf, rec, attrs);
    if (!write) {
        *data = ldn_le_p(buf, size);
        rec->value = *data;
        rec->ns = vfio_trace_log_answered(log);
    }
    if (unlikely(log->extra & MMT_EXTRA_LATENCY)) {
        tap_access_fill_latency(rec, since, get_clock());
    }
    if (result != MEMTX_OK) {
        rec->flags |= MMT_FLAG_FAILED;
    }
    if (rec->flags & MMT_FLAG_FAILED) {
        region->failed++;
    }
    if (unlikely(log->extra & MMT_EXTRA_TRAP)) {
        rec->trap = MAX(get_clock() - entered, 1);
    }
    vfio_trace_log_done(log, slot);
    if (unlikely(region->behind[write])) {
        tap_access_behind(region, addr, size, write, *data, attrs);
    }

    tap_access_count(region, size, write);
    return result;
}

/*
 * Nothing changes while the gate is closed, either: the accesses of a rescued
 * instruction and TCG's take the short way, too, if they can.
 *
 * Return: whether the access was made
 */
static bool tap_access_alone_direct(PCITapRegion *region, hwaddr addr,
                                    uint64_t *data, unsigned size, bool write,
                                    MemTxAttrs attrs)
{
    TapAccessAsked asked;

    if (!current_cpu || vfio_trace_vcpu_walks || region->tap->detached) {
        return false;
    }
    asked = tap_access_ask(region, attrs);
    return tap_access_in_gate(region, addr, data, size, write, &asked);
}

static MemTxResult tap_access_with_bql(PCITapRegion *region, hwaddr addr,
                                       uint64_t *data, unsigned size,
                                       bool write, MemTxAttrs attrs,
                                       uint64_t since)
{
    MemTxResult result = MEMTX_OK;

    mmt_gate_close(&region->tap->log->gate);
    if (!tap_access_alone_direct(region, addr, data, size, write, attrs)) {
        result = tap_access_alone(region, addr, data, size, write, attrs);
    }
    pci_tap_traps_count(region, since);
    mmt_gate_open(&region->tap->log->gate);
    return result;
}

/* --- the trap ------------------------------------------------------------ */

/* How often an access looks whether the gate is open again */
#define TRIES 4

/*
 * The gate may be closed for a change, which is over when the BQL is ours (or
 * for ever, when QEMU exits).  So look again: to close the gate here would send
 * the accesses of others this way as well, and so on.  But not with the BQL, for
 * which all of QEMU would wait as long as other vCPUs are quicker (gate.h).
 *
 * A thread that is no vCPU's does not stand still when the machine is reset.
 */
static MemTxResult tap_access_without_bql(PCITapRegion *region, hwaddr addr,
                                          uint64_t *data, unsigned size,
                                          bool write, MemTxAttrs attrs,
                                          uint64_t since)
{
    /* Old or new: it spares others a wait for the gate for nothing. */
    bool may_enter = qatomic_read(&region->direct.enters[write]) &&
                     current_cpu && !vfio_trace_vcpu_walks;
    unsigned tries = may_enter ? TRIES : 0;
    MemTxResult result;

    for (;; tries--) {
        TapAccessTry tried = TAP_ACCESS_NOT_THERE;

        if (likely(tries)) {
            tried = tap_access_direct(region, addr, data, size, write, attrs,
                                      since, 0);
        }
        if (likely(tried == TAP_ACCESS_MADE)) {
            return MEMTX_OK;
        }
        bql_lock();
        /* The time in traps has never had the time of waiting for the BQL. */
        since = vfio_trace_ticks();
        if (tried == TAP_ACCESS_NOT_THERE ||
            !tap_access_enters(region, addr, size, write)) {
            break;
        }
        bql_unlock();
    }
    result = tap_access_with_bql(region, addr, data, size, write, attrs, since);
    bql_unlock();
    return result;
}

static MemTxResult tap_access(PCITapRegion *region, hwaddr addr, uint64_t *data,
                              unsigned size, bool write, MemTxAttrs attrs)
{
    uint64_t since = vfio_trace_ticks();

    if (bql_locked()) {
        return tap_access_with_bql(region, addr, data, size, write, attrs,
                                   since);
    }
    return tap_access_without_bql(region, addr, data, size, write, attrs,
                                  since);
}

static MemTxResult tap_access_read(void *opaque, hwaddr addr, uint64_t *data,
                                   unsigned size, MemTxAttrs attrs)
{
    return tap_access(opaque, addr, data, size, false, attrs);
}

static MemTxResult tap_access_write(void *opaque, hwaddr addr, uint64_t data,
                                    unsigned size, MemTxAttrs attrs)
{
    return tap_access(opaque, addr, &data, size, true, attrs);
}

bool pci_tap_access_exit(PCITapRegion *region, hwaddr addr, uint64_t *data,
                         unsigned size, bool write, MemTxAttrs attrs,
                         uint64_t generation)
{
    return tap_access_direct(region, addr, data, size, write, attrs,
                             vfio_trace_ticks(), generation) == TAP_ACCESS_MADE;
}

/*
 * Every width and address is accepted as the accelerator delivered it.  The
 * shadow decides what the device can take, as QEMU would do without the trap.
 */
const MemoryRegionOps pci_tap_trap_ops = {
    .read_with_attrs = tap_access_read,
    .write_with_attrs = tap_access_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
