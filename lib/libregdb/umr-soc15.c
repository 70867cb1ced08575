/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: umr's ".soc15" files (see umr-soc15.h) */
#include "libregdb/umr-soc15.h"

#include <string.h>

#include "libregdb/hash.h"

/* IPs of a table: the real ones have 40 */
#define IPS_MAX 4096

/**
 * struct RegDbUmrSoc15: a table of bases
 * @path: its file
 * @text: content of the file
 * @end: end of @text
 * @ips: Soc15Ip by the IP's name
 *
 * Rows are parsed when they are needed: a chip has some 40 IPs with 32 rows of
 * 32 numbers each, and uses a row of each.
 */
struct RegDbUmrSoc15 {
    char *path;
    char *text;
    const char *end;
    GHashTable *ips;
};

/**
 * struct Soc15Ip: where the rows of an IP are
 * @p: the first one
 * @line: number of the line before it
 */
typedef struct Soc15Ip {
    const char *p;
    unsigned line;
} Soc15Ip;

void regdb_umr_soc15_free(RegDbUmrSoc15 *soc15)
{
    if (soc15) {
        g_hash_table_unref(soc15->ips);
        g_free(soc15->text);
        g_free(soc15->path);
        g_free(soc15);
    }
}

static bool soc15_is_row(const RegDbUmrLines *lines)
{
    const RegDbUmrWord *word = &lines->words[0];

    return word->len > 2 && word->p[0] == '0' && word->p[1] == 'x';
}

static void soc15_add(RegDbUmrSoc15 *soc15, RegDbSource *source,
                      const RegDbUmrLines *lines)
{
    const RegDbUmrWord *word = &lines->words[0];
    g_autofree char *name = g_strndup(word->p, word->len);
    Soc15Ip *ip;

    if (g_hash_table_contains(soc15->ips, name)) {
        regdb_source_fault(source, lines->line, "'%s' is in the table already",
                           name);
        return;
    }
    ip = g_new(Soc15Ip, 1);
    ip->p = lines->p;
    ip->line = lines->line;
    g_hash_table_insert(soc15->ips, g_steal_pointer(&name), ip);
}

/* The current file is the table's. */
static void soc15_index(RegDbUmrSoc15 *soc15, RegDbSource *source)
{
    RegDbUmrLines lines = { .p = soc15->text, .end = soc15->end };

    while (regdb_umr_next_line(&lines)) {
        if (soc15_is_row(&lines)) {
            if (!g_hash_table_size(soc15->ips)) {
                regdb_source_fault(source, lines.line,
                                   "bases without the name of an IP before them");
            }
        } else if (lines.n != 1 || lines.words[0].len > REGDB_NAME_MAX) {
            regdb_source_fault(source, lines.line,
                               "neither the name of an IP nor a row of bases (0x...)");
        } else if (g_hash_table_size(soc15->ips) >= IPS_MAX) {
            regdb_source_fault(source, lines.line,
                               "the table has more than %u IPs",
                               IPS_MAX);
            return;
        } else {
            soc15_add(soc15, source, &lines);
        }
    }
}

RegDbUmrSoc15 *regdb_umr_soc15_load(RegDbSource *source, const char *path,
                                    unsigned line)
{
    size_t len;
    char *text = regdb_source_read(source, path, line, &len);
    const char *before;
    RegDbUmrSoc15 *soc15;

    if (!text) {
        return NULL;
    }
    soc15 = g_new0(RegDbUmrSoc15, 1);
    soc15->path = g_strdup(path);
    soc15->text = text;
    soc15->end = text + len;
    soc15->ips = g_hash_table_new_full(regdb_hash, g_str_equal, g_free,
                                       g_free);
    before = regdb_source_enter(source, path);
    soc15_index(soc15, source);
    regdb_source_enter(source, before);
    return soc15;
}

/* Parse a row.  The current file is the table's. */
static unsigned soc15_row(RegDbSource *source, const RegDbUmrLines *lines,
                          uint64_t *bases)
{
    unsigned i;

    if (lines->n > REGDB_UMR_BASES_MAX) {
        regdb_source_fault(source, lines->line, "a row has more than %d bases",
                           REGDB_UMR_BASES_MAX);
        return 0;
    }
    for (i = 0; i < lines->n; i++) {
        if (!regdb_umr_number(&lines->words[i], UINT64_MAX, &bases[i])) {
            regdb_source_fault(source, lines->line,
                               "base %u of the row is not a number",
                               i);
            return 0;
        }
    }
    return lines->n;
}

static bool soc15_is_used(const uint64_t *bases, unsigned n)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        if (bases[i]) {
            return true;
        }
    }
    return false;
}

/* Go to the row of an instance. */
static bool soc15_seek(RegDbUmrLines *lines, uint64_t instance)
{
    uint64_t i;

    for (i = 0; i <= instance; i++) {
        if (!regdb_umr_next_line(lines) || !soc15_is_row(lines)) {
            return false;
        }
    }
    return true;
}

unsigned regdb_umr_soc15_bases(const RegDbUmrSoc15 *soc15, RegDbSource *source,
                               const char *ip, uint64_t instance,
                               unsigned line, uint64_t *bases)
{
    const Soc15Ip *found = g_hash_table_lookup(soc15->ips, ip);
    unsigned faults = regdb_source_faults(source);
    const char *before;
    unsigned n = 0;
    RegDbUmrLines lines;

    if (!found) {
        regdb_source_fault(source, line, "%s has no IP '%s'", soc15->path, ip);
        return 0;
    }
    lines.p = found->p;
    lines.end = soc15->end;
    lines.line = found->line;
    before = regdb_source_enter(source, soc15->path);
    if (soc15_seek(&lines, instance)) {
        n = soc15_row(source, &lines, bases);
    }
    regdb_source_enter(source, before);
    /* rows of instances that the chip does not have are all zeros */
    if (!soc15_is_used(bases, n)) {
        if (regdb_source_faults(source) == faults) {
            regdb_source_fault(source, line,
                               "%s has no bases for instance %u of '%s'",
                               soc15->path, (unsigned)instance, ip);
        }
        return 0;
    }
    return n;
}
