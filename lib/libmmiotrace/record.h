/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the trace record
 *
 * One access is one fixed-size record.  A vCPU thread writes it into a slot of
 * the ring (ring.h), and the writer thread formats it as text (format.h), so
 * that the vCPU thread needs only a few stores.
 *
 * The layout is the ring's layout in shared memory: it outlives the process
 * that wrote it, and another program may read it.  If the layout changes,
 * MMT_RING_VERSION must change.
 */
#ifndef LIBMMIOTRACE_RECORD_H
#define LIBMMIOTRACE_RECORD_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define MMT_NS_PER_SEC  1000000000ull
#define MMT_NS_PER_USEC 1000ull

/*
 * Longest MARK text, in bytes.  envytools' demmio reads lines into a buffer of
 * 1,024 bytes and takes the rest for the next line: the author of a longer MARK
 * could forge a record.
 */
#define MMT_MARK_MAX 900

/* Longest line of any record, with its newline and a final NUL. */
#define MMT_LINE_MAX 1024

/* Prefix of the marks that the tracer writes itself. */
#define MMT_MARK_PREFIX "vfio-trace: "

typedef enum MmtKind {
    MMT_KIND_NONE = 0,
    MMT_KIND_READ,
    MMT_KIND_WRITE,
    MMT_KIND_UNKNOWN,   /* value: up to 3 opcode bytes, as the kernel logs */
    MMT_KIND_MAP,       /* value: guest address, arg: length in bytes */
    MMT_KIND_UNMAP,
    MMT_KIND_MARK,      /* text follows in MMT_KIND_TEXT slots */
    MMT_KIND_LINE,      /* likewise: a whole line, written as it is */
    MMT_KIND_LOST,      /* value: number of records that found no slot */
    MMT_KIND_TEXT,
    /* Config space: addr is the offset; become MARK lines. */
    MMT_KIND_CONFIG_READ,
    MMT_KIND_CONFIG_WRITE,
    MMT_KIND__MAX,
} MmtKind;

typedef enum MmtFlags {
    /*
     * The access did not reach the device, or the device answered with an
     * error.  A read's value is the one that the guest got.
     */
    MMT_FLAG_FAILED = 1 << 0,
    /*
     * The record was still waiting for the device's answer when its writer
     * died: a read's value is unknown, a write may not have happened.
     */
    MMT_FLAG_PENDING = 1 << 1,
    /* With durability=sync: the write went ahead of its record on disk. */
    MMT_FLAG_UNSYNCED = 1 << 2,
    /*
     * A read returned all ones, and did so in a way that also returns them for
     * errors, without an indication.
     */
    MMT_FLAG_UNVERIFIED = 1 << 3,
    /* The value that the hardware returned or received is known: @hw. */
    MMT_FLAG_HW = 1 << 4,
    /* The hardware was not accessed: QEMU answered. */
    MMT_FLAG_HW_NONE = 1 << 5,
} MmtFlags;

/* The access is not from a vCPU. */
#define MMT_CPU_NONE UINT16_MAX

/* Optional fields after the kernel's last one. */
typedef enum MmtExtra {
    MMT_EXTRA_CPU = 1 << 0,     /* the vCPU */
    MMT_EXTRA_NS = 1 << 1,      /* the time, to the nanosecond */
    MMT_EXTRA_LATENCY = 1 << 2, /* how long the device took */
    MMT_EXTRA_CR3 = 1 << 3,     /* the guest's page table, of x86 */
    MMT_EXTRA_HW = 1 << 4,      /* the hardware's side of the access */
    MMT_EXTRA_TRAP = 1 << 5,    /* how long the access was in the trap */
    MMT_EXTRA_TTBR0 = 1 << 6,   /* as MMT_EXTRA_CR3, of Arm, */
    MMT_EXTRA_PIDR = 1 << 7,    /* of Power, */
    MMT_EXTRA_ASCE = 1 << 8,    /* of s390x */
} MmtExtra;

/* What tells the guest's address spaces apart; which one: the architecture */
#define MMT_EXTRA_SPACE \
    (MMT_EXTRA_CR3 | MMT_EXTRA_TTBR0 | MMT_EXTRA_PIDR | MMT_EXTRA_ASCE)

/* A record has room for only one of these. */
#define MMT_EXTRA_EITHER (MMT_EXTRA_SPACE | MMT_EXTRA_TRAP)

/* Does an access have at most one address space? */
static inline bool mmt_extra_one_space(uint32_t extra)
{
    uint32_t space = extra & MMT_EXTRA_SPACE;

    return !(space & (space - 1));
}

/**
 * mmt_extra_fits() - does a record have room for these fields?
 * @extra: MmtExtra
 */
static inline bool mmt_extra_fits(uint32_t extra)
{
    uint32_t either = extra & MMT_EXTRA_EITHER;

    return !(either & (either - 1));
}

/*
 * State of a slot, which says who may access it; slots pass through the states
 * in this order.  A FREE slot between the ring's tail and head is reserved: its
 * producer has not filled it in yet.
 */
typedef enum MmtState {
    MMT_STATE_FREE = 0,
    MMT_STATE_PENDING,  /* filled in; the device's answer is not there yet */
    MMT_STATE_READY,
} MmtState;

/**
 * struct MmtRecord: one event
 * @state: MmtState; atomic.  It says to which thread the rest belongs
 * @kind: MmtKind
 * @width: bytes accessed: 1, 2, 4 or 8
 * @flags: MmtFlags
 * @cpu: index of the vCPU, or MMT_CPU_NONE
 * @map_id: number of the region, from 1 up; the kernel's map id
 * @latency: nanoseconds that the device took; UINT32_MAX for that or more, 0
 *           if not known (yet)
 * @ns: host CLOCK_MONOTONIC, nanoseconds
 * @addr: host-physical address of the access or of the mapping
 * @value: the value, zero-extended; for other kinds, see MmtKind
 * @arg: see MmtKind
 * @hw: of an access, the value that the hardware returned or received, if
 *      MMT_FLAG_HW
 * @pc: guest program counter, or 0
 * @space: with MMT_EXTRA_SPACE, what tells the guest's address space, or 0
 * @trap: with MMT_EXTRA_TRAP, nanoseconds that the access was in the trap; 0 if
 *        not known (yet)
 */
typedef struct MmtRecord {
    uint16_t state;
    uint8_t kind;
    uint8_t width;
    uint16_t flags;
    uint16_t cpu;
    uint32_t map_id;
    uint32_t latency;
    uint64_t ns;
    uint64_t addr;
    uint64_t value;
    union {
        uint64_t arg;
        uint64_t hw;
    };
    uint64_t pc;
    union {
        uint64_t space;
        uint64_t trap;
    };
} MmtRecord;

/**
 * struct MmtText: a slot that holds bytes of the MARK or LINE before it
 * @state: as in MmtRecord
 * @kind: MMT_KIND_TEXT
 * @len: bytes used in @text
 * @more: non-zero unless this is the text's last slot
 * @text: the bytes; not NUL-terminated
 */
#define MMT_TEXT_BYTES 56
typedef struct MmtText {
    uint16_t state;
    uint8_t kind;
    uint8_t len;
    uint32_t more;
    char text[MMT_TEXT_BYTES];
} MmtText;

/**
 * union MmtSlot: one slot of the ring; a cache line, so that two vCPUs never
 * write into the same one
 */
typedef union MmtSlot {
    MmtRecord rec;
    MmtText text;
} MmtSlot;

static_assert(sizeof(MmtSlot) == 64, "a ring slot is one cache line");

/**
 * mmt_kind_is_access() - does a record of this kind wait for a device?
 * @kind: MmtKind
 */
static inline bool mmt_kind_is_access(uint8_t kind)
{
    return kind == MMT_KIND_READ || kind == MMT_KIND_WRITE ||
           kind == MMT_KIND_CONFIG_READ || kind == MMT_KIND_CONFIG_WRITE;
}

/**
 * mmt_kind_is_read() - is it a read?
 * @kind: MmtKind
 */
static inline bool mmt_kind_is_read(uint8_t kind)
{
    return kind == MMT_KIND_READ || kind == MMT_KIND_CONFIG_READ;
}

#endif /* LIBMMIOTRACE_RECORD_H */
