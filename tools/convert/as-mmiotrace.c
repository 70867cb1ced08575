/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat --as mmiotrace (docs/log-format.md, "Converted logs")
 *
 * Theory of operation
 *
 * Lines of a trace that is mmiotrace already are kept (keep.h).  For the other
 * formats, devices and regions are introduced when their first access comes:
 * PCIDEV and a device mark, a coverage mark, and a MAP line.  A region has one
 * map id, the number of the region plus one.  Its mapping contains all accesses
 * so far: if one lies outside, the region is mapped again, at least twice as
 * long.
 */
#include "tools/convert/sink.h"
#include "tools/convert/device.h"
#include "tools/convert/keep.h"
#include "tools/convert/op.h"

#include <string.h>

#include "libmmiotrace/format.h"
#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/put.h"
#include "libmmiotrace/trace.h"

/* Length of a mapping whose size is not known */
#define ROOM (1ull << 32)

/**
 * struct Room: where a region is mapped
 * @told: its coverage mark was written
 * @mapped: its MAP line was written
 * @base: address of its first byte
 * @len: length of the mapping
 */
typedef struct Room {
    bool told;
    bool mapped;
    uint64_t base;
    uint64_t len;
} Room;

/**
 * struct Mmiotrace: state of a conversion
 * @trace: the trace
 * @out: the output
 * @keep: lines are kept: the trace is mmiotrace; or NULL
 * @devices: devices that were introduced
 * @rooms: Room, by number of the region
 * @begun: the first lines were written
 * @early_lost: events that were lost before the first lines
 * @untimed: the trace has no times
 * @ns: time of the last line
 * @late: times that were raised, since the one before was later
 * @split: accesses that were split, since no line has their width
 * @unfit: accesses that no line can describe
 */
typedef struct Mmiotrace {
    MmtTrace *trace;
    ConvertOut *out;
    ConvertKeep *keep;
    ConvertDevices *devices;
    GArray *rooms;
    bool begun;
    bool untimed;
    uint64_t early_lost;
    uint64_t ns;
    uint64_t late;
    uint64_t split;
    uint64_t unfit;
} Mmiotrace;

static void put_mark(Mmiotrace *mm, MmtMark mark, const MmtMarkWord *words)
{
    char *p = convert_out_room(mm->out, MMT_LINE_MAX);

    convert_out_took(mm->out, p + mmt_mark_put_line(mark, words, mm->ns, p));
}

static void put_version(Mmiotrace *mm)
{
    static const char version[] = MMT_VERSION_LINE "\n";

    convert_out_put(mm->out, version, sizeof(version) - 1);
}

static void put_converted(Mmiotrace *mm)
{
    put_version(mm);
    put_mark(mm, MMT_MARK_CONVERTED,
             MMT_WORDS(MMT_TEXT("from", mmt_trace_format(mm->trace)),
                       mm->untimed ? MMT_TEXT("times", "none")
                                   : MMT_NO_WORD));
}

/* What was lost before the first lines */
static void put_early_lost(Mmiotrace *mm)
{
    if (mm->early_lost) {
        convert_keep_lost(mm->out, mm->early_lost);
    }
}

/* The first entry tells whether the trace has times. */
static void begin_lines(Mmiotrace *mm, const MmtEntry *entry)
{
    mm->untimed = !(entry->flags & MMT_ENTRY_TIMED);
    mm->ns = mm->untimed ? entry->line * MMT_NS_PER_USEC : entry->ns;
    put_converted(mm);
    put_early_lost(mm);
}

static void begin_kept(Mmiotrace *mm, const MmtEntry *entry)
{
    mm->keep = convert_keep_new(mm->trace, mm->out);
    if (entry->kind != MMT_ENTRY_OTHER) {
        mm->ns = entry->ns;
        put_converted(mm);
        convert_devices_introduce_user(mm->devices, entry, mm->ns, mm->out);
    }
    put_early_lost(mm);
}

static void note_early_lost(Mmiotrace *mm, uint64_t n)
{
    mm->early_lost = n > UINT64_MAX - mm->early_lost ? UINT64_MAX
                                                     : mm->early_lost + n;
}

/*
 * Begin with the first entry that is of one format only: notices of lost events
 * are not.  Return: number of the entries before it
 */
static size_t begin(Mmiotrace *mm, const MmtEntry *entries, size_t n)
{
    const char *format = mmt_trace_format(mm->trace);
    size_t i = 0;

    while (i < n && entries[i].kind == MMT_ENTRY_LOST) {
        note_early_lost(mm, entries[i++].value);
    }
    if (i < n && !strcmp(format, "mmiotrace")) {
        begin_kept(mm, &entries[i]);
    } else if (i < n) {
        begin_lines(mm, &entries[i]);
    }
    mm->begun = i < n;
    return i;
}

static void set_time(Mmiotrace *mm, const MmtEntry *entry)
{
    uint64_t ns = mm->ns;

    if (entry->flags & MMT_ENTRY_TIMED) {
        ns = entry->ns;
        mm->late += ns < mm->ns;
    } else if (mm->untimed) {
        ns = entry->line * MMT_NS_PER_USEC;
    }
    mm->ns = MAX(ns, mm->ns);
}

static Room *room_of(Mmiotrace *mm, uint32_t region)
{
    if (region >= mm->rooms->len) {
        g_array_set_size(mm->rooms, region + 1);
    }
    return &g_array_index(mm->rooms, Room, region);
}

static void put_region_line(Mmiotrace *mm, const char *keyword, size_t len,
                            uint32_t region, const Room *room)
{
    char *p = convert_out_room(mm->out, MMT_LINE_MAX);

    p = convert_put_str(p, keyword, len);
    p = mmt_put_time(p, mm->ns);
    *p++ = ' ';
    p = convert_put_dec(p, region + 1);
    if (room) {
        *p++ = ' ';
        p = convert_put_hex(p, room->base);
        p = CONVERT_LITERAL(p, " 0x0 ");
        p = convert_put_hex(p, room->len);
    }
    p = CONVERT_LITERAL(p, " 0x0 0\n");
    convert_out_took(mm->out, p);
}

static void put_coverage(Mmiotrace *mm, uint32_t number, const Room *room)
{
    const MmtRegion *region = mmt_trace_region(mm->trace, number);
    g_autofree char *device = convert_device_name(region->device);
    g_autofree char *name = convert_region_name(region);

    put_mark(mm, MMT_MARK_COVERAGE,
             MMT_WORDS(MMT_TEXT("device", device), MMT_TEXT("region", name),
                       MMT_NUMBER("map", number + 1),
                       MMT_NUMBER("addr", room->base),
                       MMT_NUMBER("len", room->len),
                       MMT_TEXT("state", "trapped")));
}

/* At least @min bytes, a power of two, but no more than fit behind @base */
static uint64_t room_len(uint64_t base, uint64_t min)
{
    uint64_t len = ROOM;

    while (len < min && len < 1ull << 63) {
        len <<= 1;
    }
    if (len < min) {
        len = UINT64_MAX;
    }
    return base ? MIN(len, UINT64_MAX - base + 1) : len;
}

/* Place a room so that the access lies within.  Return: false if none is */
static bool place_room(Mmiotrace *mm, const MmtEntry *entry, Room *room)
{
    const MmtRegion *region = mmt_trace_region(mm->trace, entry->region);
    uint64_t end = entry->offset + MAX(entry->width, 1);

    room->base = entry->address - entry->offset;
    if (end < entry->offset) {
        return false;
    }
    if (room->base && UINT64_MAX - room->base + 1 < end) {
        /* no address is that high: from zero up there is more room */
        room->base = 0;
    }
    room->len = region->size >= end ? region->size : room_len(room->base, end);
    if (room->base && UINT64_MAX - room->base + 1 < room->len) {
        room->len = UINT64_MAX - room->base + 1;
    }
    return true;
}

static bool lies_within(const Room *room, const MmtEntry *entry)
{
    unsigned width = MAX(entry->width, 1);

    return room->mapped && room->len >= width &&
           entry->offset <= room->len - width &&
           (room->base == entry->address - entry->offset || !room->base);
}

/* Map the region of an access.  Return: its room, or NULL */
static const Room *map_room(Mmiotrace *mm, const MmtEntry *entry)
{
    Room *room = room_of(mm, entry->region);
    bool mapped = room->mapped;
    Room place = { 0 };

    if (lies_within(room, entry)) {
        return room;
    }
    if (!place_room(mm, entry, &place)) {
        return NULL;
    }
    convert_devices_introduce(mm->devices, entry->region, mm->ns, mm->out);
    if (!room->told) {
        put_coverage(mm, entry->region, &place);
    }
    if (mapped) {
        put_region_line(mm, "UNMAP ", 6, entry->region, NULL);
    }
    *room = place;
    room->told = room->mapped = true;
    put_region_line(mm, "MAP ", 4, entry->region, room);
    return room;
}

static void tell_config(Mmiotrace *mm, uint32_t region)
{
    Room *room = room_of(mm, region);

    if (!room->told) {
        *room = (Room) { .told = true, .len = MMT_CONFIG_SIZE };
        convert_devices_introduce(mm->devices, region, mm->ns, mm->out);
        put_coverage(mm, region, room);
    }
}

static char *put_extras(char *p, const Mmiotrace *mm, const MmtEntry *entry)
{
    if (entry->cpu != MMT_NO_CPU) {
        p = CONVERT_LITERAL(p, " cpu=");
        p = convert_put_dec(p, entry->cpu);
    }
    if (mm->ns % MMT_NS_PER_USEC) {
        p = CONVERT_LITERAL(p, " ns=");
        p = mmt_put_seconds(p, mm->ns);
    }
    *p++ = '\n';
    return p;
}

static char letter(const MmtEntry *entry)
{
    return entry->kind == MMT_ENTRY_WRITE ? 'W' : 'R';
}

/* As libmmiotrace/format.c has it, in the fast way of an access */
static void put_config(Mmiotrace *mm, const MmtEntry *entry)
{
    char *p;

    if (!entry->width || entry->width > MMT_CONFIG_WIDTH_MAX ||
        entry->offset > MMT_CONFIG_SIZE - entry->width) {
        mm->unfit++;
        return;
    }
    tell_config(mm, entry->region);
    p = convert_out_room(mm->out, MMT_LINE_MAX);
    p = CONVERT_LITERAL(p, "MARK ");
    p = mmt_put_time(p, mm->ns);
    p = CONVERT_LITERAL(p, " " MMT_MARK_PREFIX "config ");
    *p++ = letter(entry);
    p = CONVERT_LITERAL(p, " width=");
    *p++ = '0' + entry->width;
    p = CONVERT_LITERAL(p, " map=");
    p = convert_put_dec(p, entry->region + 1);
    p = CONVERT_LITERAL(p, " offset=");
    p = convert_put_hex(p, entry->offset);
    p = CONVERT_LITERAL(p, " value=");
    p = convert_put_hex(p, entry->value);
    if (entry->pc) {
        p = CONVERT_LITERAL(p, " pc=");
        p = convert_put_hex(p, entry->pc);
    }
    p = put_extras(p, mm, entry);
    convert_out_took(mm->out, p);
}

static void put_line(Mmiotrace *mm, const Room *room, const MmtEntry *entry)
{
    char *p = convert_out_room(mm->out, MMT_LINE_MAX);

    *p++ = letter(entry);
    *p++ = ' ';
    *p++ = '0' + entry->width;
    *p++ = ' ';
    p = mmt_put_time(p, mm->ns);
    *p++ = ' ';
    p = convert_put_dec(p, entry->region + 1);
    *p++ = ' ';
    p = convert_put_hex(p, room->base + entry->offset);
    *p++ = ' ';
    p = convert_put_hex(p, entry->value);
    *p++ = ' ';
    p = convert_put_hex(p, entry->pc);
    p = CONVERT_LITERAL(p, " 0");
    p = put_extras(p, mm, entry);
    convert_out_took(mm->out, p);
}

/* I/O ports are accessed up to four bytes at a time. */
static bool is_width(const MmtRegion *region, unsigned width)
{
    bool port = region->number == MMT_REGION_VGA_3B0 ||
                region->number == MMT_REGION_VGA_3C0;

    return width <= (port ? 4 : 8) && !(width & (width - 1));
}

/* KVM has accesses of other widths, too: lines are of 1, 2, 4 or 8 bytes. */
static void put_pieces(Mmiotrace *mm, const Room *room, MmtEntry entry)
{
    unsigned left = entry.width;

    mm->split++;
    while (left) {
        uint64_t value = entry.value;

        entry.width = left >= 4 ? 4 : left >= 2 ? 2 : 1;
        entry.value &= (1ull << (8 * entry.width)) - 1;
        put_line(mm, room, &entry);
        entry.value = value >> (8 * entry.width);
        entry.offset += entry.width;
        left -= entry.width;
    }
}

static void put_access(Mmiotrace *mm, const MmtEntry *entry)
{
    const MmtRegion *region = mmt_trace_region(mm->trace, entry->region);
    const Room *room;

    if (region->number == MMT_REGION_CONFIG) {
        put_config(mm, entry);
        return;
    }
    room = entry->width && entry->kind != MMT_ENTRY_UNKNOWN
        ? map_room(mm, entry) : NULL;
    if (!room) {
        mm->unfit++;
    } else if (is_width(region, entry->width)) {
        put_line(mm, room, entry);
    } else {
        put_pieces(mm, room, *entry);
    }
}

static void put_user_mark(Mmiotrace *mm, const MmtEntry *entry)
{
    size_t len;
    const char *text = mmt_trace_text(mm->trace, entry, &len);

    convert_keep_mark(mm->out, mm->ns, text, len);
}

static void put_entry(Mmiotrace *mm, const MmtEntry *entry)
{
    set_time(mm, entry);
    if (convert_is_access(entry)) {
        put_access(mm, entry);
    } else if (entry->kind == MMT_ENTRY_MARK) {
        put_user_mark(mm, entry);
    } else if (entry->kind == MMT_ENTRY_LOST) {
        convert_keep_lost(mm->out, entry->value);
    }
}

static void mmiotrace_entries(void *state, const MmtEntry *entries, size_t n)
{
    Mmiotrace *mm = state;
    size_t i = mm->begun ? 0 : begin(mm, entries, n);

    if (mm->keep) {
        convert_keep_entries(mm->keep, entries + i, n - i);
        return;
    }
    for (; i < n; i++) {
        put_entry(mm, &entries[i]);
    }
}

static void *mmiotrace_begin(MmtTrace *trace, ConvertOut *out)
{
    Mmiotrace *mm = g_new0(Mmiotrace, 1);

    mmt_trace_keep_head(trace);
    mm->trace = trace;
    mm->out = out;
    mm->devices = convert_devices_new(trace);
    mm->rooms = g_array_new(FALSE, TRUE, sizeof(Room));
    return mm;
}

static void mmiotrace_end(void *state, GString *notes)
{
    Mmiotrace *mm = state;

    if (!mm->begun && mmt_trace_format(mm->trace)) {
        /* a trace without accesses */
        put_converted(mm);
        put_early_lost(mm);
    }
    convert_note(notes, "times that went backwards and were raised", mm->late);
    convert_note(notes, "accesses that were split into 4, 2 and 1 bytes",
                 mm->split);
    convert_note(notes, "accesses that mmiotrace can't describe", mm->unfit);
    if (mm->keep) {
        convert_keep_free(mm->keep, notes);
    }
    convert_devices_free(mm->devices);
    g_array_unref(mm->rooms);
    g_free(mm);
}

const ConvertSink convert_as_mmiotrace = {
    .name = "mmiotrace",
    .single = true,
    .begin = mmiotrace_begin,
    .entries = mmiotrace_entries,
    .end = mmiotrace_end,
};
