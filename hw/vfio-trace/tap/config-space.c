/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: config space of a traced device
 *
 * The guest reaches a device's config space through two functions of the
 * device, which are wrapped here.  Not all calls are the guest's: QEMU's root
 * ports read the link state of their devices when the guest reads it from the
 * port.
 *
 * If config space is traced, each access is logged.  In any case, marks are
 * written for changes of decoding, bus mastering and power, and for resets.
 */
#include "qemu/osdep.h"
#include "qemu/range.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "hw/pci/pci.h"
#include "hw/pci/pcie.h"
#include "hw/vfio-trace/log/time.h"
#include "hw/vfio-trace/tap/config-space.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/observer.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/traps.h"
#include "hw/vfio-trace/vcpu/vcpu.h"

#define COMMAND_BITS (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

/* --- marks for changes of state ----------------------------------------- */

static PCITapState tap_config_state_of(PCIDevice *pdev)
{
    PCITapState state = {
        .command = pci_get_word(pdev->config + PCI_COMMAND) & COMMAND_BITS,
    };

    if (pdev->pm_cap) {
        state.power = pci_get_word(pdev->config + pdev->pm_cap + PCI_PM_CTRL) &
                      PCI_PM_CTRL_STATE_MASK;
    }
    return state;
}

static const char *tap_config_on_off(bool on)
{
    return on ? "on" : "off";
}

static void tap_config_tell_changes(PCITap *tap)
{
    static const char *const power[] = { "D0", "D1", "D2", "D3hot" };
    PCITapState now = tap_config_state_of(tap->pdev);

    if (now.command != tap->state.command) {
        vfio_trace_log_own_mark(tap->log, MMT_MARK_COMMAND,
            MMT_TEXT("device", tap->name),
            MMT_TEXT("memory",
                     tap_config_on_off(now.command & PCI_COMMAND_MEMORY)),
            MMT_TEXT("io", tap_config_on_off(now.command & PCI_COMMAND_IO)),
            MMT_TEXT("master",
                     tap_config_on_off(now.command & PCI_COMMAND_MASTER)));
    }
    if (now.power != tap->state.power) {
        vfio_trace_log_own_mark(tap->log, MMT_MARK_POWER,
                                MMT_TEXT("device", tap->name),
                                MMT_TEXT("state", power[now.power]));
    }
    tap->state = now;
}

/*
 * Is it a function level reset?  The hardware does it by itself: VFIO passes
 * the write on, and QEMU is not notified.
 */
static bool tap_config_is_flr(PCIDevice *pdev, uint32_t addr, uint32_t val,
                              int len)
{
    uint8_t af = pci_find_capability(pdev, PCI_CAP_ID_AF);
    uint32_t devctl = pdev->exp.exp_cap + PCI_EXP_DEVCTL;

    if (pdev->exp.exp_cap && ranges_overlap(addr, len, devctl + 1, 1)) {
        return (pci_get_long(pdev->config + pdev->exp.exp_cap +
                             PCI_EXP_DEVCAP) & PCI_EXP_DEVCAP_FLR) &&
               ((val >> ((devctl + 1 - addr) * 8)) &
                (PCI_EXP_DEVCTL_BCR_FLR >> 8));
    }
    if (af && ranges_overlap(addr, len, af + PCI_AF_CTRL, 1)) {
        return (pdev->config[af + PCI_AF_CAP] & PCI_AF_CAP_FLR) &&
               ((val >> ((af + PCI_AF_CTRL - addr) * 8)) & PCI_AF_CTRL_FLR);
    }
    return false;
}

/* --- one access --------------------------------------------------------- */

static MmtSlot *tap_config_begin(PCITapRegion *region, bool write,
                                 uint32_t addr, uint32_t val, int len,
                                 MmtSlot *spare)
{
    VFIOTraceLog *log = region->tap->log;
    MmtSlot *slot;
    MmtRecord rec = {
        .kind = write ? MMT_KIND_CONFIG_WRITE : MMT_KIND_CONFIG_READ,
        .width = len,
        .cpu = current_cpu ? current_cpu->cpu_index : MMT_CPU_NONE,
        .map_id = region->map_id,
        .addr = addr,
        /* Config space may cut a write off at its end; all bytes are logged. */
        .value = val & MAKE_64BIT_MASK(0, len * 8),
    };

    if (unlikely(log->clock_due)) {
        vfio_trace_log_mark_guest_clock(log);
    }
    slot = vfio_trace_log_begin(log, spare);
    /* The attributes of the guest's access are not known here. */
    if (log->pc) {
        rec.pc = vfio_trace_pc((MemTxAttrs) { 0 },
                               VFIO_TRACE_WAY_CONFIG);
    }
    if (log->extra & MMT_EXTRA_SPACE) {
        rec.space = vfio_trace_space((MemTxAttrs) { 0 });
    }
    rec.ns = vfio_trace_log_now(log);
    mmt_slot_fill(slot, &rec);
    vfio_trace_log_issue(log, slot);
    pci_tap_hw_begin(region, addr, len);
    return slot;
}

/**
 * struct TapConfigTimes: when an access began
 * @entered: when it entered our function
 * @entered_ticks: the same moment, by vfio_trace_ticks()
 * @forwarded: when it was forwarded
 */
typedef struct TapConfigTimes {
    uint64_t entered;
    uint64_t entered_ticks;
    uint64_t forwarded;
} TapConfigTimes;

static TapConfigTimes tap_config_enter(void)
{
    return (TapConfigTimes) {
        .entered = get_clock(),
        .entered_ticks = vfio_trace_ticks(),
    };
}

static void tap_config_end(PCITapRegion *region, MmtSlot *slot, bool write,
                           uint32_t val, const TapConfigTimes *times)
{
    PCITapCount *count = write ? &region->write : &region->read;
    MmtRecord *rec = &slot->rec;
    uint64_t now = get_clock();

    rec->latency = MIN(MAX(now - times->forwarded, 1), UINT32_MAX);
    if (!write) {
        rec->value = val & MAKE_64BIT_MASK(0, rec->width * 8);
        rec->ns = vfio_trace_log_now(region->tap->log);
    }
    pci_tap_hw_end(region, rec);
    if (rec->flags & MMT_FLAG_FAILED) {
        region->failed++;
    }
    count->accesses++;
    count->bytes += rec->width;
    pci_tap_traps_count(region, times->entered_ticks);
    if (region->tap->log->extra & MMT_EXTRA_TRAP) {
        rec->trap = MAX(get_clock() - times->entered, 1);
    }
    vfio_trace_log_done(region->tap->log, slot);
}

static uint32_t tap_config_read(PCIDevice *pdev, uint32_t addr, int len)
{
    PCITap *tap = pci_tap_of(pdev);
    PCITapRegion *region = &tap->region[PCI_TAP_CONFIG];
    MmtSlot spare;
    MmtSlot *slot;
    TapConfigTimes times = tap_config_enter();
    uint32_t val;

    if (!pci_tap_region_logs(region, addr, len, PCI_TAP_READ)) {
        return tap->config_read(pdev, addr, len);
    }
    mmt_gate_close(&tap->log->gate);
    slot = tap_config_begin(region, false, addr, 0, len, &spare);
    times.forwarded = get_clock();
    val = tap->config_read(pdev, addr, len);
    tap_config_end(region, slot, false, val, &times);
    mmt_gate_open(&tap->log->gate);
    return val;
}

static void tap_config_write(PCIDevice *pdev, uint32_t addr, uint32_t val,
                             int len)
{
    PCITap *tap = pci_tap_of(pdev);
    PCITapRegion *region = &tap->region[PCI_TAP_CONFIG];
    MmtSlot spare;
    MmtSlot *slot = NULL;
    TapConfigTimes times = tap_config_enter();

    /* VFIO's kernel may take the mmaps away before QEMU knows. */
    pci_tap_gate_close(tap);
    if (pci_tap_region_logs(region, addr, len, PCI_TAP_WRITE)) {
        slot = tap_config_begin(region, true, addr, val, len, &spare);
    }
    if (tap_config_is_flr(pdev, addr, val, len)) {
        vfio_trace_log_own_mark(tap->log, MMT_MARK_RESET,
                                MMT_TEXT("device", tap->name),
                                MMT_TEXT("kind", "flr"));
        pci_tap_memory_reset(tap);
    }
    times.forwarded = get_clock();
    tap->config_write(pdev, addr, val, len);
    if (slot) {
        tap_config_end(region, slot, true, val, &times);
    }
    tap_config_tell_changes(tap);
    pci_tap_gate_open(tap);
}

void pci_tap_config_start(PCITap *tap)
{
    tap->state = tap_config_state_of(tap->pdev);
    tap->config_read = tap->pdev->config_read;
    tap->config_write = tap->pdev->config_write;
    tap->pdev->config_read = tap_config_read;
    tap->pdev->config_write = tap_config_write;
}

void pci_tap_config_stop(PCITap *tap)
{
    tap->pdev->config_read = tap->config_read;
    tap->pdev->config_write = tap->config_write;
}
