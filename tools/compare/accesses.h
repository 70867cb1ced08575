/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log as a sequence of accesses to BARs
 *
 * Two logs of the same thing, one from inside the guest and one from
 * outside, share no address.  What they share is device, BAR and offset.
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

/* How the kernel's decoder is known to be wrong; see accesses_load(). */
typedef enum AccessQuirk {
    ACCESS_QUIRK_NONE,
    ACCESS_QUIRK_SIGN_EXTENDED,
    ACCESS_QUIRK_REX_W,
} AccessQuirk;

/**
 * struct Access: one access
 * @offset: within the BAR
 * @value: zero-extended; 0 for an UNKNOWN
 * @line: in its log; over all parts, if it has several
 * @device: index of the device; the same in both logs after accesses_pair()
 * @bar: resource of the device
 * @op: AccessOp
 * @width: bytes; 0 for an UNKNOWN
 * @quirk: AccessQuirk that was undone
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
 * @pci: the line
 * @peer: index of the same device in the other log, or -1
 * @accesses: how many there are to its memory BARs
 * @missing: nobody asked to leave it out, it has accesses, but no peer; the
 *           oracle's only
 * @spare: has no accesses, and there are too many of its kind; the oracle's
 *         only, while pairing
 * @guest: guest addresses that its memory BARs were MAPped at, ours only
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
    ACCESS_VIEW_HOST,   /* of vfio-pci-trace */
    ACCESS_VIEW_GUEST,  /* of the guest's kernel */
} AccessView;

/**
 * struct AccessLog: a log, read
 * @name: of the file
 * @view: who wrote it
 * @devices: AccessDevice, in the order of PCIDEV lines
 * @accesses: Access, in the order of the log
 * @lost_marks: events lost, as the log's marks say
 * @lost_cpu: events lost, as ftrace's own lines say; the same ones, maybe
 * @lost: some were lost
 * @ports: accesses to I/O-port BARs, which mmiotrace never sees; left out
 * @elsewhere: accesses to no BAR of any PCIDEV line; left out
 * @elsewhere_line: the first of these
 * @bad_events: lines that begin like one that matters here, but can't be
 *              understood
 * @bad_line: the first of these
 * @bad_error: why
 * @foreign: other lines that can't be understood
 * @foreign_line: the first of these
 * @foreign_text: how it begins, printable; NULL if there is none
 * @cut_line: the last line, if it has no newline, else 0
 * @cut_file: the file that ends within a compressed frame, or NULL
 * @parts: how many files it is in; line numbers are over all of them
 * @maps: map id -> BAR it is bound to; while reading
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
 * @view: who wrote it
 * @max: how many accesses there may be: a small compressed log may have any
 *       number of them
 * @error: where to store why not
 *
 * Of the kernel's log two known faults of its instruction decoder are
 * undone: a sign-extending load is logged with the whole register, and a
 * REX.W C7 store of an immediate with width 4 and, as its value, eight bytes
 * from the instruction stream (where their upper half is zero that can't be
 * told from a proper one here).
 *
 * Return: the log, or NULL
 */
AccessLog *accesses_load(const char *path, AccessView view, uint64_t max,
                         GError **error);

void accesses_free(AccessLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessLog, accesses_free)

/**
 * accesses_pair() - find out which device of one log is which of the other
 * @oracle: the guest's log
 * @log: ours
 * @filter: VENDOR:DEVICE, or a BDF of @log's, of the devices to compare;
 *          NULL for all
 *
 * The guest address that ours was mapped at tells; where that fails, the
 * n-th of a kind is the n-th, not counting those that the oracle has no
 * access to if it has more of the kind.  Accesses of devices without a
 * counterpart are dropped from both logs, the others' device numbers become
 * those of @log.  What is dropped from the oracle against the user's will is
 * AccessDevice.missing.
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
