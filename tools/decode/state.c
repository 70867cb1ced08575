/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: regions and names (see decode.h)
 */
#include "tools/decode/decode.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/trace.h"

/* Registers without a name that are counted */
#define UNNAMED_MAX 100000

static guint unnamed_hash(gconstpointer p)
{
    const DecodeUnnamed *key = p;

    return (key->offset ^ (uint64_t)key->region << 44) *
           0x9e3779b97f4a7c15 >> 32;
}

static gboolean unnamed_equal(gconstpointer a, gconstpointer b)
{
    const DecodeUnnamed *one = a, *other = b;

    return one->region == other->region && one->offset == other->offset;
}

Decode *decode_new(MmtTrace *trace, AnalysisDb *db, ConvertWrite *write,
                   void *opaque)
{
    Decode *d = g_new0(Decode, 1);

    d->trace = trace;
    d->db = db;
    d->db_changes = analysis_db_changes(db);
    d->colors = &decode_no_colors;
    d->marks = true;
    d->names = analysis_names(trace, NULL);
    d->regions = g_array_new(FALSE, TRUE, sizeof(DecodeRegion));
    d->firsts = g_hash_table_new(NULL, NULL);
    d->gpus = nvidia_gpus_new(trace, db);
    d->counts.registers = g_hash_table_new_full(unnamed_hash, unnamed_equal,
                                                g_free, NULL);
    d->work = g_string_new(NULL);
    convert_out_init(&d->out, write, opaque);
    decode_slots_init(&d->named);
    decode_slots_init(&d->bare);
    decode_values_init(&d->values);
    return d;
}

void decode_free(Decode *d)
{
    if (!d) {
        return;
    }
    decode_values_clear(&d->values);
    decode_slots_clear(&d->bare);
    decode_slots_clear(&d->named);
    convert_out_clear(&d->out);
    g_string_free(d->work, TRUE);
    g_hash_table_unref(d->counts.registers);
    nvidia_gpus_free(d->gpus);
    analysis_memory_free(d->memory);
    g_array_unref(d->regions);
    g_hash_table_unref(d->firsts);
    g_free(d);
}

/* Names, and what regions are, may be others now. */
void decode_forget(Decode *d)
{
    g_array_set_size(d->regions, 0);
    decode_slots_forget(&d->named);
    decode_slots_forget(&d->bare);
    nvidia_gpus_changed(d->gpus);
}

/* Have several devices names?  Those that the batch is of count already. */
static void find_several(Decode *d)
{
    uint32_t i;

    for (i = 0; i < d->n_regions && g_hash_table_size(d->firsts) < 2; i++) {
        decode_region(d, i);
    }
    d->several = g_hash_table_size(d->firsts) > 1;
}

void decode_refresh(Decode *d)
{
    uint32_t n = mmt_trace_regions(d->trace);
    bool new = decode_settle(d) || n != d->n_regions;
    bool several = d->several;
    bool were = d->names.several;

    if (n != d->n_regions) {
        d->n_regions = n;
        d->names = analysis_names(d->trace, NULL);
    }
    if (new && !d->several) {
        find_several(d);
    }
    if (several != d->several || were != d->names.several) {
        decode_forget(d);
    }
}

void decode_take_other(Decode *d, const MmtEntry *entry)
{
    const char *line;
    size_t len;

    if (entry->kind == MMT_ENTRY_DEVICE) {
        line = mmt_trace_line(d->trace, entry, &len);
        nvidia_gpus_device(d->gpus, line, len);
        g_array_set_size(d->regions, 0);
    }
}

static bool has_db(Decode *d, uint32_t region)
{
    uint64_t base, end = UINT64_MAX;

    return d->db && (analysis_db_view(d->db, region, 0, &base, &end) ||
                     end != UINT64_MAX);
}

/* BARs, and regions of what is not PCI */
static bool is_memory(const MmtRegion *region)
{
    return region->number < MMT_REGION_ROM;
}

/* The lowest BAR with names that the trace has of a region's device */
static uint32_t find_first(Decode *d, uint32_t number)
{
    const MmtRegion *best = mmt_trace_region(d->trace, number);
    uint32_t first = number;
    uint32_t i;

    for (i = 0; i < mmt_trace_regions(d->trace); i++) {
        const MmtRegion *region = mmt_trace_region(d->trace, i);

        if (region->number >= 0 && region->number < best->number &&
            !strcmp(region->device, best->device) && has_db(d, i)) {
            best = region;
            first = i;
        }
    }
    return first;
}

/*
 * The first BAR of a device with names has none before them; names of its other
 * regions could be taken for that one's.  Config space and the MSI-X table,
 * which a guest accesses first, are not what a log is about.
 */
static bool needs_prefix(Decode *d, uint32_t number)
{
    const MmtRegionDevice *device =
        mmt_regions_device(mmt_trace_table(d->trace), number);
    const MmtRegion *region = mmt_trace_region(d->trace, number);
    gpointer first;

    if (!g_hash_table_lookup_extended(d->firsts, device, NULL, &first)) {
        first = GUINT_TO_POINTER(MMT_NO_REGION);
    }
    if (first == GUINT_TO_POINTER(MMT_NO_REGION) && is_memory(region)) {
        first = GUINT_TO_POINTER(find_first(d, number));
    }
    g_hash_table_insert(d->firsts, (gpointer)device, first);
    return first != GUINT_TO_POINTER(number);
}

static DecodeRegion *fill_region(Decode *d, uint32_t number)
{
    DecodeRegion region = { .known = true, .has_db = has_db(d, number) };

    region.prefix = region.has_db && needs_prefix(d, number);
    region.slots = region.has_db ? &d->named : &d->bare;
    region.nvidia = *nvidia_gpus_region(d->gpus, number);
    if (d->regions->len <= number) {
        g_array_set_size(d->regions, number + 1);
    }
    g_array_index(d->regions, DecodeRegion, number) = region;
    return &g_array_index(d->regions, DecodeRegion, number);
}

bool decode_settle(Decode *d)
{
    unsigned changes = analysis_db_changes(d->db);

    if (changes == d->db_changes) {
        return false;
    }
    d->db_changes = changes;
    decode_forget(d);
    return true;
}

DecodeRegion *decode_region_find(Decode *d, uint32_t number)
{
    DecodeRegion *region;

    do {
        region = fill_region(d, number);
    } while (decode_settle(d));
    return region;
}

const DecodeRegion *decode_ready(Decode *d, const MmtEntry *entry)
{
    uint64_t base, end;

    do {
        analysis_db_view(d->db, entry->region, entry->offset, &base, &end);
    } while (decode_settle(d));
    return decode_region(d, entry->region);
}

/* "gpu:bar0:", "bar1:" or nothing */
static void put_prefix(Decode *d, uint32_t region, GString *text)
{
    AnalysisNames names = d->names;

    if (d->several || decode_region(d, region)->prefix) {
        names.several = d->several;
        analysis_put_region(&names, region, text);
        g_string_append_c(text, ':');
    }
}

/* "[31:16]", if only some bits are reached */
static void put_bits(const RegDbPart *part, GString *text)
{
    if (part->low || part->bits < part->reg->bits) {
        g_string_append_printf(text, "[%u:%u]", part->low + part->bits - 1u,
                               part->low);
    }
}

void decode_put_part(Decode *d, const DecodeSlot *slot, unsigned i,
                     GString *text)
{
    const RegDbPart *part = &slot->reach->parts[i].part;

    if (!part->reg) {
        analysis_put_register(&d->names, slot->region,
                              slot->offset + part->shift / 8, text);
        return;
    }
    put_prefix(d, slot->region, text);
    g_string_append(text, part->reg->name);
    if (part->reg->bits) {
        put_bits(part, text);
    }
}

/* A block of registers of which none is there counts as a name here. */
void decode_put_register(Decode *d, uint32_t region, uint64_t offset,
                         GString *text)
{
    const char *name = analysis_db_name(d->db, region, offset);

    if (!name) {
        analysis_put_register(&d->names, region, offset, text);
        return;
    }
    put_prefix(d, region, text);
    g_string_append(text, name);
}

static int compare_unnamed(const DecodeUnnamed *a, const DecodeUnnamed *b)
{
    if (a->region != b->region) {
        return a->region < b->region ? -1 : 1;
    }
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static void insert_first(DecodeCounts *counts, const DecodeUnnamed *key)
{
    unsigned i = counts->n_first;

    while (i > 0 && compare_unnamed(key, &counts->first[i - 1]) < 0) {
        i--;
    }
    if (i == DECODE_UNNAMED) {
        return;
    }
    counts->n_first = MIN(counts->n_first + 1, DECODE_UNNAMED);
    memmove(&counts->first[i + 1], &counts->first[i],
            (counts->n_first - i - 1) * sizeof(*key));
    counts->first[i] = *key;
}

static void count_unnamed(DecodeCounts *counts, uint32_t region,
                          uint64_t offset)
{
    DecodeUnnamed key = { .region = region, .offset = offset };

    if (g_hash_table_contains(counts->registers, &key)) {
        return;
    }
    if (g_hash_table_size(counts->registers) >= UNNAMED_MAX) {
        counts->more = true;
        return;
    }
    g_hash_table_add(counts->registers, g_memdup2(&key, sizeof(key)));
    insert_first(counts, &key);
}

static bool is_number(const RegDbRegister *reg)
{
    const RegDbType *type = reg ? reg->type : NULL;

    return !type || (type->kind == REGDB_HEX && !type->shr && !type->add);
}

static unsigned find_parts(Decode *d, const DecodeRegion *region,
                           const DecodeSlot *slot, RegDbView **view,
                           uint64_t *base, RegDbPart *parts)
{
    MmtEntry entry = { .kind = slot->kind, .width = slot->width,
                       .region = slot->region, .offset = slot->offset };
    unsigned n = 0;
    uint64_t end;

    *view = NULL;
    *base = 0;
    if (region->has_db) {
        n = slot->width ? analysis_db_parts(d->db, &entry, view, parts) : 0;
        *view = analysis_db_view(d->db, slot->region, slot->offset, base, &end);
    }
    if (*view && !slot->width) {
        /* the register, although not how much of it */
        parts[0] = (RegDbPart) {
            .reg = regdb_view_find(*view, slot->offset - *base,
                                   REGDB_READ_WRITE),
            .bits = 64,
        };
        return 1;
    }
    if (!n) {
        parts[0] = (RegDbPart) { .bits = slot->width ? slot->width * 8 : 64 };
        n = 1;
    }
    return n;
}

void decode_slot_fill(Decode *d, const DecodeRegion *region, DecodeSlot *slot)
{
    RegDbPart parts[REGDB_PARTS_MAX];
    uint64_t base;
    RegDbView *view;
    unsigned n = find_parts(d, region, slot, &view, &base, parts);
    unsigned i;

    slot->flags |= DECODE_NAMED;
    for (i = 0; i < n; i++) {
        const RegDbRegister *reg = parts[i].reg;

        if (!reg || !reg->bits) {
            slot->flags &= ~DECODE_NAMED;
            if (region->has_db) {
                count_unnamed(&d->counts, slot->region,
                              slot->offset + parts[i].shift / 8);
            }
        }
    }
    if (n == 1 && is_number(parts[0].reg)) {
        slot->flags |= DECODE_PLAIN;
    }
    decode_slots_reach(region->slots, slot, view, base, parts, n);
}

const char *decode_gpu_memory(const DecodeRegion *region,
                              const MmtEntry *entry, uint64_t *address)
{
    NvidiaGpu *gpu = region->nvidia.gpu;
    NvidiaBar bar = region->nvidia.bar;
    const char *name;

    if (bar == NVIDIA_MMIO && entry->kind != MMT_ENTRY_UNKNOWN) {
        nvidia_gpu_register(gpu, entry->offset, entry->value);
    }
    name = nvidia_gpu_memory(gpu, bar, entry->offset, address);
    if (name && bar != NVIDIA_FB && entry->kind != MMT_ENTRY_UNKNOWN) {
        nvidia_gpu_store(gpu, *address, entry->width, entry->value);
    }
    return name;
}
