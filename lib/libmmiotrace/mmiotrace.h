/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of MMIO traces, the public interface
 *
 * A trace is a sequence of entries: accesses to a device's registers, marks,
 * mappings.  The reader takes every format that `vfio-trace` reads, recognised
 * by its content: this project's logs and Linux's mmiotrace, QEMU's trace
 * events, ftrace events, m1n1's MMIO tracer; plain, compressed (zstd, gzip,
 * xz), in parts or in a bundle; from a file or a pipe.  It gives entries in
 * batches, in the order of the trace, with memory that does not grow with the
 * trace.
 *
 *      MmtTrace *trace = mmt_trace_open("gpu.mmt", &message);
 *      const MmtEntry *entries;
 *      size_t n;
 *
 *      while ((n = mmt_trace_next(trace, &entries)) > 0) {
 *          ...
 *      }
 *      if (mmt_trace_error(trace)) {
 *          ...
 *      }
 *      mmt_trace_free(trace);
 *
 * The rules for all functions:
 *
 * - This header needs nothing but the C library; C11 and C++ can include it.
 * - What a function returns belongs to the trace, and lives as long as its
 *   comment says.  Messages that are stored by a function (char **) are the
 *   caller's, to be freed with mmt_free().
 * - Pointers must not be NULL, except where the comment says so, and in all
 *   functions that free.
 * - Two threads may not be in functions with the same trace at the same time.
 *   Two traces are independent of each other, also if they share a selection.
 * - A trace may contain anything: what is not understood is counted
 *   (MmtTotals); damaged lines are entries after mmt_trace_keep_damaged().
 *   Texts from the trace may contain any bytes, except where the comment says
 *   "printable".
 * - The library starts no programs, handles no signals, and prints nothing.  A
 *   thread of its own may read ahead in a large file; it has all signals
 *   blocked, and ends with the trace.  After fork(), the child must not use the
 *   parent's traces.  If memory runs out, the library ends the program, as GLib
 *   does.
 *
 * What may change in later versions with the same soname: functions,
 * enumerators and options of a selection are added; ignore kinds and flags that
 * you do not know.  MmtEntry and MmtColumn stay as they are.  MmtTotals keeps
 * its size: new numbers take the place of reserved ones, which are 0 now.
 * MmtRegion may grow at its end: use the library's, by pointer.
 */
#ifndef LIBMMIOTRACE_MMIOTRACE_H
#define LIBMMIOTRACE_MMIOTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Functions with this mark are the library's interface. */
#if defined(__GNUC__)
#define MMT_PUBLIC __attribute__((visibility("default")))
#else
#define MMT_PUBLIC
#endif

/**
 * enum MmtEntryKind: what an entry is
 *
 * The value is MmtEntry.kind.  The first three are accesses.
 */
typedef enum MmtEntryKind {
    MMT_ENTRY_READ,         /* a read of a region, config space included */
    MMT_ENTRY_WRITE,        /* a write to a region, config space included */
    MMT_ENTRY_UNKNOWN,      /* an access whose direction is not known */
    MMT_ENTRY_MARK,         /* a mark, of a user or of the tracer: has text */
    MMT_ENTRY_MAP,          /* the guest sees the region, @value bytes */
    MMT_ENTRY_UNMAP,        /* the region is no longer mapped */
    MMT_ENTRY_DEVICE,       /* a device is described (PCIDEV, LSPCI) */
    MMT_ENTRY_LOST,         /* @value events are missing; UINT64_MAX: unknown */
    MMT_ENTRY_OTHER,        /* a line without meaning for accesses */
    MMT_ENTRY_DAMAGED,      /* a damaged line, see mmt_trace_keep_damaged() */
} MmtEntryKind;

/**
 * enum MmtEntryFlags: what is known about an entry
 */
typedef enum MmtEntryFlags {
    MMT_ENTRY_TIMED = 1 << 0,       /* @ns is a time */
    MMT_ENTRY_TRACER = 1 << 1,      /* a mark that the tracer wrote */
    MMT_ENTRY_GUEST = 1 << 2,       /* a mark from the guest */
    MMT_ENTRY_LSPCI = 1 << 3,       /* a device's line is one of lspci */
    MMT_ENTRY_ASIDE = 1 << 4,       /* a mark of a ring that is not selected */
} MmtEntryFlags;

#define MMT_NO_CPU    UINT32_MAX    /* MmtEntry.cpu: not known */
#define MMT_NO_REGION UINT32_MAX    /* MmtEntry.region: no access */

/**
 * struct MmtEntry: one entry of a trace; 64 bytes
 * @kind: MmtEntryKind
 * @width: of an access, bytes: 1 to 8; 0 if not known
 * @flags: MmtEntryFlags
 * @region: of an access, MAP or UNMAP, number for mmt_trace_region(), else
 *          MMT_NO_REGION
 * @cpu: processor that made the access, or MMT_NO_CPU
 * @phase: number for mmt_trace_phase()
 * @ns: time in nanoseconds, if MMT_ENTRY_TIMED
 * @offset: of an access, offset in the region in bytes
 * @value: of an access, the value, zero-extended; of a mark, bytes of its text
 * @address: of an access, address in the log, or one that the reader made up
 *           if MmtRegion.synthetic
 * @pc: of an access, program counter, or 0
 * @line: number of its line in the trace, from 1 up, over all parts
 */
typedef struct MmtEntry {
    uint8_t kind;
    uint8_t width;
    uint16_t flags;
    uint32_t region;
    uint32_t cpu;
    uint32_t phase;
    uint64_t ns;
    uint64_t offset;
    uint64_t value;
    uint64_t address;
    uint64_t pc;
    uint64_t line;
} MmtEntry;

/* Numbers of regions, as VFIO counts them; BARs are 0 to 5. */
enum {
    MMT_REGION_ROM = 6,
    MMT_REGION_CONFIG = 7,
    MMT_REGION_VGA_MEMORY = 8,  /* VFIO's VGA region has three parts here */
    MMT_REGION_VGA_3B0 = 9,
    MMT_REGION_VGA_3C0 = 10,
    MMT_REGION_OTHER = -1,      /* MmtRegion.name says what it is */
};

/**
 * struct MmtRegion: a region of a device
 * @device: the device's ID, PCI address or name; "" if the trace has none.  No
 *          other device of the trace has it: if two would have the same, it is
 *          followed by "@" and the address on the host, or "#" and a number
 * @name: "bar0" to "bar5", "rom", "config", "vga-memory", "vga-3b0",
 *        "vga-3c0", or what the trace calls it; "mem" for physical addresses
 *        that belong to no known region
 * @number: MMT_REGION_..., 0 to 5 for BARs
 * @vendor: PCI vendor ID, or 0
 * @device_id: PCI device ID, or 0
 * @base: its address in the log
 * @size: bytes; 0 if not known
 * @synthetic: the trace has no addresses: @base was made up
 *
 * The structure and its strings live as long as the trace.  @device and @name
 * are printable.
 */
typedef struct MmtRegion {
    const char *device;
    const char *name;
    int32_t number;
    uint16_t vendor;
    uint16_t device_id;
    uint64_t base;
    uint64_t size;
    bool synthetic;
} MmtRegion;

typedef struct MmtTrace MmtTrace;
typedef struct MmtSelection MmtSelection;

/**
 * mmt_version() - get the version of the library
 *
 * Return: for example "0.3.0"; lives for ever
 */
MMT_PUBLIC const char *mmt_version(void);

/**
 * mmt_trace_open() - open a trace
 * @path: the file, or "-" for standard input
 * @message: where to store an error message, to be freed with mmt_free(); may
 *           be NULL
 *
 * A trace in parts (LOG, LOG.1, ...) is read from this part to the last.  What
 * the file contains is not looked at yet.
 *
 * Return: the trace, to be freed with mmt_trace_free(), or NULL
 */
MMT_PUBLIC MmtTrace *mmt_trace_open(const char *path, char **message);

/**
 * mmt_trace_open_fd() - read a trace from an open file, pipe or socket
 * @fd: its descriptor; it stays the caller's, and must stay open as long as the
 *      trace
 * @name: its name in messages
 *
 * Reading begins at the descriptor's position.  Of a descriptor that does not
 * block, a trace ends where there is nothing to read, unless it is followed.
 *
 * Return: the trace, to be freed with mmt_trace_free()
 */
MMT_PUBLIC MmtTrace *mmt_trace_open_fd(int fd, const char *name);

/**
 * mmt_trace_select() - give only some entries
 * @trace: a trace from which nothing was read
 * @selection: what to give, or NULL for everything; the caller may free it at
 *             any time, and use it for other traces, but no longer change it
 *
 * A selection selects accesses, and all other entries by their time, line and
 * phase.  Of the tracer's marks that say something of the access before them
 * (`failed`, `backtrace`, ...), those of selected accesses are given.
 */
MMT_PUBLIC void mmt_trace_select(MmtTrace *trace, MmtSelection *selection);

/**
 * mmt_trace_set_bar() - say where a BAR is, for a trace that does not
 * @trace: a trace from which nothing was read
 * @number: 0 to 5, or MMT_REGION_ROM; others are ignored
 * @base: its physical address in the trace
 * @size: its bytes, not 0
 */
MMT_PUBLIC void mmt_trace_set_bar(MmtTrace *trace, int number, uint64_t base,
                                  uint64_t size);

/**
 * mmt_trace_set_pci() - say which device a trace without IDs is of
 * @trace: a trace from which nothing was read
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 */
MMT_PUBLIC void mmt_trace_set_pci(MmtTrace *trace, uint16_t vendor,
                                  uint16_t device);

/**
 * mmt_trace_keep_damaged() - give damaged lines as entries, MMT_ENTRY_DAMAGED
 * @trace: the trace
 * @keep: whether to do so; if not, they are counted only
 *
 * mmt_trace_line() has their text.
 */
MMT_PUBLIC void mmt_trace_keep_damaged(MmtTrace *trace, bool keep);

/**
 * mmt_trace_follow() - keep reading at the end of the file, as `tail -f` does
 * @trace: a trace from which nothing was read
 * @follow: whether to do so
 *
 * While following, mmt_trace_next() returns 0 if there are no more whole lines
 * at the moment; mmt_trace_error() tells that from an error.  It does not wait
 * for lines: call it again after a while.  If the file is emptied or replaced,
 * reading continues with the first line of the new one.
 */
MMT_PUBLIC void mmt_trace_follow(MmtTrace *trace, bool follow);

/**
 * mmt_trace_limit() - return from mmt_trace_next() after some text
 * @trace: the trace
 * @bytes: after how many bytes in which there was no entry; 0: never
 *
 * mmt_trace_next() may read for long until an entry is selected.  With a limit,
 * it returns 0 from time to time, so that the caller can show progress or see
 * that the user wants an end.  mmt_trace_ended() tells that from the end.
 */
MMT_PUBLIC void mmt_trace_limit(MmtTrace *trace, uint64_t bytes);

/**
 * mmt_trace_next() - get the next entries
 * @trace: the trace
 * @entries: where to store the first of them; they are in an array that is
 *           valid until the next call with the same trace that reads or frees
 *
 * Return: number of entries; 0 at the end and after an error
 *         (mmt_trace_error()), as all further calls; 0 at a limit
 *         (mmt_trace_limit()); and 0 if there are no more at the moment
 *         (mmt_trace_follow())
 */
MMT_PUBLIC size_t mmt_trace_next(MmtTrace *trace, const MmtEntry **entries);

/**
 * enum MmtColumnId: member of MmtEntry that a column has
 */
typedef enum MmtColumnId {
    MMT_COLUMN_KIND,        /* 1 byte */
    MMT_COLUMN_WIDTH,       /* 1 byte */
    MMT_COLUMN_FLAGS,       /* 2 bytes */
    MMT_COLUMN_REGION,      /* 4 bytes */
    MMT_COLUMN_CPU,         /* 4 bytes */
    MMT_COLUMN_PHASE,       /* 4 bytes */
    MMT_COLUMN_NS,          /* 8 bytes, as the others */
    MMT_COLUMN_OFFSET,
    MMT_COLUMN_VALUE,
    MMT_COLUMN_ADDRESS,
    MMT_COLUMN_PC,
    MMT_COLUMN_LINE,
} MmtColumnId;

/**
 * struct MmtColumn: a column to be filled
 * @id: MmtColumnId
 * @size: bytes of an item: those of the member
 * @data: the caller's array, aligned for its items
 */
typedef struct MmtColumn {
    uint32_t id;
    uint32_t size;
    void *data;
} MmtColumn;

/**
 * enum MmtColumnFlags: what mmt_trace_columns() fills in
 */
typedef enum MmtColumnFlags {
    MMT_COLUMNS_ALL = 0,            /* all entries */
    MMT_COLUMNS_ACCESSES = 1 << 0,  /* accesses; other entries are dropped */
} MmtColumnFlags;

/**
 * mmt_trace_columns() - get members of the next entries as arrays
 * @trace: the trace
 * @columns: the columns
 * @n_columns: number of columns; may be 0, to skip entries
 * @max: items that each array has room for, not 0
 * @flags: MmtColumnFlags; others are ignored
 *
 * This is mmt_trace_next() with another form of result: the two can be mixed,
 * and mmt_trace_error() has errors, also that a column's size is wrong.
 *
 * Return: number of entries that were filled in; less than @max only where
 *         mmt_trace_next() would return 0
 */
MMT_PUBLIC size_t mmt_trace_columns(MmtTrace *trace, const MmtColumn *columns,
                                    size_t n_columns, size_t max,
                                    unsigned flags);

/**
 * mmt_trace_ended() - is the end of the trace reached?
 * @trace: the trace
 *
 * Return: true if there was an error, no later entry can be selected, or the
 *         file has ended and is not followed
 */
MMT_PUBLIC bool mmt_trace_ended(const MmtTrace *trace);

/**
 * mmt_trace_error() - get what went wrong
 * @trace: the trace
 *
 * An error ends the trace.  It is a file that can't be read or decompressed, or
 * one of which nothing was understood; damaged lines are no errors.
 *
 * Return: the message, printable, which lives as long as the trace, or NULL
 */
MMT_PUBLIC const char *mmt_trace_error(const MmtTrace *trace);

/**
 * mmt_trace_text() - get the text of a mark
 * @trace: the trace
 * @entry: an entry in the array of the last mmt_trace_next(), not a copy of one
 * @len: where to store its length in bytes
 *
 * Return: the text, as long as the array is valid; not NUL-terminated, may
 *         contain any bytes but newlines.  Of other entries, "".
 */
MMT_PUBLIC const char *mmt_trace_text(const MmtTrace *trace,
                                      const MmtEntry *entry, size_t *len);

/**
 * mmt_trace_line() - get the line of an entry, as it stands in the trace
 * @trace: the trace
 * @entry: an entry in the array of the last mmt_trace_next(), not a copy of one
 * @len: where to store its length in bytes, without the newline
 *
 * Return: the line, as long as the array is valid; not NUL-terminated, may
 *         contain any bytes but newlines
 */
MMT_PUBLIC const char *mmt_trace_line(const MmtTrace *trace,
                                      const MmtEntry *entry, size_t *len);

/**
 * mmt_trace_regions() - get the number of regions found so far
 * @trace: the trace
 *
 * A region keeps its number.
 */
MMT_PUBLIC uint32_t mmt_trace_regions(const MmtTrace *trace);

/**
 * mmt_trace_region() - get a region
 * @trace: the trace
 * @number: MmtEntry.region
 *
 * Return: the region, as long as the trace, or NULL if there is none with that
 *         number.  Its IDs, address and size may change while the trace is
 *         read, and its device's name until the device's mark comes; the rest
 *         does not.
 */
MMT_PUBLIC const MmtRegion *mmt_trace_region(const MmtTrace *trace,
                                             uint32_t number);

/**
 * mmt_trace_phases() - get the number of phases so far, at least one
 * @trace: the trace
 */
MMT_PUBLIC uint32_t mmt_trace_phases(const MmtTrace *trace);

/**
 * mmt_trace_phase() - get the name of a phase
 * @trace: the trace
 * @number: MmtEntry.phase
 *
 * Return: text of the mark that it began with, or the register and value that
 *         were written, printable; "start" for phase 0.  It lives as long as
 *         the trace.  NULL if there is no phase with that number.
 */
MMT_PUBLIC const char *mmt_trace_phase(const MmtTrace *trace, uint32_t number);

/**
 * struct MmtTotals: what was read so far; 128 bytes
 * @lines: all lines
 * @accesses: reads, writes and unknown accesses, selected or not
 * @selected: entries that were given to the caller
 * @skipped: lines that are of other programs, or of events without accesses;
 *           without comments, which begin with '#'
 * @damaged: lines that begin like an access and are none
 * @bytes: bytes of text
 * @first_damaged: number of the first damaged line, or 0
 * @incomplete: 1 if the trace ends within a line or a compressed block, so that
 *              it was cut off; else 0
 * @reserved: for later versions
 */
typedef struct MmtTotals {
    uint64_t lines;
    uint64_t accesses;
    uint64_t selected;
    uint64_t skipped;
    uint64_t damaged;
    uint64_t bytes;
    uint64_t first_damaged;
    uint64_t incomplete;
    uint64_t reserved[8];
} MmtTotals;

/**
 * mmt_trace_totals() - get what was read so far
 * @trace: the trace
 * @totals: where to store it
 */
MMT_PUBLIC void mmt_trace_totals(const MmtTrace *trace, MmtTotals *totals);

/**
 * mmt_trace_format() - get the name of the trace's format
 * @trace: the trace
 *
 * Return: "mmiotrace", "qemu", "ftrace", "m1n1", or NULL as long as no line was
 *         recognised; lives for ever
 */
MMT_PUBLIC const char *mmt_trace_format(const MmtTrace *trace);

/**
 * mmt_trace_free() - close a trace
 * @trace: the trace, or NULL
 */
MMT_PUBLIC void mmt_trace_free(MmtTrace *trace);

/**
 * mmt_selection_new() - make a selection that selects everything
 *
 * Return: the selection, to be freed with mmt_selection_free()
 */
MMT_PUBLIC MmtSelection *mmt_selection_new(void);

/**
 * mmt_selection_add() - narrow a selection
 * @selection: a selection that no trace has got yet
 * @option: name of an option of vfio-trace-selection(7) without the dashes:
 *          "device", "range", "reg", "op", "width", "value", "cpu", "pc",
 *          "from", "to", "phase", "phase-at"
 * @argument: its argument
 * @message: where to store an error message, to be freed with mmt_free(); may
 *           be NULL
 *
 * The same option more than once selects what any of them selects; of "from"
 * and "to", the last one counts.
 *
 * Return: true, or false on error: the selection is as before
 */
MMT_PUBLIC bool mmt_selection_add(MmtSelection *selection, const char *option,
                                  const char *argument, char **message);

/**
 * mmt_selection_free() - free a selection
 * @selection: the selection, or NULL
 */
MMT_PUBLIC void mmt_selection_free(MmtSelection *selection);

/**
 * mmt_free() - free what the library has returned
 * @p: a message, or NULL
 */
MMT_PUBLIC void mmt_free(void *p);

#ifdef __cplusplus
}
#endif

#endif /* LIBMMIOTRACE_MMIOTRACE_H */
