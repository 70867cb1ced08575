/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: a selection at work (see select.h) */
#include "libmmiotrace/select.h"

#include <fnmatch.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/selection.h"

/* Registers whose names were tested and are kept */
#define REGS_MAX 65536

typedef enum Fit {
    FIT_UNKNOWN,    /* not tested yet */
    FIT_NONE,       /* no access of the region is selected */
    FIT_PARTLY,     /* it depends on the offset */
    FIT_ALL,
} Fit;

/**
 * struct MmtSelect: state of a selection at work
 * @selection: the selection
 * @regions: regions of the trace
 * @fits: Fit of each region
 * @changes: mmt_regions_changes() that @fits is of
 * @regs: accesses (RegKey) whose registers' names were tested -> selected
 * @named: tests names of registers, or NULL
 * @named_opaque: its argument
 * @matched: for each pattern of a name, has it matched a register?
 * @began: the first entry has come
 * @ended: the last entry has come
 * @phase_fits: the current phase is selected
 * @phase_found: one of them was
 */
struct MmtSelect {
    const MmtSelection *selection;
    const MmtRegions *regions;
    GByteArray *fits;
    uint64_t changes;
    GHashTable *regs;
    MmtSelectNamed *named;
    void *named_opaque;
    bool *matched;
    bool began;
    bool ended;
    bool phase_fits;
    bool phase_found;
};

/* What the names of the registers of an access depend on */
typedef struct RegKey {
    uint64_t offset;
    uint32_t region;
    uint16_t width;
    uint16_t kind;
} RegKey;

G_STATIC_ASSERT(sizeof(RegKey) == 16);

static guint reg_hash(gconstpointer p)
{
    const RegKey *key = p;
    uint64_t h = (key->offset ^ (uint64_t)key->region << 48 ^
                  (uint64_t)key->kind << 40 ^ (uint64_t)key->width << 32) *
                 0x9e3779b97f4a7c15ull;

    return h >> 32;
}

static gboolean reg_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(RegKey));
}

MmtSelect *mmt_select_new(const MmtSelection *selection,
                          const MmtRegions *regions)
{
    MmtSelect *select = g_new0(MmtSelect, 1);

    select->selection = selection;
    select->regions = regions;
    select->fits = g_byte_array_new();
    select->regs = g_hash_table_new_full(reg_hash, reg_equal, g_free, NULL);
    select->matched = g_new0(bool, selection->regs->len + 1);
    select->began = selection->from.kind != MMT_SELECT_BOUND_MARK;
    return select;
}

void mmt_select_free(MmtSelect *select)
{
    if (select) {
        g_byte_array_unref(select->fits);
        g_hash_table_unref(select->regs);
        g_free(select->matched);
        g_free(select);
    }
}

void mmt_select_name(MmtSelect *select, MmtSelectNamed *named, void *opaque)
{
    select->named = named;
    select->named_opaque = opaque;
    g_hash_table_remove_all(select->regs);
}

const char *mmt_select_unmatched(const MmtSelect *select, unsigned i)
{
    GPtrArray *regs = select->selection->regs;
    unsigned k;

    for (k = 0; k < regs->len; k++) {
        if (!select->matched[k] && !i--) {
            return regs->pdata[k];
        }
    }
    return NULL;
}

void mmt_select_begin_phase(MmtSelect *select, uint32_t number,
                            const char *name)
{
    const MmtSelection *s = select->selection;
    unsigned i;

    select->phase_fits = !s->phases->len && !s->phase_names->len;
    for (i = 0; i < s->phases->len; i++) {
        MmtSelectSpan *span = &g_array_index(s->phases, MmtSelectSpan, i);

        select->phase_fits |= number >= span->first && number <= span->last;
    }
    for (i = 0; i < s->phase_names->len; i++) {
        select->phase_fits |=
            !fnmatch(s->phase_names->pdata[i], name, 0);
    }
    select->phase_found |= select->phase_fits;
}

static bool matches(const MmtSelectBound *bound, const char *text, size_t len)
{
    return bound->kind == MMT_SELECT_BOUND_MARK &&
           g_regex_match_full(bound->regex, text, len, 0, 0, NULL, NULL);
}

void mmt_select_mark(MmtSelect *select, const char *text, size_t len)
{
    const MmtSelection *s = select->selection;

    if (!select->began) {
        select->began = matches(&s->from, text, len);
    } else if (!select->ended) {
        select->ended = matches(&s->to, text, len);
    }
}

static bool value_fits(const MmtSelectValue *value, uint64_t v)
{
    return (v & value->mask) == (value->value & value->mask);
}

/* Does an access touch a range?  Its region is known to be the range's. */
static bool offset_fits(const MmtSelectRange *range, const MmtEntry *entry)
{
    uint64_t last = entry->offset + (entry->width ? entry->width - 1 : 0);
    uint8_t op = entry->kind == MMT_ENTRY_READ ? MMT_SELECT_READ :
                 entry->kind == MMT_ENTRY_WRITE ? MMT_SELECT_WRITE :
                 MMT_SELECT_BOTH;

    return last >= range->first && entry->offset <= range->last &&
           (range->ops & op);
}

static bool region_fits(const MmtSelectRange *range, const MmtRegion *region)
{
    return range->name ? region->number < 0 &&
                         !strcmp(range->name, region->name)
                       : region->number >= 0 &&
                         (range->numbers >> region->number & 1);
}

bool mmt_select_has_phase_at(const MmtSelect *select)
{
    return select->selection->points->len;
}

bool mmt_select_phase_at(MmtSelect *select, const MmtEntry *entry)
{
    GArray *points = select->selection->points;
    unsigned i;

    for (i = 0; i < points->len; i++) {
        MmtSelectPoint *point = &g_array_index(points, MmtSelectPoint, i);

        if (entry->kind == MMT_ENTRY_WRITE &&
            offset_fits(&point->range, entry) &&
            region_fits(&point->range,
                        mmt_regions_get(select->regions, entry->region)) &&
            value_fits(&point->value, entry->value)) {
            return true;
        }
    }
    return false;
}

const char *mmt_select_devices(const MmtSelect *select, unsigned i,
                               GPtrArray *found)
{
    const GPtrArray *devices = select->selection->devices;
    uint32_t n = mmt_regions_count(select->regions);
    uint32_t k;

    if (i >= devices->len) {
        return NULL;
    }
    for (k = 0; k < n; k++) {
        const MmtRegionDevice *device = mmt_regions_device(select->regions, k);

        if (mmt_devices_fit(device, devices->pdata[i]) &&
            !g_ptr_array_find(found, device, NULL)) {
            g_ptr_array_add(found, (gpointer)device);
        }
    }
    return devices->pdata[i];
}

static bool any_device_fits(const MmtSelect *select)
{
    const GPtrArray *devices = select->selection->devices;
    uint32_t n = mmt_regions_count(select->regions);
    unsigned i, k;

    for (i = 0; i < devices->len; i++) {
        for (k = 0; k < n; k++) {
            if (mmt_devices_fit(mmt_regions_device(select->regions, k),
                                devices->pdata[i])) {
                return true;
            }
        }
    }
    return !devices->len;
}

unsigned mmt_select_missed(const MmtSelect *select)
{
    return (any_device_fits(select) ? 0 : MMT_MISSED_DEVICE) |
           (select->phase_found ? 0 : MMT_MISSED_PHASE) |
           (select->began ? 0 : MMT_MISSED_FROM);
}

static Fit test_region(const MmtSelect *select, uint32_t number)
{
    const MmtSelection *s = select->selection;
    const MmtRegion *region = mmt_regions_get(select->regions, number);
    const MmtRegionDevice *device = mmt_regions_device(select->regions,
                                                       number);
    Fit fit = s->ranges->len ? FIT_NONE : FIT_ALL;
    bool ok = !s->devices->len;
    unsigned i;

    for (i = 0; i < s->devices->len && !ok; i++) {
        ok = mmt_devices_fit(device, s->devices->pdata[i]);
    }
    if (!ok) {
        return FIT_NONE;
    }
    for (i = 0; i < s->ranges->len && fit != FIT_ALL; i++) {
        MmtSelectRange *range = &g_array_index(s->ranges, MmtSelectRange, i);

        if (region_fits(range, region)) {
            fit = range->first == 0 && range->last == UINT64_MAX &&
                  range->ops == MMT_SELECT_BOTH ? FIT_ALL : FIT_PARTLY;
        }
    }
    return fit;
}

static Fit fit_of(MmtSelect *select, uint32_t number)
{
    uint64_t changes = mmt_regions_changes(select->regions);
    unsigned len;

    /* a device's ID may come after its first access */
    if (changes != select->changes) {
        select->changes = changes;
        g_byte_array_set_size(select->fits, 0);
    }
    len = select->fits->len;
    if (number >= len) {
        g_byte_array_set_size(select->fits, number + 1);
        memset(select->fits->data + len, FIT_UNKNOWN, number + 1 - len);
    }
    if (select->fits->data[number] == FIT_UNKNOWN) {
        select->fits->data[number] = test_region(select, number);
    }
    return select->fits->data[number];
}

static bool range_fits(MmtSelect *select, const MmtEntry *entry)
{
    const MmtRegion *region = mmt_regions_get(select->regions, entry->region);
    GArray *ranges = select->selection->ranges;
    unsigned i;

    for (i = 0; i < ranges->len; i++) {
        MmtSelectRange *range = &g_array_index(ranges, MmtSelectRange, i);

        if (region_fits(range, region) && offset_fits(range, entry)) {
            return true;
        }
    }
    return false;
}

static bool name_fits(MmtSelect *select, const MmtEntry *entry)
{
    const MmtRegion *region = mmt_regions_get(select->regions, entry->region);
    GPtrArray *regs = select->selection->regs;
    bool fits = false;
    char name[192];
    unsigned i;

    snprintf(name, sizeof(name), "%s+0x%" PRIx64, region->name, entry->offset);
    for (i = 0; i < regs->len; i++) {
        if (!fnmatch(regs->pdata[i], name, 0) ||
            (select->named && select->named(regs->pdata[i], entry,
                                            select->named_opaque))) {
            select->matched[i] = true;
            fits = true;
        }
    }
    return fits;
}

/* Names are tested once for each register, as far as there is room. */
static bool reg_fits(MmtSelect *select, const MmtEntry *entry)
{
    RegKey key = { .region = entry->region, .offset = entry->offset };
    gpointer known;
    bool fits;

    if (select->named) {
        key.width = entry->width;
        key.kind = entry->kind;
    }
    if (g_hash_table_lookup_extended(select->regs, &key, NULL, &known)) {
        return GPOINTER_TO_INT(known);
    }
    fits = name_fits(select, entry);
    if (g_hash_table_size(select->regs) < REGS_MAX) {
        g_hash_table_insert(select->regs, g_memdup2(&key, sizeof(key)),
                            GINT_TO_POINTER(fits));
    }
    return fits;
}

static bool in_spans(GArray *spans, uint64_t v)
{
    unsigned i;

    for (i = 0; i < spans->len; i++) {
        MmtSelectSpan *span = &g_array_index(spans, MmtSelectSpan, i);

        if (v >= span->first && v <= span->last) {
            return true;
        }
    }
    return !spans->len;
}

static bool any_value_fits(GArray *values, uint64_t v)
{
    unsigned i;

    for (i = 0; i < values->len; i++) {
        if (value_fits(&g_array_index(values, MmtSelectValue, i), v)) {
            return true;
        }
    }
    return !values->len;
}

static bool bounds_fit(MmtSelect *select, const MmtEntry *entry)
{
    const MmtSelection *s = select->selection;

    if (s->to.kind == MMT_SELECT_BOUND_LINE && entry->line > s->to.number) {
        select->ended = true;
    }
    if (!select->began || select->ended || !select->phase_fits) {
        return false;
    }
    if (s->from.kind == MMT_SELECT_BOUND_LINE &&
        entry->line < s->from.number) {
        return false;
    }
    if (s->from.kind == MMT_SELECT_BOUND_TIME &&
        (!(entry->flags & MMT_ENTRY_TIMED) || entry->ns < s->from.number)) {
        return false;
    }
    return s->to.kind != MMT_SELECT_BOUND_TIME ||
           ((entry->flags & MMT_ENTRY_TIMED) && entry->ns <= s->to.number);
}

bool mmt_select_time(MmtSelect *select, const MmtEntry *entry)
{
    return bounds_fit(select, entry);
}

bool mmt_select_access(MmtSelect *select, const MmtEntry *entry)
{
    const MmtSelection *s = select->selection;
    uint8_t op = entry->kind == MMT_ENTRY_READ ? MMT_SELECT_READ :
                 entry->kind == MMT_ENTRY_WRITE ? MMT_SELECT_WRITE :
                 MMT_SELECT_BOTH;
    Fit fit;

    if (!bounds_fit(select, entry)) {
        return false;
    }
    if ((s->ops && !(s->ops & op)) ||
        (s->widths && !(s->widths >> entry->width & 1)) ||
        !in_spans(s->cpus, entry->cpu) || !in_spans(s->pcs, entry->pc) ||
        !any_value_fits(s->values, entry->value)) {
        return false;
    }
    fit = fit_of(select, entry->region);
    return fit != FIT_NONE && (fit == FIT_ALL || range_fits(select, entry)) &&
           (!s->regs->len || reg_fits(select, entry));
}

bool mmt_select_ended(const MmtSelect *select)
{
    return select->ended;
}
