/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: one access of the host's processor to a device's memory
 *
 * Theory of operation
 *
 * VFIO maps a BAR uncached.  Some processors have rules for such memory; x86
 * has none:
 *
 * - On Arm and Power, an address that is not a multiple of the size is a fault,
 *   which kills QEMU (SIGBUS; "Device memory" in the Arm ARM, B2.5.2 "Alignment
 *   of data accesses"; Power ISA 3.1, book III, 7.5.8 "Alignment Interrupt").
 *   A guest may access its BAR write-combined and unaligned.  So such an access
 *   is divided into aligned ones, the largest that fit, from the lowest address
 *   up.
 * - Power orders such accesses with those to ordinary memory by `sync` alone:
 *   without it, another vCPU could enter the log's gate and reach the device
 *   before this access does (Linux: powerpc's mmiowb()).  RISC-V has `fence`
 *   for it (Linux: riscv's mmiowb()).
 */
#ifndef HW_VFIO_TRACE_TAP_LOAD_STORE_H
#define HW_VFIO_TRACE_TAP_LOAD_STORE_H

#include "qemu/bswap.h"
#include "libmmiotrace/aligned.h"

/**
 * pci_tap_first_access() - the first of the accesses that one is divided into
 * @at: address of the bytes that are left, or their offset in a BAR
 * @size: their number: that of the access at first
 *
 * Return: its size; @size if one access is possible
 */
static inline unsigned pci_tap_first_access(uint64_t at, unsigned size)
{
#if defined(__x86_64__) || defined(__i386__)
    return size;
#else
    return mmt_aligned_first(at, size);
#endif
}

static inline void pci_tap_access_end(void)
{
#if defined(__powerpc__)
    asm volatile("sync" : : : "memory");
#elif defined(__riscv)
    asm volatile("fence iorw, iorw" : : : "memory");
#elif !defined(__x86_64__) && !defined(__i386__) && !defined(__aarch64__) && \
      !defined(__arm__) && !defined(__s390x__)
    /* not known: the strongest that there is */
    __sync_synchronize();
#endif
}

/**
 * pci_tap_load() - load from a device's memory
 * @at: where
 * @size: bytes: 1, 2, 4 or 8
 *
 * Return: the value, which the device has in little-endian order
 */
static inline uint64_t pci_tap_load(const uint8_t *at, unsigned size)
{
    unsigned n = pci_tap_first_access((uintptr_t)at, size);
    uint64_t value = ldn_le_p(at, n);
    unsigned done;

    for (done = n; unlikely(done < size); done += n) {
        n = pci_tap_first_access((uintptr_t)at + done, size - done);
        value |= ldn_le_p(at + done, n) << (8 * done);
    }
    pci_tap_access_end();
    return value;
}

/**
 * pci_tap_store() - store to a device's memory
 * @at: where
 * @size: bytes: 1, 2, 4 or 8
 * @value: the value; the device gets it in little-endian order
 */
static inline void pci_tap_store(uint8_t *at, unsigned size, uint64_t value)
{
    unsigned n = pci_tap_first_access((uintptr_t)at, size);
    unsigned done;

    stn_le_p(at, n, value);
    for (done = n; unlikely(done < size); done += n) {
        n = pci_tap_first_access((uintptr_t)at + done, size - done);
        stn_le_p(at + done, n, value >> (8 * done));
    }
    pci_tap_access_end();
}

#endif /* HW_VFIO_TRACE_TAP_LOAD_STORE_H */
