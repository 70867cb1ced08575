/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb convert: a list of ranges
 *
 *      REGION:OFFSET:LEN NAME [r|w] # brief
 *
 * A region has the domain's name.  What is repeated has a line for each, up to
 * a number; of arrays without an end, the first element is written.
 */
#include <inttypes.h>
#include <string.h>

#include "libregdb/build.h"
#include "tools/regdb/regdb.h"

/* Lines of one register, of a database */
#define REPEATS_MAX 4096
#define LINES_MAX (16u << 20)

/**
 * struct Ranges: a domain that is written
 * @part: what to write
 * @region: the domain's name as that of a region
 * @unit: bytes of a unit
 * @lines: lines so far, of all domains
 */
typedef struct Ranges {
    RegdbPart *part;
    char *region;
    unsigned unit;
    unsigned *lines;
} Ranges;

static char *region_name(const char *domain)
{
    char *name = g_ascii_strdown(domain, -1);
    char *p;

    for (p = name; *p; p++) {
        if (!g_ascii_isalnum(*p) && !strchr("-_.", *p)) {
            *p = '_';
        }
    }
    return name;
}

/* The name with indices in the place of "[*]", and without white space */
static char *full_name(const RegDbMatch *match, const uint64_t *index)
{
    GString *name = g_string_new(NULL);
    const char *p = match->name;
    unsigned i = 0;

    while (*p) {
        if (g_str_has_prefix(p, "[*]") && i < match->n_repeats) {
            g_string_append_printf(name, index[i] ? "[0x%" PRIx64 "]" :
                                   "[%" PRIx64 "]", index[i]);
            i++;
            p += 3;
        } else {
            g_string_append_c(name, g_ascii_isspace(*p) ? '_' : *p);
            p++;
        }
    }
    if (*name->str == '#') {
        /* a comment begins with it */
        *name->str = '_';
    }
    return g_string_free(name, FALSE);
}

static uint64_t bytes_of(const Ranges *ranges, const RegDbElement *element)
{
    return element->kind == REGDB_REGISTER ? element->bits / 8 :
           MAX(1, element->stride * ranges->unit);
}

static void put_one(const Ranges *ranges, const RegDbMatch *match,
                    const uint64_t *index, uint64_t offset)
{
    static const char *const access[] = { "", " r", " w", "" };
    const RegDbElement *element = match->element;
    g_autofree char *name = full_name(match, index);

    if (strlen(name) > REGDB_NAME_MAX) {
        ranges->part->lost++;
        return;
    }
    fprintf(ranges->part->out, "%s:0x%" PRIx64 ":0x%" PRIx64 " %s%s",
            ranges->region, offset, bytes_of(ranges, element), name,
            element->kind == REGDB_REGISTER ? access[element->access & 3] :
            "");
    if (element->brief) {
        fprintf(ranges->part->out, " # %s", element->brief);
    }
    fputc('\n', ranges->part->out);
}

/* Counts the indices up, the last one first.  Return: is there another? */
static bool next_index(const RegDbMatch *match, uint64_t *index)
{
    unsigned i;

    for (i = match->n_repeats; i > 0; i--) {
        if (++index[i - 1] < match->length[i - 1]) {
            return true;
        }
        index[i - 1] = 0;
    }
    return false;
}

static bool put_match(const RegDbMatch *match, void *opaque)
{
    Ranges *ranges = opaque;
    uint64_t index[G_N_ELEMENTS(match->length)] = { 0 };
    unsigned n = 0;
    unsigned i;

    do {
        uint64_t offset = match->offset;

        if (n++ == REPEATS_MAX || ++*ranges->lines > LINES_MAX) {
            ranges->part->lost++;
            break;
        }
        for (i = 0; i < match->n_repeats; i++) {
            if (index[i] && !match->stride[i]) {
                /* its offsets follow no stride */
                ranges->part->lost++;
                return true;
            }
            offset += index[i] * match->stride[i];
        }
        put_one(ranges, match, index, offset);
    } while (next_index(match, index));
    for (i = 0; i < match->n_repeats; i++) {
        ranges->part->lost += !match->length[i];
    }
    return true;
}

/* An array of which only the name is known has no registers to go through. */
static void put_areas(const Ranges *ranges, const RegDbDomain *domain,
                      const RegDbView *view)
{
    uint32_t i;

    for (i = 0; i < domain->n_elements; i++) {
        const RegDbElement *element = domain->elements[i];
        const RegDbMatch match = { .name = element->name, .element = element };

        if (element->kind != REGDB_ARRAY || element->n_children ||
            !regdb_view_holds(view, element->when)) {
            continue;
        }
        if (element->length == 1 && !element->offsets) {
            put_one(ranges, &match, NULL, element->offset * ranges->unit);
        } else {
            ranges->part->lost++;
        }
    }
}

static void put_domain(RegdbPart *part, const RegDbDomain *domain,
                       unsigned *lines)
{
    g_autoptr(RegDbView) view = regdb_view_new(part->db, domain,
                                               part->variants);
    Ranges ranges = {
        .part = part, .region = region_name(domain->name),
        .unit = domain->unit / 8, .lines = lines,
    };

    if (regdb_view_holds(view, domain->when)) {
        regdb_view_each(view, NULL, put_match, &ranges);
        put_areas(&ranges, domain, view);
    }
    g_free(ranges.region);
}

void regdb_as_ranges(RegdbPart *part)
{
    unsigned lines = 0;
    uint32_t i;

    for (i = 0; i < part->db->n_domains; i++) {
        if (!part->domain || part->domain == part->db->domains[i]) {
            put_domain(part, part->db->domains[i], &lines);
        }
    }
}
