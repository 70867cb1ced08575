/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: JSON with an object on each line
 *
 * vfio-trace-decode(1) describes the members.  The members of a register are
 * those of the access, or, if it reaches several, of the items of "parts".
 */
#include "tools/decode/decode.h"
#include "tools/decode/memory.h"

#include "tools/analysis/json-line.h"

static const char *const json_ops[] = {
    [MMT_ENTRY_READ] = "read",
    [MMT_ENTRY_WRITE] = "write",
    [MMT_ENTRY_UNKNOWN] = "unknown",
};

/**
 * struct OldField: a field of the value before
 * @field: the field; NULL: bits that no field has
 * @value: its value
 */
typedef struct OldField {
    const RegDbField *field;
    uint64_t value;
} OldField;

/**
 * struct Fields: fields of a register are written
 * @json: the line
 * @view: the view
 * @mask: bits of the register that the access reaches
 * @old: OldField
 */
typedef struct Fields {
    GString *json;
    const RegDbView *view;
    uint64_t mask;
    GArray *old;
} Fields;

static void put_text(const Fields *fields, const RegDbField *field,
                     uint64_t value)
{
    g_autoptr(GString) text = g_string_new(NULL);

    regdb_put_field(fields->view, field, value, fields->mask, &regdb_no_colors,
                    text);
    json_line_text(fields->json, "text", text->str);
}

static void put_field(const RegDbField *field, uint64_t value,
                      const char *name, void *opaque)
{
    Fields *fields = opaque;

    (void)name;
    json_line_item(fields->json);
    if (field) {
        json_line_text(fields->json, "name", field->name);
    }
    json_line_hex(fields->json, "value", value);
    if (field) {
        put_text(fields, field, value);
    }
    json_line_item_end(fields->json);
}

static void keep_old(const RegDbField *field, uint64_t value, const char *name,
                     void *opaque)
{
    Fields *fields = opaque;
    OldField old = { .field = field, .value = value };

    (void)name;
    g_array_append_val(fields->old, old);
}

/* The value before; what is kept is taken out */
static uint64_t take_old(GArray *old, const RegDbField *field)
{
    guint i;

    for (i = 0; i < old->len; i++) {
        const OldField *item = &g_array_index(old, OldField, i);

        if (item->field == field) {
            uint64_t value = item->value;

            g_array_remove_index(old, i);
            return value;
        }
    }
    return 0;
}

static void put_change(GString *json, const RegDbField *field, uint64_t from,
                       uint64_t to)
{
    if (from != to) {
        json_line_item(json);
        if (field) {
            json_line_text(json, "name", field->name);
        }
        json_line_hex(json, "from", from);
        json_line_hex(json, "to", to);
        json_line_item_end(json);
    }
}

static void put_changed(const RegDbField *field, uint64_t value,
                        const char *name, void *opaque)
{
    Fields *fields = opaque;

    (void)name;
    put_change(fields->json, field, take_old(fields->old, field), value);
}

static void put_changes(Fields *fields, const RegDbType *type, uint64_t before,
                        uint64_t after, uint64_t mask)
{
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(OldField));

    fields->old = old;
    regdb_each_field(fields->view, type, before, mask, keep_old, fields);
    json_line_list(fields->json, "changed");
    regdb_each_field(fields->view, type, after, mask, put_changed, fields);
    /* bits that no field has are not reported if they are 0 */
    put_change(fields->json, NULL, take_old(old, NULL), 0);
    json_line_list_end(fields->json);
}

static void put_fields(const DecodeSlot *slot, const RegDbPart *part,
                       uint64_t before, uint64_t after, GString *json)
{
    uint64_t mask = decode_part_mask(part) << part->low;
    Fields fields = { .json = json, .view = slot->reach->view, .mask = mask };
    const RegDbType *type = part->reg->type;
    gsize at = json->len;

    before <<= part->low;
    after <<= part->low;
    json_line_list(json, "fields");
    if (!regdb_each_field(slot->reach->view, type, after, mask, put_field, &fields)) {
        g_string_truncate(json, at);
        return;
    }
    json_line_list_end(json);
    if (before != after) {
        put_changes(&fields, type, before, after, mask);
    }
}

static void put_register(const DecodeSlot *slot, const RegDbPart *part,
                         uint64_t value, GString *json)
{
    g_autoptr(GString) text = g_string_new(NULL);

    json_line_text(json, "register", part->reg->name);
    if (part->reg->bits && (part->low || part->bits < part->reg->bits)) {
        json_line_number(json, "low", part->low);
        json_line_number(json, "bits", part->bits);
    }
    if (part->reg->type) {
        regdb_put_part(slot->reach->view, part, value, &regdb_no_colors, text);
        json_line_text(json, "text", text->str);
    }
}

static void put_part(const DecodeSlot *slot, unsigned i, uint64_t before,
                     uint64_t after, GString *json)
{
    const RegDbPart *part = &slot->reach->parts[i].part;
    uint64_t mask = decode_part_mask(part);
    uint64_t old = before >> part->shift & mask;
    uint64_t value = after >> part->shift & mask;

    if (part->reg) {
        put_register(slot, part, after, json);
    }
    if (old != value) {
        json_line_hex(json, "before", old);
    }
    if (part->reg && part->reg->type) {
        put_fields(slot, part, old, value, json);
    }
}

static void put_parts(const DecodeSlot *slot, uint64_t before, uint64_t after,
                      GString *json)
{
    unsigned i;

    if (slot->n == 1) {
        put_part(slot, 0, before, after, json);
        return;
    }
    json_line_list(json, "parts");
    for (i = 0; i < slot->n; i++) {
        const RegDbPart *part = &slot->reach->parts[i].part;

        json_line_item(json);
        json_line_hex(json, "offset", slot->offset + part->shift / 8);
        json_line_hex(json, "value",
                      after >> part->shift & decode_part_mask(part));
        put_part(slot, i, before, after, json);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void put_place(const MmtEntry *entry, GString *json)
{
    if (entry->flags & MMT_ENTRY_TIMED) {
        json_line_number(json, "ns", entry->ns);
    }
    json_line_number(json, "line", entry->line);
}

static void begin_access(Decode *d, const MmtEntry *entry, GString *json)
{
    json_line_begin(json, "access");
    put_place(entry, json);
    json_line_text(json, "op", json_ops[entry->kind]);
    analysis_json_register(&d->names, entry->region, entry->offset, json);
    json_line_number(json, "width", entry->width);
    if (entry->kind != MMT_ENTRY_UNKNOWN) {
        json_line_hex(json, "value", entry->value);
    }
}

static void end_line(Decode *d)
{
    g_string_append(d->work, "}\n");
    convert_out_put(&d->out, d->work->str, d->work->len);
}

static void print_memory(Decode *d, const MmtEntry *entry, const char *name,
                         uint64_t address)
{
    begin_access(d, entry, d->work);
    json_line_text(d->work, "memory", name);
    json_line_hex(d->work, "address", address);
    end_line(d);
}

static void take_access(Decode *d, const MmtEntry *entry)
{
    const DecodeRegion *region = decode_region(d, entry->region);
    uint64_t address, before = entry->value;
    const char *memory = decode_take_memory(region, entry, &address);
    DecodeSlot *slot;
    bool known = true;

    if (memory) {
        decode_count(d, region, NULL);
        if (!d->only_changes) {
            print_memory(d, entry, memory, address);
        }
        return;
    }
    slot = decode_slots_find(region->slots, entry);
    if (!slot) {
        region = decode_ready(d, entry);
        slot = decode_slots_add(region->slots, entry);
        decode_slot_fill(d, region, slot);
    }
    decode_count(d, region, slot);
    if (entry->kind != MMT_ENTRY_UNKNOWN) {
        before = decode_slot_take(slot, entry->value, &known);
    }
    if (!d->only_changes || before != entry->value || !known) {
        begin_access(d, entry, d->work);
        put_parts(slot, before, entry->value, d->work);
        end_line(d);
    }
}

static void put_mark(Decode *d, const MmtEntry *entry)
{
    size_t len;
    const char *text = mmt_trace_text(d->trace, entry, &len);
    g_autofree char *copy = g_strndup(text, len);

    json_line_text(d->work, "text", copy);
}

static void put_map(Decode *d, const MmtEntry *entry)
{
    analysis_json_region(&d->names, entry->region, d->work);
    json_line_hex(d->work, "address", entry->address);
    json_line_number(d->work, "size", entry->value);
}

static void put_unmap(Decode *d, const MmtEntry *entry)
{
    analysis_json_region(&d->names, entry->region, d->work);
}

static void put_lost(Decode *d, const MmtEntry *entry)
{
    if (entry->value != UINT64_MAX) {
        json_line_number(d->work, "events", entry->value);
    }
}

static const struct {
    const char *type;
    void (*put)(Decode *d, const MmtEntry *entry);
} json_others[] = {
    [MMT_ENTRY_MARK] = { "mark", put_mark },
    [MMT_ENTRY_MAP] = { "map", put_map },
    [MMT_ENTRY_UNMAP] = { "unmap", put_unmap },
    [MMT_ENTRY_LOST] = { "lost", put_lost },
};

static void take_other(Decode *d, const MmtEntry *entry)
{
    decode_take_other(d, entry);
    if (entry->kind >= G_N_ELEMENTS(json_others) ||
        !json_others[entry->kind].type ||
        (entry->kind == MMT_ENTRY_MARK && !d->marks)) {
        return;
    }
    json_line_begin(d->work, json_others[entry->kind].type);
    put_place(entry, d->work);
    json_others[entry->kind].put(d, entry);
    end_line(d);
}

static void json_entries(Decode *d, void *state, const MmtEntry *entries,
                         size_t n)
{
    size_t i;

    (void)state;
    for (i = 0; i < n; i++) {
        /* an entry of a ring is whole when something else comes */
        if (decode_memory_take(d, &entries[i], &decode_memory_json)) {
            continue;
        }
        if (decode_is_access(&entries[i])) {
            take_access(d, &entries[i]);
        } else {
            take_other(d, &entries[i]);
        }
    }
}

void decode_json_summary(Decode *d)
{
    const DecodeCounts *counts = &d->counts;
    unsigned i;

    json_line_begin(d->work, "summary");
    json_line_number(d->work, "accesses", counts->accesses);
    json_line_number(d->work, "named", counts->named);
    json_line_number(d->work, "without_database", counts->bare);
    json_line_number(d->work, "unnamed_registers",
                     g_hash_table_size(counts->registers));
    json_line_list(d->work, "first");
    for (i = 0; i < counts->n_first; i++) {
        json_line_item(d->work);
        analysis_json_register(&d->names, counts->first[i].region,
                               counts->first[i].offset, d->work);
        json_line_item_end(d->work);
    }
    json_line_list_end(d->work);
    end_line(d);
}

static void json_end(Decode *d, void *state)
{
    (void)state;
    if (d->memory) {
        analysis_memory_end(d->memory, false);
    }
}

const DecodeFormat decode_json = {
    .name = "json",
    .rings = true,
    .end = json_end,
    .entries = json_entries,
    .summary = decode_json_summary,
};
