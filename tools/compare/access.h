/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: one access to a BAR, and when two of them are the same
 */
#ifndef VFIO_TRACE_ACCESS_H
#define VFIO_TRACE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum AccessOp {
    ACCESS_READ,
    ACCESS_WRITE,
    ACCESS_UNKNOWN,
} AccessOp;

/* Known faults of the kernel's decoder; see accesses_open(). */
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
 * @device: index of the device; the same in both logs
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
 * typedef AccessRead - read the next accesses of a log
 * @opaque: the log
 * @to: where to store them
 * @n: maximum number, not 0
 *
 * Return: their number; 0 at the end
 */
typedef size_t AccessRead(void *opaque, Access *to, size_t n);

/**
 * typedef AccessStep - take one line of the two logs side by side
 * @opaque: who takes it
 * @a: access of the oracle, or NULL: @b is an extra
 * @b: access of the log, or NULL: @a is missing
 */
typedef void AccessStep(void *opaque, const Access *a, const Access *b);

static inline bool access_same_address(const Access *a, const Access *b)
{
    return a->offset == b->offset && a->bar == b->bar &&
           a->device == b->device;
}

/**
 * access_match() - are these the same access?
 * @a: access of the oracle
 * @b: access of the log
 *
 * An UNKNOWN, of which the kernel knows only the address, matches any access at
 * that address.  A 4-byte store also matches the 8-byte store of its
 * sign-extended value: the kernel's decoder logs REX.W C7 like this.
 */
static inline bool access_match(const Access *a, const Access *b)
{
    if (!access_same_address(a, b)) {
        return false;
    }
    if (a->op == b->op && a->width == b->width && a->value == b->value) {
        return true;
    }
    return a->op == ACCESS_UNKNOWN ||
           (a->op == ACCESS_WRITE && b->op == ACCESS_WRITE && a->width == 4 &&
            b->width == 8 && b->value == (uint64_t)(int64_t)(int32_t)a->value);
}

/**
 * access_same_place() - are these the same access, except for the value?
 * @a: access of the oracle
 * @b: access of the log
 */
static inline bool access_same_place(const Access *a, const Access *b)
{
    return access_same_address(a, b) && a->op == b->op &&
           a->width == b->width;
}

#endif /* VFIO_TRACE_ACCESS_H */
