/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: learning a device from a log (see log.h)
 *
 * Config space and the ROM are not part of the path: firmware and kernel read
 * them when they like, and what they have does not depend on the place.  The
 * MSI-X table is not either: it is the machine's.
 */
#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/trace.h"
#include "libreplay/echo.h"
#include "libreplay/log.h"
#include "libreplay/marks.h"
#include "libreplay/order.h"
#include "libreplay/space.h"

/* BARs that are made of the addresses of a log without BARs, and their size */
#define LOG_PLACES 6
#define LOG_PLACE_BITS 28

/* The smallest BAR of which the log does not say the size */
#define LOG_BAR_MIN 4096

/* Bits of a BAR above 4 GiB: 64 bits, prefetchable */
#define LOG_BAR_64 0xc

/**
 * struct LogPlace: addresses that belong to no known region, near each other
 * @low: the lowest one
 * @high: the highest one
 */
typedef struct LogPlace {
    uint64_t low;
    uint64_t high;
} LogPlace;

/**
 * struct LogState: the log while it is read
 * @log: what it has
 * @trace: the trace
 * @marks: marks of interrupts and memory
 * @region: a region of the device, or MMT_NO_REGION
 * @places: places of accesses that belong to no known region
 * @n_places: their number; more than LOG_PLACES: too many
 * @space: config space and ROM
 * @error: of the first access that can't be learnt
 */
typedef struct LogState {
    ReplayLog *log;
    MmtTrace *trace;
    ReplayMarks marks;
    uint32_t region;
    LogPlace places[LOG_PLACES];
    unsigned n_places;
    ReplaySpace space;
    GError **error;
} LogState;

static void log_take_place(LogState *state, uint64_t address)
{
    unsigned i;

    for (i = 0; i < MIN(state->n_places, LOG_PLACES); i++) {
        LogPlace *place = &state->places[i];

        if (!((place->low ^ address) >> LOG_PLACE_BITS)) {
            place->low = MIN(place->low, address);
            place->high = MAX(place->high, address);
            return;
        }
    }
    if (state->n_places < LOG_PLACES) {
        state->places[state->n_places] = (LogPlace) { address, address };
    }
    state->n_places = MIN(state->n_places, LOG_PLACES) + 1;
}

static bool log_take_path(LogState *state, const MmtEntry *entry, int number)
{
    ReplayAccess access = {
        .offset = entry->offset,
        .value = entry->value,
        .ns = entry->flags & MMT_ENTRY_TIMED ? entry->ns : 0,
        .line = entry->line,
        .cpu = entry->cpu == MMT_NO_CPU ? 0 : entry->cpu,
        .region = number < 0 ? REPLAY_REGION_UNKNOWN : number,
        .width = entry->width,
        .write = entry->kind == MMT_ENTRY_WRITE,
    };
    g_autoptr(GError) error = NULL;

    if (number < 0) {
        log_take_place(state, entry->address);
    }
    if (replay_learn(state->log->replay, &access, &error)) {
        return true;
    }
    if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL)) {
        state->log->left_out++;
        return true;
    }
    g_propagate_error(state->error, g_steal_pointer(&error));
    return false;
}

/* The log may have one device only, or the user has named one. */
static bool log_check_device(LogState *state, const MmtRegion *region,
                             uint32_t number)
{
    if (!state->log->device) {
        state->log->device = g_strdup(region->device);
        state->region = number;
        return true;
    }
    if (g_str_equal(state->log->device, region->device)) {
        return true;
    }
    g_set_error(state->error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "the log has several devices, for example '%s' and '%s': name the one to replay",
                state->log->device, region->device);
    return false;
}

static bool log_take_access(LogState *state, const MmtEntry *entry)
{
    const MmtRegion *region = mmt_trace_region(state->trace, entry->region);
    ReplayWrite write = { entry->value, entry->width };

    if (!region || entry->kind == MMT_ENTRY_UNKNOWN) {
        state->log->left_out++;
        return true;
    }
    if (!*region->device && state->log->device && *state->log->device) {
        /* An address that is none of the device's */
        state->log->left_out++;
        return true;
    }
    if (!log_check_device(state, region, entry->region)) {
        return false;
    }
    replay_marks_access(&state->marks,
                        entry->kind == MMT_ENTRY_WRITE ? &write : NULL);
    if (region->number == MMT_REGION_CONFIG) {
        replay_space_config(&state->space, entry);
        return true;
    }
    if (region->number == MMT_REGION_ROM) {
        replay_space_rom(&state->space, entry);
        return true;
    }
    if (region->number > MMT_REGION_CONFIG) {
        /* Legacy VGA: the device has none, no driver would get past it. */
        state->log->left_out++;
        return true;
    }
    return log_take_path(state, entry, region->number);
}

/* Is a mark one of the device?  Before its first access, nothing matters. */
static bool log_is_ours(const LogState *state, MmtSpan text)
{
    const MmtRegionDevice *device;

    if (state->region == MMT_NO_REGION) {
        return false;
    }
    device = mmt_regions_device(mmt_trace_table(state->trace), state->region);
    return device && mmt_words_are(mmt_mark_value(text, "device"),
                                   device->name);
}

static void log_take_mark(LogState *state, const MmtEntry *entry)
{
    MmtSpan text, name;

    if (!(entry->flags & MMT_ENTRY_TRACER)) {
        /* A user's or the guest's: perhaps one before the driver is loaded */
        replay_marks_end(&state->marks);
        replay_learn_start(state->log->replay);
        return;
    }
    text.p = mmt_trace_text(state->trace, entry, &text.len);
    name = mmt_mark_name(text);
    if (mmt_words_are(name, "coverage")) {
        if (state->region == MMT_NO_REGION || log_is_ours(state, text)) {
            replay_space_coverage(&state->space, text);
        }
    } else if (mmt_words_are(name, "reset") && log_is_ours(state, text)) {
        replay_marks_end(&state->marks);
        replay_learn_start(state->log->replay);
    } else {
        replay_marks_take(&state->marks, text, log_is_ours(state, text),
                          entry->ns);
    }
}

static bool log_take(LogState *state, const MmtEntry *entry)
{
    switch (entry->kind) {
    case MMT_ENTRY_READ:
    case MMT_ENTRY_WRITE:
    case MMT_ENTRY_UNKNOWN:
        return log_take_access(state, entry);
    case MMT_ENTRY_MARK:
        log_take_mark(state, entry);
        return true;
    case MMT_ENTRY_LOST:
        state->log->lost++;
        return true;
    default:
        return true;
    }
}

static bool log_read(LogState *state)
{
    const MmtEntry *entries;
    size_t n, i;

    while ((n = mmt_trace_next(state->trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            if (!log_take(state, &entries[i])) {
                return false;
            }
        }
    }
    if (mmt_trace_error(state->trace)) {
        g_set_error_literal(state->error, G_FILE_ERROR, G_FILE_ERROR_IO,
                            mmt_trace_error(state->trace));
        return false;
    }
    if (!state->log->device) {
        g_set_error_literal(state->error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                            "the log has no access to such a device");
        return false;
    }
    return true;
}

/* BARs that PCIDEV does not have: other formats may say their sizes. */
static void log_find_bars(const LogState *state)
{
    const MmtRegions *table = mmt_trace_table(state->trace);
    const MmtPciDev *pci = mmt_regions_pci(table, state->region);
    ReplayLog *log = state->log;
    uint32_t i;

    if (pci) {
        log->pci = *pci;
        log->has_pci = true;
    }
    for (i = 0; i < mmt_regions_count(table); i++) {
        const MmtRegion *region = mmt_regions_get(table, i);

        if (g_str_equal(region->device, log->device) && region->number >= 0 &&
            region->number < MMT_PCI_RESOURCES &&
            !log->pci.size[region->number]) {
            log->pci.size[region->number] = region->size;
        }
        if (g_str_equal(region->device, log->device) && !log->pci.vendor) {
            log->pci.vendor = region->vendor;
            log->pci.device = region->device_id;
        }
    }
}

/* A log may say which BAR it is, and not how large that is. */
static void log_size_bars(ReplayLog *log)
{
    uint64_t size[LOG_PLACES] = { 0 };
    ReplayAccess step;
    uint32_t i;

    for (i = 0; replay_step(log->replay, i, &step); i++) {
        if (step.region < LOG_PLACES) {
            size[step.region] = MAX(size[step.region], LOG_BAR_MIN);
            while (step.offset + step.width > size[step.region]) {
                size[step.region] *= 2;
            }
        }
    }
    for (i = 0; i < LOG_PLACES; i++) {
        if (!log->pci.size[i]) {
            log->pci.size[i] = size[i];
        }
    }
}

static MmtTrace *log_open(const char *path, const char *device, GError **error)
{
    g_autoptr(MmtSelection) selection = mmt_selection_new();
    char *message = NULL;
    MmtTrace *trace = NULL;

    if (!device ||
        mmt_selection_add(selection, "device", device, &message)) {
        trace = mmt_trace_open(path, &message);
    }
    if (!trace) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                            message ?: "the log can't be read");
        mmt_free(message);
        return NULL;
    }
    if (device) {
        mmt_trace_select(trace, selection);
    }
    return trace;
}

/* Read a log; with @bars, its BARs are known from elsewhere */
static ReplayLog *log_load(LogState *state, const char *path,
                           const char *device, const MmtPciDev *bars)
{
    g_autoptr(MmtTrace) trace = log_open(path, device, state->error);
    g_autoptr(ReplayRings) rings = replay_rings_new();
    g_autoptr(ReplayLog) log = NULL;
    int i;

    if (!trace) {
        return NULL;
    }
    for (i = 0; bars && i < LOG_PLACES; i++) {
        if (bars->size[i]) {
            mmt_trace_set_bar(trace, i, bars->start[i] & ~15ull,
                              bars->size[i]);
        }
    }
    log = g_new0(ReplayLog, 1);
    log->replay = replay_new();
    log->memory = replay_memory_new();
    state->log = log;
    state->marks = (ReplayMarks) {
        .replay = log->replay,
        .memory = log->memory,
        .rings = rings,
    };
    state->space = (ReplaySpace) { .log = log };
    state->trace = trace;
    state->region = MMT_NO_REGION;
    if (!log_read(state)) {
        return NULL;
    }
    replay_marks_end(&state->marks);
    log->left_out += state->marks.left_out;
    log_find_bars(state);
    log_size_bars(log);
    replay_order(log->replay, log->memory, rings);
    replay_echo_learn(log->memory, rings);
    replay_space_msix(&state->space);
    replay_memory_ready(log->memory);
    replay_ready(log->replay);
    return g_steal_pointer(&log);
}

/*
 * A log of the kernel that was cut out of a longer one has no PCIDEV.  Its
 * addresses lie in a few places: these are BARs, in the order in which they
 * are used first.
 */
static bool log_guess_bars(const LogState *state, MmtPciDev *bars)
{
    unsigned number = 0;
    unsigned i;

    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        if (state->log->pci.size[i]) {
            return false;
        }
    }
    for (i = 0; i < state->n_places; i++) {
        bool wide = i < LOG_PLACES && state->places[i].low >> 32;
        uint64_t size = LOG_BAR_MIN;

        if (i == LOG_PLACES || number + wide >= LOG_PLACES) {
            return false;
        }
        while ((state->places[i].low ^ state->places[i].high) >= size) {
            size *= 2;
        }
        bars->start[number] = (state->places[i].low & ~(size - 1)) |
                              (wide ? LOG_BAR_64 : 0);
        bars->size[number] = size;
        number += 1 + wide;
    }
    return number > 0;
}

ReplayLog *replay_log_load(const char *path, const char *device,
                           GError **error)
{
    g_autofree LogState *state = g_new0(LogState, 1);
    g_autoptr(ReplayLog) log = NULL;
    MmtPciDev bars = { 0 };

    state->error = error;
    log = log_load(state, path, device, NULL);
    if (!log || !log_guess_bars(state, &bars)) {
        return g_steal_pointer(&log);
    }
    g_clear_pointer(&log, replay_log_free);
    state->n_places = 0;
    log = log_load(state, path, device, &bars);
    if (log) {
        memcpy(log->pci.start, bars.start, sizeof(bars.start));
        memcpy(log->pci.size, bars.size, sizeof(bars.size));
    }
    return g_steal_pointer(&log);
}

void replay_log_free(ReplayLog *log)
{
    if (!log) {
        return;
    }
    replay_free(log->replay);
    replay_memory_free(log->memory);
    g_free(log->device);
    if (log->rom) {
        g_byte_array_unref(log->rom);
    }
    g_free(log);
}
