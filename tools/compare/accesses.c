/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log as a sequence of accesses to BARs (see accesses.h)
 */
#include "tools/compare/accesses.h"
#include "tools/analysis/options.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"

/* Lines of a chunk: small enough for the processor's cache */
#define CHUNK_LINES 1024

/* A log with more bytes than this is worth a thread. */
#define AHEAD_BYTES (4u << 20)

/* Bytes of a foreign line that are kept for a message */
#define FOREIGN_MAX 40

/* Limits for logs that were made to exhaust memory; far above real machines */
#define DEVICES_MAX (MMT_DEVICES_MAX - 1u)
#define MAPS_MAX    65536u

/* Places have changed: none is at hand. */
static void forget_places(AccessLog *log)
{
    unsigned i;

    for (i = 0; i < ACCESS_PLACES; i++) {
        log->places[i] = (AccessPlace) { .first = 1 };
    }
}

/* Return: the device with that index, made if it is new */
static AccessDevice *get_device(AccessLog *log, unsigned index)
{
    static const AccessDevice none = { .peer = -1 };

    while (log->devices->len <= index) {
        g_array_append_val(log->devices, none);
    }
    return accesses_device(log, index);
}

static void device_changed(MmtDevice *from, void *opaque)
{
    AccessDevice *device = get_device(opaque, from->index);

    forget_places(opaque);
    device->is = from->pub;
    device->pci = from->pci;
    device->has_pci = from->has_pci;
    device->has_mark = from->has_mark;
    device->gone = from->void_entry;
}

AccessLog *accesses_open(const char *path, AccessView view, GError **error)
{
    MmtReader *reader = mmt_reader_open(path, error);
    bool failed = false;
    AccessLog *log;

    if (!reader) {
        return NULL;
    }
    log = g_new0(AccessLog, 1);
    log->name = g_strdup(mmt_reader_name(reader));
    log->view = view;
    log->devices = g_array_new(FALSE, TRUE, sizeof(AccessDevice));
    log->table = mmt_devices_new(device_changed, log);
    log->reader = reader;
    log->chunker = (MmtChunker) { .reader = reader, .max_lines = CHUNK_LINES };
    log->own = log->chunk = g_new0(MmtChunk, 1);
    if (analysis_options_given()) {
        log->trace = mmt_trace_new(reader);
        mmt_trace_keep_head(log->trace);
        mmt_trace_every_line(log->trace);
        mmt_selection_free(analysis_options_apply(log->trace));
        log->db = analysis_db_new(&verb_compare, log->trace, &failed);
    }
    log->input.regions = mmt_regions_new();
    log->regions = g_array_new(FALSE, FALSE, sizeof(AccessPlace));
    log->maps = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    if (failed) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                            "the register database can not be used");
        accesses_free(log);
        return NULL;
    }
    return log;
}

void accesses_free(AccessLog *log)
{
    if (!log) {
        return;
    }
    g_hash_table_unref(log->maps);
    g_array_unref(log->regions);
    mmt_regions_free(log->input.regions);
    mmt_ahead_free(log->ahead);
    g_free(log->own);
    analysis_db_free(log->db);
    if (log->trace) {
        mmt_trace_free(log->trace);
    } else {
        mmt_reader_free(log->reader);
    }
    g_clear_pointer(&log->peers, g_array_unref);
    g_array_unref(log->devices);
    mmt_devices_free(log->table);
    g_clear_error(&log->error);
    g_free(log->cut_file);
    g_free(log->foreign_text);
    g_free(log->name);
    g_free(log);
}

void accesses_set_peers(AccessLog *log, GArray *peers)
{
    g_clear_pointer(&log->peers, g_array_unref);
    log->peers = g_array_ref(peers);
}

bool accesses_keep(void *opaque, Access *access)
{
    const AccessLog *log = opaque;
    int peer;

    if (!log->peers) {
        return true;
    }
    peer = access->device < log->peers->len ?
           g_array_index(log->peers, int, access->device) : -1;
    if (peer < 0) {
        return false;
    }
    access->device = peer;
    return true;
}

static bool bar_is_taken(AccessLog *log, unsigned device, int bar,
                         uint32_t by_others_than)
{
    GHashTableIter iter;
    gpointer id;
    gpointer value;

    g_hash_table_iter_init(&iter, log->maps);
    while (g_hash_table_iter_next(&iter, &id, &value)) {
        const AccessPlace *b = value;

        if (b->device == (int)device && b->bar == bar &&
            GPOINTER_TO_UINT(id) != by_others_than) {
            return true;
        }
    }
    return false;
}

static AccessPlace *get_map(AccessLog *log, uint32_t id)
{
    AccessPlace *map = g_hash_table_lookup(log->maps, GUINT_TO_POINTER(id));

    if (!map) {
        map = g_new0(AccessPlace, 1);
        map->device = -1;
        g_hash_table_insert(log->maps, GUINT_TO_POINTER(id), map);
    }
    return map;
}

/* In a log without coverage marks, address and size tell whose BAR it is. */
static void find_mapped(AccessLog *log, const MmtEvent *ev, AccessPlace *map)
{
    const MmtDevice *device;
    unsigned d;
    int i;

    for (d = 0; (device = mmt_devices_latest(log->table, d)); d++) {
        const MmtPciDev *pci = &device->pci;

        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            if (pci->size[i] && pci->size[i] == ev->len &&
                mmt_resource_base(pci, i) == ev->addr &&
                !bar_is_taken(log, device->index, i, ev->map_id)) {
                map->device = device->index;
                map->bar = i;
                map->port = mmt_resource_is_port(pci, i);
                return;
            }
        }
    }
}

/* Where a BAR is, no other one is any longer. */
static void set_guest(AccessLog *log, const AccessPlace *map, uint64_t addr)
{
    unsigned d;
    int i;

    for (d = 0; d < log->devices->len; d++) {
        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            uint64_t *guest = &accesses_device(log, d)->guest[i];

            *guest = *guest == addr ? 0 : *guest;
        }
    }
    accesses_device(log, map->device)->guest[map->bar] = addr;
}

/*
 * In our log, a map id belongs to one BAR for the whole log.  A memory BAR and
 * a port BAR may have the same address; their map ids differ.
 */
static void bind_map(AccessLog *log, const MmtEvent *ev)
{
    AccessPlace *map = get_map(log, ev->map_id);

    forget_places(log);
    if (map->device < 0) {
        find_mapped(log, ev, map);
    }
    map->base = ev->addr;
    map->placed = true;
    if (map->device >= 0 && !map->port) {
        set_guest(log, map, ev->virt);
    }
}

/* "vfio-trace: coverage device=ID bar=N map=M ..." */
static void take_coverage(AccessLog *log, MmtSpan text)
{
    MmtSpan id = mmt_mark_value(text, "device");
    MmtSpan bar = mmt_mark_value(text, "bar");
    uint64_t map_id = mmt_words_number(text, "map");
    char buf[MMT_DEVICES_NAME_BUF];
    const MmtDevice *device;
    AccessPlace *map;

    if (!id.p || bar.len != 1 || bar.p[0] < '0' || bar.p[0] > '5' || !map_id ||
        map_id > INT32_MAX) {
        return;
    }
    id = mmt_devices_unescape_id(id, buf);
    device = mmt_devices_find(log->table, id.p, id.len);
    map = get_map(log, map_id);
    forget_places(log);
    if (device->has_pci) {
        map->device = device->index;
        map->bar = bar.p[0] - '0';
        map->port = mmt_resource_is_port(&device->pci, map->bar);
        /* a converted log's devices have no BARs: MAP tells the place */
        map->placed = device->pci.size[map->bar];
        map->base = mmt_resource_base(&device->pci, map->bar);
    }
}

/* What a line says of devices, and of their BARs */
static void take_table(AccessLog *log, const MmtEvent *ev)
{
    mmt_devices_take_event(log->table, ev);
    if (log->view != ACCESS_VIEW_HOST) {
        return;
    }
    if (ev->type == MMT_EVENT_MAP) {
        bind_map(log, ev);
    } else if (ev->type == MMT_EVENT_MARK &&
               mmt_words_are(mmt_mark_name(ev->text), "coverage")) {
        take_coverage(log, ev->text);
    }
}

/*
 * Find the memory BAR at an address, and the addresses around it that are in
 * that BAR and in none of a device that is looked at before.
 */
static bool find_bar(const AccessLog *log, uint64_t addr, AccessPlace *place)
{
    uint64_t first = 0;
    uint64_t last = UINT64_MAX;
    const MmtDevice *device;
    unsigned d;
    int i;

    for (d = 0; (device = mmt_devices_latest(log->table, d)); d++) {
        const MmtPciDev *pci = &device->pci;

        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            uint64_t base = mmt_resource_base(pci, i);
            uint64_t end = base + (pci->size[i] - 1);

            if (!pci->size[i] || !base || mmt_resource_is_port(pci, i)) {
                continue;
            }
            if (addr < base) {
                last = MIN(last, base - 1);
            } else if (addr - base >= pci->size[i]) {
                first = MAX(first, end + 1);
            } else {
                end = end < base ? UINT64_MAX : end;
                *place = (AccessPlace) {
                    .first = MAX(first, base),
                    .last = MIN(last, end),
                    .base = base,
                    .device = device->index,
                    .bar = i,
                };
                return true;
            }
        }
    }
    return false;
}

/* In our log, a map id has one BAR, whatever the address is. */
static bool find_map(const AccessLog *log, uint32_t map_id, AccessPlace *place)
{
    const AccessPlace *map;

    if (log->view != ACCESS_VIEW_HOST) {
        return false;
    }
    map = g_hash_table_lookup(log->maps, GUINT_TO_POINTER(map_id));
    if (!map || map->device < 0 || !map->placed) {
        return false;
    }
    *place = *map;
    place->first = 0;
    place->last = UINT64_MAX;
    return true;
}

/* Return: the place of an access, or NULL if it is in no BAR */
static const AccessPlace *locate(AccessLog *log, uint32_t map_id,
                                 uint64_t addr)
{
    AccessPlace *place = &log->places[map_id % ACCESS_PLACES];

    if (place->map_id == map_id && addr >= place->first &&
        addr <= place->last) {
        return place;
    }
    if (!find_map(log, map_id, place) && !find_bar(log, addr, place)) {
        *place = (AccessPlace) { .first = 1 };
        return NULL;
    }
    place->map_id = map_id;
    return place;
}

static uint64_t low_bytes(uint64_t v, unsigned bytes)
{
    return bytes >= 8 ? v : v & ((1ull << (bytes * 8)) - 1);
}

/* Sign-extend @v from @from bytes to @to bytes. */
static uint64_t sign_extend(uint64_t v, unsigned from, unsigned to)
{
    unsigned shift = 64 - from * 8;

    return low_bytes((uint64_t)((int64_t)(v << shift) >> shift), to);
}

static void undo_quirks(Access *a)
{
    uint64_t low = low_bytes(a->value, a->width);

    if (low == a->value) {
        return;
    }
    if (a->op == ACCESS_READ && a->width <= 2 &&
        (a->value == sign_extend(low, a->width, 2) ||
         a->value == sign_extend(low, a->width, 4) ||
         a->value == sign_extend(low, a->width, 8))) {
        a->value = low;
        a->quirk = ACCESS_QUIRK_SIGN_EXTENDED;
    } else if (a->op == ACCESS_WRITE && a->width == 4) {
        a->value = sign_extend(low, 4, 8);
        a->width = 8;
        a->quirk = ACCESS_QUIRK_REX_W;
    }
}

/* Return: is it an access to compare? */
static bool add_access(AccessLog *log, const AccessPlace *place, Access *a)
{
    if (!place || place->device < 0) {
        log->elsewhere_line = log->elsewhere ? log->elsewhere_line : a->line;
        log->elsewhere++;
        return false;
    }
    if (place->port) {
        log->ports++;
        return false;
    }
    a->device = place->device;
    a->bar = place->bar;
    if (log->view == ACCESS_VIEW_GUEST) {
        undo_quirks(a);
    }
    accesses_device(log, place->device)->accesses++;
    return accesses_keep(log, a);
}

static bool add_mmio(AccessLog *log, uint32_t map_id, uint64_t addr, Access *a)
{
    const AccessPlace *place = locate(log, map_id, addr);

    a->line = log->lines;
    a->offset = place ? addr - place->base : 0;
    return add_access(log, place, a);
}

static void add_lost(AccessLog *log, bool is_mark, uint64_t n)
{
    log->lost = true;
    if (n == MMT_LOST_UNKNOWN) {
        return;
    }
    if (is_mark) {
        log->lost_marks += n;
    } else {
        log->lost_cpu += n;
    }
}

/* Does the line begin like one that the comparison uses? */
static bool looks_like_event(const MmtLine *line)
{
    static const char *const keyword[] = {
        "R", "W", "UNKNOWN", "MAP", "PCIDEV",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(keyword); i++) {
        size_t n = strlen(keyword[i]);

        if (line->len >= n && !memcmp(line->p, keyword[i], n) &&
            (line->len == n || g_ascii_isspace(line->p[n]))) {
            return true;
        }
    }
    return false;
}

static void add_bad_event(AccessLog *log, const MmtLine *line,
                          const MmtParseError *err)
{
    if (!log->bad_events++) {
        log->bad_line = line->number;
        log->bad_error = *err;
    }
}

/*
 * Foreign text, such as the second line of a marker, only causes a note.  A bad
 * access invalidates the comparison.
 */
static void add_bad(AccessLog *log, const MmtLine *line,
                    const MmtParseError *err)
{
    if (looks_like_event(line)) {
        add_bad_event(log, line, err);
    } else if (!log->foreign++) {
        g_autofree char *text = g_strndup(line->p, MIN(line->len,
                                                       FOREIGN_MAX));

        log->foreign_line = line->number;
        log->foreign_text = g_strescape(text, NULL);
    }
}

/* Return: is it an access to compare? */
static bool add_event(AccessLog *log, const MmtEvent *ev, Access *to)
{
    static const uint8_t op[MMT_EVENT__MAX] = {
        [MMT_EVENT_READ] = ACCESS_READ,
        [MMT_EVENT_WRITE] = ACCESS_WRITE,
        [MMT_EVENT_UNKNOWN] = ACCESS_UNKNOWN,
    };

    if (mmt_event_is_access(ev)) {
        *to = (Access) { .value = ev->value, .op = op[ev->type],
                         .width = ev->width };
        return add_mmio(log, ev->map_id, ev->addr, to);
    }
    if (ev->type == MMT_EVENT_LOST || ev->type == MMT_EVENT_LOST_CPU) {
        add_lost(log, ev->type == MMT_EVENT_LOST, ev->value);
    } else {
        take_table(log, ev);
    }
    return false;
}

/* Return: index of the device of a region, made if it is new */
static int device_of(AccessLog *log, uint32_t region)
{
    const MmtRegionDevice *is = mmt_regions_device(log->input.regions, region);
    AccessDevice device = { .is = *is, .peer = -1 };
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        if (!strcmp(accesses_device(log, i)->is.id, is->id)) {
            return i;
        }
    }
    device.pci.vendor = is->vendor;
    device.pci.device = is->device;
    g_array_append_val(log->devices, device);
    return i;
}

/* Place of a region of a format that names regions; BARs are compared. */
static const AccessPlace *place_of(AccessLog *log, uint32_t number)
{
    while (log->regions->len <= number) {
        const MmtRegion *region = mmt_regions_get(log->input.regions,
                                                  log->regions->len);
        AccessPlace place = { .device = -1, .bar = region->number };

        if (region->number >= 0 && region->number < MMT_REGION_ROM) {
            place.device = device_of(log, log->regions->len);
        }
        g_array_append_val(log->regions, place);
    }
    return &g_array_index(log->regions, AccessPlace, number);
}

/* Return: is it an access to compare? */
static bool add_entry(AccessLog *log, const MmtEntry *entry, Access *to)
{
    static const uint8_t op[] = {
        [MMT_ENTRY_READ] = ACCESS_READ,
        [MMT_ENTRY_WRITE] = ACCESS_WRITE,
        [MMT_ENTRY_UNKNOWN] = ACCESS_UNKNOWN,
    };
    const AccessPlace *place;

    if (entry->kind == MMT_ENTRY_LOST) {
        add_lost(log, false, entry->value);
    }
    if (entry->kind > MMT_ENTRY_UNKNOWN || entry->region == MMT_NO_REGION) {
        return false;
    }
    place = place_of(log, entry->region);
    if (place->bar == MMT_REGION_CONFIG) {
        return false;
    }
    *to = (Access) { .offset = entry->offset, .value = entry->value,
                     .line = entry->line, .op = op[entry->kind],
                     .width = entry->width };
    return add_access(log, place, to);
}

/*
 * A line that is none of mmiotrace: the first line that another format
 * recognises decides that it is of that format.
 */
static MmtInputResult parse_other(AccessLog *log, const MmtLine *line,
                                  MmtEntry *entry)
{
    size_t len = line->len;

    *entry = (MmtEntry) { .cpu = MMT_NO_CPU, .region = MMT_NO_REGION,
                          .line = log->lines };
    len -= len && line->p[len - 1] == '\r';
    if (!len || log->is_mmiotrace) {
        return MMT_INPUT_FOREIGN;
    }
    if (log->format) {
        return log->format->parse(&log->input, line->p, len, entry);
    }
    return mmt_input_find(&log->input, line->p, len, entry, &log->format);
}

/* Return: is it an access to compare? */
static bool add_other(AccessLog *log, const MmtLine *line,
                      const MmtParseError *err, Access *to)
{
    static const MmtParseError damaged = {
        .field = "line", .column = 1,
        .message = "the line begins like an access, but is none",
    };
    MmtEntry entry;

    switch (parse_other(log, line, &entry)) {
    case MMT_INPUT_ENTRY:
        return add_entry(log, &entry, to);
    case MMT_INPUT_SKIP:
        break;
    case MMT_INPUT_DAMAGED:
        add_bad_event(log, line, &damaged);
        break;
    case MMT_INPUT_FOREIGN:
        add_bad(log, line, err);
        break;
    }
    return false;
}

/* Return: is it an access to compare? */
static bool add_line(AccessLog *log, const MmtLine *line, Access *to)
{
    MmtParseError err = { .field = "line", .column = 1,
                          .message = "the line is too long" };
    MmtEvent ev;

    if (line->unterminated) {
        log->cut_line = line->number;
    }
    if (line->overlong) {
        add_bad(log, line, &err);
        return false;
    }
    if (!log->format && mmt_parse_line(line->p, line->len, &ev, &err)) {
        /* Other formats of ftrace begin with comments, too. */
        log->is_mmiotrace |= ev.type != MMT_EVENT_COMMENT;
        return add_event(log, &ev, to);
    }
    /* What is cut off is an error itself. */
    return !line->unterminated && add_other(log, line, &err, to);
}

/* A line that came parsed.  Return: is it an access to compare? */
static bool add_parsed(AccessLog *log, const MmtEntry *entry, Access *to)
{
    to->value = entry->value;
    to->op = entry->kind == MMT_ENTRY_WRITE ? ACCESS_WRITE : ACCESS_READ;
    to->width = entry->width;
    to->quirk = ACCESS_QUIRK_NONE;
    return add_mmio(log, entry->region, entry->address, to);
}

/* The log has ended, or can not be read on. */
static void end(AccessLog *log, bool at_end)
{
    g_clear_pointer(&log->ahead, mmt_ahead_free);
    log->ended = true;
    log->parts = mmt_reader_parts(log->reader);
    if (at_end) {
        log->cut_file = g_strdup(mmt_reader_truncated(log->reader));
    }
    log->chunk = log->own;
    log->chunk->n = 0;
    log->next = 0;
}

static void check_limits(AccessLog *log)
{
    if (log->devices->len > DEVICES_MAX ||
        g_hash_table_size(log->maps) > MAPS_MAX) {
        g_set_error(&log->error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
                    "%s has more than %u devices or %u map ids: such a log can not be compared",
                    log->name, DEVICES_MAX, MAPS_MAX);
        end(log, false);
    }
}

/* Return: is the next line of the chunk an access to compare? */
static bool next_line(AccessLog *log, Access *to)
{
    const MmtChunk *chunk = log->chunk;
    size_t i = log->next++;
    MmtLine line = { .number = ++log->lines };
    bool taken;

    if (log->trace) {
        line.number = log->lines = chunk->entries[i].line;
    }
    if (!log->format && chunk->entries[i].kind != MMT_CHUNK_SLOW) {
        log->is_mmiotrace = true;
        return add_parsed(log, &chunk->entries[i], to);
    }
    line.p = chunk->text + chunk->starts[i];
    line.len = chunk->ends[i] - chunk->starts[i];
    line.unterminated = chunk->unterminated;
    line.overlong = chunk->overlong || line.len > MMT_READER_LINE_MAX;
    taken = add_line(log, &line, to);
    check_limits(log);
    return taken;
}

/* Is it time to parse ahead in a thread?  A pipe is read as it comes. */
static void consider_ahead(AccessLog *log)
{
    if (log->no_ahead || log->bytes < AHEAD_BYTES) {
        return;
    }
    log->no_ahead = true;
    if (mmt_ahead_has_processor() && mmt_reader_is_file(log->reader)) {
        log->ahead = mmt_ahead_new(&log->chunker);
    }
}

/* Fill a chunk with the next selected lines. */
static MmtReadResult fill_selected(AccessLog *log)
{
    const MmtEntry *entries;
    const char *base = NULL;
    MmtChunk *chunk = log->own;
    size_t i;

    chunk->n = mmt_trace_next(log->trace, &entries);
    for (i = 0; i < chunk->n; i++) {
        size_t len;
        const char *line = mmt_trace_line(log->trace, &entries[i], &len);

        base = base ?: line;
        chunk->starts[i] = line - base;
        chunk->ends[i] = line - base + len;
        chunk->entries[i].kind = MMT_CHUNK_SLOW;
        chunk->entries[i].line = entries[i].line;
    }
    chunk->text = base;
    chunk->bytes = 0;
    chunk->overlong = mmt_trace_overlong(log->trace);
    chunk->unterminated = chunk->n == 1 && mmt_trace_unterminated(log->trace);
    if (mmt_trace_error(log->trace)) {
        g_set_error_literal(&log->error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                            mmt_trace_error(log->trace));
        return MMT_READ_ERROR;
    }
    return chunk->n ? MMT_READ_LINE : MMT_READ_END;
}

static MmtReadResult fill_chunk(AccessLog *log)
{
    if (log->trace) {
        return fill_selected(log);
    }
    consider_ahead(log);
    if (log->ahead) {
        log->chunk = mmt_ahead_take(log->ahead);
        return log->chunk ? MMT_READ_LINE :
               mmt_ahead_result(log->ahead, &log->error);
    }
    return mmt_chunk_fill(&log->chunker, log->own, &log->error);
}

static bool next_chunk(AccessLog *log)
{
    MmtReadResult result;

    if (log->ended) {
        return false;
    }
    result = fill_chunk(log);
    log->next = 0;
    if (result != MMT_READ_LINE) {
        end(log, result == MMT_READ_END);
        return false;
    }
    log->bytes += log->chunk->bytes;
    return true;
}

size_t accesses_read(void *opaque, Access *to, size_t n)
{
    AccessLog *log = opaque;
    size_t done = 0;

    while (done < n && !log->error) {
        if (log->next < log->chunk->n) {
            done += next_line(log, &to[done]);
        } else if (!next_chunk(log)) {
            break;
        }
    }
    return done;
}
