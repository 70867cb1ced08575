/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: event, a parsed line of a log
 *
 * The parser (parse.h) fills it in.
 */
#ifndef LIBMMIOTRACE_EVENT_H
#define LIBMMIOTRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/format.h"

/* The number that the VERSION line carries. */
#define MMT_VERSION 20070824u

/* The kernel's "UNMAP ... -1": a mapping that it did not trace. */
#define MMT_MAP_NONE UINT32_MAX

/* MMT_EVENT_LOST: the kernel does not know the number. */
#define MMT_LOST_UNKNOWN UINT64_MAX

typedef enum MmtEventType {
    MMT_EVENT_COMMENT,  /* "# tracer: ..." heads the kernel's other views */
    MMT_EVENT_VERSION,
    MMT_EVENT_PCIDEV,
    MMT_EVENT_LSPCI,    /* a line of lspci's output, in old logs */
    MMT_EVENT_READ,
    MMT_EVENT_WRITE,
    MMT_EVENT_UNKNOWN,
    MMT_EVENT_MAP,
    MMT_EVENT_UNMAP,
    MMT_EVENT_MARK,
    MMT_EVENT_CONFIG_READ,  /* "MARK ... vfio-trace: config R ..." */
    MMT_EVENT_CONFIG_WRITE,
    MMT_EVENT_LOST,     /* "MARK 0.000000 Lost N events." */
    MMT_EVENT_LOST_CPU, /* "CPU:N [LOST N EVENTS]", written by ftrace */
    MMT_EVENT__MAX,
} MmtEventType;

/* The fields of a line; MmtEvent has the column where each begins. */
typedef enum MmtField {
    MMT_FIELD_KEYWORD,
    MMT_FIELD_WIDTH,
    MMT_FIELD_TIME,
    MMT_FIELD_MAP_ID,
    MMT_FIELD_ADDR,
    MMT_FIELD_VALUE,
    MMT_FIELD_OPCODE,
    MMT_FIELD_VIRT,
    MMT_FIELD_LEN,
    MMT_FIELD_PC,
    MMT_FIELD_PID,
    MMT_FIELD_EXTRA,
    MMT_FIELD_TEXT,
    MMT_FIELD_COUNT,
    MMT_FIELD_BUS_DEVFN,
    MMT_FIELD_VENDOR_DEVICE,
    MMT_FIELD_IRQ,
    MMT_FIELD_START,    /* the first of MMT_PCI_RESOURCES */
    MMT_FIELD_SIZE,     /* likewise */
    MMT_FIELD_DRIVER,
    MMT_FIELD__MAX,
} MmtField;

/* Is the value known that the hardware returned or received? */
typedef enum MmtHwState {
    MMT_HW_UNKNOWN = 0, /* "hw=?" */
    MMT_HW_NONE,        /* "hw=-": the hardware was not accessed */
    MMT_HW_KNOWN,
} MmtHwState;

/**
 * struct MmtSpan: bytes inside the line that was parsed
 * @p: the first byte; NULL if there are none
 * @len: number of bytes
 */
typedef struct MmtSpan {
    const char *p;
    size_t len;
} MmtSpan;

/**
 * struct MmtEvent: one parsed line
 * @type: determines which of the other members are set; the rest is zero
 * @width: bytes accessed: 1, 2, 4 or 8
 * @opcode: UNKNOWN's first three instruction bytes
 * @map_id: the mapping; UNMAP may have MMT_MAP_NONE
 * @ns: time in nanoseconds
 * @addr: physical address, of the access or of the mapping; the offset of an
 *        access to config space
 * @value: the value; VERSION's number; the number of lost events
 * @virt: MAP's virtual address (the kernel's logs) or guest address (ours)
 * @len: MAP's length in bytes
 * @pc: program counter, 0 if none
 * @pid: process, 0 if none
 * @pci: PCIDEV; its driver is truncated if it does not fit, @text has all of it
 * @text: MARK's text, also of an access to config space; PCIDEV's driver;
 *        LSPCI's line; a comment
 * @extra: the rest of the line behind the PID, or behind the value or PC of an
 *         access to config space, without the blank between
 * @extras: MmtExtra, the known fields in @extra; other words are ignored
 * @cpu: MMT_EXTRA_CPU: the vCPU, UINT32_MAX if there was none
 * @exact_ns: MMT_EXTRA_NS: the time to the nanosecond
 * @latency: MMT_EXTRA_LATENCY: nanoseconds; UINT32_MAX for that or more, 0 if
 *           not known
 * @space: MMT_EXTRA_SPACE: what tells the guest's address space
 * @hw: MMT_EXTRA_HW: value that the hardware returned or received, if
 *      MMT_HW_KNOWN
 * @hw_state: MMT_EXTRA_HW: is @hw known?
 * @trap: MMT_EXTRA_TRAP: nanoseconds that the access was in the tracer's trap,
 *        0 if not known
 * @column: column of every field, from 1 up; 0 if the line has no such field
 * @resource_column: PCIDEV: columns of the starts, then of the sizes
 *
 * @text and @extra point into the line.
 */
typedef struct MmtEvent {
    MmtEventType type;
    uint8_t width;
    uint8_t opcode[3];
    uint32_t map_id;
    uint64_t ns;
    uint64_t addr;
    uint64_t value;
    uint64_t virt;
    uint64_t len;
    uint64_t pc;
    uint64_t pid;
    MmtSpan text;
    MmtSpan extra;
    uint32_t extras;
    uint32_t cpu;
    uint32_t latency;
    uint64_t exact_ns;
    uint64_t space;
    uint64_t hw;
    MmtHwState hw_state;
    uint64_t trap;
    MmtPciDev pci;
    uint32_t column[MMT_FIELD__MAX];
    uint32_t resource_column[2 * MMT_PCI_RESOURCES];
} MmtEvent;

/**
 * struct MmtParseError: why a line can't be parsed
 * @field: name of the field, for messages
 * @column: position of the error, in bytes from 1 up
 * @message: a sentence without a capital and a full stop; printable
 */
typedef struct MmtParseError {
    const char *field;
    size_t column;
    char message[160];
} MmtParseError;

/**
 * mmt_event_is_access() - a READ, WRITE or UNKNOWN?
 * @ev: the event
 */
static inline bool mmt_event_is_access(const MmtEvent *ev)
{
    return ev->type == MMT_EVENT_READ || ev->type == MMT_EVENT_WRITE ||
           ev->type == MMT_EVENT_UNKNOWN;
}

/**
 * mmt_event_is_config() - an access to config space?
 * @ev: the event
 */
static inline bool mmt_event_is_config(const MmtEvent *ev)
{
    return ev->type == MMT_EVENT_CONFIG_READ ||
           ev->type == MMT_EVENT_CONFIG_WRITE;
}

/**
 * mmt_event_has_time() - does this type of event have a time?
 * @ev: the event
 *
 * The kernel's notice of lost events is at time zero: it has no time.
 */
static inline bool mmt_event_has_time(const MmtEvent *ev)
{
    return mmt_event_is_access(ev) || mmt_event_is_config(ev) ||
           ev->type == MMT_EVENT_MAP || ev->type == MMT_EVENT_UNMAP ||
           ev->type == MMT_EVENT_MARK;
}

/**
 * mmt_resource_is_port() - is a PCIDEV's resource an I/O-port BAR?
 * @dev: the device
 * @i: number of the resource
 *
 * The low bits of resource 6, the ROM, have another meaning.
 */
static inline bool mmt_resource_is_port(const MmtPciDev *dev, int i)
{
    return i < MMT_PCI_RESOURCES - 1 && (dev->start[i] & 1);
}

/**
 * mmt_resource_base() - a PCIDEV's resource without its flag bits
 * @dev: the device
 * @i: number of the resource
 */
static inline uint64_t mmt_resource_base(const MmtPciDev *dev, int i)
{
    return dev->start[i] & ~(mmt_resource_is_port(dev, i) ? 3ull : 15ull);
}

#endif /* LIBMMIOTRACE_EVENT_H */
