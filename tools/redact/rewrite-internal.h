/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: state of the writer of lines; private to it
 */
#ifndef VFIO_TRACE_REDACT_REWRITE_INTERNAL_H
#define VFIO_TRACE_REDACT_REWRITE_INTERNAL_H

#include "libmmiotrace/event.h"
#include "tools/redact/search.h"
#include "tools/redact/snapshot.h"
#include "tools/redact/text.h"
#include "tools/redact/what.h"

typedef struct RedactRewrite RedactRewrite;

/**
 * struct RedactHeld: a line that waits for the end of a snapshot
 * @line: the line
 * @hex: where in it the snapshot's bytes, or its hash, are
 * @from: number of the first of these bytes
 * @n: their number; 0: no bytes
 */
typedef struct RedactHeld {
    GString *line;
    size_t hex;
    size_t from;
    size_t n;
} RedactHeld;

/**
 * struct RedactRewrite: the state
 * @what: what is replaced
 * @trace: the trace
 * @db: names of its registers, or NULL
 * @search: whole secrets in values; when verifying, all of them
 * @text: secrets in text
 * @sink: takes the lines; NULL when verifying
 * @opaque: its argument
 * @counts: what was replaced
 * @registers: Register -> itself: accesses of which bits were replaced
 * @names: name -> its replacement
 * @line: the line that is being made
 * @snapshot: the snapshot that is not complete
 * @held: lines since it began (RedactHeld)
 * @held_bytes: bytes of those that are no snapshot's
 * @clock: offset to the times of the wall clock, if @has_clock
 * @has_clock: is @clock known?
 * @at_chosen: the last UNKNOWN was at a register that is replaced
 * @leak: the secret that was found, or NULL
 * @leak_line: its line
 * @now: line of the current entry
 */
struct RedactRewrite {
    const RedactWhat *what;
    MmtTrace *trace;
    AnalysisDb *db;
    RedactSearch *search;
    RedactText *text;
    RedactSink *sink;
    void *opaque;
    RedactCounts counts;
    GHashTable *registers;
    GHashTable *names;
    GString *line;
    RedactSnapshot snapshot;
    GArray *held;
    size_t held_bytes;
    uint64_t clock;
    bool has_clock;
    bool at_chosen;
    const RedactSecret *leak;
    uint64_t leak_line;
    uint64_t now;
};

static inline bool rewrite_verifies(const RedactRewrite *rw)
{
    return !rw->sink;
}

/* A secret was found; when verifying, that is a leak. */
void rewrite_found(RedactRewrite *rw, const RedactSecret *secret);

/* Return: the value without what is secret.  @hw: it is what the device saw */
uint64_t rewrite_value(RedactRewrite *rw, const MmtEntry *entry,
                       uint64_t value, bool hw);

/* Is the register of an access replaced as a whole? */
uint64_t rewrite_bits(RedactRewrite *rw, const MmtEntry *entry);

/* Append text to the line */
void rewrite_copy(RedactRewrite *rw, const char *p, size_t len);

/* Append text without secrets: what a person wrote */
void rewrite_text(RedactRewrite *rw, const char *p, size_t len);

/* Append words, each of them without secrets; times are none */
void rewrite_words(RedactRewrite *rw, const char *p, size_t len);

/* Append a text that is replaced as a whole, the same each time */
void rewrite_hidden(RedactRewrite *rw, const char *p, size_t len);

/* Append the name of a device or a port */
void rewrite_name(RedactRewrite *rw, const char *p, size_t len);

/* The line is complete */
void rewrite_put(RedactRewrite *rw);

/* The line is left out; a comment takes its place */
void rewrite_leave_out(RedactRewrite *rw);

/* Lines of a kind; return false if the line is not understood */
bool rewrite_mmiotrace_access(RedactRewrite *rw, const MmtEntry *entry,
                              const char *line, size_t len);
bool rewrite_mmiotrace_other(RedactRewrite *rw, const char *line, size_t len);
bool rewrite_qemu_access(RedactRewrite *rw, const MmtEntry *entry,
                         const char *line, size_t len);
bool rewrite_qemu_other(RedactRewrite *rw, const char *line, size_t len);
void rewrite_mark(RedactRewrite *rw, const MmtEntry *entry, const char *line,
                  size_t len);

/* A snapshot's marks; the line is @line up to @text, and @text */
void rewrite_snapshot(RedactRewrite *rw, const char *line, MmtSpan text);
void rewrite_snapshot_data(RedactRewrite *rw, const char *line, MmtSpan text);
void rewrite_snapshot_end(RedactRewrite *rw);

#endif /* VFIO_TRACE_REDACT_REWRITE_INTERNAL_H */
