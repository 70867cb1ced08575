/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: a trace as a sequence of tokens (see log.h)
 *
 * Theory of operation
 *
 * While a window is filled, which device of the other log a device is may not
 * be known yet: tokens get places of their own log, where the region is that of
 * the trace.  diff_log_map() then gives them places of all logs.  Accesses that
 * are left out by that may have been in the middle of a poll, whose parts are
 * joined.
 */
#include "tools/diff/log.h"

#include <string.h>

#include "libmmiotrace/trace.h"

/* No phase was begun yet */
#define NO_PHASE UINT32_MAX

/**
 * struct LogRegion: a region of the trace
 * @device: index of its device in DiffLog.devices
 * @accesses: number of its accesses that were read
 * @known: number for diff_places_region(), or MMT_NO_REGION
 */
typedef struct LogRegion {
    unsigned device;
    uint64_t accesses;
    uint32_t known;
} LogRegion;

/**
 * struct DiffLog: a log
 * @name: its name in messages
 * @analysis: the trace
 * @trace: likewise
 * @places: places of all logs
 * @peer: the log that it is compared with, or NULL
 * @own: places of this log, of tokens from @mapped on
 * @next: for each of @own, the place that followed it last
 * @last_place: of @own, that of the last access
 * @tokens: the window
 * @n: number of tokens in it
 * @room: number of tokens that @tokens has room for
 * @limit: most tokens in it
 * @mapped: tokens that have places of all logs
 * @start: number of the first token in it
 * @runs: DiffRun, of the window
 * @cursor: number of runs up to the token that was looked at last
 * @first_line: line that those of the tokens are relative to
 * @phases: DiffPhase
 * @phase: number of the current phase in the trace, or NO_PHASE
 * @open: a read of the last token's place continues it
 * @last_ns: time of the last access
 * @last_flags: its flags
 * @entries: entries that were read
 * @n_entries: their number
 * @next_entry: the next one
 * @ended: there are no more
 * @traced: it has marks of the tracer
 * @regions: LogRegion, by number in the trace
 * @devices: DiffDevice
 * @numbers: numbers of regions in the trace, by number for diff_places_region()
 * @left_out: classes that are left out
 * @dropped: by class, accesses that were dropped
 * @watch: looks at what is read, or NULL
 * @watch_opaque: its argument
 */
struct DiffLog {
    char *name;
    AnalysisTrace *analysis;
    MmtTrace *trace;
    DiffPlaces *places;
    const DiffLog *peer;
    DiffPlaces *own;
    GArray *next;
    uint32_t last_place;
    DiffToken *tokens;
    uint32_t n;
    uint32_t room;
    uint32_t limit;
    uint32_t mapped;
    uint64_t start;
    GArray *runs;
    guint cursor;
    uint64_t first_line;
    GArray *phases;
    uint32_t phase;
    bool open;
    uint64_t last_ns;
    uint16_t last_flags;
    const MmtEntry *entries;
    size_t n_entries;
    size_t next_entry;
    bool ended;
    bool traced;
    GArray *regions;
    GArray *devices;
    GArray *numbers;
    bool left_out[DIFF_CLASS__MAX];
    uint64_t dropped[DIFF_CLASS__MAX + 1];
    DiffLogWatch *watch;
    void *watch_opaque;
};

static const char *const class_names[] = {
    [DIFF_CLASS_CONFIG] = "config space",
    [DIFF_CLASS_PORT] = "I/O ports",
    [DIFF_CLASS_ROM] = "the ROM",
    [DIFF_CLASS_VGA] = "legacy VGA",
    [DIFF_CLASS_UNPAIRED] = "devices that the other log does not have",
};

const char *diff_class_name(DiffClass class)
{
    return class_names[class];
}

static void begin_places(DiffLog *log)
{
    log->own = diff_places_new();
    log->next = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    log->last_place = 0;
}

static void end_places(DiffLog *log)
{
    g_clear_pointer(&log->own, diff_places_free);
    g_clear_pointer(&log->next, g_array_unref);
}

DiffLog *diff_log_open(const Verb *verb, const char *path, DiffPlaces *places,
                       uint32_t window)
{
    AnalysisTrace *analysis = analysis_open(verb, path);
    DiffLog *log;

    if (!analysis) {
        return NULL;
    }
    log = g_new0(DiffLog, 1);
    log->name = g_strdup(strcmp(path, "-") ? path : "<stdin>");
    log->analysis = analysis;
    log->trace = analysis_trace(analysis);
    log->places = places;
    log->limit = window ? window : DIFF_WINDOW;
    log->runs = g_array_new(FALSE, FALSE, sizeof(DiffRun));
    log->phases = g_array_new(FALSE, FALSE, sizeof(DiffPhase));
    log->phase = NO_PHASE;
    log->regions = g_array_new(FALSE, FALSE, sizeof(LogRegion));
    log->devices = g_array_new(FALSE, FALSE, sizeof(DiffDevice));
    log->numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return log;
}

void diff_log_close(DiffLog *log)
{
    if (!log) {
        return;
    }
    end_places(log);
    g_free(log->tokens);
    g_array_unref(log->runs);
    g_array_unref(log->phases);
    g_array_unref(log->regions);
    g_array_unref(log->devices);
    g_array_unref(log->numbers);
    analysis_free(log->analysis);
    g_free(log->name);
    g_free(log);
}

static unsigned find_device(DiffLog *log, const MmtRegionDevice *is)
{
    DiffDevice device = { .is = is, .number = DIFF_NO_DEVICE };
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        if (g_array_index(log->devices, DiffDevice, i).is == is) {
            return i;
        }
    }
    g_array_append_val(log->devices, device);
    return i;
}

static LogRegion *region_at(const DiffLog *log, uint32_t number)
{
    return &g_array_index(log->regions, LogRegion, number);
}

static LogRegion *get_region(DiffLog *log, uint32_t number)
{
    while (log->regions->len <= number) {
        const MmtRegions *table = mmt_trace_table(log->trace);
        LogRegion region = {
            .device = find_device(log, mmt_regions_device(table,
                                                          log->regions->len)),
            .known = MMT_NO_REGION,
        };

        g_array_append_val(log->regions, region);
    }
    return region_at(log, number);
}

/* What a device's region is called may change while its log is read. */
GArray *diff_log_devices(DiffLog *log)
{
    const MmtRegions *table = mmt_trace_table(log->trace);
    unsigned i;

    if (mmt_trace_regions(log->trace)) {
        get_region(log, mmt_trace_regions(log->trace) - 1);
    }
    for (i = 0; i < log->devices->len; i++) {
        g_array_index(log->devices, DiffDevice, i).accesses = 0;
        g_array_index(log->devices, DiffDevice, i).placed = 0;
    }
    for (i = 0; i < log->regions->len; i++) {
        LogRegion *region = region_at(log, i);
        DiffDevice *device;

        region->device = find_device(log, mmt_regions_device(table, i));
        device = &g_array_index(log->devices, DiffDevice, region->device);
        device->accesses += region->accesses;
        if (strcmp(mmt_trace_region(log->trace, i)->name, "mem")) {
            device->placed += region->accesses;
        }
    }
    return log->devices;
}

bool diff_log_is_port(const DiffLog *log, uint32_t device, int32_t bar)
{
    const MmtRegions *table = mmt_trace_table(log->trace);
    uint32_t i;

    for (i = 0; i < log->regions->len; i++) {
        const MmtPciDev *pci = mmt_regions_pci(table, i);

        if (pci && g_array_index(log->devices, DiffDevice,
                                 region_at(log, i)->device).number == device) {
            return mmt_resource_is_port(pci, bar);
        }
    }
    return false;
}

void diff_log_set_peer(DiffLog *log, const DiffLog *peer)
{
    log->peer = peer;
}

static bool has_device(const DiffLog *log, uint32_t device)
{
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        if (g_array_index(log->devices, DiffDevice, i).number == device) {
            return true;
        }
    }
    return false;
}

static DiffClass class_of(const DiffLog *log, uint32_t number)
{
    const MmtRegion *region = mmt_trace_region(log->trace, number);
    uint32_t device = g_array_index(log->devices, DiffDevice,
                                    region_at(log, number)->device).number;

    if (log->peer && !has_device(log->peer, device)) {
        return DIFF_CLASS_UNPAIRED;
    }
    if (region->number >= 0 && region->number < MMT_REGION_ROM) {
        return diff_log_is_port(log, device, region->number) ||
               (log->peer &&
                diff_log_is_port(log->peer, device, region->number)) ?
               DIFF_CLASS_PORT : DIFF_CLASS_MEMORY;
    }
    switch (region->number) {
    case MMT_REGION_ROM:
        return DIFF_CLASS_ROM;
    case MMT_REGION_CONFIG:
        return DIFF_CLASS_CONFIG;
    case MMT_REGION_VGA_MEMORY:
    case MMT_REGION_VGA_3B0:
    case MMT_REGION_VGA_3C0:
        return DIFF_CLASS_VGA;
    default:
        return DIFF_CLASS_MEMORY;
    }
}

static DiffToken *add_token(DiffLog *log)
{
    if (log->n == log->room) {
        log->room = MIN(MAX(1024, log->room + log->room / 2), log->limit);
        log->tokens = g_renew(DiffToken, log->tokens, log->room);
    }
    return &log->tokens[log->n++];
}

static uint64_t add_hash(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 29;
}

static DiffRun *last_run(DiffLog *log)
{
    return &g_array_index(log->runs, DiffRun, log->runs->len - 1);
}

/* The run of the last token, made if it is one access so far */
static DiffRun *get_run(DiffLog *log)
{
    const DiffToken *token = &log->tokens[log->n - 1];
    DiffRun run = {
        .token = log->n - 1,
        .flags = log->last_flags,
        .rounds = 1,
        .first_ns = log->last_ns,
        .last_ns = log->last_ns,
        .hash = add_hash(0, token->value),
        .last_line = token->line,
    };

    if (!log->runs->len || last_run(log)->token != run.token) {
        g_array_append_val(log->runs, run);
    }
    return last_run(log);
}

static void continue_run(DiffLog *log, const MmtEntry *e, uint64_t value)
{
    DiffToken *token = &log->tokens[log->n - 1];
    DiffRun *run = get_run(log);

    run->rounds++;
    run->changes += value != token->value;
    run->hash = add_hash(run->hash, value);
    run->flags &= e->flags;
    run->last_ns = e->ns;
    run->last_line = e->line - log->first_line;
    token->value = value;
}

static uint64_t low_bytes(uint64_t value, unsigned bytes)
{
    return bytes - 1 < 7 ? value & ((1ull << bytes * 8) - 1) : value;
}

/*
 * Two faults of the kernel's decoder: it logs a load that extends the sign with
 * the whole register, and REX.W C7, a store of eight bytes, as one of four with
 * the eight bytes that follow in the program.
 */
static void correct(DiffPlace *place, uint64_t *value)
{
    uint64_t low = low_bytes(*value, place->width);

    if (low != *value && place->op == MMT_ENTRY_WRITE && place->width == 4) {
        place->width = 8;
        low = (int64_t)(int32_t)low;
    }
    *value = low;
}

/* Drivers repeat themselves: often, the next place is the right one again. */
static uint32_t own_place(DiffLog *log, const DiffPlace *place)
{
    uint32_t *next;
    uint32_t number;

    if (!log->next->len) {
        number = diff_places_add(log->own, place);
        g_array_set_size(log->next, 1);
        return log->last_place = number;
    }
    next = &g_array_index(log->next, uint32_t, log->last_place);
    number = *next;
    if (memcmp(diff_places_get(log->own, number), place, sizeof(*place))) {
        number = diff_places_add(log->own, place);
        *next = number;
        if (number >= log->next->len) {
            g_array_set_size(log->next, number + 1);
        }
    }
    return log->last_place = number;
}

static void add_access(DiffLog *log, const MmtEntry *e)
{
    DiffPlace place;
    uint64_t value = e->value;
    uint32_t number;

    memset(&place, 0, sizeof(place));
    place.offset = e->offset;
    place.region = e->region;
    place.op = e->kind;
    place.width = e->kind == MMT_ENTRY_UNKNOWN ? 0 : e->width;
    correct(&place, &value);
    get_region(log, e->region)->accesses++;
    number = own_place(log, &place);
    if (e->kind == MMT_ENTRY_READ && log->open &&
        log->tokens[log->n - 1].place == number) {
        continue_run(log, e, value);
    } else {
        *add_token(log) = (DiffToken) {
            .value = e->kind == MMT_ENTRY_UNKNOWN ? 0 : value,
            .place = number,
            .line = e->line - log->first_line,
        };
        log->open = e->kind == MMT_ENTRY_READ;
        log->last_ns = e->ns;
        log->last_flags = e->flags;
    }
}

static DiffPhase *last_phase(const DiffLog *log)
{
    return &g_array_index(log->phases, DiffPhase, log->phases->len - 1);
}

static void begin_phase(DiffLog *log, uint32_t number)
{
    DiffPhase phase = {
        .name = mmt_trace_phase(log->trace, number),
        .first = log->start + log->n,
        .end = log->start + log->n,
    };

    log->phase = number;
    log->open = false;
    g_array_append_val(log->phases, phase);
}

/* Return: false if the window is full */
static bool take_entry(DiffLog *log, const MmtEntry *e)
{
    bool is_access = e->kind <= MMT_ENTRY_UNKNOWN && e->region != MMT_NO_REGION;

    if (is_access && log->n && (log->n == log->limit ||
                                e->line - log->first_line > UINT32_MAX)) {
        return false;
    }
    if (e->phase != log->phase) {
        begin_phase(log, e->phase);
    }
    log->traced |= e->flags & MMT_ENTRY_TRACER;
    if (is_access) {
        if (!log->n) {
            log->first_line = e->line;
        }
        add_access(log, e);
    }
    return true;
}

void diff_log_fill(DiffLog *log)
{
    begin_places(log);
    log->open = false;
    while (!log->ended) {
        while (log->next_entry < log->n_entries) {
            if (!take_entry(log, &log->entries[log->next_entry])) {
                last_phase(log)->end = log->start + log->n;
                return;
            }
            log->next_entry++;
        }
        log->n_entries = analysis_next(log->analysis, &log->entries);
        log->next_entry = 0;
        if (log->watch) {
            log->watch(log->watch_opaque, log->entries, log->n_entries);
        }
        log->ended = !log->n_entries;
    }
    if (!log->phases->len) {
        begin_phase(log, 0);
    }
    last_phase(log)->end = log->start + log->n;
}

/* Return: number for diff_places_region() */
static uint32_t known_region(DiffLog *log, uint32_t number)
{
    LogRegion *region = region_at(log, number);
    const MmtRegion *is = mmt_trace_region(log->trace, number);
    uint32_t device = g_array_index(log->devices, DiffDevice,
                                    region->device).number;
    const uint32_t none = MMT_NO_REGION;

    if (region->known == MMT_NO_REGION) {
        region->known = diff_places_add_region(log->places, device, is->number,
                                               is->name);
        while (log->numbers->len <= region->known) {
            g_array_append_val(log->numbers, none);
        }
        g_array_index(log->numbers, uint32_t, region->known) = number;
    }
    return region->known;
}

/**
 * struct PlaceMap: what becomes of the places of a log
 * @to: number of the place of all logs, or DIFF_NO_PLACE: it is left out
 * @class: class of a place that is left out
 */
typedef struct PlaceMap {
    uint32_t *to;
    uint8_t *class;
} PlaceMap;

static PlaceMap map_places(DiffLog *log)
{
    uint32_t n = diff_places_count(log->own);
    PlaceMap map = { g_new(uint32_t, n), g_new(uint8_t, n) };
    g_autofree uint8_t *classes = g_new(uint8_t, log->regions->len);
    uint32_t i;

    for (i = 0; i < log->regions->len; i++) {
        classes[i] = class_of(log, i);
    }
    for (i = 0; i < n; i++) {
        DiffPlace place = *diff_places_get(log->own, i);

        map.class[i] = classes[place.region];
        if (map.class[i] != DIFF_CLASS_MEMORY &&
            log->left_out[map.class[i]]) {
            map.to[i] = DIFF_NO_PLACE;
            continue;
        }
        place.region = known_region(log, place.region);
        map.to[i] = diff_places_add(log->places, &place);
    }
    return map;
}

/**
 * struct Pack: moving tokens together
 * @log: the log
 * @old: the runs before
 * @old_run: the next of them
 * @phase: the next phase whose first token is to be moved
 * @gap: something was left out before the next token
 */
typedef struct Pack {
    DiffLog *log;
    GArray *old;
    guint old_run;
    guint phase;
    bool gap;
} Pack;

static void pack_phases(Pack *p, uint32_t to)
{
    while (p->phase < p->log->phases->len) {
        DiffPhase *phase = &g_array_index(p->log->phases, DiffPhase, p->phase);

        if (phase->first > p->log->start + to) {
            return;
        }
        phase->first = p->log->start + p->log->n;
        p->gap = false;
        p->phase++;
    }
}

static void join_runs(DiffLog *log, const DiffToken *token, const DiffRun *run)
{
    DiffToken *last = &log->tokens[log->n - 1];
    DiffRun *to;

    log->last_flags = 0;
    to = get_run(log);
    to->rounds += run ? run->rounds : 1;
    /* the first value of the second run is not known any more */
    to->changes += run ? run->changes : token->value != last->value;
    to->hash = add_hash(to->hash, run ? run->hash : token->value);
    to->flags = run ? to->flags & run->flags : 0;
    to->last_ns = run ? run->last_ns : 0;
    to->last_line = run ? run->last_line : token->line;
    last->value = token->value;
}

static void pack_token(Pack *p, uint32_t i, uint32_t place)
{
    DiffLog *log = p->log;
    DiffToken token = log->tokens[i];
    const DiffRun *run = NULL;

    token.place = place;
    if (p->old_run < p->old->len &&
        g_array_index(p->old, DiffRun, p->old_run).token == i) {
        run = &g_array_index(p->old, DiffRun, p->old_run++);
    }
    if (p->gap && log->n && log->tokens[log->n - 1].place == place &&
        diff_places_get(log->places, place)->op == MMT_ENTRY_READ) {
        join_runs(log, &token, run);
    } else {
        if (run) {
            g_array_append_val(log->runs, *run);
            last_run(log)->token = log->n;
        }
        log->tokens[log->n++] = token;
    }
    p->gap = false;
}

/* Tokens only move towards the beginning: they are packed where they are. */
static void pack(DiffLog *log, const PlaceMap *map)
{
    uint32_t n = log->n;
    uint32_t i;
    Pack p = { .log = log };

    while (p.old_run < log->runs->len &&
           g_array_index(log->runs, DiffRun, p.old_run).token < log->mapped) {
        p.old_run++;
    }
    p.old = log->runs;
    log->runs = g_array_new(FALSE, FALSE, sizeof(DiffRun));
    g_array_append_vals(log->runs, p.old->data, p.old_run);
    while (p.phase < log->phases->len &&
           g_array_index(log->phases, DiffPhase, p.phase).first <=
           log->start + log->mapped) {
        p.phase++;
    }
    log->n = log->mapped;
    for (i = log->mapped; i < n; i++) {
        uint32_t own = log->tokens[i].place;

        pack_phases(&p, i);
        if (map->to[own] == DIFF_NO_PLACE) {
            p.gap = true;
            if (p.old_run < p.old->len &&
                g_array_index(p.old, DiffRun, p.old_run).token == i) {
                log->dropped[map->class[own]] +=
                    g_array_index(p.old, DiffRun, p.old_run++).rounds;
            } else {
                log->dropped[map->class[own]]++;
            }
        } else {
            pack_token(&p, i, map->to[own]);
        }
    }
    pack_phases(&p, n);
    log->mapped = log->n;
    g_array_unref(p.old);
}

static void end_phases(DiffLog *log)
{
    guint i;

    for (i = 0; i + 1 < log->phases->len; i++) {
        g_array_index(log->phases, DiffPhase, i).end =
            g_array_index(log->phases, DiffPhase, i + 1).first;
    }
    last_phase(log)->end = log->start + log->n;
}

void diff_log_map(DiffLog *log)
{
    PlaceMap map = map_places(log);

    end_places(log);
    pack(log, &map);
    end_phases(log);
    g_free(map.to);
    g_free(map.class);
    log->open = false;
    log->cursor = 0;
}

void diff_log_drop(DiffLog *log, uint64_t to)
{
    uint32_t n = to - log->start;
    uint32_t kept = 0;
    uint32_t lines = n < log->n ? log->tokens[n].line : 0;
    guint i;

    if (log->n > n) {
        memmove(log->tokens, log->tokens + n,
                (size_t)(log->n - n) * sizeof(DiffToken));
    }
    log->n -= n;
    log->mapped -= n;
    log->start = to;
    log->first_line += lines;
    for (i = 0; i < log->n; i++) {
        log->tokens[i].line -= lines;
    }
    for (i = 0; i < log->runs->len; i++) {
        DiffRun run = g_array_index(log->runs, DiffRun, i);

        if (run.token >= n) {
            run.token -= n;
            run.last_line -= lines;
            g_array_index(log->runs, DiffRun, kept++) = run;
        }
    }
    g_array_set_size(log->runs, kept);
    log->cursor = 0;
}

bool diff_log_failed(const DiffLog *log)
{
    return mmt_trace_error(log->trace) || analysis_interrupted();
}

bool diff_log_ended(const DiffLog *log)
{
    return log->ended;
}

ToolStatus diff_log_finish(DiffLog *log)
{
    return analysis_end(log->analysis);
}

const char *diff_log_name(const DiffLog *log)
{
    return log->name;
}

AnalysisTrace *diff_log_analysis(DiffLog *log)
{
    return log->analysis;
}

DiffPlaces *diff_log_places(const DiffLog *log)
{
    return log->places;
}

uint64_t diff_log_start(const DiffLog *log)
{
    return log->start;
}

uint64_t diff_log_end(const DiffLog *log)
{
    return log->start + log->n;
}

const DiffToken *diff_log_token(const DiffLog *log, uint64_t i)
{
    return &log->tokens[i - log->start];
}

uint64_t diff_log_line(const DiffLog *log, uint64_t i)
{
    return log->first_line + diff_log_token(log, i)->line;
}

/* Return: number of runs up to a token */
static guint count_runs(const DiffLog *log, uint32_t token)
{
    const DiffRun *runs = (const DiffRun *)log->runs->data;
    guint low = 0;
    guint high = log->runs->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (runs[middle].token <= token) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Who looks at tokens one after the other finds the next run at once. */
const DiffRun *diff_log_run(const DiffLog *log, uint64_t i)
{
    const DiffRun *runs = (const DiffRun *)log->runs->data;
    uint32_t token = i - log->start;
    guint n = log->cursor;

    if (n < log->runs->len && runs[n].token <= token) {
        n++;
    }
    if ((n && runs[n - 1].token > token) ||
        (n < log->runs->len && runs[n].token <= token)) {
        n = count_runs(log, token);
    }
    /* a cache, and no part of what the log is */
    ((DiffLog *)log)->cursor = n;
    return n && runs[n - 1].token == token ? &runs[n - 1] : NULL;
}

uint64_t diff_log_last_line(const DiffLog *log, uint64_t i)
{
    const DiffRun *run = diff_log_run(log, i);

    return run ? log->first_line + run->last_line : diff_log_line(log, i);
}

const GArray *diff_log_phases(const DiffLog *log)
{
    return log->phases;
}

uint32_t diff_log_phase(const DiffLog *log, uint64_t i)
{
    guint low = 0;
    guint high = log->phases->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(log->phases, DiffPhase, middle).first <= i) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? low - 1 : 0;
}

uint32_t diff_log_region(const DiffLog *log, uint32_t region)
{
    return region < log->numbers->len ?
           g_array_index(log->numbers, uint32_t, region) : MMT_NO_REGION;
}

uint64_t diff_log_accesses(const DiffLog *log, DiffClass class)
{
    uint64_t n = 0;
    uint32_t i;

    for (i = 0; i < log->regions->len; i++) {
        if (class_of(log, i) == class) {
            n += region_at(log, i)->accesses;
        }
    }
    return n;
}

uint64_t diff_log_left_out(const DiffLog *log, DiffClass class)
{
    return log->dropped[class];
}

void diff_log_leave_out(DiffLog *log, DiffClass class)
{
    log->left_out[class] = true;
}

bool diff_log_sees_all(const DiffLog *log)
{
    return log->traced ||
           g_strcmp0(mmt_trace_format(log->trace), "mmiotrace");
}

void diff_log_watch(DiffLog *log, DiffLogWatch *watch, void *opaque)
{
    log->watch = watch;
    log->watch_opaque = opaque;
}
