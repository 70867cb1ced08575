/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: accesses that a script wants (see wanted.h)
 *
 * Theory of operation
 *
 * A region's table divides the offsets into segments: between two borders of
 * ranges, the same functions are candidates.  Ranges are taken 7 bytes longer
 * at their begin, so that the first byte of an access finds the segment.
 * Whether the access really touches the range is looked at then, with the rest
 * of the filter.
 *
 * Tables are made when a region has its first access.  They are made again when
 * a function was added, and when the region's IDs have become known.
 */
#include "tools/script/wanted.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/trace.h"
#include "libpcidev/window-spec.h"

/* Bytes of the widest access */
#define WIDTH_MAX 8

/*
 * Tables that are kept, and candidates in all of them: a trace may have many
 * regions.
 */
#define TABLES_MAX 1024
#define CANDIDATES_MAX (1u << 20)

/* Ranges of all functions, and bytes of a filter's texts */
#define RANGES_MAX 1024
#define TEXT_MAX 4096

/* Names that are remembered to match a function or not; a power of two */
#define NAMES 512

/**
 * struct Range: a range that a function wants
 * @number: MMT_REGION_..., or MMT_REGION_OTHER
 * @name: if that is MMT_REGION_OTHER, the region's name
 * @first: first offset
 * @last: last offset
 * @ops: as ScriptFilter.ops
 */
typedef struct Range {
    int number;
    char *name;
    uint64_t first;
    uint64_t last;
    unsigned ops;
} Range;

/**
 * struct Name: does a register's name match?
 * @offset: its offset
 * @region: its region
 * @changes: analysis_db_changes() when it was looked at, plus 1
 * @matches: it does
 */
typedef struct Name {
    uint64_t offset;
    uint32_t region;
    unsigned changes;
    bool matches;
} Name;

/**
 * struct Wish: a function and what it wants
 * @function: its number
 * @device: as in ScriptFilter
 * @reg: as in ScriptFilter
 * @is: as in ScriptFilter
 * @ops: as in ScriptFilter; never 0
 * @width: as in ScriptFilter
 * @ranges: Range; NULL: everything
 * @names: NAMES of Name, if there is @reg or @is
 */
typedef struct Wish {
    int function;
    char *device;
    char *reg;
    char *is;
    unsigned ops;
    unsigned width;
    GArray *ranges;
    Name *names;
} Wish;

/**
 * struct Segment: offsets with the same candidates
 * @first: first offset; it ends where the next one begins
 * @start: its first candidate in Table.candidates
 * @n: their number
 */
typedef struct Segment {
    uint64_t first;
    uint32_t start;
    uint32_t n;
} Segment;

/**
 * struct Table: candidates in a region
 * @ids: the region's IDs when it was made
 * @segments: Segment, in order; the first one begins at 0
 * @candidates: Wish *
 */
typedef struct Table {
    uint32_t ids;
    GArray *segments;
    GPtrArray *candidates;
} Table;

/**
 * struct ScriptWanted: all functions
 * @trace: the trace
 * @db: its databases, or NULL
 * @wishes: Wish, in the order of being added
 * @n_ranges: number of their ranges
 * @tables: Table by region; NULL: not made
 * @n_tables: number of tables
 * @n_candidates: number of their candidates
 * @found: functions that want the last access
 */
struct ScriptWanted {
    const MmtTrace *trace;
    AnalysisDb *db;
    GPtrArray *wishes;
    unsigned n_ranges;
    GPtrArray *tables;
    unsigned n_tables;
    unsigned n_candidates;
    GArray *found;
};

static void clear_range(gpointer p)
{
    g_free(((Range *)p)->name);
}

static void free_wish(gpointer p)
{
    Wish *wish = p;

    g_free(wish->device);
    g_free(wish->reg);
    g_free(wish->is);
    g_free(wish->names);
    if (wish->ranges) {
        g_array_unref(wish->ranges);
    }
    g_free(wish);
}

static void free_table(gpointer p)
{
    Table *table = p;

    if (table) {
        g_array_unref(table->segments);
        g_ptr_array_unref(table->candidates);
        g_free(table);
    }
}

static void forget_tables(ScriptWanted *wanted)
{
    g_ptr_array_set_size(wanted->tables, 0);
    wanted->n_tables = 0;
    wanted->n_candidates = 0;
}

ScriptWanted *script_wanted_new(const MmtTrace *trace, AnalysisDb *db)
{
    ScriptWanted *wanted = g_new0(ScriptWanted, 1);

    wanted->trace = trace;
    wanted->db = db;
    wanted->wishes = g_ptr_array_new_with_free_func(free_wish);
    wanted->tables = g_ptr_array_new_with_free_func(free_table);
    wanted->found = g_array_new(FALSE, FALSE, sizeof(int));
    return wanted;
}

void script_wanted_free(ScriptWanted *wanted)
{
    if (wanted) {
        g_ptr_array_unref(wanted->tables);
        g_ptr_array_unref(wanted->wishes);
        g_array_unref(wanted->found);
        g_free(wanted);
    }
}

/* --- filters ------------------------------------------------------------- */

static unsigned ops_of(PciWindowDirection directions)
{
    return (directions & PCI_WINDOW_READ ? 1u << MMT_ENTRY_READ : 0) |
           (directions & PCI_WINDOW_WRITE ? 1u << MMT_ENTRY_WRITE : 0) |
           (directions == PCI_WINDOW_BOTH ? 1u << MMT_ENTRY_UNKNOWN : 0);
}

static void add_range(GArray *ranges, const PciWindow *window, int number)
{
    Range range = {
        .number = number,
        .first = window->whole ? 0 : window->offset,
        .last = window->whole ? UINT64_MAX
                              : window->offset + (window->len - 1),
        .ops = ops_of(window->directions),
    };

    g_array_append_val(ranges, range);
}

static void add_window(GArray *ranges, const PciWindow *window)
{
    static const struct {
        PciWindowRegion region;
        int first;
        int last;
    } regions[] = {
        { PCI_WINDOW_ROM, MMT_REGION_ROM, MMT_REGION_ROM },
        { PCI_WINDOW_VGA_MEMORY, MMT_REGION_VGA_MEMORY, MMT_REGION_VGA_MEMORY },
        { PCI_WINDOW_VGA_3B0, MMT_REGION_VGA_3B0, MMT_REGION_VGA_3B0 },
        { PCI_WINDOW_VGA_3C0, MMT_REGION_VGA_3C0, MMT_REGION_VGA_3C0 },
        { PCI_WINDOW_CONFIG, MMT_REGION_CONFIG, MMT_REGION_CONFIG },
        { PCI_WINDOW_VGA, MMT_REGION_VGA_MEMORY, MMT_REGION_VGA_3C0 },
    };
    int number = 0;
    size_t i;

    if (window->region <= PCI_WINDOW_BAR5) {
        add_range(ranges, window, window->region);
    }
    for (i = 0; i < G_N_ELEMENTS(regions); i++) {
        if (regions[i].region == window->region) {
            for (number = regions[i].first; number <= regions[i].last;
                 number++) {
                add_range(ranges, window, number);
            }
        }
    }
}

/* Return: NULL if the text is invalid */
static GArray *parse_ranges(const char *text, char *message, size_t size)
{
    const PciWindowLimits limits = { .number_max = UINT64_MAX };
    g_autoptr(GError) error = NULL;
    GArray *windows = pci_window_list_parse(text, &limits, &error);
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    guint i;

    g_array_set_clear_func(ranges, clear_range);
    for (i = 0; windows && i < windows->len; i++) {
        const PciWindow *w = &g_array_index(windows, PciWindow, i);

        if (!w->whole && w->offset + (w->len - 1) < w->offset) {
            g_snprintf(message, size, "'%s': the range is too long", text);
            g_array_unref(windows);
            g_array_unref(ranges);
            return NULL;
        }
        add_window(ranges, w);
    }
    if (windows) {
        g_array_unref(windows);
        return ranges;
    }
    /* a region of a trace that is not of a PCI device */
    if (error->code == PCI_WINDOW_ERROR_REGION && !strchr(text, ':') &&
        g_ascii_isalpha(*text) && !g_str_has_prefix(text, "bar")) {
        Range range = { .number = MMT_REGION_OTHER, .name = g_strdup(text),
                        .last = UINT64_MAX, .ops = ops_of(PCI_WINDOW_BOTH) };

        g_array_append_val(ranges, range);
        return ranges;
    }
    g_strlcpy(message, error->message, size);
    g_array_unref(ranges);
    return NULL;
}

static bool is_too_long(const char *text)
{
    return text && strlen(text) > TEXT_MAX;
}

bool script_wanted_add(ScriptWanted *wanted, const ScriptFilter *filter,
                       int function, char *message, size_t size)
{
    GArray *ranges = NULL;
    Wish *wish;

    if (is_too_long(filter->device) || is_too_long(filter->range) ||
        is_too_long(filter->reg) || is_too_long(filter->is)) {
        g_strlcpy(message, "the text is too long", size);
        return false;
    }
    if (filter->range) {
        ranges = parse_ranges(filter->range, message, size);
        if (!ranges) {
            return false;
        }
        wanted->n_ranges += ranges->len;
        if (wanted->n_ranges > RANGES_MAX) {
            g_strlcpy(message, "a script can have 1024 ranges", size);
            g_array_unref(ranges);
            return false;
        }
    }
    wish = g_new0(Wish, 1);
    wish->function = function;
    wish->device = g_strdup(filter->device);
    wish->reg = g_strdup(filter->reg);
    wish->is = g_strdup(filter->is);
    wish->ops = filter->ops ? filter->ops : ops_of(PCI_WINDOW_BOTH);
    wish->width = filter->width;
    wish->ranges = ranges;
    wish->names = wish->reg || wish->is ? g_new0(Name, NAMES) : NULL;
    g_ptr_array_add(wanted->wishes, wish);
    forget_tables(wanted);
    return true;
}

/* --- tables -------------------------------------------------------------- */

/* Time is at most length by length, unlike with GLib's patterns. */
bool script_glob_fits(const char *pattern, const char *text)
{
    const char *star = NULL;
    const char *again = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return !*pattern;
}

/* A glob of its ID or PCI IDs, or a PCI address */
bool script_device_fits(const char *pattern, const MmtRegionDevice *device)
{
    char ids[16];

    if (!pattern) {
        return true;
    }
    g_snprintf(ids, sizeof(ids), "%04x:%04x", device->vendor, device->device);
    return script_glob_fits(pattern, device->id) ||
           (device->vendor && script_glob_fits(pattern, ids)) ||
           mmt_devices_fit(device, pattern);
}

static bool range_is_in(const Range *range, const MmtRegion *region)
{
    return range->number == region->number &&
           (range->number != MMT_REGION_OTHER ||
            !strcmp(range->name, region->name));
}

static void add_border(GArray *segments, uint64_t first)
{
    Segment segment = { .first = first };

    g_array_append_val(segments, segment);
}

static uint64_t candidate_first(const Range *range)
{
    return range->first - MIN(range->first, WIDTH_MAX - 1);
}

static void add_borders(GArray *segments, const Wish *wish,
                        const MmtRegion *region)
{
    guint i;

    for (i = 0; wish->ranges && i < wish->ranges->len; i++) {
        const Range *range = &g_array_index(wish->ranges, Range, i);

        if (range_is_in(range, region)) {
            add_border(segments, candidate_first(range));
            if (range->last < UINT64_MAX) {
                add_border(segments, range->last + 1);
            }
        }
    }
}

static int compare_segments(gconstpointer a, gconstpointer b)
{
    const Segment *x = a;
    const Segment *y = b;

    return x->first < y->first ? -1 : x->first > y->first;
}

static bool is_candidate(const Wish *wish, const MmtRegion *region,
                         uint64_t offset)
{
    guint i;

    for (i = 0; wish->ranges && i < wish->ranges->len; i++) {
        const Range *range = &g_array_index(wish->ranges, Range, i);

        if (range_is_in(range, region) && offset >= candidate_first(range) &&
            offset <= range->last) {
            return true;
        }
    }
    return !wish->ranges;
}

static void fill_segment(const ScriptWanted *wanted, Table *table,
                         Segment *segment, uint32_t number)
{
    const MmtRegion *region = mmt_trace_region(wanted->trace, number);
    const MmtRegionDevice *device =
        mmt_regions_device(mmt_trace_table(wanted->trace), number);
    guint i;

    segment->start = table->candidates->len;
    for (i = 0; i < wanted->wishes->len; i++) {
        Wish *wish = wanted->wishes->pdata[i];

        if (script_device_fits(wish->device, device) &&
            is_candidate(wish, region, segment->first)) {
            g_ptr_array_add(table->candidates, wish);
        }
    }
    segment->n = table->candidates->len - segment->start;
}

static uint32_t ids_of(const MmtRegion *region)
{
    return (uint32_t)region->vendor << 16 | region->device_id;
}

static Table *make_table(const ScriptWanted *wanted, uint32_t number)
{
    const MmtRegion *region = mmt_trace_region(wanted->trace, number);
    const MmtRegionDevice *device =
        mmt_regions_device(mmt_trace_table(wanted->trace), number);
    Table *table = g_new0(Table, 1);
    guint i;

    table->ids = ids_of(region);
    table->segments = g_array_new(FALSE, FALSE, sizeof(Segment));
    table->candidates = g_ptr_array_new();
    add_border(table->segments, 0);
    for (i = 0; i < wanted->wishes->len; i++) {
        const Wish *wish = wanted->wishes->pdata[i];

        if (script_device_fits(wish->device, device)) {
            add_borders(table->segments, wish, region);
        }
    }
    g_array_sort(table->segments, compare_segments);
    for (i = 0; i < table->segments->len; i++) {
        fill_segment(wanted, table,
                     &g_array_index(table->segments, Segment, i), number);
    }
    return table;
}

static const Table *get_table(ScriptWanted *wanted, uint32_t number)
{
    const MmtRegion *region = mmt_trace_region(wanted->trace, number);
    Table *table = number < wanted->tables->len
                   ? wanted->tables->pdata[number] : NULL;

    if (table && table->ids == ids_of(region)) {
        return table;
    }
    if (wanted->n_tables == TABLES_MAX ||
        wanted->n_candidates >= CANDIDATES_MAX) {
        forget_tables(wanted);
        table = NULL;
    }
    if (number >= wanted->tables->len) {
        g_ptr_array_set_size(wanted->tables, number + 1);
    }
    wanted->n_tables += !table;
    free_table(table);
    table = make_table(wanted, number);
    wanted->n_candidates += table->candidates->len;
    wanted->tables->pdata[number] = table;
    return table;
}

/* The last segment that begins at @offset or before it */
static const Segment *find_segment(const Table *table, uint64_t offset)
{
    const Segment *segments = (const Segment *)table->segments->data;
    guint low = 0;
    guint high = table->segments->len;

    while (high - low > 1) {
        guint middle = low + (high - low) / 2;

        if (segments[middle].first <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &segments[low];
}

/* --- accesses ------------------------------------------------------------ */

static bool touches(const Wish *wish, const MmtRegion *region,
                    const MmtEntry *entry)
{
    uint64_t last = entry->offset + MAX(entry->width, 1) - 1;
    guint i;

    for (i = 0; wish->ranges && i < wish->ranges->len; i++) {
        const Range *range = &g_array_index(wish->ranges, Range, i);

        if (range_is_in(range, region) && range->ops & 1u << entry->kind &&
            entry->offset <= range->last && last >= range->first) {
            return true;
        }
    }
    return !wish->ranges;
}

static bool match_reg(const ScriptWanted *wanted, const Wish *wish,
                      const MmtEntry *entry, const char *name)
{
    const MmtRegion *region = mmt_trace_region(wanted->trace, entry->region);
    char place[80];

    if (!wish->reg || (name && regdb_name_matches(wish->reg, name))) {
        return true;
    }
    g_snprintf(place, sizeof(place), "%.40s+0x%" PRIx64, region->name,
               entry->offset);
    return script_glob_fits(wish->reg, place);
}

static bool match_is(const ScriptWanted *wanted, const Wish *wish,
                     const MmtEntry *entry, const char *name)
{
    uint64_t base;
    uint64_t end;

    if (!wish->is || !wanted->db) {
        return true;
    }
    if (name) {
        return regdb_name_matches(wish->is, name);
    }
    return !analysis_db_view(wanted->db, entry->region, entry->offset, &base,
                             &end);
}

static bool match_name(const ScriptWanted *wanted, const Wish *wish,
                       const MmtEntry *entry)
{
    const char *name = wanted->db
                       ? analysis_db_name(wanted->db, entry->region,
                                          entry->offset) : NULL;

    return match_reg(wanted, wish, entry, name) &&
           match_is(wanted, wish, entry, name);
}

static bool name_fits(const ScriptWanted *wanted, const Wish *wish,
                      const MmtEntry *entry)
{
    unsigned changes;
    Name *name;

    if (!wish->names) {
        return true;
    }
    changes = (wanted->db ? analysis_db_changes(wanted->db) : 0) + 1;
    name = &wish->names[(entry->offset / 4 + entry->offset * 31 +
                         entry->region * 97) % NAMES];
    if (name->changes != changes || name->offset != entry->offset ||
        name->region != entry->region) {
        *name = (Name) { .offset = entry->offset, .region = entry->region,
                         .changes = changes,
                         .matches = match_name(wanted, wish, entry) };
    }
    return name->matches;
}

unsigned script_wanted_find(ScriptWanted *wanted, const MmtEntry *entry,
                            const int **functions)
{
    const MmtRegion *region;
    const Segment *segment;
    const Table *table;
    uint32_t i;

    if (!wanted->wishes->len || entry->region == MMT_NO_REGION) {
        return 0;
    }
    table = get_table(wanted, entry->region);
    segment = find_segment(table, entry->offset);
    if (!segment->n) {
        return 0;
    }
    region = mmt_trace_region(wanted->trace, entry->region);
    g_array_set_size(wanted->found, 0);
    for (i = 0; i < segment->n; i++) {
        const Wish *wish = table->candidates->pdata[segment->start + i];

        if (wish->ops & 1u << entry->kind &&
            (!wish->width || wish->width == entry->width) &&
            touches(wish, region, entry) && name_fits(wanted, wish, entry)) {
            g_array_append_val(wanted->found, wish->function);
        }
    }
    *functions = (const int *)wanted->found->data;
    return wanted->found->len;
}
