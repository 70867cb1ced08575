/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log as a sequence of accesses to BARs
 *
 * The guest kernel's log and ours have different addresses.  They are compared
 * by device, BAR and offset.
 */
#ifndef VFIO_TRACE_ACCESSES_H
#define VFIO_TRACE_ACCESSES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/parse.h"

typedef enum AccessOp {
    ACCESS_READ,
    ACCESS_WRITE,
    ACCESS_UNKNOWN,
} AccessOp;

/* Known faults of the kernel's decoder; see accesses_load(). */
typedef enum AccessQuirk {
    ACCESS_QUIRK_NONE,
    ACCESS_QUIRK_SIGN_EXTENDED,
    ACCESS_QUIRK_REX_W,
} AccessQuirk;

/**
 * struct Access: one access
 * @offset: offset in the BAR
 * @value: value, zero-extended; 0 for an UNKNOWN
 * @line: line number in its log, counted over all parts
 * @device: index of the device; the same in both logs after accesses_pair()
 * @bar: resource of the device
 * @op: AccessOp
 * @width: bytes; 0 for an UNKNOWN
 * @quirk: AccessQuirk that was corrected
 */
typedef struct Access {
    uint64_t offset;
    uint64_t value;
    uint64_t line;
    uint16_t device;
    uint8_t bar;
    uint8_t op;
    uint8_t width;
    uint8_t quirk;
} Access;

/**
 * struct AccessDevice: one PCIDEV
 * @pci: content of the line
 * @peer: index of the same device in the other log, or -1
 * @accesses: number of accesses to its memory BARs
 * @missing: it has accesses, but no peer, and the filter does not exclude it;
 *           only in the oracle
 * @spare: it has no accesses, and the oracle has more devices with its IDs than
 *         our log; only in the oracle, while pairing
 * @guest: guest addresses of the MAPs of its memory BARs; only in our log
 */
typedef struct AccessDevice {
    MmtPciDev pci;
    int peer;
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
 * struct AccessLog: the content of a log
 * @name: name of the file
 * @view: writer of the log
 * @devices: AccessDevice, in the order of PCIDEV lines
 * @accesses: Access, in the order of the log
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
 * @maps: map id -> BAR; used while reading
 */
typedef struct AccessLog {
    char *name;
    AccessView view;
    GArray *devices;
    GArray *accesses;
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
    GHashTable *maps;
} AccessLog;

/**
 * accesses_load() - read a log
 * @path: the file, or "-"
 * @view: writer of the log
 * @max: maximum number of accesses: a small compressed log can have any number
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
AccessLog *accesses_load(const char *path, AccessView view, uint64_t max,
                         GError **error);

void accesses_free(AccessLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessLog, accesses_free)

/**
 * accesses_pair() - pair the devices of the two logs
 * @oracle: the guest's log
 * @log: our log
 * @filter: VENDOR:DEVICE, or a BDF in @log, of the devices to compare; NULL
 *          for all
 *
 * Devices are paired by the guest addresses in @log's MAPs.  Where that fails,
 * the n-th device with the same IDs in one log is the n-th in the other.  If
 * @oracle has more of them, its devices without accesses do not count.
 * Accesses of devices without a counterpart are dropped from both logs; the
 * device indexes of the others become those of @log.  AccessDevice.missing
 * marks the devices of @oracle that were dropped, but are not excluded by
 * @filter.
 *
 * Return: number of pairs
 */
unsigned accesses_pair(AccessLog *oracle, AccessLog *log, const char *filter);

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
