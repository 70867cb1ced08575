/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to vcd: signals of regions and registers (see
 * vcd-registers.h)
 */
#include "tools/export/vcd-registers.h"

/**
 * struct VcdRegisters: the signals
 * @out: the changes
 * @regions: VcdRegion by number; NULL if it was not accessed
 * @registers: VcdRegister's, as a set
 * @left_out: accesses to registers beyond the limit
 */
struct VcdRegisters {
    VcdOut *out;
    GPtrArray *regions;
    GHashTable *registers;
    uint64_t left_out;
};

static guint register_hash(gconstpointer p)
{
    const VcdRegister *reg = p;
    uint64_t x = reg->offset ^ (uint64_t)reg->region << 40 ^
                 (uint64_t)reg->kind << 60;

    x *= UINT64_C(0x9e3779b97f4a7c15);
    return x >> 32;
}

static gboolean register_equal(gconstpointer a, gconstpointer b)
{
    const VcdRegister *one = a, *other = b;

    return one->offset == other->offset && one->region == other->region &&
           one->kind == other->kind;
}

VcdRegisters *vcd_registers_new(VcdOut *out)
{
    VcdRegisters *registers = g_new0(VcdRegisters, 1);

    registers->out = out;
    registers->regions = g_ptr_array_new_with_free_func(g_free);
    registers->registers = g_hash_table_new_full(register_hash, register_equal,
                                                 g_free, NULL);
    return registers;
}

void vcd_registers_free(VcdRegisters *registers)
{
    if (registers) {
        g_ptr_array_unref(registers->regions);
        g_hash_table_unref(registers->registers);
        g_free(registers);
    }
}

static VcdRegion *region_new(VcdOut *out)
{
    VcdRegion *region = g_new0(VcdRegion, 1);
    unsigned i;

    for (i = 0; i < VCD_COUNTERS; i++) {
        region->count[i] = vcd_out_signal(out, 1);
    }
    for (i = 0; i < VCD_FIELDS; i++) {
        region->field[i] = vcd_out_signal(out, 1);
    }
    return region;
}

static VcdRegion *region_of(VcdRegisters *registers, uint32_t number)
{
    GPtrArray *regions = registers->regions;

    if (number >= regions->len) {
        g_ptr_array_set_size(regions, number + 1);
    }
    if (!regions->pdata[number]) {
        regions->pdata[number] = region_new(registers->out);
    }
    return regions->pdata[number];
}

/* Return: the register, or NULL if there are too many */
static VcdRegister *register_of(VcdRegisters *registers, const MmtEntry *entry)
{
    VcdRegister key = { .offset = entry->offset, .region = entry->region,
                        .kind = entry->kind };
    VcdRegister *reg = g_hash_table_lookup(registers->registers, &key);

    if (!reg && g_hash_table_size(registers->registers) < VCD_REGISTERS_MAX) {
        key.signal = vcd_out_signal(registers->out, 1);
        reg = g_memdup2(&key, sizeof(key));
        g_hash_table_add(registers->registers, reg);
    }
    return reg;
}

static void take_value(VcdRegisters *registers, VcdRegion *region,
                       const MmtEntry *entry)
{
    VcdRegister *reg;

    if (entry->kind == MMT_ENTRY_UNKNOWN) {
        vcd_out_unknown(registers->out, &region->field[VCD_VALUE]);
        return;
    }
    vcd_out_value(registers->out, &region->field[VCD_VALUE], entry->value);
    reg = register_of(registers, entry);
    if (reg) {
        reg->signal.bits = MAX(reg->signal.bits,
                               MIN(entry->width, 8) * 8u);
        vcd_out_value(registers->out, &reg->signal, entry->value);
    } else {
        registers->left_out++;
    }
}

void vcd_registers_access(VcdRegisters *registers, const MmtEntry *entry)
{
    VcdRegion *region = region_of(registers, entry->region);
    VcdSignal *count = &region->count[entry->kind];

    vcd_out_value(registers->out, count, count->value + 1);
    vcd_out_value(registers->out, &region->field[VCD_OFFSET], entry->offset);
    take_value(registers, region, entry);
    if (entry->width) {
        vcd_out_value(registers->out, &region->field[VCD_WIDTH], entry->width);
    }
    if (entry->cpu != MMT_NO_CPU) {
        vcd_out_value(registers->out, &region->field[VCD_CPU], entry->cpu);
    }
}

const VcdRegion *vcd_registers_region(const VcdRegisters *registers,
                                      uint32_t region)
{
    return region < registers->regions->len ?
           registers->regions->pdata[region] : NULL;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const VcdRegister *one = *(VcdRegister *const *)a;
    const VcdRegister *other = *(VcdRegister *const *)b;

    if (one->region != other->region) {
        return one->region < other->region ? -1 : 1;
    }
    if (one->offset != other->offset) {
        return one->offset < other->offset ? -1 : 1;
    }
    return (int)one->kind - (int)other->kind;
}

GPtrArray *vcd_registers_sorted(const VcdRegisters *registers)
{
    GPtrArray *sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer reg;

    g_hash_table_iter_init(&iter, registers->registers);
    while (g_hash_table_iter_next(&iter, &reg, NULL)) {
        g_ptr_array_add(sorted, reg);
    }
    g_ptr_array_sort(sorted, compare);
    return sorted;
}

uint64_t vcd_registers_left_out(const VcdRegisters *registers)
{
    return registers->left_out;
}
