/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: a trace as packets, for Wireshark with
 * wireshark/vfio-trace.lua
 *
 * Each entry is a packet with a record (pcapng-record.h), on the interface of
 * its device.  Reads are inbound, writes are outbound.  A batch of entries is
 * kept until it is complete: the names that it needs come before it.
 */
#include "tools/export/format.h"

#include <string.h>

#include "libmmiotrace/printable.h"
#include "tools/convert/op.h"
#include "tools/convert/sink.h"
#include "tools/export/clock.h"
#include "tools/export/pcapng-marks.h"
#include "tools/export/pcapng-names.h"
#include "tools/export/pcapng-out.h"
#include "tools/export/pcapng-record.h"

/* Devices with an interface of their own */
#define INTERFACES_MAX 1024

/* Bytes of packets that wait for a mark of the clocks */
#define HELD_MAX (1u << 20)

/* Bytes of definitions in a packet, before the last item */
#define DEFINITIONS_MAX 16384

/**
 * struct Pcapng: state of the format
 * @job: what the verb has given
 * @clock: times
 * @set: number of this file's definitions; 0 until it is known
 * @dated: the times of the packets are of the wall clock
 * @timed: there was an entry with a time
 * @held: nothing was written yet, as the mark of the clocks may come
 * @offset: what is added to the log's times, when packets are no longer held
 * @first: time of the batch's first packet
 * @names: names of registers
 * @interfaces: number of an interface + 1 by name of its device
 * @phases: phases that were defined
 * @head: blocks that come before those of the batch
 * @packets: packets of the batch
 * @record: record of a packet
 * @items: definitions for the next packet with definitions
 * @text: text of a mark
 */
typedef struct Pcapng {
    ExportJob job;
    ExportClock clock;
    uint32_t set;
    bool dated;
    bool timed;
    bool held;
    uint64_t offset;
    uint64_t first;
    PcapngNames *names;
    GHashTable *interfaces;
    uint32_t phases;
    GByteArray *head;
    GByteArray *packets;
    GByteArray *record;
    GByteArray *items;
    GString *text;
} Pcapng;

static void *pcapng_begin(const ExportJob *job, GError **error)
{
    Pcapng *p = g_new0(Pcapng, 1);

    (void)error;
    p->job = *job;
    p->held = true;
    p->items = g_byte_array_new();
    p->names = pcapng_names_new(job->db, p->items);
    p->interfaces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          NULL);
    p->head = g_byte_array_new();
    p->packets = g_byte_array_new();
    p->record = g_byte_array_new();
    p->text = g_string_new(NULL);
    mmt_trace_keep_damaged(job->trace, true);
    return p;
}

static void pcapng_free(void *state)
{
    Pcapng *p = state;

    pcapng_names_free(p->names);
    g_hash_table_unref(p->interfaces);
    g_byte_array_unref(p->head);
    g_byte_array_unref(p->packets);
    g_byte_array_unref(p->record);
    g_byte_array_unref(p->items);
    g_string_free(p->text, TRUE);
    g_free(p);
}

static uint64_t packet_ns(const Pcapng *p)
{
    return MIN(p->clock.last + (p->held ? 0 : p->offset), EXPORT_CLOCK_MAX);
}

/* Definitions are before what uses them, in the file. */
static void put_definitions(Pcapng *p)
{
    const PcapngPacket packet = { .ns = p->first };
    const PcapngHead head = {
        .kind = PCAPNG_DEFINITIONS,
        .region = PCAPNG_REGION_OTHER,
    };

    if (p->items->len) {
        pcapng_record_begin(p->record, p->set, &head);
        g_byte_array_append(p->record, p->items->data, p->items->len);
        pcapng_put_packet(p->head, &packet, p->record->data, p->record->len);
        g_byte_array_set_size(p->items, 0);
    }
}

static void define_phase(Pcapng *p, uint32_t phase)
{
    g_autoptr(GByteArray) item = NULL;
    const char *name = mmt_trace_phase(p->job.trace, phase);

    if (phase < p->phases || !name) {
        return;
    }
    p->phases = phase + 1;
    item = g_byte_array_new();
    pcapng_put32(item, phase);
    pcapng_put_name(item, name);
    pcapng_record_item(p->items, PCAPNG_ITEM_PHASE, item->data, item->len);
}

/* Return: number of the interface of a device, which is made if needed */
static uint32_t find_interface(Pcapng *p, const MmtRegion *region)
{
    const char *name = region && *region->device ? region->device : "device";
    g_autofree char *ids = NULL;
    gpointer known;
    guint n;

    if (!region) {
        return 0;
    }
    known = g_hash_table_lookup(p->interfaces, name);
    n = g_hash_table_size(p->interfaces);
    if (known || n >= INTERFACES_MAX) {
        return GPOINTER_TO_UINT(known);
    }
    if (region->vendor) {
        ids = g_strdup_printf("%04x:%04x", region->vendor, region->device_id);
    }
    pcapng_put_interface(p->head, name, ids);
    g_hash_table_insert(p->interfaces, g_strdup(name), GUINT_TO_POINTER(n + 1));
    return n + 1;
}

/* What all records have */
static PcapngHead common_head(const MmtEntry *entry, const MmtRegion *region)
{
    PcapngHead head = {
        .region = region && region->number >= 0 ? region->number :
                  PCAPNG_REGION_OTHER,
        .line = entry->line,
        .phase = entry->phase,
    };

    if (entry->flags & MMT_ENTRY_TIMED) {
        head.flags |= PCAPNG_TIMED;
        head.ns = entry->ns;
    }
    if (convert_has_value(entry)) {
        head.flags |= PCAPNG_VALUE;
        head.value = entry->value;
    }
    if (region && !region->synthetic) {
        head.flags |= PCAPNG_ADDRESS;
        head.address = entry->address;
    }
    return head;
}

static void begin_region(Pcapng *p, const PcapngHead *head,
                         const MmtRegion *region)
{
    pcapng_record_begin(p->record, p->set, head);
    if (region) {
        pcapng_record_name(p->record, PCAPNG_ITEM_DEVICE, region->device);
        pcapng_record_name(p->record, PCAPNG_ITEM_REGION, region->name);
    }
}

static void put_registers(Pcapng *p, const DecodeSlot *slot)
{
    unsigned i;

    for (i = 0; i < slot->n; i++) {
        const RegDbRegister *reg = slot->reach->parts[i].part.reg;

        if (reg) {
            pcapng_record_name(p->record, PCAPNG_ITEM_REGISTER, reg->name);
        }
    }
}

/* An access without a value has a name at most. */
static void put_name(Pcapng *p, const MmtEntry *entry)
{
    const char *name = analysis_db_name(p->job.db, entry->region,
                                        entry->offset);

    if (name) {
        pcapng_record_name(p->record, PCAPNG_ITEM_REGISTER, name);
    }
}

static void put_latency(Pcapng *p, const MmtEntry *entry)
{
    size_t len;
    const char *line = mmt_trace_line(p->job.trace, entry, &len);
    MmtSpan span;
    uint64_t ns;

    if (memmem(line, len, " latency=", strlen(" latency="))) {
        span = mmt_mark_value((MmtSpan) { line, len }, "latency");
        if (span.p && mmt_words_decimal(span, &ns)) {
            uint32_t le = GUINT32_TO_LE((uint32_t)MIN(ns, UINT32_MAX));

            pcapng_record_item(p->record, PCAPNG_ITEM_LATENCY, &le, sizeof(le));
        }
    }
}

static void put_before(Pcapng *p, uint64_t before, uint64_t value)
{
    uint64_t le = GUINT64_TO_LE(before);

    if (before != value) {
        pcapng_record_item(p->record, PCAPNG_ITEM_BEFORE, &le, sizeof(le));
    }
}

static void make_access(Pcapng *p, const MmtEntry *entry,
                        const MmtRegion *region, PcapngHead *head)
{
    bool whole = entry->kind != MMT_ENTRY_UNKNOWN && entry->width;
    const DecodeSlot *slot = NULL;
    uint64_t before = entry->value;

    head->kind = PCAPNG_READ + entry->kind;
    head->width = entry->width;
    head->offset = entry->offset;
    if (entry->cpu != MMT_NO_CPU) {
        head->flags |= PCAPNG_CPU;
        head->cpu = entry->cpu;
    }
    if (entry->pc) {
        head->flags |= PCAPNG_PC;
        head->pc = entry->pc;
    }
    if (whole) {
        slot = pcapng_names_access(p->names, entry, &before, &head->shape);
    }
    begin_region(p, head, region);
    if (slot) {
        put_registers(p, slot);
        put_before(p, before, entry->value);
    } else {
        put_name(p, entry);
    }
    put_latency(p, entry);
}

static void make_mark(Pcapng *p, const MmtEntry *entry, PcapngHead *head)
{
    size_t len;
    const char *text = mmt_trace_text(p->job.trace, entry, &len);
    const MmtSpan span = { text, len };

    pcapng_marks_sort(entry, span, head);
    pcapng_record_begin(p->record, p->set, head);
    pcapng_marks_items(entry, span, p->record);
}

static void make_line(Pcapng *p, const MmtEntry *entry, PcapngHead *head)
{
    size_t len;
    const char *line = mmt_trace_line(p->job.trace, entry, &len);

    if (len > PCAPNG_TEXT_MAX) {
        head->flags |= PCAPNG_CUT;
    }
    pcapng_record_begin(p->record, p->set, head);
    len -= len && line[len - 1] == '\r';
    pcapng_marks_text((MmtSpan) { line, len }, p->record);
}

static const uint8_t other_kinds[] = {
    [MMT_ENTRY_MAP] = PCAPNG_MAP,
    [MMT_ENTRY_UNMAP] = PCAPNG_UNMAP,
    [MMT_ENTRY_DEVICE] = PCAPNG_DEVICE,
    [MMT_ENTRY_LOST] = PCAPNG_LOST,
    [MMT_ENTRY_DAMAGED] = PCAPNG_DAMAGED,
};

static void make_other(Pcapng *p, const MmtEntry *entry,
                       const MmtRegion *region, PcapngHead *head)
{
    head->kind = other_kinds[entry->kind];
    if (entry->kind == MMT_ENTRY_DEVICE || entry->kind == MMT_ENTRY_DAMAGED) {
        make_line(p, entry, head);
    } else {
        begin_region(p, head, region);
    }
}

/* A user's or a guest's mark is a comment, too: Wireshark lists them. */
static void put_comment(Pcapng *p, const MmtEntry *entry, PcapngPacket *packet)
{
    size_t len;
    const char *text;

    if (entry->kind == MMT_ENTRY_MARK && !(entry->flags & MMT_ENTRY_TRACER)) {
        text = mmt_trace_text(p->job.trace, entry, &len);
        len = MIN(len, PCAPNG_OPTION_MAX);
        g_string_set_size(p->text, len);
        mmt_printable(text, len, p->text->str, len);
        packet->comment = p->text->str;
    }
}

static void put_entry(Pcapng *p, const MmtEntry *entry)
{
    const MmtRegion *region = entry->region == MMT_NO_REGION ? NULL :
                              mmt_trace_region(p->job.trace, entry->region);
    PcapngHead head = common_head(entry, region);
    PcapngPacket packet = {
        .interface = find_interface(p, region),
        .ns = packet_ns(p),
        .direction = entry->kind == MMT_ENTRY_READ ? PCAPNG_INBOUND :
                     entry->kind == MMT_ENTRY_WRITE ? PCAPNG_OUTBOUND :
                     PCAPNG_NO_DIRECTION,
    };

    if (!p->packets->len) {
        p->first = packet.ns;
    }
    define_phase(p, entry->phase);
    if (convert_is_access(entry)) {
        make_access(p, entry, region, &head);
    } else if (entry->kind == MMT_ENTRY_MARK) {
        make_mark(p, entry, &head);
        put_comment(p, entry, &packet);
    } else {
        make_other(p, entry, region, &head);
    }
    pcapng_put_packet(p->packets, &packet, p->record->data, p->record->len);
    if (p->items->len > DEFINITIONS_MAX) {
        put_definitions(p);
    }
}

/* What comes before the first entry with a time is shown just before it. */
static void set_begin(Pcapng *p, const MmtEntry *entry)
{
    uint64_t ns = MIN(entry->ns, EXPORT_CLOCK_MAX);
    uint64_t later = ns - MIN(ns, p->clock.last);

    if (p->timed || !(entry->flags & MMT_ENTRY_TIMED)) {
        return;
    }
    p->timed = true;
    if (p->held) {
        pcapng_shift(p->head, later, EXPORT_CLOCK_MAX);
        pcapng_shift(p->packets, later, EXPORT_CLOCK_MAX);
        p->first += later;
    }
}

/*
 * Descriptions of devices have no times: they do not count as untimed.  Damaged
 * lines are counted as such.
 */
static void take(Pcapng *p, const MmtEntry *entry)
{
    set_begin(p, entry);
    if (entry->kind != MMT_ENTRY_DEVICE && entry->kind != MMT_ENTRY_DAMAGED) {
        export_clock_next(&p->clock, entry);
    }
    put_entry(p, entry);
}

/* Return: is there nothing to wait for, since the clock's mark comes first? */
static bool find_clock(Pcapng *p, const MmtEntry *entry)
{
    size_t len;
    const char *text;

    if (entry->kind == MMT_ENTRY_MARK) {
        text = mmt_trace_text(p->job.trace, entry, &len);
        p->dated = pcapng_marks_clock(entry, (MmtSpan) { text, len },
                                      &p->offset);
    }
    return p->dated || convert_is_access(entry);
}

/* Return: a comment on the file, to be freed */
static char *describe(const Pcapng *p)
{
    char name[PCAPNG_NAME_MAX + 1];

    mmt_printable(p->job.log, strlen(p->job.log), name, PCAPNG_NAME_MAX);
    return g_strconcat(name, p->dated ?
                       ": times are the wall clock's, by the log's clock mark" :
                       ": times are the log's own, not dates", NULL);
}

/* A number that other logs do not have, also of the same name and machine */
static uint32_t number_of(const Pcapng *p)
{
    uint32_t number = g_str_hash(p->job.log);
    guint i;

    for (i = 0; i < p->packets->len; i++) {
        number = number * 33 + p->packets->data[i];
    }
    return number;
}

/* An array that never had a byte has no data, which fwrite() must not get. */
static void write_out(const Pcapng *p, GByteArray *blocks)
{
    if (blocks->len) {
        fwrite(blocks->data, 1, blocks->len, p->job.out);
        g_byte_array_set_size(blocks, 0);
    }
}

/* Write the begin of the file, when it is known what its times are */
static void release(Pcapng *p)
{
    g_autofree char *program = g_strdup_printf("vfio-trace %s", mmt_version());
    g_autofree char *comment = describe(p);
    g_autoptr(GByteArray) start = g_byte_array_new();

    p->held = false;
    p->set = number_of(p);
    pcapng_patch(p->head, PCAPNG_SET_AT, p->set);
    pcapng_patch(p->packets, PCAPNG_SET_AT, p->set);
    pcapng_put_section(start, program, comment);
    pcapng_put_interface(start, "trace", "what belongs to no device");
    write_out(p, start);
    pcapng_shift(p->head, p->offset, EXPORT_CLOCK_MAX);
    pcapng_shift(p->packets, p->offset, EXPORT_CLOCK_MAX);
}

static void flush(Pcapng *p)
{
    put_definitions(p);
    if (p->held) {
        release(p);
    }
    write_out(p, p->head);
    write_out(p, p->packets);
}

static bool is_taken(const MmtEntry *entry)
{
    return convert_op(entry) || entry->kind == MMT_ENTRY_DAMAGED;
}

static bool pcapng_entries(void *state, const MmtEntry *entries, size_t n,
                           GError **error)
{
    Pcapng *p = state;
    bool ready = !p->held;
    size_t i;

    (void)error;
    for (i = 0; i < n; i++) {
        if (i == n - 1 && analysis_db_pending(p->job.db)) {
            /* the access that says which chip it is has names already */
            analysis_db_apply(p->job.db);
        }
        ready = ready || find_clock(p, &entries[i]);
        if (is_taken(&entries[i])) {
            take(p, &entries[i]);
        }
    }
    if (ready || p->packets->len > HELD_MAX) {
        flush(p);
    }
    return true;
}

static bool pcapng_end(void *state, GError **error)
{
    Pcapng *p = state;

    (void)error;
    flush(p);
    export_clock_end(&p->clock, p->job.notes);
    convert_note(p->job.notes,
                 "accesses beyond 65536 kinds of them, whose values are not decoded",
                 pcapng_names_left_out(p->names));
    return true;
}

const ExportFormat export_pcapng = {
    .name = "pcapng",
    .ending = "pcapng",
    .begin = pcapng_begin,
    .entries = pcapng_entries,
    .end = pcapng_end,
    .free = pcapng_free,
};
