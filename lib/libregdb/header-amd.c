/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: C headers with the names of AMD's GPUs
 *
 *      #define mmNAME                  0x16    register, in words of 32 bits
 *      #define mmNAME_BASE_IDX         0       ... from a base of the chip's
 *      #define NAME__FIELD__SHIFT      0x4
 *      #define NAME__FIELD_MASK        0x000000F0L
 */
#include "libregdb/hash.h"
#include "libregdb/header-internal.h"

#include <string.h>

static const struct {
    const char *prefix;
    const char *domain;
    unsigned unit;
} header_spaces[] = {
    { "mm", "MM", 32 },
    { "reg", "MM", 32 },
    { "ix", "IX", 32 },         /* behind an index and a data register */
    { "smn", "SMN", 8 },        /* addresses of the chip's own network */
    { "cfg", "CFG", 8 },        /* PCI configuration space */
};

bool regdb_header_amd_space(RegDbHeader *header,
                            const RegDbHeaderDefine *define,
                            RegDbHeaderSpace *space)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(header_spaces); i++) {
        size_t len = strlen(header_spaces[i].prefix);
        RegDbHeaderDefine *base;

        if (!g_str_has_prefix(define->name, header_spaces[i].prefix) ||
            !(g_ascii_isupper(define->name[len]) ||
              g_ascii_isdigit(define->name[len]))) {
            continue;
        }
        base = regdb_header_find(header, define->name, strlen(define->name),
                                 "_BASE_IDX");
        space->unit = header_spaces[i].unit;
        space->skip = len;
        if (base && regdb_header_value(header, base) && base->value < 100) {
            g_snprintf(space->domain, sizeof(space->domain), "%s_BASE%u",
                       header_spaces[i].domain, (unsigned)base->value);
        } else {
            g_strlcpy(space->domain, header_spaces[i].domain,
                      sizeof(space->domain));
        }
        return true;
    }
    return false;
}

static bool header_amd_shift(const char *name)
{
    return strstr(name, "__") && g_str_has_suffix(name, "__SHIFT");
}

/* Most of the numbers of a header of AMD's are registers or masks. */
static bool header_amd_is(RegDbHeader *header)
{
    unsigned others = 0;
    unsigned amd = 0;
    guint i;

    for (i = 0; i < header->defines->len; i++) {
        const RegDbHeaderDefine *define = header->defines->pdata[i];
        RegDbHeaderSpace space;

        if (define->form == REGDB_HEADER_HEX) {
            bool is = header_amd_shift(define->name) ||
                      g_str_has_suffix(define->name, "_MASK") ||
                      regdb_header_amd_space(header, define, &space);

            amd += is;
            others += !is;
        }
    }
    return amd > others;
}

static void header_amd_register(RegDbHeader *header,
                                RegDbHeaderDefine *define,
                                GHashTable *registers)
{
    RegDbHeaderSpace space;

    if (g_str_has_suffix(define->name, "_BASE_IDX")) {
        define->role = REGDB_HEADER_PLACE;
        return;
    }
    /* of x_default.h: values, not offsets */
    if (g_str_has_suffix(define->name, "_DEFAULT") ||
        define->form != REGDB_HEADER_HEX ||
        !regdb_header_amd_space(header, define, &space) ||
        !regdb_header_value(header, define)) {
        return;
    }
    define->role = REGDB_HEADER_REGISTER;
    define->bits = space.unit == 8 && define->value & 3 ?
                   (define->value & 1 ? 8 : 16) : 32;
    if (!g_hash_table_contains(registers, define->name + space.skip)) {
        g_hash_table_insert(registers, (void *)(define->name + space.skip),
                            define);
    }
}

/* NAME__FIELD_MASK.  Return: the register NAME, or NULL */
static RegDbHeaderDefine *header_amd_owner(GHashTable *registers,
                                           const char *name)
{
    const char *end = strstr(name, "__");
    g_autofree char *reg = end ? g_strndup(name, end - name) : NULL;

    return reg ? g_hash_table_lookup(registers, reg) : NULL;
}

static void header_amd_field(RegDbHeader *header, RegDbHeaderDefine *define,
                             GHashTable *registers)
{
    RegDbHeaderDefine *owner = header_amd_owner(registers, define->name);
    RegDbHeaderDefine *shift;
    const char *title;
    uint64_t mask;

    if (define->role || !owner ||
        !g_str_has_suffix(define->name, "_MASK") ||
        !regdb_header_value(header, define)) {
        return;
    }
    shift = regdb_header_find(header, define->name, strlen(define->name) -
                              strlen("_MASK"), "__SHIFT");
    mask = define->value;
    if (shift) {
        shift->role = REGDB_HEADER_PLACE;
    }
    if (!regdb_header_is_mask(mask) || mask >> 32 ||
        (shift && regdb_header_value(header, shift) &&
         shift->value != (unsigned)__builtin_ctzll(mask))) {
        return;
    }
    define->role = REGDB_HEADER_FIELD;
    define->owner = owner;
    define->mask = mask;
    title = strstr(define->name, "__") + 2;
    define->title = g_string_chunk_insert_len(header->strings, title,
                                              strlen(title) -
                                              strlen("_MASK"));
}

bool regdb_header_amd(RegDbHeader *header)
{
    g_autoptr(GHashTable) registers = NULL;
    guint i;

    if (!header_amd_is(header)) {
        return false;
    }
    registers = g_hash_table_new(regdb_hash, g_str_equal);
    for (i = 0; i < header->defines->len; i++) {
        header_amd_register(header, header->defines->pdata[i], registers);
    }
    for (i = 0; i < header->defines->len; i++) {
        header_amd_field(header, header->defines->pdata[i], registers);
    }
    return true;
}
