/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the register databases of a trace's devices (see db.h)
 *
 * Theory of operation
 *
 * Each region of the trace has a state: its device, and once there is an access,
 * ranges of the region with the view that names their registers.  Databases are
 * loaded at the first access that is to be named.
 *
 * What decides about names comes in accesses, selected or not: the trace shows
 * all at small offsets (mmt_trace_observe()).  Such an access ends its batch,
 * as a line with other PCI IDs of a device does, and what it says counts from
 * the next batch on: so the entries of a batch are named alike, however the
 * trace's text is cut into batches.
 *
 * When names change, the number of changes does, and states are made anew.
 */
#include "tools/analysis/db.h"
#include "tools/analysis/db-describe.h"
#include "tools/analysis/db-device.h"
#include "tools/analysis/db-files.h"
#include "tools/analysis/db-options.h"
#include "tools/analysis/options.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/select.h"
#include "libmmiotrace/trace.h"

/* Config space: revision and class; its size */
#define CONFIG_CLASS 0x8
#define CONFIG_SIZE 0x1000

/* Accesses below this offset are observed in any case. */
#define OBSERVE_MIN 0x10

/* Names that are made here: of bytes within a register */
#define NAMES_MAX 65536

/* Devices without names that a message tells of */
#define DEVICES_SAID 3

/* Devices or phases that a message lists */
#define LISTED_MAX 10

/**
 * struct Range: a part of a region
 * @base: its first offset
 * @end: the offset behind it
 * @place: the domain that is there
 */
typedef struct Range {
    uint64_t base;
    uint64_t end;
    AnalysisPlace *place;
} Range;

/**
 * struct State: what is known of a region
 * @region: the region, or NULL if the state is empty
 * @changes: changes of names when the state was made
 * @device: its device
 * @placed: @ranges are known
 * @ranges: Range, by their bases, or NULL if there are none
 */
typedef struct State {
    const MmtRegion *region;
    unsigned changes;
    AnalysisDbDevice *device;
    bool placed;
    GArray *ranges;
} State;

/**
 * struct DomainView: view of a domain that is in no region
 * @device: the device
 * @domain: the domain
 * @view: the view
 */
typedef struct DomainView {
    const AnalysisDbDevice *device;
    const RegDbDomain *domain;
    RegDbView *view;
} DomainView;

/**
 * struct AnalysisDb: the databases of a trace
 * @verb: the verb
 * @trace: the trace
 * @files: the databases
 * @devices: MmtRegionDevice -> AnalysisDbDevice
 * @order: the devices, in the order in which they were found
 * @states: State of each region
 * @views: DomainView
 * @changes: number of changes
 * @pending: an access has changed what counts from the next batch on
 * @below: what mmt_trace_observe() was told
 * @names: "REGISTER+0x1"
 * @n_names: number of them
 * @last: region of the last lookup, or MMT_NO_REGION
 * @last_base: its range
 * @last_end: likewise
 * @last_view: view of the range, or NULL
 */
struct AnalysisDb {
    const Verb *verb;
    MmtTrace *trace;
    AnalysisDbFiles *files;
    GHashTable *devices;
    GPtrArray *order;
    GArray *states;
    GArray *views;
    unsigned changes;
    bool pending;
    uint64_t below;
    GHashTable *names;
    uint32_t last;
    uint64_t last_base;
    uint64_t last_end;
    RegDbView *last_view;
};

static bool observe(const MmtEntry *entry, void *opaque);
static bool named(const char *pattern, const MmtEntry *entry, void *opaque);

static void change(AnalysisDb *db)
{
    db->changes++;
    db->last = MMT_NO_REGION;
    g_array_set_size(db->views, 0);
    g_hash_table_remove_all(db->names);
    mmt_trace_name(db->trace, named, db);
}

/*
 * Observe as few accesses as possible: those at small offsets, and those of
 * regions that are new.
 */
static void observe_up_to(AnalysisDb *db, const AnalysisDbDevice *device)
{
    uint64_t below = MAX(db->below, OBSERVE_MIN);
    unsigned i;

    if (device && device->only && !device->other_region) {
        below = UINT64_MAX;
    }
    for (i = 0; device && i < device->places->len; i++) {
        const AnalysisPlace *place = device->places->pdata[i];

        if (!place->known && place->at_region) {
            below = MAX(below, place->at_offset + place->at_bits / 8);
        }
    }
    db->below = below;
    mmt_trace_observe(db->trace, below, db->states->len, observe, db);
}

static bool has_at(const GArray *regions)
{
    unsigned i;

    for (i = 0; regions && i < regions->len; i++) {
        if (g_array_index(regions, RegDbRegionOf, i).at) {
            return true;
        }
    }
    return false;
}

static void choose(AnalysisDb *db, AnalysisDbDevice *device)
{
    if (analysis_db_device_choose(device)) {
        change(db);
    }
    /* where domains are may have to be seen from the first access on */
    if ((analysis_db_options()->db || analysis_db_options()->domains ||
         (device->entry && has_at(device->entry->regions))) &&
        analysis_db_device_load(device)) {
        observe_up_to(db, device);
    }
}

static AnalysisDbDevice *device_of(AnalysisDb *db, uint32_t number)
{
    const MmtRegionDevice *trace =
        mmt_regions_device(mmt_trace_table(db->trace), number);
    AnalysisDbDevice *device = g_hash_table_lookup(db->devices, trace);

    if (!device) {
        device = analysis_db_device_new(db->files, trace);
        g_hash_table_insert(db->devices, (gpointer)trace, device);
        g_ptr_array_add(db->order, device);
        choose(db, device);
    }
    return device;
}

static State *state_of(AnalysisDb *db, uint32_t number)
{
    State *state;

    if (number >= db->states->len) {
        g_array_set_size(db->states, number + 1);
        observe_up_to(db, NULL);
    }
    state = &g_array_index(db->states, State, number);
    if (!state->region || state->changes != db->changes) {
        state->region = mmt_trace_region(db->trace, number);
        state->device = device_of(db, number);
        state->changes = db->changes;
        state->placed = false;
    }
    return state;
}

/* A domain's bytes, as far as there are addresses */
static uint64_t domain_bytes(const RegDbDomain *domain)
{
    uint64_t unit = domain->unit / 8;

    return domain->size && domain->size <= UINT64_MAX / unit ?
           domain->size * unit : UINT64_MAX;
}

static int compare_ranges(gconstpointer a, gconstpointer b)
{
    const Range *x = a;
    const Range *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

static void add_range(State *state, AnalysisPlace *place)
{
    uint64_t bytes = domain_bytes(place->domain);
    Range range = {
        .base = place->offset,
        .end = bytes > UINT64_MAX - place->offset ? UINT64_MAX
                                                  : place->offset + bytes,
        .place = place,
    };

    if (!state->ranges) {
        state->ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    }
    g_array_append_val(state->ranges, range);
}

/* Each domain reaches to the next one at most. */
static void cut_ranges(GArray *ranges)
{
    unsigned i;

    g_array_sort(ranges, compare_ranges);
    for (i = 0; i + 1 < ranges->len; i++) {
        Range *range = &g_array_index(ranges, Range, i);

        range->end = MIN(range->end,
                         g_array_index(ranges, Range, i + 1).base);
    }
}

/* Find the domains of a region that is accessed. */
static void place_domains(AnalysisDb *db, uint32_t number)
{
    State *state = state_of(db, number);
    AnalysisDbDevice *device = state->device;
    unsigned i;

    if (state->placed) {
        return;
    }
    analysis_db_device_load(device);
    state->placed = true;
    g_clear_pointer(&state->ranges, g_array_unref);
    for (i = 0; i < device->places->len; i++) {
        AnalysisPlace *one = device->places->pdata[i];

        if (one->known &&
            !g_ascii_strcasecmp(one->region, state->region->name)) {
            add_range(state, one);
        }
    }
    if (state->ranges) {
        cut_ranges(state->ranges);
    }
}

/* Set @last...: the range around an offset, which may be a gap */
static void look_up(AnalysisDb *db, uint32_t number, uint64_t offset)
{
    State *state;
    unsigned i;

    place_domains(db, number);
    state = &g_array_index(db->states, State, number);
    db->last_base = 0;
    db->last_end = UINT64_MAX;
    db->last_view = NULL;
    for (i = 0; state->ranges && i < state->ranges->len; i++) {
        Range *range = &g_array_index(state->ranges, Range, i);

        if (offset < range->base) {
            db->last_end = range->base;
            break;
        }
        if (offset < range->end) {
            db->last_base = range->base;
            db->last_end = range->end;
            db->last_view = analysis_db_device_view(state->device,
                                                    range->place);
            break;
        }
        db->last_base = range->end;
    }
    db->last = number;
}

static inline RegDbView *find_view(AnalysisDb *db, uint32_t number,
                                   uint64_t offset)
{
    if (number != db->last || offset < db->last_base ||
        offset >= db->last_end) {
        look_up(db, number, offset);
    }
    return db->last_view;
}

/* Return: has the class become known, or more of it? */
static bool take_class(AnalysisDbDevice *device, const MmtEntry *entry)
{
    uint64_t first = CONFIG_CLASS + 1;
    uint32_t class_code;

    if (device->class_whole || entry->value == UINT32_MAX) {
        return false;
    }
    if (entry->offset == CONFIG_CLASS && entry->width == 4) {
        class_code = entry->value >> 8 & 0xffffff;
        device->class_whole = true;
    } else if (entry->offset == first + 1 && entry->width == 2 &&
               !device->class_code) {
        class_code = (entry->value & 0xffff) << 8;
    } else {
        return false;
    }
    device->class_code = class_code;
    return true;
}

/* The trace has config space: where capabilities are is in it. */
static void observe_config(AnalysisDb *db)
{
    if (db->below < CONFIG_SIZE) {
        db->below = CONFIG_SIZE;
        mmt_trace_observe(db->trace, db->below, db->states->len, observe, db);
    }
}

/* Return: does the access change names? */
static bool observe_access(AnalysisDb *db, const MmtEntry *entry)
{
    State *state = state_of(db, entry->region);
    AnalysisDbDevice *device = state->device;
    bool found = false;

    if (device->only && analysis_db_device_access(device, state->region)) {
        return true;
    }
    if (entry->kind != MMT_ENTRY_READ) {
        return false;
    }
    if (state->region->number == MMT_REGION_CONFIG) {
        observe_config(db);
        found = entry->offset + entry->width > CONFIG_CLASS &&
                take_class(device, entry);
    }
    return analysis_db_device_take(device, state->region, entry) || found;
}

/* Have devices that are known other IDs than those they were chosen for? */
static bool has_new_ids(const AnalysisDb *db)
{
    unsigned i;

    for (i = 0; i < db->order->len; i++) {
        const AnalysisDbDevice *device = db->order->pdata[i];

        if (device->vendor != device->trace->vendor ||
            device->device != device->trace->device) {
            return true;
        }
    }
    return false;
}

/* What accesses and lines about devices have said counts from now on. */
static void apply(AnalysisDb *db)
{
    unsigned i;

    db->pending = false;
    for (i = 0; i < db->order->len; i++) {
        AnalysisDbDevice *device = db->order->pdata[i];

        analysis_db_device_apply(device);
        choose(db, device);
    }
    change(db);
}

static bool observe(const MmtEntry *entry, void *opaque)
{
    AnalysisDb *db = opaque;

    if (!entry) {
        if (db->pending) {
            apply(db);
        }
        return false;
    }
    if (entry->kind == MMT_ENTRY_DEVICE ? has_new_ids(db)
                                        : observe_access(db, entry)) {
        db->pending = true;
        return true;
    }
    return false;
}

/* What is behind "WORD:", or the pattern itself if it does not begin so */
static const char *skip_word(const char *pattern, const char *word)
{
    size_t len = strlen(word);

    return !g_ascii_strncasecmp(pattern, word, len) && pattern[len] == ':' ?
           pattern + len + 1 : pattern;
}

/* "bar3:VECTOR" and "gpu:bar3:VECTOR", as decode prints names, too */
static bool named(const char *pattern, const MmtEntry *entry, void *opaque)
{
    AnalysisDb *db = opaque;
    RegDbView *view;
    RegDbPart parts[REGDB_PARTS_MAX];
    unsigned n = analysis_db_parts(db, entry, &view, parts);
    const MmtRegion *region;
    const char *name = pattern;
    unsigned i;

    if (n && strchr(pattern, ':')) {
        region = mmt_trace_region(db->trace, entry->region);
        name = skip_word(skip_word(pattern, region->device), region->name);
    }
    for (i = 0; i < n; i++) {
        if (parts[i].reg && regdb_name_matches(name, parts[i].reg->name)) {
            return true;
        }
    }
    return false;
}

static void clear_domain_view(gpointer p)
{
    regdb_view_free(((DomainView *)p)->view);
}

static void clear_state(gpointer p)
{
    g_clear_pointer(&((State *)p)->ranges, g_array_unref);
}

AnalysisDb *analysis_db_new(const Verb *verb, MmtTrace *trace, bool *failed)
{
    const AnalysisDbOptions *options = analysis_db_options();
    AnalysisDb *db = g_new0(AnalysisDb, 1);

    db->verb = verb;
    db->trace = trace;
    db->files = analysis_db_files_new(verb);
    db->devices = g_hash_table_new(NULL, NULL);
    db->order = g_ptr_array_new_with_free_func(
        (GDestroyNotify)analysis_db_device_free);
    db->states = g_array_new(FALSE, TRUE, sizeof(State));
    g_array_set_clear_func(db->states, clear_state);
    db->views = g_array_new(FALSE, FALSE, sizeof(DomainView));
    g_array_set_clear_func(db->views, clear_domain_view);
    db->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    db->last = MMT_NO_REGION;
    if (options->no_db) {
        return db;
    }
    analysis_db_options_find();
    if (options->db && !analysis_db_device_check(db->files)) {
        *failed = true;
    } else {
        observe_up_to(db, NULL);
        mmt_trace_name(trace, named, db);
    }
    return db;
}

void analysis_db_free(AnalysisDb *db)
{
    if (db) {
        mmt_trace_observe(db->trace, 0, 0, NULL, NULL);
        mmt_trace_name(db->trace, NULL, NULL);
        g_array_unref(db->states);
        g_array_unref(db->views);
        g_hash_table_unref(db->names);
        g_hash_table_unref(db->devices);
        g_ptr_array_unref(db->order);
        analysis_db_files_free(db->files);
        g_free(db);
    }
}

void analysis_db_watch(AnalysisDb *db, const MmtEntry *entries, size_t n)
{
    uint32_t i;

    (void)entries;
    if (n && !analysis_db_options()->no_db) {
        for (i = db->states->len; i < mmt_trace_regions(db->trace); i++) {
            state_of(db, i);
        }
    }
}

bool analysis_db_pending(const AnalysisDb *db)
{
    return db->pending;
}

void analysis_db_apply(AnalysisDb *db)
{
    if (db->pending) {
        apply(db);
    }
}

unsigned analysis_db_changes(const AnalysisDb *db)
{
    return db->changes;
}

RegDbView *analysis_db_view(AnalysisDb *db, uint32_t region, uint64_t offset,
                            uint64_t *base, uint64_t *end)
{
    RegDbView *view;

    if (!db || region == MMT_NO_REGION) {
        return NULL;
    }
    view = find_view(db, region, offset);
    *base = db->last_base;
    *end = db->last_end;
    return view;
}

static RegDbView *domain_view(AnalysisDb *db, const AnalysisDbDevice *device,
                              const RegDbDomain *domain)
{
    DomainView new = { .device = device, .domain = domain };
    unsigned i;

    for (i = 0; i < db->views->len; i++) {
        const DomainView *one = &g_array_index(db->views, DomainView, i);

        if (one->device == device && one->domain == domain) {
            return one->view;
        }
    }
    new.view = regdb_view_new(device->db, domain, device->variants);
    g_array_append_val(db->views, new);
    return new.view;
}

RegDbView *analysis_db_domain_view(AnalysisDb *db, uint32_t region,
                                   const char *domain)
{
    AnalysisDbDevice *device;
    const RegDbDomain *found;

    if (!db || region == MMT_NO_REGION) {
        return NULL;
    }
    device = state_of(db, region)->device;
    found = analysis_db_device_load(device) ? regdb_domain(device->db, domain)
                                            : NULL;
    return found ? domain_view(db, device, found) : NULL;
}

unsigned analysis_db_parts(AnalysisDb *db, const MmtEntry *entry,
                           RegDbView **view, RegDbPart *parts)
{
    static const unsigned access[] = {
        [MMT_ENTRY_READ] = REGDB_READ,
        [MMT_ENTRY_WRITE] = REGDB_WRITE,
        [MMT_ENTRY_UNKNOWN] = REGDB_READ_WRITE,
    };

    *view = NULL;
    if (!db || entry->kind > MMT_ENTRY_UNKNOWN ||
        entry->region == MMT_NO_REGION) {
        return 0;
    }
    *view = find_view(db, entry->region, entry->offset);
    return *view ? regdb_view_parts(*view, entry->offset - db->last_base,
                                    entry->width, access[entry->kind], parts)
                 : 0;
}

/* "STATUS+0x1"; made once, as far as there is room */
static const char *inner_name(AnalysisDb *db, const RegDbRegister *reg,
                              uint64_t rest)
{
    g_autofree char *name = g_strdup_printf("%s+0x%" PRIx64, reg->name, rest);
    char *known = g_hash_table_lookup(db->names, name);

    if (known) {
        return known;
    }
    if (g_hash_table_size(db->names) >= NAMES_MAX) {
        return reg->name;
    }
    known = g_steal_pointer(&name);
    g_hash_table_add(db->names, known);
    return known;
}

const char *analysis_db_name(AnalysisDb *db, uint32_t region, uint64_t offset)
{
    const RegDbRegister *reg;
    uint64_t base;
    uint64_t end;
    RegDbView *view = analysis_db_view(db, region, offset, &base, &end);

    reg = view ? regdb_view_find(view, offset - base, REGDB_READ_WRITE) : NULL;
    if (!reg) {
        return NULL;
    }
    return reg->bits && offset - base > reg->offset &&
           offset - base - reg->offset < 8 ?
           inner_name(db, reg, offset - base - reg->offset) : reg->name;
}

const PciCaps *analysis_db_caps(AnalysisDb *db, uint32_t region)
{
    return db ? device_of(db, region)->caps : NULL;
}

/* A kernel's log without PCIDEV lines has physical addresses only. */
static bool lacks_bars(const AnalysisDb *db)
{
    bool memory = false;
    uint32_t i;

    if (analysis_options_bars() ||
        g_strcmp0(mmt_trace_format(db->trace), "mmiotrace")) {
        return false;
    }
    for (i = 0; i < mmt_trace_regions(db->trace); i++) {
        const MmtRegion *region = mmt_trace_region(db->trace, i);

        if (region->number >= 0) {
            return false;
        }
        memory |= !strcmp(region->name, "mem");
    }
    return memory && !analysis_db_options()->domains;
}

void analysis_db_describe(const AnalysisDb *db,
                          void (*line)(const char *text, void *opaque),
                          void *opaque)
{
    unsigned i;

    for (i = 0; i < db->order->len; i++) {
        AnalysisDbDevice *device = db->order->pdata[i];

        analysis_db_device_load(device);
        if (device->described != device->trace->id) {
            analysis_db_device_describe(device, line, opaque);
            device->described = device->trace->id;
        }
    }
    if (lacks_bars(db) && !analysis_db_options()->no_db) {
        line("no BAR is known; --bar N=ADDRESS:SIZE says where one is", opaque);
    }
}

static void say(const char *text, void *opaque)
{
    const AnalysisDb *db = opaque;

    tool_error(db->verb, "%s", text);
}

static void say_no_device(const AnalysisDb *db, const char *name)
{
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < db->order->len && i < LISTED_MAX; i++) {
        g_autofree char *device = analysis_db_device_name(db->order->pdata[i]);

        g_string_append_printf(list, "%s%s", i ? ", " : "; it has: ", device);
    }
    g_string_append(list, i < db->order->len ? ", ..." : "");
    tool_error(db->verb, "%s: --device matched no device of the trace%s", name,
               list->str);
}

/* A device as it is told from the others: "gpu (0001:01:00.0, 10de:26ba)" */
static void put_device(const MmtRegionDevice *device, const GPtrArray *found,
                       GString *list)
{
    const char *host = strcmp(device->host, "none") ? device->host : "";

    g_string_append(list, list->len ? ", " : "");
    if (*device->id) {
        mmt_devices_put_choice(device, found, list);
    } else {
        g_string_append_c(list, '-');
    }
    g_string_append_printf(list, " (%s%s%04x:%04x)", host, *host ? ", " : "",
                           device->vendor, device->device);
}

/* Equal devices have equal IDs, and addresses without a domain may be equal. */
static void say_several(const AnalysisDb *db, const char *name)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    const char *argument;
    unsigned i;
    unsigned k;

    for (i = 0; (argument = mmt_trace_devices(db->trace, i, found)); i++) {
        g_autoptr(GString) list = g_string_new(NULL);

        for (k = 0; k < found->len && k < LISTED_MAX; k++) {
            put_device(found->pdata[k], found, list);
        }
        if (found->len > 1) {
            tool_error(db->verb,
                       "%s: note: --device '%s' matched %u devices: %s%s; the name before the bracket selects one",
                       name, argument, found->len, list->str,
                       k < found->len ? ", ..." : "");
        }
        g_ptr_array_set_size(found, 0);
    }
}

static void say_no_phase(const AnalysisDb *db, const char *name)
{
    g_autoptr(GString) list = g_string_new(NULL);
    uint32_t n = mmt_trace_phases(db->trace);
    uint32_t i;

    for (i = 0; i < n && i < LISTED_MAX; i++) {
        g_string_append_printf(list, "%s'%s'", i ? ", " : "",
                               mmt_trace_phase(db->trace, i));
    }
    g_string_append(list, i < n ? ", ..." : "");
    tool_error(db->verb, "%s: --phase matched no phase; it has: %s", name,
               list->str);
}

static void say_missed(const AnalysisDb *db, const char *name)
{
    unsigned missed = mmt_trace_missed(db->trace);

    if (missed & MMT_MISSED_DEVICE) {
        say_no_device(db, name);
    }
    say_several(db, name);
    if (missed & MMT_MISSED_PHASE) {
        say_no_phase(db, name);
    }
    if (missed & MMT_MISSED_FROM) {
        tool_error(db->verb, "%s: --from matched no mark", name);
    }
}

void analysis_db_say_unmatched(const AnalysisDb *db, const char *name)
{
    const char *pattern;
    unsigned said = 0;
    unsigned i;

    say_missed(db, name);
    for (i = 0; (pattern = mmt_trace_unmatched(db->trace, i)); i++) {
        tool_error(db->verb, "%s: --reg '%s' matched no register", name,
                   pattern);
    }
    for (; i && said < DEVICES_SAID && said < db->order->len; said++) {
        AnalysisDbDevice *device = db->order->pdata[said];

        if (!analysis_db_options()->no_db &&
            (!analysis_db_device_load(device) ||
             (device->entry && device->entry->missing))) {
            analysis_db_device_describe(device, say, (gpointer)db);
        }
    }
}

const char *analysis_db_chip(AnalysisDb *db, uint32_t region,
                             const char *varset, uint64_t *id)
{
    AnalysisDbDevice *device;
    const RegDbVarset *set;
    uint32_t variant;

    *id = 0;
    if (!db || region == MMT_NO_REGION) {
        return NULL;
    }
    device = state_of(db, region)->device;
    set = analysis_db_device_load(device) ? regdb_varset(device->db, varset)
                                          : NULL;
    variant = set ? device->variants[set->number] : REGDB_ANY_VARIANT;
    if (variant == REGDB_ANY_VARIANT) {
        return NULL;
    }
    *id = set->has_value[variant] ? set->values[variant] : device->chip.number;
    return set->names[variant];
}
