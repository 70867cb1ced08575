/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: a mark as an event
 */
#ifndef VFIO_TRACE_EXPORT_CTF_MARK_H
#define VFIO_TRACE_EXPORT_CTF_MARK_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/export/ctf-record.h"

/**
 * ctf_mark_put() - put the fields of a mark into a record
 * @trace: the trace
 * @entry: the mark
 * @record: the record, which is empty
 *
 * A mark of the tracer becomes what the table of marks says (marks.h): a field
 * for each key.  If it has anything else, all its text is a field, too.  A
 * mark of a user is a text; one of a guest says how it came, too.
 *
 * Return: name of the event, which lives as long as the program
 */
const char *ctf_mark_put(MmtTrace *trace, const MmtEntry *entry,
                         CtfRecord *record);

#endif /* VFIO_TRACE_EXPORT_CTF_MARK_H */
