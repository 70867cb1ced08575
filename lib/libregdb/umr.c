/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: databases of umr, AMD's debugger for its GPUs
 *
 * An ".asic" file is a chip: on the first line its name, its SOC15 table
 * ("null": it has none), its family, the number of IP blocks, and what is of
 * no use here; then a line for each block: its name, its IP's name in the
 * SOC15 table, which instance of that it is, and its ".reg" file.
 *
 *      vega10 vega10.soc15 3 13 2 0
 *      gfx900 GC 0 ip/gc_9_0_0.reg
 *
 * A ".reg" file can be loaded alone: offsets are then relative to the bases.
 */
#include <string.h>

#include "libregdb/hash.h"
#include "libregdb/loader.h"
#include "libregdb/umr-line.h"
#include "libregdb/umr-reg.h"
#include "libregdb/umr-soc15.h"

/* Blocks of a chip: the largest ones have 50 */
#define BLOCKS_MAX 4096

/* Instances of an IP, as with umr */
#define INSTANCES_MAX 256

/* Family of the chips whose registers are in BAR 2, not 5 */
#define FAMILY_SI 0

/**
 * struct Umr: reading of an ".asic" file
 * @source: the source
 * @build: the database
 * @lines: lines of the file
 * @soc15: the chip's table of bases, or NULL
 * @names: set of the names of the blocks so far
 * @named: RegDbUmrBlock.named
 */
typedef struct Umr {
    RegDbSource *source;
    RegDbBuild *build;
    RegDbUmrLines lines;
    RegDbUmrSoc15 *soc15;
    GHashTable *names;
    GHashTable *named;
} Umr;

/* Names and paths of the current line are of a sane length. */
static bool umr_fits(const RegDbUmrLines *lines)
{
    unsigned i;

    for (i = 0; i < lines->n; i++) {
        if (lines->words[i].len > REGDB_NAME_MAX) {
            return false;
        }
    }
    return true;
}

static bool umr_is_asic(const RegDbUmrLines *lines)
{
    uint64_t number;

    return lines->n >= 4 && lines->n <= 8 && umr_fits(lines) &&
           regdb_umr_number(&lines->words[2], UINT32_MAX, &number) &&
           regdb_umr_number(&lines->words[3], UINT32_MAX, &number);
}

static bool umr_is_reg(const RegDbUmrLines *lines)
{
    uint64_t number;

    return lines->n == 1 &&
           regdb_umr_number(&lines->words[0], UINT32_MAX, &number);
}

static bool umr_recognise(const char *name, const char *text, size_t len)
{
    RegDbUmrLines lines = { .p = text, .end = text + len };

    return (g_str_has_suffix(name, ".asic") && regdb_umr_next_line(&lines) &&
            umr_is_asic(&lines)) ||
           (g_str_has_suffix(name, ".reg") && regdb_umr_next_line(&lines) &&
            umr_is_reg(&lines));
}

/* A chip's registers are all in one BAR. */
static bool umr_begin_mmio(Umr *umr, uint64_t family)
{
    RegDbDomain *domain = regdb_build_domain(umr->build, "MMIO", 32, NULL);

    if (domain) {
        domain->brief = regdb_build_string(
            umr->build, family == FAMILY_SI ? "registers in BAR 2" :
            "registers in BAR 5", -1);
    }
    if (!domain || !domain->brief) {
        regdb_source_fault(umr->source, 1, "%s", regdb_build_error(umr->build));
        return false;
    }
    return true;
}

/* Instances of a block may have one name: umr writes "vcn250{1}" then. */
static char *umr_block_name(Umr *umr, uint64_t instance)
{
    const RegDbUmrWord *word = &umr->lines.words[0];
    g_autofree char *name = g_strndup(word->p, word->len);

    if (g_hash_table_contains(umr->names, name)) {
        char *numbered = g_strdup_printf("%s{%" G_GUINT64_FORMAT "}", name,
                                         instance);

        g_free(name);
        name = numbered;
    }
    if (strlen(name) > REGDB_NAME_MAX) {
        regdb_source_fault(umr->source, umr->lines.line,
                           "a name is longer than %d bytes",
                           REGDB_NAME_MAX);
        return NULL;
    }
    if (!g_hash_table_add(umr->names, g_strdup(name))) {
        regdb_source_fault(umr->source, umr->lines.line,
                           "'%s' is in the file already",
                           name);
        return NULL;
    }
    return g_steal_pointer(&name);
}

static bool umr_read_block(Umr *umr, const RegDbUmrBlock *block)
{
    const RegDbUmrWord *word = &umr->lines.words[3];
    g_autofree char *path = g_strndup(word->p, word->len);
    g_autofree char *text = NULL;
    const char *before;
    size_t len;
    bool ok;

    text = regdb_source_read(umr->source, path, umr->lines.line, &len);
    if (!text) {
        return true;
    }
    before = regdb_source_enter(umr->source, path);
    ok = regdb_umr_load_block(umr->source, umr->build, block, text, len);
    regdb_source_enter(umr->source, before);
    return ok;
}

/* Return: false at a limit; a block that can't be read is left out */
static bool umr_block(Umr *umr)
{
    const RegDbUmrWord *words = umr->lines.words;
    uint64_t bases[REGDB_UMR_BASES_MAX];
    RegDbUmrBlock block = {
        .bases = umr->soc15 ? bases : NULL, .named = umr->named,
    };
    g_autofree char *name = NULL;
    g_autofree char *ip = NULL;
    uint64_t instance;

    if (umr->lines.n != 4 || !umr_fits(&umr->lines) ||
        !regdb_umr_number(&words[2], INSTANCES_MAX - 1, &instance)) {
        regdb_source_fault(umr->source, umr->lines.line,
                           "not an IP block (name, name in the SOC15 table, instance, file)");
        return true;
    }
    name = umr_block_name(umr, instance);
    if (!name) {
        return true;
    }
    block.name = name;
    if (umr->soc15) {
        ip = g_strndup(words[1].p, words[1].len);
        block.n_bases = regdb_umr_soc15_bases(umr->soc15, umr->source, ip,
                                              instance, umr->lines.line,
                                              bases);
        if (!block.n_bases) {
            return true;
        }
    }
    return umr_read_block(umr, &block);
}

static bool umr_blocks(Umr *umr, uint64_t promised)
{
    unsigned n = 0;

    while (regdb_umr_next_line(&umr->lines)) {
        if (++n > BLOCKS_MAX) {
            regdb_source_fault(umr->source, umr->lines.line,
                               "the file has more than %d IP blocks",
                               BLOCKS_MAX);
            return false;
        }
        if (!umr_block(umr)) {
            return false;
        }
    }
    if (n != promised) {
        regdb_source_fault(umr->source, 1,
                           "the file says %u IP blocks, there are %u",
                           (unsigned)promised, n);
    }
    return true;
}

/* The first line is the current one. */
static bool umr_load_asic(Umr *umr)
{
    const RegDbUmrWord *words = umr->lines.words;
    uint64_t family, blocks;
    g_autofree char *table = NULL;

    regdb_umr_number(&words[2], UINT32_MAX, &family);
    regdb_umr_number(&words[3], UINT32_MAX, &blocks);
    if (!regdb_umr_is(&words[1], "null")) {
        table = g_strndup(words[1].p, words[1].len);
        umr->soc15 = regdb_umr_soc15_load(umr->source, table, umr->lines.line);
        if (!umr->soc15) {
            return false;
        }
    }
    return umr_begin_mmio(umr, family) && umr_blocks(umr, blocks);
}

static bool umr_load(RegDbSource *source, RegDbBuild *build, const char *text,
                     size_t len)
{
    Umr umr = {
        .source = source, .build = build,
        .lines = { .p = text, .end = text + len },
    };
    const RegDbUmrBlock alone = { 0 };
    bool some = regdb_umr_next_line(&umr.lines);
    bool ok;

    if (some && umr_is_reg(&umr.lines)) {
        return regdb_umr_load_block(source, build, &alone, text, len);
    }
    if (!some || !umr_is_asic(&umr.lines)) {
        regdb_source_fault(source, umr.lines.line,
                           "neither a chip (name, SOC15 table, family, number of IP blocks) nor the number of an IP block's registers");
        return false;
    }
    umr.names = g_hash_table_new_full(regdb_hash, g_str_equal, g_free, NULL);
    umr.named = g_hash_table_new(regdb_hash_u64, g_int64_equal);
    ok = umr_load_asic(&umr);
    g_hash_table_unref(umr.names);
    g_hash_table_unref(umr.named);
    regdb_umr_soc15_free(umr.soc15);
    return ok;
}

const RegDbLoader regdb_umr = {
    .name = "umr",
    .brief = "AMD's umr: a chip (.asic) or an IP block (.reg)",
    .recognise = umr_recognise,
    .load = umr_load,
};
