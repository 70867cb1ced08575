/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log as a sequence of accesses to BARs
 *
 * The guest kernel's log and ours have different addresses.  They are compared
 * by device, BAR and offset.
 *
 * Lines of mmiotrace are parsed here: the comparison needs more of them than an
 * MmtEntry has (guest addresses, sizes and ports of BARs, errors of the
 * parser).  Ordinary lines come parsed from the library, of a large file by a
 * thread (ahead.h).  Lines of other formats go through the formats' parsers
 * (input.h).
 */
#ifndef VFIO_TRACE_ACCESSES_H
#define VFIO_TRACE_ACCESSES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/ahead.h"
#include "libmmiotrace/chunk.h"
#include "libmmiotrace/devices.h"
#include "libmmiotrace/input.h"
#include "libmmiotrace/parse.h"
#include "libmmiotrace/reader.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/db.h"
#include "tools/compare/access.h"

/**
 * struct AccessDevice: one device
 * @is: which device it is
 * @pci: content of its PCIDEV line; of other formats, what is known
 * @has_pci: it has such a line
 * @has_mark: a device mark has named it
 * @gone: it proved to be another one
 * @peer: index of the same device in the other log, or -1
 * @guessed: the peer was the first of several that it could be
 * @accesses: number of accesses to its memory BARs
 * @missing: it has accesses, but no peer, and the filter does not exclude it;
 *           only in the oracle
 * @spare: it has no accesses, and its log has more devices with its IDs than
 *         the other one; only while pairing
 * @guest: guest addresses of the MAPs of its memory BARs; only in our log
 */
typedef struct AccessDevice {
    MmtRegionDevice is;
    MmtPciDev pci;
    bool has_pci;
    bool has_mark;
    bool gone;
    int peer;
    bool guessed;
    uint64_t accesses;
    bool missing;
    bool spare;
    uint64_t guest[MMT_PCI_RESOURCES];
} AccessDevice;

typedef enum AccessView {
    ACCESS_VIEW_HOST,   /* written by vfio-pci-trace */
    ACCESS_VIEW_GUEST,  /* written by the guest's kernel */
} AccessView;

/**
 * struct AccessPlace: where accesses go to
 * @map_id: their map id
 * @first: their first address
 * @last: their last address; less than @first if this is none
 * @base: address of the BAR
 * @device: index of the device
 * @bar: resource of the device
 * @port: it is an I/O-port BAR
 * @placed: of a map id, @base is known
 */
typedef struct AccessPlace {
    uint32_t map_id;
    uint64_t first;
    uint64_t last;
    uint64_t base;
    int device;
    int bar;
    bool port;
    bool placed;
} AccessPlace;

/* Places at hand, by the low bits of their map ids */
#define ACCESS_PLACES 64

/**
 * struct AccessLog: a log that is read
 * @name: name of the file
 * @view: writer of the log
 * @devices: AccessDevice, in the order in which the log names them
 * @table: which PCIDEV line is which device's: of mmiotrace, the indexes are
 *         those of @devices
 * @error: why reading has ended early, or NULL
 * @lost_marks: number of lost events, from the log's marks
 * @lost_cpu: number of lost events, from ftrace's own lines; may be the same
 *            events
 * @lost: events were lost
 * @ports: number of accesses to I/O-port BARs, which mmiotrace never sees;
 *         they are left out
 * @elsewhere: number of accesses to no BAR of any PCIDEV line; they are left
 *             out
 * @elsewhere_line: the first of these
 * @bad_events: number of lines that begin like an access, MAP or PCIDEV, but
 *              can not be parsed
 * @bad_line: the first of these
 * @bad_error: its parse error
 * @foreign: number of other lines that can not be parsed
 * @foreign_line: the first of these
 * @foreign_text: its beginning, printable; NULL if there is none
 * @cut_line: the last line if it has no newline, else 0
 * @cut_file: the file that ends within a compressed frame, or NULL
 * @parts: number of parts (files); line numbers are counted over all of them
 * @ended: it was read to its end
 * @peers: int, for each device the device of our log that it is compared as,
 *         or -1; NULL as long as that is not known
 * @reader: the lines
 * @trace: the lines, if only some are selected, else NULL; it owns @reader
 * @db: names of its registers, for the selection, or NULL
 * @chunker: fills @own from @reader
 * @own: lines that are being parsed, if there is no thread
 * @ahead: the thread that parses lines ahead, or NULL
 * @no_ahead: there will be no thread
 * @chunk: the lines: @own or one of @ahead's
 * @next: the next one of @chunk
 * @bytes: bytes of text so far
 * @lines: lines so far
 * @format: format of the lines if they are not mmiotrace, else NULL
 * @is_mmiotrace: they are mmiotrace
 * @input: state of @format's parser
 * @regions: AccessPlace of each of @input's regions; device is -1 for those
 *           that are not compared
 * @maps: map id -> AccessPlace of a BAR; device is -1 if the BAR is unknown
 * @places: places at hand
 */
typedef struct AccessLog {
    char *name;
    AccessView view;
    GArray *devices;
    MmtDevices *table;
    GError *error;
    uint64_t lost_marks;
    uint64_t lost_cpu;
    bool lost;
    uint64_t ports;
    uint64_t elsewhere;
    uint64_t elsewhere_line;
    uint64_t bad_events;
    uint64_t bad_line;
    MmtParseError bad_error;
    uint64_t foreign;
    uint64_t foreign_line;
    char *foreign_text;
    uint64_t cut_line;
    char *cut_file;
    unsigned parts;
    bool ended;
    GArray *peers;
    MmtReader *reader;
    MmtTrace *trace;
    AnalysisDb *db;
    MmtChunker chunker;
    MmtChunk *own;
    MmtAhead *ahead;
    bool no_ahead;
    MmtChunk *chunk;
    size_t next;
    uint64_t bytes;
    uint64_t lines;
    const MmtInputFormat *format;
    bool is_mmiotrace;
    MmtInput input;
    GArray *regions;
    GHashTable *maps;
    AccessPlace places[ACCESS_PLACES];
} AccessLog;

/**
 * accesses_open() - open a log
 * @path: the file, or "-"
 * @view: writer of the log
 * @error: where to store the error
 *
 * Two known faults of the kernel's instruction decoder are corrected in the
 * guest's log.  The decoder logs a sign-extending load with the whole register.
 * It logs a REX.W C7 store of an immediate with width 4 and with a value of
 * eight bytes from the instruction stream; if the upper four are zero, the
 * store looks like a correct 4-byte store and is not corrected here.
 *
 * Return: the log, or NULL
 */
AccessLog *accesses_open(const char *path, AccessView view, GError **error);

/**
 * accesses_read() - read the next accesses (AccessRead)
 * @log: the log
 * @to: where to store them
 * @n: their maximum number
 *
 * As long as @log->peers is NULL, all accesses are returned, with the indexes
 * of this log's devices; then those of devices with a peer, with the indexes
 * of our log's devices.
 *
 * Return: their number; 0 at the end, or with @log->error set
 */
size_t accesses_read(void *log, Access *to, size_t n);

/**
 * accesses_set_peers() - say which devices are compared, and as which ones
 * @log: the log
 * @peers: int, as in struct AccessLog; the log keeps a reference
 */
void accesses_set_peers(AccessLog *log, GArray *peers);

/**
 * accesses_keep() - filter an access that was read before the peers were known
 * @log: the log
 * @access: the access; its device index becomes that of our log
 *
 * Return: false if its device is not compared
 */
bool accesses_keep(void *log, Access *access);

void accesses_free(AccessLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessLog, accesses_free)

/**
 * accesses_device() - a device of a log
 * @log: the log
 * @i: its index
 */
static inline AccessDevice *accesses_device(const AccessLog *log, unsigned i)
{
    return &g_array_index(log->devices, AccessDevice, i);
}

#endif /* VFIO_TRACE_ACCESSES_H */
