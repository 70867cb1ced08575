/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: state, and forms of output
 */
#ifndef VFIO_TRACE_DECODE_DECODE_H
#define VFIO_TRACE_DECODE_DECODE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "libmmiotrace/mmiotrace.h"
#include "libregdb/text.h"
#include "tools/analysis/db.h"
#include "tools/analysis/memory.h"
#include "tools/analysis/register.h"
#include "tools/convert/out.h"
#include "tools/decode/nvidia.h"
#include "tools/decode/slots.h"
#include "tools/decode/values.h"

/* Names that the summary lists */
#define DECODE_UNNAMED 10

/**
 * struct DecodeColors: escape sequences
 * @time: before a time
 * @name: before the name of a register
 * @mark: before a line that is no access
 * @reset: the end of each
 * @reg: those of values
 */
typedef struct DecodeColors {
    const char *time;
    const char *name;
    const char *mark;
    const char *reset;
    RegDbColors reg;
} DecodeColors;

extern const DecodeColors decode_colors;
extern const DecodeColors decode_no_colors;

/**
 * decode_choose_colors() - choose colours
 * @when: "always", "never", or "auto" or NULL: on a terminal that has them
 */
const DecodeColors *decode_choose_colors(const char *when);

/**
 * struct DecodeRegion: a region
 * @known: are the others filled in?
 * @has_db: a database has something in this region
 * @prefix: names of its registers begin with its name, as another region of
 *          the device had names before
 * @slots: its table of slots
 * @nvidia: what it is of a GPU of NVIDIA's
 */
typedef struct DecodeRegion {
    bool known;
    bool has_db;
    bool prefix;
    DecodeSlots *slots;
    NvidiaRegion nvidia;
} DecodeRegion;

/**
 * struct DecodeUnnamed: a register without a name
 * @region: its region
 * @offset: its offset
 */
typedef struct DecodeUnnamed {
    uint32_t region;
    uint64_t offset;
} DecodeUnnamed;

/**
 * struct DecodeCounts: what the summary tells
 * @accesses: all accesses
 * @named: those with a name, or in a device's memory
 * @bare: those in regions without a database
 * @registers: registers without a name, in regions with a database
 * @more: there were more of them than are counted
 * @first: those with the lowest offsets, in order
 * @n_first: number of @first
 */
typedef struct DecodeCounts {
    uint64_t accesses;
    uint64_t named;
    uint64_t bare;
    GHashTable *registers;
    bool more;
    DecodeUnnamed first[DECODE_UNNAMED];
    unsigned n_first;
} DecodeCounts;

/* What is shown of entries of rings and of watches */
typedef enum DecodeMemoryMode {
    DECODE_MEMORY_AS_MARKS,     /* short, if marks are shown */
    DECODE_MEMORY_SHORT,
    DECODE_MEMORY_FULL,         /* all bytes */
    DECODE_MEMORY_NONE,
} DecodeMemoryMode;

/**
 * struct Decode: state
 * @trace: the trace
 * @db: its databases, or NULL
 * @db_changes: analysis_db_changes() of what is kept
 * @out: the output
 * @colors: colours
 * @only_changes: leave out accesses that change nothing
 * @marks: show marks
 * @names: names of regions
 * @n_regions: regions that the trace had when @names was made
 * @regions: DecodeRegion, by number
 * @firsts: MmtRegionDevice -> number of its first BAR with names, or
 *          MMT_NO_REGION
 * @several: there are several such devices: names begin with the device
 * @named: slots of regions with a database
 * @bare: slots of other regions: they must not push out those of registers
 * @values: texts of values
 * @gpus: GPUs of NVIDIA's
 * @memory: entries of rings and watches, once there was a mark; or NULL
 * @memory_mode: DecodeMemoryMode
 * @memory_entry: the entry that @memory is given
 * @in_entry: the last mark of guest memory was of an entry
 * @counts: for the summary
 * @work: a text that is being made
 * @second: the second of the last access, as text
 */
typedef struct Decode {
    MmtTrace *trace;
    AnalysisDb *db;
    unsigned db_changes;
    ConvertOut out;
    const DecodeColors *colors;
    bool only_changes;
    bool marks;
    AnalysisNames names;
    uint32_t n_regions;
    GArray *regions;
    GHashTable *firsts;
    bool several;
    DecodeSlots named;
    DecodeSlots bare;
    DecodeValues values;
    NvidiaGpus *gpus;
    AnalysisMemory *memory;
    DecodeMemoryMode memory_mode;
    const MmtEntry *memory_entry;
    bool in_entry;
    DecodeCounts counts;
    GString *work;
    ConvertSecond second;
} Decode;

/**
 * struct DecodeFormat: a form of output
 * @name: as typed
 * @comments: lines that begin with '#' are comments
 * @lines: every line of the trace is wanted
 * @rings: marks of rings are wanted, also if they are not selected
 * @begin: make a state of its own, or NULL
 * @entries: print a batch of entries
 * @idle: the trace has not grown for so many milliseconds; or NULL
 * @end: end the output and free the state, or NULL
 * @summary: print the counts; NULL: to standard error
 */
typedef struct DecodeFormat {
    const char *name;
    bool comments;
    bool lines;
    bool rings;
    void *(*begin)(Decode *d);
    void (*entries)(Decode *d, void *state, const MmtEntry *entries, size_t n);
    void (*idle)(Decode *d, void *state, unsigned ms);
    void (*end)(Decode *d, void *state);
    void (*summary)(Decode *d);
} DecodeFormat;

extern const DecodeFormat decode_text;
extern const DecodeFormat decode_json;
extern const DecodeFormat decode_demmio;
extern const DecodeFormat decode_folded;
extern const DecodeFormat decode_folded_json;

/**
 * decode_text_time() - write the time of an entry, or its line
 * @d: the state
 * @p: where to write it; there is room for DECODE_ROOM bytes
 * @entry: the entry
 *
 * Return: the end
 */
char *decode_text_time(Decode *d, char *p, const MmtEntry *entry);

/* DecodeFormat.summary of text and of JSON */
void decode_text_summary(Decode *d);
void decode_json_summary(Decode *d);

/**
 * decode_new() - begin
 * @trace: the trace
 * @db: its databases, or NULL
 * @write: takes the output
 * @opaque: its argument
 */
Decode *decode_new(MmtTrace *trace, AnalysisDb *db, ConvertWrite *write,
                   void *opaque);

/**
 * decode_free() - end; what is in the buffer was flushed
 * @d: the state, or NULL
 */
void decode_free(Decode *d);

/**
 * decode_refresh() - drop what is kept of names that have changed
 * @d: the state
 *
 * To be called before a batch, and before the form of output prints what is
 * left.
 */
void decode_refresh(Decode *d);

/**
 * decode_forget() - drop what is kept of names and last values
 * @d: the state
 *
 * For a log that replaces another one.
 */
void decode_forget(Decode *d);

/**
 * decode_settle() - drop what is kept, if names have changed just now
 * @d: the state
 *
 * Any question to the databases may change names, and with them all views and
 * registers: what slots have of these is gone then.
 *
 * Return: have they changed?
 */
bool decode_settle(Decode *d);

/**
 * decode_ready() - make sure that a slot can be added
 * @d: the state
 * @entry: the access
 *
 * Afterwards, questions about this access change no names.
 *
 * Return: its region, valid until another is filled in or names change
 */
const DecodeRegion *decode_ready(Decode *d, const MmtEntry *entry);

/**
 * decode_region_find() - fill in a region
 * @d: the state
 * @number: its number
 */
DecodeRegion *decode_region_find(Decode *d, uint32_t number);

/* A region, valid until another is filled in or names change */
static inline DecodeRegion *decode_region(Decode *d, uint32_t number)
{
    DecodeRegion *regions = (DecodeRegion *)d->regions->data;

    return number < d->regions->len && regions[number].known ?
           &regions[number] : decode_region_find(d, number);
}

/**
 * decode_put_part() - append the name of what a part of an access reaches
 * @d: the state
 * @slot: the access' slot
 * @i: number of the part
 * @text: where to append it: "CTRL", "CTRL[31:16]", "bar0+0x100"
 */
void decode_put_part(Decode *d, const DecodeSlot *slot, unsigned i,
                     GString *text);

/**
 * decode_put_register() - append the name of a register
 * @d: the state
 * @region: its region
 * @offset: its offset
 * @text: where to append it
 */
void decode_put_register(Decode *d, uint32_t region, uint64_t offset,
                         GString *text);

/**
 * decode_put_summary() - append what was named
 * @d: the state
 * @text: where to append it
 */
void decode_put_summary(Decode *d, GString *text);

/**
 * decode_put_meaning() - append what the value of a part means
 * @d: the state
 * @slot: the access' slot
 * @i: number of the part
 * @value: the access' value
 * @text: where to append it: " { RST }"; nothing if the number says it all
 */
void decode_put_meaning(Decode *d, const DecodeSlot *slot, unsigned i,
                        uint64_t value, GString *text);

/**
 * decode_put_change() - append what differs between two values of a part
 * @d: the state
 * @slot: the access' slot
 * @i: number of the part
 * @before: one value of the access
 * @after: the other one
 * @text: where to append it: "  +SLU SPEED 10 -> 1000"; nothing if they are
 *        equal
 */
void decode_put_change(Decode *d, const DecodeSlot *slot, unsigned i,
                       uint64_t before, uint64_t after, GString *text);

/**
 * decode_slot_fill() - find the registers of a new slot
 * @d: the state
 * @region: its region
 * @slot: the slot
 *
 * Counts it, if it has no name.
 */
void decode_slot_fill(Decode *d, const DecodeRegion *region, DecodeSlot *slot);

/**
 * decode_is_access() - is an entry an access?
 * @entry: the entry
 */
static inline bool decode_is_access(const MmtEntry *entry)
{
    return entry->kind <= MMT_ENTRY_UNKNOWN;
}

/**
 * decode_take_other() - take what an entry that is no access says of devices
 * @d: the state
 * @entry: the entry
 */
void decode_take_other(Decode *d, const MmtEntry *entry);

/**
 * decode_gpu_memory() - decode_take_memory() for a region of a GPU
 */
const char *decode_gpu_memory(const DecodeRegion *region,
                              const MmtEntry *entry, uint64_t *address);

/**
 * decode_take_memory() - take what an access does to windows of a GPU
 * @region: its region
 * @entry: the access
 * @address: where to store the address in the GPU's memory
 *
 * Return: name of the memory that it reaches; NULL if it reaches a register
 */
static inline const char *decode_take_memory(const DecodeRegion *region,
                                             const MmtEntry *entry,
                                             uint64_t *address)
{
    return region->nvidia.gpu &&
           (region->nvidia.bar != NVIDIA_MMIO ||
            nvidia_is_window(entry->offset)) ?
           decode_gpu_memory(region, entry, address) : NULL;
}

/* Count an access; @slot is NULL if it is in a device's memory. */
static inline void decode_count(Decode *d, const DecodeRegion *region,
                                const DecodeSlot *slot)
{
    d->counts.accesses++;
    d->counts.named += !slot || (slot->flags & DECODE_NAMED);
    d->counts.bare += slot && !region->has_db;
}

/* Copy text that has DECODE_SLACK bytes behind it, to where there is room. */
static inline char *decode_copy(char *p, const char *text, uint32_t len)
{
    uint32_t i;

    for (i = 0; i < len; i += 32) {
        memcpy(p + i, text + i, 32);
    }
    return p + len;
}

/* Append DECODE_SLACK bytes to a text, which do not count. */
static inline const char *decode_slack(GString *text)
{
    gsize len = text->len;

    g_string_set_size(text, len + DECODE_SLACK);
    g_string_set_size(text, len);
    return text->str;
}

/* Room for numbers and so on besides the texts of a slot and a value */
#define DECODE_ROOM 512

#endif /* VFIO_TRACE_DECODE_DECODE_H */
