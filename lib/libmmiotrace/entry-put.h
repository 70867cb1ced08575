/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: formatter of the mark of a ring's entry
 *
 * A guest's vCPU waits while an entry is logged, for each doorbell.  This gives
 * the same text as mmt_mark_put() does with MMT_MARK_ENTRY, several times
 * faster.
 */
#ifndef LIBMMIOTRACE_ENTRY_PUT_H
#define LIBMMIOTRACE_ENTRY_PUT_H

#include <stddef.h>
#include <stdint.h>

/* Most bytes of memory in one mark */
#define MMT_MARK_BYTES 384

/**
 * struct MmtEntryMark: the words of the mark
 * @device: device=
 * @ring: ring=
 * @index: index=
 * @at: at=
 * @len: len=
 * @state: state=, or NULL
 * @data: the entry
 * @bytes: bytes of @data to put into the mark: up to MMT_MARK_BYTES
 */
typedef struct MmtEntryMark {
    const char *device;
    const char *ring;
    uint64_t index;
    uint64_t at;
    uint64_t len;
    const char *state;
    const uint8_t *data;
    size_t bytes;
} MmtEntryMark;

/**
 * mmt_entry_put() - format the mark
 * @entry: its words
 * @buf: at least MMT_MARK_MAX + 1 bytes; gets the text with a final NUL
 *
 * Return: length of the text
 */
size_t mmt_entry_put(const MmtEntryMark *entry, char *buf);

#endif /* LIBMMIOTRACE_ENTRY_PUT_H */
