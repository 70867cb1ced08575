/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: records, the bytes of a packet
 *
 * docs/wireshark.md describes them, wireshark/vfio-trace.lua reads them: a head
 * of fixed length, then items: four bytes, of which the lowest is the
 * item's type and the others are its length, and as many bytes.  All numbers
 * are little-endian.
 */
#ifndef VFIO_TRACE_EXPORT_PCAPNG_RECORD_H
#define VFIO_TRACE_EXPORT_PCAPNG_RECORD_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* What a record begins with; readers refuse other versions. */
#define PCAPNG_MAGIC "VFTR"
#define PCAPNG_VERSION 1

/* Where a record has the number of the file's definitions */
#define PCAPNG_SET_AT 8

/* Bytes of a name in a record */
#define PCAPNG_NAME_MAX 255

/* PcapngHead.region of regions that are neither a BAR nor another of VFIO's */
#define PCAPNG_REGION_OTHER 255

/**
 * enum PcapngKind: what a record is
 */
typedef enum PcapngKind {
    PCAPNG_DEFINITIONS,     /* names for the records that follow */
    PCAPNG_READ,
    PCAPNG_WRITE,
    PCAPNG_ACCESS,          /* its direction is not known */
    PCAPNG_MARK,            /* of a user or a guest */
    PCAPNG_TRACER,          /* a mark of the tracer that is none of the next */
    PCAPNG_INTERRUPT,
    PCAPNG_MACHINE,         /* the machine is paused or runs again */
    PCAPNG_MEMORY,          /* guest memory: entries of rings, snapshots, ... */
    PCAPNG_MAP,
    PCAPNG_UNMAP,
    PCAPNG_DEVICE,
    PCAPNG_LOST,            /* events are missing */
    PCAPNG_DAMAGED,         /* a damaged line */
} PcapngKind;

/**
 * enum PcapngFlags: what is known of a record
 */
typedef enum PcapngFlags {
    PCAPNG_TIMED = 1 << 0,      /* the log has a time */
    PCAPNG_VALUE = 1 << 1,      /* @value */
    PCAPNG_CPU = 1 << 2,        /* @cpu */
    PCAPNG_PC = 1 << 3,         /* @pc */
    PCAPNG_ADDRESS = 1 << 4,    /* @address is the log's, not made up */
    PCAPNG_GUEST = 1 << 5,      /* the mark is a guest's */
    PCAPNG_CUT = 1 << 6,        /* the text is longer in the log */
} PcapngFlags;

/**
 * enum PcapngItem: types of items
 */
typedef enum PcapngItem {
    PCAPNG_ITEM_DEVICE = 1,     /* text: device ID, address or name */
    PCAPNG_ITEM_REGION,         /* text: "bar0" */
    PCAPNG_ITEM_REGISTER,       /* text: name of a register; of each reached */
    PCAPNG_ITEM_TEXT,           /* text of a mark, or a line */
    PCAPNG_ITEM_MARK,           /* text: name of a tracer's mark: "irq" */
    PCAPNG_ITEM_LATENCY,        /* 32 bits: nanoseconds */
    PCAPNG_ITEM_DATA,           /* bytes of guest memory */
    PCAPNG_ITEM_BEFORE,         /* 64 bits: value before the access */
    PCAPNG_ITEM_PHASE,          /* defines a phase */
    PCAPNG_ITEM_TYPE,           /* defines a type: what values mean */
    PCAPNG_ITEM_SHAPE,          /* defines a shape: registers of an access */
} PcapngItem;

/**
 * struct PcapngHead: the head of a record, with numbers of the host's order
 * @kind: PcapngKind
 * @width: of an access: bytes, or 0 if not known
 * @region: MMT_REGION_..., or PCAPNG_REGION_OTHER; of what has no region, too
 * @flags: PcapngFlags
 * @line: number of the line in the log
 * @ns: time in the log
 * @offset: of an access, in its region; of memory, its address
 * @value: of an access; of a mapping its length, of lost events their number
 * @address: of an access or a mapping
 * @pc: program counter
 * @cpu: processor
 * @phase: number of the phase
 * @shape: number of the shape, or 0
 */
typedef struct PcapngHead {
    uint8_t kind;
    uint8_t width;
    uint8_t region;
    uint32_t flags;
    uint64_t line;
    uint64_t ns;
    uint64_t offset;
    uint64_t value;
    uint64_t address;
    uint64_t pc;
    uint32_t cpu;
    uint32_t phase;
    uint32_t shape;
} PcapngHead;

/**
 * pcapng_record_begin() - begin a record
 * @record: the bytes; what is there is overwritten
 * @set: number of the file, which tells its definitions from those of others
 * @head: the head
 */
void pcapng_record_begin(GByteArray *record, uint32_t set,
                         const PcapngHead *head);

/**
 * pcapng_record_item() - append an item
 * @record: the record
 * @type: its type
 * @bytes: its bytes
 * @len: number of them
 */
void pcapng_record_item(GByteArray *record, PcapngItem type, const void *bytes,
                        size_t len);

/**
 * pcapng_record_name() - append an item that is a name
 * @record: the record
 * @type: its type
 * @name: the name, UTF-8; nothing is appended if it is ""
 */
void pcapng_record_name(GByteArray *record, PcapngItem type, const char *name);

/* Append numbers to an item that is being made */
void pcapng_put8(GByteArray *item, uint8_t value);
void pcapng_put16(GByteArray *item, uint16_t value);
void pcapng_put32(GByteArray *item, uint32_t value);
void pcapng_put64(GByteArray *item, uint64_t value);

/**
 * pcapng_put_name() - append a byte with a length, and a name
 * @item: the item
 * @name: the name, any bytes; what is not printable becomes '?'
 */
void pcapng_put_name(GByteArray *item, const char *name);

#endif /* VFIO_TRACE_EXPORT_PCAPNG_RECORD_H */
