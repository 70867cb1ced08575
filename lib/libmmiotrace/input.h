/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: formats of traces
 *
 * One file for each format (input-*.c) turns a line of text into an entry
 * (mmiotrace.h).  The format of a trace is that of the first line which any of
 * them recognises.
 */
#ifndef LIBMMIOTRACE_INPUT_H
#define LIBMMIOTRACE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "libmmiotrace/regions.h"

typedef enum MmtInputResult {
    MMT_INPUT_FOREIGN,  /* the line is not of this format */
    MMT_INPUT_ENTRY,    /* the entry is filled in */
    MMT_INPUT_SKIP,     /* of this format, but without an entry */
    MMT_INPUT_DAMAGED,  /* begins like an access of this format, and is none */
} MmtInputResult;

/* Map ids whose range is at hand, see mmt_input_locate(). */
#define MMT_INPUT_MAPS 64

/* Names of regions that are remembered, and their longest length. */
#define MMT_INPUT_RECENT      8
#define MMT_INPUT_RECENT_NAME 56

/**
 * struct MmtInputRecent: a region that a recent line has named
 * @region: its number
 * @kind: the parser's number for the kind of name
 * @len: bytes of @name; 0 if the entry is free
 * @name: what the line calls it
 */
typedef struct MmtInputRecent {
    uint32_t region;
    uint8_t kind;
    uint8_t len;
    char name[MMT_INPUT_RECENT_NAME];
} MmtInputRecent;

/**
 * struct MmtInput: state of a format's parser
 * @regions: regions of the trace
 * @known: the trace is known to be in the parser's format
 * @maps: of mmiotrace: ranges of recent map ids, by their low bits
 * @text: where the mark's text or the device's line is; set together with a
 *        MMT_ENTRY_MARK; points into the line
 * @text_len: its length
 * @recent: regions that recent lines have named, see input-scan.h
 * @recent_last: the one that was named last
 * @minute: of QEMU's text: date, hour and minute of the last line
 * @minute_ns: when this minute began, in nanoseconds since 1970
 */
typedef struct MmtInput {
    MmtRegions *regions;
    bool known;
    struct { uint32_t map_id; MmtRange range; } maps[MMT_INPUT_MAPS];
    const char *text;
    size_t text_len;
    MmtInputRecent recent[MMT_INPUT_RECENT];
    unsigned recent_last;
    char minute[16];
    uint64_t minute_ns;
} MmtInput;

/**
 * typedef MmtInputParse - parse a line
 * @input: the state
 * @line: the line, without its newline or CR
 * @len: its length, which is not 0
 * @entry: to be filled in; is zero, except cpu (MMT_NO_CPU), region
 *         (MMT_NO_REGION) and line
 *
 * Any bytes may come.  Bytes of @line at and after @len may be read up to
 * MMT_INPUT_SLACK, and must not influence the result.
 */
typedef MmtInputResult MmtInputParse(MmtInput *input, const char *line,
                                     size_t len, MmtEntry *entry);

/* Bytes behind a line and its newline that may be read. */
#define MMT_INPUT_SLACK 64

/**
 * struct MmtInputFormat: a format
 * @name: a word
 * @title: what it is, for messages
 * @parse: its parser
 */
typedef struct MmtInputFormat {
    const char *name;
    const char *title;
    MmtInputParse *parse;
} MmtInputFormat;

#define MMT_INPUT_FORMATS 4

/* In the order in which a line is offered to them. */
extern const MmtInputFormat mmt_input_formats[MMT_INPUT_FORMATS];

/**
 * mmt_input_find() - recognise the format of a line
 * @input: the state
 * @line: as for the parsers
 * @len: likewise
 * @entry: likewise
 * @format: where to store the format; is not changed if the line is one that
 *          several formats have
 *
 * Return: what its parser returned: MMT_INPUT_ENTRY or MMT_INPUT_SKIP; or
 *         MMT_INPUT_FOREIGN if no parser recognises the line
 */
MmtInputResult mmt_input_find(MmtInput *input, const char *line, size_t len,
                              MmtEntry *entry, const MmtInputFormat **format);

/**
 * mmt_input_locate() - set region and offset of an access of mmiotrace
 * @input: the state
 * @map_id: its map id
 * @entry: the access; its address is set
 */
static inline void mmt_input_locate(MmtInput *input, uint32_t map_id,
                                    MmtEntry *entry)
{
    unsigned i = map_id % MMT_INPUT_MAPS;
    MmtRange *range = &input->maps[i].range;

    if (input->maps[i].map_id != map_id || entry->address < range->first ||
        entry->address > range->last) {
        *range = mmt_regions_locate(input->regions, map_id, entry->address);
        input->maps[i].map_id = map_id;
    }
    entry->region = range->region;
    entry->offset = entry->address - range->base;
}

MmtInputParse mmt_input_mmiotrace;
MmtInputParse mmt_input_qemu;
MmtInputParse mmt_input_ftrace;
MmtInputParse mmt_input_m1n1;

#endif /* LIBMMIOTRACE_INPUT_H */
