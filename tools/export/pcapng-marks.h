/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: kinds of marks
 */
#ifndef VFIO_TRACE_EXPORT_PCAPNG_MARKS_H
#define VFIO_TRACE_EXPORT_PCAPNG_MARKS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/mmiotrace.h"
#include "tools/export/pcapng-record.h"

/* Bytes of a mark or a line in a record */
#define PCAPNG_TEXT_MAX 32768

/**
 * pcapng_marks_sort() - find out what a mark is
 * @entry: the mark
 * @text: its text
 * @head: where to set the kind and, of guest memory, the address
 *
 * What a guest or a user has written is a mark, whatever it says.
 */
void pcapng_marks_sort(const MmtEntry *entry, MmtSpan text, PcapngHead *head);

/**
 * pcapng_marks_items() - append the items of a mark
 * @entry: the mark
 * @text: its text
 * @record: the record, which has a head
 */
void pcapng_marks_items(const MmtEntry *entry, MmtSpan text,
                        GByteArray *record);

/**
 * pcapng_marks_text() - append a text as an item
 * @text: the text, any bytes
 * @record: the record
 */
void pcapng_marks_text(MmtSpan text, GByteArray *record);

/**
 * pcapng_marks_clock() - find out what the wall clock was
 * @entry: an entry
 * @text: its text, if it is a mark
 * @offset: where to store what is to be added to the log's times
 *
 * Return: true if it is the tracer's mark of the clocks
 */
bool pcapng_marks_clock(const MmtEntry *entry, MmtSpan text, uint64_t *offset);

#endif /* VFIO_TRACE_EXPORT_PCAPNG_MARKS_H */
