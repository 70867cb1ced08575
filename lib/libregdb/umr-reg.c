/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: umr's ".reg" files (see umr-reg.h) */
#include "libregdb/umr-reg.h"

#include <string.h>

#include "libregdb/umr-line.h"

/* BASE of a register whose offset is an address */
#define NO_BASE UINT32_MAX

#define MMIO 0

/* TYPE: umr's enum regclass */
static const struct {
    const char *name;
    const char *brief;
} spaces[] = {
    [MMIO] = { "MMIO", "registers in a BAR" },
    { "DIDT", "registers behind DIDT's index and data" },
    { "SMC", "registers behind an index and data: the SMC's and others'" },
    { "PCIE", "registers behind PCIE's index and data" },
    { "SMN", "registers of the system management network" },
};

/**
 * struct UmrReg: reading of a ".reg" file
 * @source: the source
 * @build: the database
 * @block: the block
 * @lines: the file's lines
 * @number: type of what has no fields
 * @flag: type of a field of one bit
 * @groups: the block in each of the spaces, or NULL
 * @reg: the current register; NULL: it is left out
 * @type: its type, or NULL if it has no fields yet
 * @name: its name
 * @line: its line
 * @fields: number of fields that its line promises
 * @seen: fields of it so far
 * @registers: registers so far
 */
typedef struct UmrReg {
    RegDbSource *source;
    RegDbBuild *build;
    const RegDbUmrBlock *block;
    RegDbUmrLines lines;
    const RegDbType *number;
    const RegDbType *flag;
    RegDbElement *groups[G_N_ELEMENTS(spaces)];
    RegDbElement *reg;
    RegDbType *type;
    char name[REGDB_NAME_MAX + 1];
    unsigned line;
    uint64_t fields;
    unsigned seen;
    unsigned registers;
} UmrReg;

/* The columns of a register's line */
typedef struct UmrRow {
    uint64_t space;
    uint64_t offset;
    uint64_t fields;
    uint64_t is64;
    uint64_t base;
} UmrRow;

static bool umr_limit(UmrReg *r)
{
    regdb_source_fault(r->source, r->lines.line, "%s",
                       regdb_build_error(r->build));
    return false;
}

/* Copy a name.  Return: false if it is too long, after a fault */
static bool umr_name(UmrReg *r, const RegDbUmrWord *word, char *name)
{
    if (word->len > REGDB_NAME_MAX) {
        regdb_source_fault(r->source, r->lines.line,
                           "a name is longer than %d bytes",
                           REGDB_NAME_MAX);
        return false;
    }
    memcpy(name, word->p, word->len);
    name[word->len] = '\0';
    return true;
}

static bool umr_row(UmrReg *r, UmrRow *row)
{
    const RegDbUmrWord *words = r->lines.words;
    unsigned line = r->lines.line;

    if (!regdb_umr_number(&words[1], G_N_ELEMENTS(spaces) - 1, &row->space)) {
        regdb_source_fault(r->source, line, "%s: its type is not 0 to %zu",
                           r->name, G_N_ELEMENTS(spaces) - 1);
        return false;
    }
    if (!regdb_umr_number(&words[2], REGDB_ADDRESS_MAX - 1, &row->offset)) {
        regdb_source_fault(r->source, line,
                           "%s: its offset is not a number below 2^48",
                           r->name);
        return false;
    }
    if (!regdb_umr_number(&words[4], 1, &row->is64)) {
        regdb_source_fault(r->source, line,
                           "%s: whether it has 64 bits is not 0 or 1",
                           r->name);
        return false;
    }
    if (!regdb_umr_number(&words[5], UINT32_MAX, &row->base)) {
        regdb_source_fault(r->source, line,
                           "%s: its base is not a number below 2^32",
                           r->name);
        return false;
    }
    return true;
}

/* Make a register's offset an address. */
static bool umr_place(UmrReg *r, UmrRow *row)
{
    const RegDbUmrBlock *block = r->block;

    if (row->space != MMIO || (row->base == NO_BASE && !block->bases)) {
        return true;
    }
    if (!block->name) {
        if (row->base >= REGDB_UMR_WORDS_MAX - 1) {
            regdb_source_fault(r->source, r->lines.line,
                               "%s: no IP has a base %u", r->name,
                               (unsigned)row->base);
            return false;
        }
        return true;
    }
    if (row->base >= block->n_bases) {
        regdb_source_fault(r->source, r->lines.line,
                           "%s: its base is number %u, but '%s' has %u",
                           r->name, (unsigned)row->base, block->name,
                           block->n_bases);
        return false;
    }
    if (block->bases[row->base] >= REGDB_ADDRESS_MAX - 1 - row->offset) {
        regdb_source_fault(r->source, r->lines.line,
                           "%s: its address is not below 2^48",
                           r->name);
        return false;
    }
    row->offset += block->bases[row->base];
    return true;
}

/* The domain of a register, which is in no chip if the file is read alone. */
static RegDbDomain *umr_domain(UmrReg *r, const UmrRow *row)
{
    bool relative = !r->block->name && row->space == MMIO &&
                    row->base != NO_BASE;
    char base[32];
    bool added;
    RegDbDomain *domain;

    g_snprintf(base, sizeof(base), "BASE%u", (unsigned)row->base);
    domain = regdb_build_domain(r->build,
                                relative ? base : spaces[row->space].name, 32,
                                &added);
    if (domain && added) {
        domain->brief = regdb_build_string(
            r->build, relative ? "offsets from a base of the IP block" :
            spaces[row->space].brief, -1);
        if (!domain->brief) {
            return NULL;
        }
    }
    return domain;
}

/* The block's group in a space: its registers are "gfx900.mmGRBM_STATUS". */
static bool umr_group(UmrReg *r, const UmrRow *row, RegDbDomain *domain)
{
    RegDbElement group = {
        .kind = REGDB_STRIPE, .name = r->block->name, .length = 1,
    };

    if (r->block->name && !r->groups[row->space]) {
        r->groups[row->space] = regdb_build_element(r->build, domain, NULL,
                                                    &group);
        return r->groups[row->space];
    }
    return true;
}

/* Several blocks may claim an address, and only one of them can be right. */
static bool umr_note_alias(UmrReg *r, const UmrRow *row)
{
    const RegDbUmrBlock *block = r->block;
    RegDbElement *first;
    g_autofree char *also = NULL;

    if (row->space != MMIO || !block->named) {
        return true;
    }
    first = g_hash_table_lookup(block->named, &row->offset);
    if (!first) {
        g_hash_table_insert(block->named, &r->reg->offset, r->reg);
    } else if (!first->brief) {
        also = g_strdup_printf("also %s.%s", block->name, r->name);
        first->brief = regdb_build_string(r->build, also, -1);
        return first->brief;
    }
    return true;
}

static bool umr_add_register(UmrReg *r, const UmrRow *row)
{
    RegDbElement reg = {
        .kind = REGDB_REGISTER, .access = REGDB_READ_WRITE,
        .bits = row->is64 ? 64 : 32, .name = r->name, .offset = row->offset,
        .length = 1, .type = r->number,
    };
    RegDbDomain *domain = umr_domain(r, row);

    if (!domain || !umr_group(r, row, domain)) {
        return umr_limit(r);
    }
    r->reg = regdb_build_element(r->build, domain, r->groups[row->space],
                                 &reg);
    return (r->reg && umr_note_alias(r, row)) || umr_limit(r);
}

/* Compare the number of a register's fields with what its line says. */
static void umr_end_register(UmrReg *r)
{
    if (r->reg && r->seen != r->fields) {
        regdb_source_fault(r->source, r->line,
                           "%s: the line says %u fields, there are %u",
                           r->name, (unsigned)r->fields, r->seen);
    }
    r->reg = NULL;
    r->type = NULL;
}

static bool umr_register(UmrReg *r)
{
    UmrRow row;

    umr_end_register(r);
    r->registers++;
    r->line = r->lines.line;
    r->seen = 0;
    if (!umr_name(r, &r->lines.words[0], r->name) || !umr_row(r, &row)) {
        return true;
    }
    if (!regdb_umr_number(&r->lines.words[3], UINT32_MAX, &r->fields)) {
        regdb_source_fault(r->source, r->line,
                           "%s: its number of fields is not a number below 2^32",
                           r->name);
        return true;
    }
    return !umr_place(r, &row) || umr_add_register(r, &row);
}

static bool umr_add_field(UmrReg *r, const char *name, uint64_t low,
                          uint64_t high)
{
    RegDbField field = {
        .name = name, .low = low, .high = high,
        .type = low == high ? r->flag : r->number,
    };

    if (!r->type) {
        r->type = regdb_build_type(r->build, REGDB_BITSET);
        if (!r->type) {
            return umr_limit(r);
        }
        r->reg->type = r->type;
    }
    return regdb_build_field(r->build, r->type, &field) || umr_limit(r);
}

static bool umr_field(UmrReg *r)
{
    const RegDbUmrWord *words = r->lines.words;
    char name[REGDB_NAME_MAX + 1];
    uint64_t low, high;

    if (!r->registers) {
        regdb_source_fault(r->source, r->lines.line,
                           "a field before the first register");
        return true;
    }
    r->seen++;
    if (!r->reg || !umr_name(r, &words[0], name)) {
        return true;
    }
    if (!regdb_umr_number(&words[1], UINT32_MAX, &low) ||
        !regdb_umr_number(&words[2], UINT32_MAX, &high) || low > high ||
        high >= r->reg->bits) {
        regdb_source_fault(r->source, r->lines.line,
                           "%s.%s: its bits are not two numbers from 0 to %u, the lower one first",
                           r->name, name, r->reg->bits - 1);
        return true;
    }
    return umr_add_field(r, name, low, high);
}

static bool umr_any_line(UmrReg *r)
{
    if (r->lines.n == 6) {
        return umr_register(r);
    }
    if (r->lines.n == 3) {
        return umr_field(r);
    }
    regdb_source_fault(r->source, r->lines.line,
                       "neither a register (name, type, offset, number of fields, 64 bits or not, base) nor a field (name, first and last bit)");
    return true;
}

bool regdb_umr_load_block(RegDbSource *source, RegDbBuild *build,
                          const RegDbUmrBlock *block, const char *text,
                          size_t len)
{
    UmrReg r = {
        .source = source, .build = build, .block = block,
        .lines = { .p = text, .end = text + len },
        .number = regdb_build_type(build, REGDB_HEX),
        .flag = regdb_build_type(build, REGDB_BOOLEAN),
    };
    uint64_t registers;

    if (!r.number || !r.flag) {
        return umr_limit(&r);
    }
    if (!regdb_umr_next_line(&r.lines) || r.lines.n != 1 ||
        !regdb_umr_number(&r.lines.words[0], UINT32_MAX, &registers)) {
        regdb_source_fault(source, r.lines.line,
                           "the first line is not the number of registers");
        return true;
    }
    while (regdb_umr_next_line(&r.lines)) {
        if (!umr_any_line(&r)) {
            return false;
        }
    }
    umr_end_register(&r);
    if (r.registers != registers) {
        regdb_source_fault(source, 1,
                           "the file says %u registers, there are %u",
                           (unsigned)registers, r.registers);
    }
    return true;
}
