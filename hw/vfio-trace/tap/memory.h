/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the guest's memory, as snapshot= and rings= say
 *
 * libguestmem's engine follows the accesses to the device's registers, and says
 * what of the memory is to be logged.  Here it is told of them, and of
 * interrupts and markers; memory-put.c gives it the memory, and puts what it
 * hands out into the log.
 *
 * An access is passed on only if its region has registers that matter in its
 * direction: PCITapRegion's @memory.
 *
 * All of this runs under the BQL, also interrupts (PCIObserver) and markers.
 */
#ifndef HW_VFIO_TRACE_TAP_MEMORY_H
#define HW_VFIO_TRACE_TAP_MEMORY_H

#include "libguestmem/engine.h"
#include "libmmiotrace/entry-put.h"
#include "hw/vfio-trace/tap/memory-plan.h"
#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * struct PCITapMemory: what of the guest's memory a tap logs
 * @tap: the tap
 * @engine: what decides about it
 * @snapshot: GmemFile, those of the engine's files that are parts of snapshot=
 * @marker: called with each marker in the log
 * @started: marks may be put
 * @inside: the engine is at work, and must not be entered
 * @as: the device's address space; NULL: not looked up since the last reset.
 *      (The PCI core keeps the one that the device uses, likewise.)
 * @since: when the current work began; 0: no memory has been read
 * @ns: time spent in all
 * @inline_max: bytes that fit into a mark together with its other words
 * @hex: the bytes of a mark as text
 * @text: the text of a mark
 */
struct PCITapMemory {
    PCITap *tap;
    GmemEngine *engine;
    GPtrArray *snapshot;
    Notifier marker;
    bool started;
    bool inside;
    AddressSpace *as;
    int64_t since;
    int64_t ns;
    size_t inline_max;
    char hex[MMT_MARK_BYTES * 2 + 1];
    char text[MMT_MARK_MAX + 1];
};

/* memory.c: life, and triggers */

/**
 * pci_tap_memory_new() - set up a tap's snapshots and rings
 * @tap: the tap, which has its regions; not attached
 * @plan: the properties
 * @errp: error that names what the device can't have
 *
 * Return: whether it can have all of them
 */
bool pci_tap_memory_new(PCITap *tap, const PCITapMemoryPlan *plan,
                        Error **errp);

/**
 * pci_tap_memory_start() - begin to log
 * @tap: the tap, which has its place in the log
 */
void pci_tap_memory_start(PCITap *tap);

/**
 * pci_tap_memory_stop() - stop logging
 * @tap: the tap, which is being detached
 */
void pci_tap_memory_stop(PCITap *tap);

/**
 * pci_tap_memory_free() - free a tap's snapshots and rings
 * @tap: the tap; may not have any
 */
void pci_tap_memory_free(PCITap *tap);

/**
 * pci_tap_memory_write() - the guest writes
 * @region: the region that is written, with @memory of writes
 * @offset: offset in the region
 * @size: width in bytes, 1 to 8
 * @value: value written
 *
 * To be called when the write has a record, and before it is forwarded.
 */
void pci_tap_memory_write(PCITapRegion *region, uint64_t offset, unsigned size,
                          uint64_t value);

/**
 * pci_tap_memory_read_done() - the guest has read
 * @region: the region that was read, with @memory of reads
 * @offset: offset in the region
 * @size: width in bytes, 1 to 8
 * @value: value that the guest gets
 *
 * To be called when the record is complete.
 */
void pci_tap_memory_read_done(PCITapRegion *region, uint64_t offset,
                              unsigned size, uint64_t value);

/**
 * pci_tap_memory_irq() - an interrupt of the device
 * @tap: the tap
 * @vector: its vector; 0 for INTx
 */
void pci_tap_memory_irq(PCITap *tap, unsigned vector);

/**
 * pci_tap_memory_reset() - the device is reset
 * @tap: the tap
 */
void pci_tap_memory_reset(PCITap *tap);

/* memory-files.c: adding and removing files */

/**
 * pci_tap_memory_add() - add a file
 * @tap: the tap
 * @file: the file, which is taken over
 * @snapshot: it is a part of snapshot=
 * @errp: error that names what the device can't have
 *
 * Return: whether it was added
 */
bool pci_tap_memory_add(PCITap *tap, GmemFile *file, bool snapshot,
                        Error **errp);

/**
 * pci_tap_memory_tell() - say in the log that a file is in use
 * @memory: the tap's memory
 * @file: one of its files
 *
 * Does nothing until pci_tap_memory_start(), and for a part of snapshot=.
 */
void pci_tap_memory_tell(PCITapMemory *memory, const GmemFile *file);

/**
 * pci_tap_memory_is_snapshot() - is a file a part of snapshot=?
 * @memory: the tap's memory
 * @file: one of its files
 */
bool pci_tap_memory_is_snapshot(const PCITapMemory *memory,
                                const GmemFile *file);

/* memory-check.c: registers of a file, and the device's windows */

/**
 * pci_tap_memory_ranges() - number of ranges that the engine's files need
 * @tap: the tap
 */
unsigned pci_tap_memory_ranges(const PCITap *tap);

/**
 * pci_tap_memory_fits() - can a device have a file?
 * @tap: the tap
 * @file: the file, the last one that the engine has
 * @snapshot: it is a part of snapshot=
 * @first: number of ranges that the files before it need
 * @errp: error that names the register and the remedy
 */
bool pci_tap_memory_fits(PCITap *tap, const GmemFile *file, bool snapshot,
                         unsigned first, Error **errp);

/**
 * pci_tap_memory_mind() - set up which accesses the engine is told of
 * @tap: the tap, whose files have changed
 */
void pci_tap_memory_mind(PCITap *tap);

/**
 * pci_tap_memory_forget() - forget registers whose accesses aren't trapped
 * @region: the region, whose windows may have changed
 */
void pci_tap_memory_forget(const PCITapRegion *region);

/**
 * pci_tap_memory_missed() - forget the registers of a region
 * @region: the region; a vCPU has accessed it past the trap
 */
void pci_tap_memory_missed(const PCITapRegion *region);

/* memory-put.c: marks */

/* The engine's view of the guest's memory and of the log; for PCITapMemory */
extern const GmemHost pci_tap_memory_host;

/**
 * pci_tap_memory_slots() - slots of the log's ring for some bytes of memory
 * @len: bytes
 */
uint64_t pci_tap_memory_slots(uint64_t len);

/**
 * pci_tap_memory_room() - the largest piece of memory for a log
 * @log: the log
 *
 * Return: slots of its ring
 */
uint64_t pci_tap_memory_room(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_TAP_MEMORY_H */
