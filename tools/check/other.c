/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: traces that are not mmiotrace (see other.h)
 *
 * These formats have no grammar of their own: they are lines among lines of
 * other programs.  What can be checked is that each access is whole, that its
 * value fits its width, and that it lies within its region.
 */
#include "tools/check/other.h"
#include "tools/check/fault.h"

#include <inttypes.h>

#include "libmmiotrace/input.h"
#include "tools/common/tool.h"

/**
 * struct Counts: accesses to a region
 */
typedef struct Counts {
    uint64_t reads;
    uint64_t writes;
} Counts;

/**
 * struct CheckOther: state of the check
 * @format: the format
 * @regions: devices and regions
 * @input: the parser's state
 * @counts: Counts, by number of region
 * @reads: all reads
 * @writes: all writes
 * @marks: all marks
 * @skipped: lines of other programs, or of events without an access
 * @backwards: times that the time goes back: QEMU writes a line after it has
 *             read the clock, in several threads
 * @last_ns: time of the last access
 */
struct CheckOther {
    const MmtInputFormat *format;
    MmtRegions *regions;
    MmtInput input;
    GArray *counts;
    uint64_t reads;
    uint64_t writes;
    uint64_t marks;
    uint64_t skipped;
    uint64_t backwards;
    uint64_t last_ns;
};

static MmtEntry new_entry(void)
{
    return (MmtEntry) { .cpu = MMT_NO_CPU, .region = MMT_NO_REGION };
}

/* Its length without a CR at the end */
static size_t length(const MmtLine *line)
{
    return line->len - (line->len && line->p[line->len - 1] == '\r');
}

static void check_other_lost(Check *check, uint64_t lost)
{
    if (lost == UINT64_MAX) {
        check_fault_lost(check, 1, "events were lost here");
        return;
    }
    check_add_lost(check, lost);
    check_fault_lost(check, 1, "%" PRIu64 " event%s lost here or before", lost,
                     lost == 1 ? " was" : "s were");
}

CheckOther *check_other_begin(Check *check, const MmtLine *line)
{
    size_t len = length(line);
    MmtEntry entry = new_entry();
    CheckOther *other;

    if (!len) {
        return NULL;
    }
    other = g_new0(CheckOther, 1);
    other->skipped = check->lines - 1;
    other->regions = mmt_regions_new();
    other->input.regions = other->regions;
    other->counts = g_array_new(FALSE, TRUE, sizeof(Counts));
    mmt_input_find(&other->input, line->p, len, &entry, &other->format);
    if (!other->format) {
        if (entry.kind == MMT_ENTRY_LOST) {
            check_other_lost(check, entry.value);
        }
        g_clear_pointer(&other, check_other_free);
    }
    return other;
}

void check_other_free(CheckOther *other)
{
    if (other) {
        mmt_regions_free(other->regions);
        g_array_unref(other->counts);
        g_free(other);
    }
}

static void check_other_access(Check *check, const MmtEntry *entry)
{
    CheckOther *other = check->other;
    const MmtRegion *region = mmt_regions_get(other->regions, entry->region);
    Counts *counts;

    if (entry->region >= other->counts->len) {
        g_array_set_size(other->counts, entry->region + 1);
    }
    counts = &g_array_index(other->counts, Counts, entry->region);
    counts->reads += entry->kind == MMT_ENTRY_READ;
    counts->writes += entry->kind == MMT_ENTRY_WRITE;
    other->reads += entry->kind == MMT_ENTRY_READ;
    other->writes += entry->kind == MMT_ENTRY_WRITE;
    if (entry->width && entry->width < 8 &&
        entry->value >> (8 * entry->width)) {
        check_fault(check, check->at, 1, "the value 0x%" PRIx64
                    " does not fit into %u byte%s", entry->value,
                    entry->width, entry->width > 1 ? "s" : "");
    }
    if (region->size && (entry->offset >= region->size ||
                         entry->width > region->size - entry->offset)) {
        check_fault(check, check->at, 1, "0x%" PRIx64
                    " (%u byte%s) is outside %s, which has 0x%" PRIx64
                    " bytes", entry->offset, entry->width,
                    entry->width == 1 ? "" : "s", region->name, region->size);
    }
    if (entry->flags & MMT_ENTRY_TIMED) {
        other->backwards += entry->ns < other->last_ns;
        other->last_ns = entry->ns;
    }
}

void check_other_line(Check *check, const MmtLine *line)
{
    CheckOther *other = check->other;
    size_t len = length(line);
    MmtEntry entry = new_entry();

    if (line->unterminated) {
        check_fault(check, check->at, line->len + 1,
                    "the log ends without a newline: its last line is cut off");
    }
    if (!len || line->overlong) {
        other->skipped++;
        return;
    }
    switch (other->format->parse(&other->input, line->p, len, &entry)) {
    case MMT_INPUT_ENTRY:
        break;
    case MMT_INPUT_DAMAGED:
        check_fault(check, check->at, 1,
                    "the line begins like an access, but is damaged");
        return;
    default:
        other->skipped++;
        return;
    }
    if (entry.kind <= MMT_ENTRY_UNKNOWN) {
        check_other_access(check, &entry);
    } else if (entry.kind == MMT_ENTRY_LOST) {
        check_other_lost(check, entry.value);
    }
    other->marks += entry.kind == MMT_ENTRY_MARK;
}

void check_other_print(const Check *check)
{
    const CheckOther *other = check->other;
    uint32_t i;

    tool_print("%s: %" PRIu64 " lines (format %s): %" PRIu64 " R, %" PRIu64
               " W, %" PRIu64 " MARK, %" PRIu64 " skipped\n", check->name,
               check->lines, other->format->name, other->reads, other->writes,
               other->marks, other->skipped);
    for (i = 0; i < other->counts->len; i++) {
        const MmtRegion *region = mmt_regions_get(other->regions, i);
        const Counts *counts = &g_array_index(other->counts, Counts, i);

        if (counts->reads || counts->writes) {
            tool_print("  %s%s%s: %" PRIu64 " R, %" PRIu64 " W\n",
                       region->device, *region->device ? " " : "",
                       region->name, counts->reads, counts->writes);
        }
    }
    if (other->backwards) {
        tool_print("%s: note: the time goes back %" PRIu64
                   " time%s: several threads wrote the trace\n", check->name,
                   other->backwards, other->backwards == 1 ? "" : "s");
    }
    tool_print("%s: %" PRIu64 " lost, %" PRIu64 " fault%s\n", check->name,
               check->lost, check->fault_count,
               check->fault_count == 1 ? "" : "s");
}

static void add_u64(JsonBuilder *b, const char *name, uint64_t v)
{
    json_builder_set_member_name(b, name);
    json_builder_add_int_value(b, v);
}

void check_other_json(const Check *check, JsonBuilder *b)
{
    const CheckOther *other = check->other;
    uint32_t i;

    json_builder_set_member_name(b, "format");
    json_builder_add_string_value(b, other->format->name);
    add_u64(b, "reads", other->reads);
    add_u64(b, "writes", other->writes);
    add_u64(b, "marks", other->marks);
    add_u64(b, "skipped", other->skipped);
    add_u64(b, "time-goes-back", other->backwards);
    add_u64(b, "lost", check->lost);
    json_builder_set_member_name(b, "regions");
    json_builder_begin_array(b);
    for (i = 0; i < other->counts->len; i++) {
        const MmtRegion *region = mmt_regions_get(other->regions, i);
        const Counts *counts = &g_array_index(other->counts, Counts, i);

        json_builder_begin_object(b);
        json_builder_set_member_name(b, "device");
        json_builder_add_string_value(b, region->device);
        json_builder_set_member_name(b, "region");
        json_builder_add_string_value(b, region->name);
        add_u64(b, "reads", counts->reads);
        add_u64(b, "writes", counts->writes);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}
