/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: state of the writer of lines; private to it
 */
#ifndef VFIO_TRACE_REDACT_REWRITE_INTERNAL_H
#define VFIO_TRACE_REDACT_REWRITE_INTERNAL_H

#include "libmmiotrace/event.h"
#include "tools/analysis/memory-watch.h"
#include "tools/redact/search.h"
#include "tools/redact/snapshot.h"
#include "tools/redact/text.h"
#include "tools/redact/what.h"

/* Bytes of lines that are held back, without those of memory */
#define REWRITE_HELD_BYTES (16u * 1024 * 1024)

typedef struct RedactRewrite RedactRewrite;

/**
 * struct RedactHeld: a line that waits for the end of a piece of memory
 * @line: the line
 * @hex: where in it the bytes of memory are
 * @from: number of the first of these bytes in the piece
 * @n: their number; 0: no bytes
 * @proof: where in it the piece's hash or sum is; 0: nowhere
 */
typedef struct RedactHeld {
    GString *line;
    size_t hex;
    size_t from;
    size_t n;
    size_t proof;
} RedactHeld;

/**
 * struct RedactWatch: the watch whose lines are being read
 * @in: contents of all watches, as the trace has them
 * @out: and as they are written
 * @active: there is one
 * @open: lines are missing
 * @left: their number
 * @sum: the mark's sum
 * @cut: its state is "cut"
 * @at: its address
 * @len: its length
 * @from: its contents, in @in; or NULL, if they are not kept
 * @to: likewise in @out
 * @runs: AnalysisMemoryRun: what has come of it
 */
typedef struct RedactWatch {
    MemoryWatches *in;
    MemoryWatches *out;
    bool active;
    bool open;
    uint64_t left;
    uint64_t sum;
    bool cut;
    uint64_t at;
    uint64_t len;
    MemoryWatch *from;
    MemoryWatch *to;
    GArray *runs;
} RedactWatch;

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
 * @snapshot: the piece of memory that is not complete
 * @watch: or the watch
 * @held: lines since it began (RedactHeld)
 * @held_bytes: bytes of those that are not of memory
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
    RedactWatch watch;
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

/*
 * rewrite-memory.c: marks of guest memory; the line is @line up to the mark's
 * text, and this text.  Return: false if it is another mark
 */
bool rewrite_memory(RedactRewrite *rw, const char *line,
                    const AnalysisMemoryMark *mark);
void rewrite_memory_end(RedactRewrite *rw);

/* Replace what is secret in bytes of memory */
void rewrite_memory_bytes(RedactRewrite *rw, uint8_t *bytes, size_t n);

/* Append a mark's words, but for its bytes; with names replaced */
void rewrite_memory_words(RedactRewrite *rw, const char *line,
                          const AnalysisMemoryMark *mark);

/* Find bytes that are not replaced; when verifying, the address and so on */
void rewrite_memory_verify(RedactRewrite *rw, const AnalysisMemoryMark *mark);

/* Write bytes as digits over those that are there */
void rewrite_memory_hex(char *p, const uint8_t *bytes, size_t n);

/* The line waits for the end of the piece. */
void rewrite_memory_hold(RedactRewrite *rw, RedactHeld held);

/* Bytes that belong to nothing */
void rewrite_memory_stray(RedactRewrite *rw, const char *line,
                          const AnalysisMemoryMark *mark);

/* rewrite-watch.c */
void rewrite_watch_init(RedactWatch *watch);
void rewrite_watch_clear(RedactWatch *watch);
void rewrite_watch(RedactRewrite *rw, const char *line,
                   const AnalysisMemoryMark *mark);
void rewrite_watch_data(RedactRewrite *rw, const char *line,
                        const AnalysisMemoryMark *mark);

/* All lines have come, or no more will: put the bytes into those held */
void rewrite_watch_end(RedactRewrite *rw);

#endif /* VFIO_TRACE_REDACT_REWRITE_INTERNAL_H */
