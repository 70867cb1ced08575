/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what a trace tells of a register (see
 * compile-registers.h)
 *
 * The profile (tools/profile) counts and judges.
 */
#include "tools/sequence/compile-registers.h"

#include <string.h>

#include "tools/profile/classes.h"
#include "tools/profile/counts.h"
#include "tools/profile/engine.h"

/**
 * struct CompileRegisters: the registers
 * @profile: what was counted
 * @judged: by its index, NULL or what is known of a register
 */
struct CompileRegisters {
    Profile *profile;
    CompileRegister **judged;
};

/* What a class of the profile means for a sequence */
static const struct {
    const char *class;
    bool free;
    bool effect;
    bool address;
} meanings[] = {
    { .class = "dma-address", .address = true },
    { .class = "data", .free = true, .effect = true },
    { .class = "clear-on-read", .free = true, .effect = true },
    { .class = "counter", .free = true },
    { .class = "bulk-port", .free = true, .effect = true },
};

CompileRegisters *compile_registers_new(void)
{
    CompileRegisters *registers = g_new0(CompileRegisters, 1);

    registers->profile = profile_new(0);
    return registers;
}

void compile_registers_add(CompileRegisters *registers, const MmtEntry *entry)
{
    profile_add(registers->profile, entry, 0);
}

void compile_registers_finish(CompileRegisters *registers)
{
    profile_finish(registers->profile);
    registers->judged = g_new0(CompileRegister *,
                               profile_registers(registers->profile)->len);
}

static const ProfileClass *find_class(const char *name)
{
    const ProfileClass *class = profile_classes;

    while (class->name && strcmp(class->name, name)) {
        class++;
    }
    return class->name ? class : NULL;
}

static bool is_of_class(const ProfileRegister *reg, const char *name)
{
    const ProfileClass *class = find_class(name);
    ProfileFinding finding;

    if (!class || !profile_judge(class, reg, &finding)) {
        return false;
    }
    profile_finding_clear(&finding);
    return true;
}

static CompileRegister *judge(const ProfileRegister *reg)
{
    CompileRegister *found = g_new0(CompileRegister, 1);
    size_t i;

    if (reg->r) {
        found->ones = reg->r->ones;
        found->zeros = reg->r->zeros;
    }
    if (reg->both) {
        found->sticks = profile_bits_some(&reg->both->followed) &
                        ~reg->both->differ;
    }
    for (i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (is_of_class(reg, meanings[i].class)) {
            found->free |= meanings[i].free;
            found->effect |= meanings[i].effect;
            found->address |= meanings[i].address;
        }
    }
    return found;
}

static int compare(const ProfileRegister *reg, uint32_t region,
                   uint64_t offset)
{
    if (reg->region != region) {
        return reg->region < region ? -1 : 1;
    }
    return reg->offset < offset ? -1 : reg->offset > offset;
}

const CompileRegister *compile_registers_find(CompileRegisters *registers,
                                              uint32_t region,
                                              uint64_t offset)
{
    const GPtrArray *all = profile_registers(registers->profile);
    guint low = 0, high = all->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        int order = compare(all->pdata[middle], region, offset);

        if (order == 0) {
            CompileRegister **judged = &registers->judged[middle];

            *judged = *judged ? *judged : judge(all->pdata[middle]);
            return *judged;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

void compile_registers_free(CompileRegisters *registers)
{
    guint i;

    if (!registers) {
        return;
    }
    for (i = 0; registers->judged &&
                i < profile_registers(registers->profile)->len; i++) {
        g_free(registers->judged[i]);
    }
    g_free(registers->judged);
    profile_free(registers->profile);
    g_free(registers);
}
