/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: counts of accesses (see count.h)
 *
 * Theory of operation
 *
 * Groups are an array in the order of their first access.  Drivers repeat
 * themselves, so each group remembers which one followed it: if that is the
 * right one again, and it mostly is, nothing is hashed.  Otherwise a table with
 * open addressing has the number of the group.  Registers that lie next to each
 * other are in one line of the cache there, so that filling a memory region
 * does not miss the cache with each access.  The hash has random factors: a
 * trace can not be made for it.
 */
#include "tools/stat/count.h"

#include <string.h>

/* Slots of a table when it is made; a power of two */
#define SLOTS_FIRST 4096

/* Slots of a line of the cache */
#define LINE_SLOTS 8

/* Key of the group of all others: no access has it. */
#define OTHERS_REGION (UINT32_MAX - 1)

/**
 * struct Slot: a slot of the table
 * @hash: the group's hash
 * @group: its number; 0: the slot is free
 */
typedef struct Slot {
    uint32_t hash;
    uint32_t group;
} Slot;

/**
 * struct Run: reads of one register in a row
 * @offset: the register
 * @region: its region
 * @cpu: the processor
 * @length: their number; 0 after another access
 * @groups: groups of the last two
 */
typedef struct Run {
    uint64_t offset;
    uint32_t region;
    uint32_t cpu;
    uint64_t length;
    uint32_t groups[STAT_POLL_MIN - 1];
} Run;

/**
 * struct StatCounter: state of counting
 * @trace: the trace
 * @by: StatKeyField
 * @mask: bits of the key that distinguish groups
 * @pc_mask: likewise
 * @value_mask: likewise
 * @max: groups at most
 * @factors: random factors of the hash
 * @slots: the table
 * @slot_mask: number of slots less one
 * @groups: the groups; group 0 has all others
 * @n: their number, with group 0
 * @room: groups that @groups has room for
 * @last: group of the last access
 * @run: reads in a row
 * @regions: StatTally by region
 * @no_region: accesses whose region is not known
 * @phases: StatTally by phase
 * @phase: the current phase
 * @phase_start: total when it began
 * @devices: if groups are by device, the first region of each region's device
 * @result: sums
 */
struct StatCounter {
    const MmtTrace *trace;
    unsigned by;
    StatKey mask;
    uint64_t pc_mask;
    uint64_t value_mask;
    uint32_t max;
    uint64_t factors[3];
    Slot *slots;
    uint32_t slot_mask;
    StatGroup *groups;
    uint32_t n;
    uint32_t room;
    uint32_t last;
    Run run;
    GArray *regions;
    StatTally no_region;
    GArray *phases;
    uint32_t phase;
    StatTally phase_start;
    GArray *devices;
    StatResult result;
};

static uint64_t mask_if(const StatCounter *c, unsigned field)
{
    return c->by & field ? UINT64_MAX : 0;
}

StatCounter *stat_counter_new(const MmtTrace *trace, unsigned by, uint32_t max)
{
    StatCounter *c = g_new0(StatCounter, 1);
    unsigned i;

    c->trace = trace;
    c->by = by;
    c->mask = (StatKey) {
        .offset = mask_if(c, STAT_KEY_OFFSET),
        .region = mask_if(c, STAT_KEY_REGION | STAT_KEY_DEVICE),
        .cpu = mask_if(c, STAT_KEY_CPU),
        .phase = mask_if(c, STAT_KEY_PHASE),
        .width = mask_if(c, STAT_KEY_WIDTH),
    };
    c->pc_mask = mask_if(c, STAT_KEY_PC);
    c->value_mask = mask_if(c, STAT_KEY_VALUE);
    c->max = max;
    for (i = 0; i < G_N_ELEMENTS(c->factors); i++) {
        c->factors[i] = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    }
    c->slots = g_new0(Slot, SLOTS_FIRST);
    c->slot_mask = SLOTS_FIRST - 1;
    c->room = MIN(1024, max + 1);
    c->groups = g_new0(StatGroup, c->room);
    c->groups[0].key.region = OTHERS_REGION;
    c->n = 1;
    c->regions = g_array_new(FALSE, TRUE, sizeof(StatTally));
    c->phases = g_array_new(FALSE, TRUE, sizeof(StatTally));
    c->devices = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    return c;
}

void stat_counter_free(StatCounter *c)
{
    if (!c) {
        return;
    }
    g_free(c->slots);
    g_free(c->groups);
    g_array_unref(c->regions);
    g_array_unref(c->phases);
    g_array_unref(c->devices);
    g_free(c);
}

/*
 * Registers of LINE_SLOTS words in a row have the same hash but for the low
 * bits: they are in the same line of the cache.
 */
static uint32_t hash_of(const StatCounter *c, const StatKey *key, uint64_t pc,
                        uint64_t value)
{
    uint64_t line = key->offset / (4 * LINE_SLOTS) * 4 + key->offset % 4;
    uint64_t h = line * c->factors[0];
    uint32_t lane;

    h ^= h >> 32;
    h += ((uint64_t)key->region << 32 | key->cpu) +
         ((uint64_t)key->phase << 8 | key->width) * c->factors[2];
    h *= c->factors[1];
    h ^= h >> 29;
    h += pc + value * c->factors[0];
    h *= c->factors[2];
    lane = (h + key->offset / 4) % LINE_SLOTS;
    return (uint32_t)(h >> 32) / LINE_SLOTS * LINE_SLOTS + lane;
}

static void put_slot(Slot *slots, uint32_t mask, Slot slot)
{
    uint32_t i = slot.hash & mask;

    while (slots[i].group) {
        i = (i + 1) & mask;
    }
    slots[i] = slot;
}

static void grow_slots(StatCounter *c)
{
    uint32_t mask = c->slot_mask * 2 + 1;
    Slot *slots = g_new0(Slot, (size_t)mask + 1);
    uint32_t i;

    for (i = 0; i <= c->slot_mask; i++) {
        if (c->slots[i].group) {
            put_slot(slots, mask, c->slots[i]);
        }
    }
    g_free(c->slots);
    c->slots = slots;
    c->slot_mask = mask;
}

static bool is_group(const StatGroup *group, const StatKey *key, uint64_t pc,
                     uint64_t value)
{
    return group->key.offset == key->offset &&
           group->key.region == key->region && group->key.cpu == key->cpu &&
           group->key.phase == key->phase && group->key.width == key->width &&
           group->pc == pc && group->value == value;
}

static uint32_t new_group(StatCounter *c, const StatKey *key, uint64_t pc,
                          uint64_t value, uint32_t hash)
{
    if (c->n > c->max) {
        return 0;
    }
    if (c->n == c->room) {
        c->room = MIN(c->room * 2, c->max + 1);
        c->groups = g_renew(StatGroup, c->groups, c->room);
    }
    /* half of the slots stay free */
    if (c->n > c->slot_mask / 2 + 1) {
        grow_slots(c);
    }
    c->groups[c->n] = (StatGroup) { .key = *key, .pc = pc, .value = value };
    put_slot(c->slots, c->slot_mask, (Slot) { .hash = hash, .group = c->n });
    return c->n++;
}

static uint32_t find_group(StatCounter *c, const StatKey *key, uint64_t pc,
                           uint64_t value)
{
    uint32_t hash = hash_of(c, key, pc, value);
    uint32_t i = hash & c->slot_mask;

    while (c->slots[i].group) {
        if (c->slots[i].hash == hash &&
            is_group(&c->groups[c->slots[i].group], key, pc, value)) {
            return c->slots[i].group;
        }
        i = (i + 1) & c->slot_mask;
    }
    return new_group(c, key, pc, value, hash);
}

/* The first region of the device of @region */
static uint32_t find_device(StatCounter *c, uint32_t region)
{
    if (region == MMT_NO_REGION) {
        return region;
    }
    while (c->devices->len <= region) {
        uint32_t number = c->devices->len;
        const char *device = mmt_trace_region(c->trace, number)->device;
        uint32_t i = 0;

        while (i < number &&
               strcmp(mmt_trace_region(c->trace, i)->device, device)) {
            i++;
        }
        g_array_append_val(c->devices, i);
    }
    return g_array_index(c->devices, uint32_t, region);
}

static uint32_t find_group_of(StatCounter *c, const MmtEntry *e)
{
    StatKey key = {
        .offset = e->offset & c->mask.offset,
        .region = e->region & c->mask.region,
        .cpu = e->cpu & c->mask.cpu,
        .phase = e->phase & c->mask.phase,
        .width = e->width & c->mask.width,
    };
    uint64_t pc = e->pc & c->pc_mask;
    uint64_t value = e->value & c->value_mask;
    uint32_t number = c->groups[c->last].next;

    if ((c->by & (STAT_KEY_DEVICE | STAT_KEY_REGION)) == STAT_KEY_DEVICE) {
        key.region = find_device(c, e->region);
    }
    if (!is_group(&c->groups[number], &key, pc, value)) {
        number = find_group(c, &key, pc, value);
        c->groups[c->last].next = number;
    }
    return number;
}

/* Groups are by register in most cases: less is compared. */
static inline uint32_t group_of(StatCounter *c, const MmtEntry *e)
{
    uint32_t number = c->groups[c->last].next;
    const StatGroup *group = &c->groups[number];

    if (c->by == STAT_KEY_REGISTER && group->key.offset == e->offset &&
        group->key.region == e->region) {
        return number;
    }
    return find_group_of(c, e);
}

static inline void count_in_group(StatGroup *group, const MmtEntry *e)
{
    group->counts[e->kind]++;
    group->widths |= 1u << (e->width & 15);
    if (!group->first_line) {
        group->first_line = e->line;
    }
    group->last_line = e->line;
    if (!(e->flags & MMT_ENTRY_TIMED)) {
        return;
    }
    if (!group->timed) {
        group->timed = true;
        group->first_ns = e->ns;
    } else if (e->ns > group->last_ns &&
               e->ns - group->last_ns > group->gap_ns) {
        group->gap_ns = e->ns - group->last_ns;
        group->gap_line = e->line;
    }
    group->last_ns = MAX(group->last_ns, e->ns);
}

static StatTally *tally(GArray *array, uint32_t number)
{
    if (number >= array->len) {
        g_array_set_size(array, number + 1);
    }
    return &g_array_index(array, StatTally, number);
}

/* The tally of a region; that of all accesses without one is not shown. */
static inline StatTally *region_tally(StatCounter *c, uint32_t region)
{
    if (region == MMT_NO_REGION) {
        return &c->no_region;
    }
    return tally(c->regions, region);
}

/* Polls are counted when the third read comes, then one by one. */
static void count_poll(StatCounter *c, StatTally *region, uint32_t number)
{
    uint64_t reads = 1;
    unsigned i;

    if (c->run.length == STAT_POLL_MIN) {
        for (i = 0; i < G_N_ELEMENTS(c->run.groups); i++) {
            c->groups[c->run.groups[i]].polls++;
        }
        reads = STAT_POLL_MIN;
    }
    c->groups[number].polls++;
    region->polls += reads;
    c->result.total.polls += reads;
}

static inline void count_run(StatCounter *c, StatTally *region,
                             const MmtEntry *e, uint32_t number)
{
    Run *run = &c->run;

    if (e->kind != MMT_ENTRY_READ) {
        run->length = 0;
        return;
    }
    if (!run->length || run->offset != e->offset || run->region != e->region ||
        run->cpu != e->cpu) {
        run->length = 0;
        run->offset = e->offset;
        run->region = e->region;
        run->cpu = e->cpu;
    }
    run->length++;
    if (run->length >= STAT_POLL_MIN) {
        count_poll(c, region, number);
    } else {
        run->groups[run->length - 1] = number;
    }
}

static void add_gap(StatResult *r, uint64_t ns, const MmtEntry *e)
{
    unsigned i = r->n_gaps < STAT_GAPS ? r->n_gaps++ : STAT_GAPS - 1;

    while (i && r->gaps[i - 1].ns < ns) {
        r->gaps[i] = r->gaps[i - 1];
        i--;
    }
    r->gaps[i] = (StatGap) { .ns = ns, .end_ns = e->ns, .line = e->line };
}

/* Times may go back where a trace was put together. */
static inline void count_time(StatResult *r, const MmtEntry *e)
{
    StatTally *total = &r->total;

    if (!(e->flags & MMT_ENTRY_TIMED)) {
        return;
    }
    if (!total->timed) {
        total->timed = true;
        total->first_ns = e->ns;
    } else if (e->ns > total->last_ns) {
        uint64_t ns = e->ns - total->last_ns;

        if (r->n_gaps < STAT_GAPS || ns > r->gaps[STAT_GAPS - 1].ns) {
            add_gap(r, ns, e);
        }
    }
    total->last_ns = MAX(total->last_ns, e->ns);
}

/* What was counted since the phase began */
static void end_phase(StatCounter *c)
{
    const StatTally *total = &c->result.total;
    StatTally *phase = tally(c->phases, c->phase);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(phase->counts); i++) {
        phase->counts[i] += total->counts[i] - c->phase_start.counts[i];
    }
    phase->polls += total->polls - c->phase_start.polls;
    phase->last_ns = MAX(phase->last_ns, total->last_ns);
    c->phase_start = *total;
}

static void begin_phase(StatCounter *c, const MmtEntry *e)
{
    StatTally *phase;

    if (c->phases->len) {
        end_phase(c);
    }
    c->phase = e->phase;
    phase = tally(c->phases, e->phase);
    if (!stat_total(phase->counts)) {
        phase->first_line = e->line;
        phase->first_ns = e->ns;
        phase->timed = e->flags & MMT_ENTRY_TIMED;
    }
}

static inline void count_access(StatCounter *c, const MmtEntry *e)
{
    StatResult *r = &c->result;
    uint32_t number;
    StatTally *region;

    if (e->phase != c->phase || !c->phases->len) {
        begin_phase(c, e);
    }
    number = group_of(c, e);
    count_in_group(&c->groups[number], e);
    c->last = number;
    region = region_tally(c, e->region);
    region->counts[e->kind]++;
    r->total.counts[e->kind]++;
    r->widths[e->width <= 8 ? e->width : 0]++;
    count_run(c, region, e, number);
    count_time(r, e);
}

static void count_other(StatResult *r, const MmtEntry *e)
{
    if (e->kind == MMT_ENTRY_MARK && !(e->flags & MMT_ENTRY_TRACER)) {
        r->marks++;
    } else if (e->kind == MMT_ENTRY_LOST && e->value == UINT64_MAX) {
        r->lost_unknown = true;
    } else if (e->kind == MMT_ENTRY_LOST) {
        r->lost += MIN(e->value, UINT64_MAX - r->lost);
    }
}

void stat_counter_add(StatCounter *c, const MmtEntry *entries, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (entries[i].kind <= MMT_ENTRY_UNKNOWN) {
            count_access(c, &entries[i]);
        } else {
            count_other(&c->result, &entries[i]);
        }
    }
}

const StatResult *stat_counter_result(StatCounter *c)
{
    StatResult *r = &c->result;

    if (c->phases->len) {
        end_phase(c);
    }
    r->groups = c->groups + 1;
    r->n_groups = c->n - 1;
    r->others = &c->groups[0];
    r->regions = (const StatTally *)c->regions->data;
    r->n_regions = c->regions->len;
    r->phases = (const StatTally *)c->phases->data;
    r->n_phases = c->phases->len;
    return r;
}
