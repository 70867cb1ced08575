/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: interrupts and resets
 *
 * QEMU's PCI core reports them before they happen.  It does not see interrupts
 * that KVM delivers without QEMU; irq=on makes VFIO deliver them through QEMU.
 *
 * The gate is closed, so that no access comes between a mark and what a rings
 * file logs for the same reason.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/observer.h"

static void tap_observer_intx(PCIObserver *observer, int pin, int level)
{
    PCITap *tap = container_of(observer, PCITap, observer);
    const char name[] = { 'A' + pin, '\0' };

    if (tap->irq && tap->started) {
        mmt_gate_close(&tap->log->gate);
        vfio_trace_log_own_mark(tap->log, MMT_MARK_IRQ,
                                MMT_TEXT("device", tap->name),
                                MMT_TEXT("intx", name),
                                MMT_NUMBER("level", level));
        if (level) {
            pci_tap_memory_irq(tap, 0);
        }
        mmt_gate_open(&tap->log->gate);
    }
}

static void tap_observer_msi(PCIObserver *observer, bool msix, unsigned vector)
{
    PCITap *tap = container_of(observer, PCITap, observer);

    if (tap->irq && tap->started) {
        mmt_gate_close(&tap->log->gate);
        vfio_trace_log_own_mark(tap->log, MMT_MARK_IRQ,
                                MMT_TEXT("device", tap->name),
                                MMT_TEXT("message", msix ? "msix" : "msi"),
                                MMT_NUMBER("vector", vector));
        pci_tap_memory_irq(tap, vector);
        mmt_gate_open(&tap->log->gate);
    }
}

static void tap_observer_reset(PCIObserver *observer)
{
    PCITap *tap = container_of(observer, PCITap, observer);

    mmt_gate_close(&tap->log->gate);
    vfio_trace_log_own_mark(tap->log, MMT_MARK_RESET,
                            MMT_TEXT("device", tap->name),
                            MMT_TEXT("kind", "bus"));
    /* It ends with these off, and in D0. */
    tap->state = (PCITapState) { 0 };
    pci_tap_memory_reset(tap);
    mmt_gate_open(&tap->log->gate);
}

void pci_tap_observe(PCITap *tap)
{
    tap->observer = (PCIObserver) {
        .intx = tap_observer_intx,
        .msi = tap_observer_msi,
        .reset = tap_observer_reset,
    };
    tap->pdev->observer = &tap->observer;
}

void pci_tap_unobserve(PCITap *tap)
{
    tap->pdev->observer = NULL;
}

PCITap *pci_tap_of(PCIDevice *pdev)
{
    return pdev->observer ? container_of(pdev->observer, PCITap, observer)
                          : NULL;
}
