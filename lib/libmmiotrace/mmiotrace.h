/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of MMIO traces, the public interface
 *
 * A trace is a sequence of entries: accesses to a device's registers, marks,
 * mappings.  The reader takes every format that `vfio-trace` reads, recognised
 * by its content: this project's logs and Linux's mmiotrace, QEMU's trace
 * events, ftrace events, m1n1's MMIO tracer; plain, compressed (zstd, gzip,
 * xz) or in parts; from a file or a pipe.  It gives entries in batches, in the
 * order of the trace, with memory that does not grow with the trace.
 *
 *      MmtTrace *trace = mmt_trace_open("gpu.mmt", &message);
 *      const MmtEntry *entries;
 *      size_t n;
 *
 *      while ((n = mmt_trace_next(trace, &entries)) > 0) {
 *          ...
 *      }
 *
 * This header needs nothing but the C library.  Functions with one trace may
 * not run in two threads at a time; two traces are independent of each other.
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
 * New kinds may be added at the end: ignore those that you do not know.
 */
typedef enum MmtEntryKind {
    MMT_ENTRY_READ,         /* a read of a region, config space included */
    MMT_ENTRY_WRITE,        /* a write to a region, config space included */
    MMT_ENTRY_UNKNOWN,      /* an access whose direction is not known */
    MMT_ENTRY_MARK,         /* a mark, of a user or of the tracer: has text */
    MMT_ENTRY_MAP,          /* the guest sees the region, @value bytes */
    MMT_ENTRY_UNMAP,        /* the region is no longer mapped */
    MMT_ENTRY_DEVICE,       /* a device is described (PCIDEV) */
    MMT_ENTRY_LOST,         /* @value events are missing; UINT64_MAX: unknown */
    MMT_ENTRY_OTHER,        /* a line without meaning for accesses */
} MmtEntryKind;

/**
 * enum MmtEntryFlags: what is known about an entry
 */
typedef enum MmtEntryFlags {
    MMT_ENTRY_TIMED = 1 << 0,       /* @ns is a time */
    MMT_ENTRY_TRACER = 1 << 1,      /* a mark that the tracer wrote */
    MMT_ENTRY_GUEST = 1 << 2,       /* a mark from the guest */
} MmtEntryFlags;

#define MMT_NO_CPU    UINT32_MAX    /* MmtEntry.cpu: not known */
#define MMT_NO_REGION UINT32_MAX    /* MmtEntry.region: no access */

/**
 * struct MmtEntry: one entry of a trace; 64 bytes
 * @kind: MmtEntryKind
 * @width: of an access, bytes: 1 to 8; 0 if not known
 * @flags: MmtEntryFlags
 * @region: of an access, number for mmt_trace_region(), else MMT_NO_REGION
 * @cpu: processor that made the access, or MMT_NO_CPU
 * @phase: number for mmt_trace_phase()
 * @ns: time in nanoseconds, if MMT_ENTRY_TIMED
 * @offset: of an access, offset in the region in bytes
 * @value: of an access, the value, zero-extended
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
 * @device: the device's ID, PCI address or name; "" if the trace has none
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
 * The strings live as long as the trace.
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
 * mmt_trace_open() - open a trace
 * @path: the file, or "-" for standard input
 * @message: where to store an error message, to be freed with mmt_free(); may
 *           be NULL
 *
 * Return: the trace, to be freed with mmt_trace_free(), or NULL
 */
MMT_PUBLIC MmtTrace *mmt_trace_open(const char *path, char **message);

/**
 * mmt_trace_select() - give only some entries
 * @trace: a trace from which nothing was read
 * @selection: what to give; it may be freed after the trace only
 */
MMT_PUBLIC void mmt_trace_select(MmtTrace *trace, MmtSelection *selection);

/**
 * mmt_trace_set_bar() - say where a BAR is, for a trace that does not
 * @trace: a trace from which nothing was read
 * @number: 0 to 5, or MMT_REGION_ROM
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
 * mmt_trace_next() - get the next entries
 * @trace: the trace
 * @entries: where to store the first of them; valid until the next call
 *
 * Return: number of entries; 0 at the end, after an error (mmt_trace_error()),
 *         and, of a trace that is followed, if there are no more at the moment
 */
MMT_PUBLIC size_t mmt_trace_next(MmtTrace *trace, const MmtEntry **entries);

/**
 * mmt_trace_error() - get what went wrong
 * @trace: the trace
 *
 * Return: the message, which lives as long as the trace, or NULL
 */
MMT_PUBLIC const char *mmt_trace_error(const MmtTrace *trace);

/**
 * mmt_trace_text() - get the text of a mark
 * @trace: the trace
 * @entry: a MMT_ENTRY_MARK of the last mmt_trace_next()
 * @len: where to store its length in bytes
 *
 * Return: the text; not NUL-terminated, may contain any bytes but newlines
 */
MMT_PUBLIC const char *mmt_trace_text(const MmtTrace *trace,
                                      const MmtEntry *entry, size_t *len);

/**
 * mmt_trace_line() - get the line of an entry, as it stands in the trace
 * @trace: the trace
 * @entry: an entry of the last mmt_trace_next()
 * @len: where to store its length in bytes, without the newline
 *
 * Return: the line; not NUL-terminated, may contain any bytes but newlines
 */
MMT_PUBLIC const char *mmt_trace_line(const MmtTrace *trace,
                                      const MmtEntry *entry, size_t *len);

/**
 * mmt_trace_regions() - get the number of regions found so far
 * @trace: the trace
 */
MMT_PUBLIC uint32_t mmt_trace_regions(const MmtTrace *trace);

/**
 * mmt_trace_region() - get a region
 * @trace: the trace
 * @number: MmtEntry.region
 *
 * Return: the region; its address and size may change while the trace is read,
 *         the rest does not
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
 *         were written, printable; "start" for phase 0
 */
MMT_PUBLIC const char *mmt_trace_phase(const MmtTrace *trace, uint32_t number);

/**
 * struct MmtTotals: what was read so far
 * @lines: all lines
 * @accesses: reads, writes and unknown accesses, selected or not
 * @selected: entries that were given to the caller
 * @skipped: lines that are of other programs, or of events without accesses;
 *           without comments, which begin with '#'
 * @damaged: lines that begin like an access and are none
 * @bytes: bytes of text
 */
typedef struct MmtTotals {
    uint64_t lines;
    uint64_t accesses;
    uint64_t selected;
    uint64_t skipped;
    uint64_t damaged;
    uint64_t bytes;
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
 *         recognised
 */
MMT_PUBLIC const char *mmt_trace_format(const MmtTrace *trace);

/**
 * mmt_trace_free() - close a trace
 * @trace: the trace, or NULL
 */
MMT_PUBLIC void mmt_trace_free(MmtTrace *trace);

/**
 * mmt_selection_new() - make a selection that selects everything
 */
MMT_PUBLIC MmtSelection *mmt_selection_new(void);

/**
 * mmt_selection_add() - narrow a selection
 * @selection: the selection
 * @option: name of an option of vfio-trace-selection(7) without the dashes:
 *          "device", "range", "reg", "op", "width", "value", "cpu", "pc",
 *          "from", "to", "phase", "phase-at"
 * @argument: its argument
 * @message: where to store an error message, to be freed with mmt_free(); may
 *           be NULL
 *
 * The same option more than once selects what any of them selects.
 *
 * Return: true, or false on error
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
