/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: kinds of entries as words
 */
#ifndef VFIO_TRACE_CONVERT_OP_H
#define VFIO_TRACE_CONVERT_OP_H

#include <stdbool.h>

#include "libmmiotrace/mmiotrace.h"

static inline bool convert_is_access(const MmtEntry *entry)
{
    return entry->kind <= MMT_ENTRY_UNKNOWN;
}

/**
 * convert_op() - get the word for an entry, as in column "op"
 * @entry: the entry
 *
 * Return: the word, or NULL for an entry that is not converted
 */
static inline const char *convert_op(const MmtEntry *entry)
{
    static const char *const words[] = {
        [MMT_ENTRY_READ] = "R",
        [MMT_ENTRY_WRITE] = "W",
        [MMT_ENTRY_UNKNOWN] = "UNKNOWN",
        [MMT_ENTRY_MARK] = "MARK",
        [MMT_ENTRY_MAP] = "MAP",
        [MMT_ENTRY_UNMAP] = "UNMAP",
        [MMT_ENTRY_DEVICE] = "PCIDEV",
        [MMT_ENTRY_LOST] = "LOST",
    };

    if (entry->flags & MMT_ENTRY_LSPCI) {
        return "LSPCI";
    }
    return entry->kind <= MMT_ENTRY_LOST ? words[entry->kind] : NULL;
}

/**
 * convert_has_value() - does an entry have a value to convert?
 * @entry: the entry
 *
 * An access's value, a mapping's length, the number of events that were lost
 */
static inline bool convert_has_value(const MmtEntry *entry)
{
    return entry->kind == MMT_ENTRY_READ || entry->kind == MMT_ENTRY_WRITE ||
           entry->kind == MMT_ENTRY_MAP ||
           (entry->kind == MMT_ENTRY_LOST && entry->value != UINT64_MAX);
}

#endif /* VFIO_TRACE_CONVERT_OP_H */
