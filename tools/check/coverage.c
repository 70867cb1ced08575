/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: coverage marks, which say what is in the log
 */
#include "tools/check/coverage.h"
#include "tools/check/fault.h"
#include "tools/check/map.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"

/**
 * struct Range: what marks tell of, from the first to the last address
 * @at: the mark that made it as large as it is; line 0: there is none
 * @addr: first address
 * @last: last address
 */
typedef struct Range {
    Place at;
    uint64_t addr;
    uint64_t last;
} Range;

/**
 * struct Region: what is known of a region
 * @told: what is in the log of it, and what is not
 * @emulated: what QEMU answers for
 */
typedef struct Region {
    Range told;
    Range emulated;
} Region;

/* "rom of gpu"; NULL if it is a region that is not known here. */
static char *region_name(const MmtEvent *ev)
{
    static const char *const keys[] = { "bar", "vga", "space" };
    static const char *const words[] = { "rom", "config" };
    MmtSpan id = mmt_mark_value(ev->text, "device");
    g_autofree char *device = mmt_words_printable(id);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(keys); i++) {
        MmtSpan value = mmt_mark_value(ev->text, keys[i]);

        if (value.p) {
            g_autofree char *printable = mmt_words_printable(value);

            return g_strdup_printf("%s=%s of %s", keys[i], printable, device);
        }
    }
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (mmt_words_have(ev->text, words[i])) {
            return g_strdup_printf("%s of %s", words[i], device);
        }
    }
    return NULL;
}

static void name_map(Check *check, const MmtEvent *ev, const char *region)
{
    uint64_t id = mmt_words_number(ev->text, "map");
    MmtSpan vga = mmt_mark_value(ev->text, "vga");
    MmtSpan device = mmt_mark_value(ev->text, "device");
    Map *map;

    if (!id || id > INT32_MAX) {
        FAULT(check, ev, MMT_FIELD_TEXT, "map=%" PRIu64 " is no map id", id);
        return;
    }
    map = check_get_map(check, id);
    g_free(map->region);
    map->region = g_strdup(region);
    g_free(map->owner);
    map->owner = g_strndup(device.p, device.len);
    map->config = mmt_words_have(ev->text, "config");
    map->vga_port = vga.p && !mmt_words_are(vga, "0xa0000");
}

static void cover(Range *range, Place at, uint64_t addr, uint64_t last)
{
    if (!range->at.line) {
        *range = (Range) { .at = at, .addr = addr, .last = last };
    }
    if (addr < range->addr || last > range->last) {
        range->at = at;
    }
    range->addr = MIN(range->addr, addr);
    range->last = MAX(range->last, last);
}

static Region *get_region(Check *check, const char *name)
{
    Region *region;

    if (!check->regions) {
        check->regions = g_hash_table_new_full(g_str_hash, g_str_equal,
                                               g_free, g_free);
    }
    region = g_hash_table_lookup(check->regions, name);
    if (!region) {
        region = g_new0(Region, 1);
        g_hash_table_insert(check->regions, g_strdup(name), region);
    }
    return region;
}

void check_coverage(Check *check, const MmtEvent *ev)
{
    g_autofree char *name = region_name(ev);
    MmtSpan state = mmt_mark_value(ev->text, "state");
    uint64_t addr = mmt_words_number(ev->text, "addr");
    uint64_t len = mmt_words_number(ev->text, "len");
    uint64_t last = addr + (len - 1);
    Region *region;

    if (!name) {
        return;
    }
    if (mmt_mark_value(ev->text, "map").p) {
        name_map(check, ev, name);
    }
    if (!mmt_mark_value(ev->text, "len").p) {
        return;
    }
    if (!len || last < addr) {
        FAULT(check, ev, MMT_FIELD_TEXT,
              "no range is 0x%" PRIx64 " bytes long at 0x%" PRIx64, len, addr);
        return;
    }
    region = get_region(check, name);
    cover(mmt_words_are(state, "emulated") ? &region->emulated : &region->told,
          check->at, addr, last);
}

static int compare_places(gconstpointer a, gconstpointer b)
{
    const Region *x = a;
    const Region *y = b;

    return x->emulated.at.line < y->emulated.at.line
        ? -1 : x->emulated.at.line > y->emulated.at.line;
}

void check_coverage_end(Check *check)
{
    g_autoptr(GList) regions = NULL;
    GList *l;

    if (!check->regions || check->later_part) {
        return;
    }
    regions = g_list_sort(g_hash_table_get_values(check->regions),
                          compare_places);
    for (l = regions; l; l = l->next) {
        const Range *told = &((Region *)l->data)->told;
        const Range *emulated = &((Region *)l->data)->emulated;

        if (emulated->at.line &&
            (!told->at.line || emulated->addr < told->addr ||
             emulated->last > told->last)) {
            check_fault(check, emulated->at, 1,
                        "what QEMU answers for is not within the region, as other marks have it");
        }
    }
}
