/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to vcd: signals of regions and registers
 */
#ifndef VFIO_TRACE_EXPORT_VCD_REGISTERS_H
#define VFIO_TRACE_EXPORT_VCD_REGISTERS_H

#include <glib.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/export/vcd-out.h"

/* Registers with signals of their own, in all regions together */
#define VCD_REGISTERS_MAX 65536

/* Counters of a region by MmtEntryKind: reads, writes, unknown accesses */
#define VCD_COUNTERS (MMT_ENTRY_UNKNOWN + 1)

/* Signals of a region that have what the last access has */
typedef enum VcdField {
    VCD_OFFSET,
    VCD_VALUE,
    VCD_WIDTH,
    VCD_CPU,
    VCD_FIELDS,
} VcdField;

/**
 * struct VcdRegion: signals of a region
 * @count: numbers of accesses
 * @field: of the last access
 */
typedef struct VcdRegion {
    VcdSignal count[VCD_COUNTERS];
    VcdSignal field[VCD_FIELDS];
} VcdRegion;

/**
 * struct VcdRegister: signal of a register
 * @offset: its offset
 * @region: number of its region
 * @kind: MMT_ENTRY_READ: what was read, or MMT_ENTRY_WRITE
 * @signal: the signal
 */
typedef struct VcdRegister {
    uint64_t offset;
    uint32_t region;
    uint32_t kind;
    VcdSignal signal;
} VcdRegister;

typedef struct VcdRegisters VcdRegisters;

/**
 * vcd_registers_new() - begin
 * @out: the changes
 *
 * Return: the signals, to be freed with vcd_registers_free()
 */
VcdRegisters *vcd_registers_new(VcdOut *out);

void vcd_registers_free(VcdRegisters *registers);

/**
 * vcd_registers_access() - write the changes that an access is
 * @registers: the signals
 * @entry: the access
 */
void vcd_registers_access(VcdRegisters *registers, const MmtEntry *entry);

/**
 * vcd_registers_region() - get the signals of a region
 * @registers: the signals
 * @region: number of the region
 *
 * Return: the signals, or NULL if it was not accessed
 */
const VcdRegion *vcd_registers_region(const VcdRegisters *registers,
                                      uint32_t region);

/**
 * vcd_registers_sorted() - get all registers by region, offset and kind
 * @registers: the signals
 *
 * Return: VcdRegister's, which belong to @registers
 */
GPtrArray *vcd_registers_sorted(const VcdRegisters *registers);

/**
 * vcd_registers_left_out() - count accesses to registers without a signal
 * @registers: the signals
 */
uint64_t vcd_registers_left_out(const VcdRegisters *registers);

#endif /* VFIO_TRACE_EXPORT_VCD_REGISTERS_H */
