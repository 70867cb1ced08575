/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: passing a record through the ring and the formatter
 */
#ifndef TESTS_FUZZ_SLOTS_H
#define TESTS_FUZZ_SLOTS_H

#include <stddef.h>

#include "libmmiotrace/format.h"

/* The longest text that the ring takes. */
#define SLOTS_TEXT_MAX (MMT_LINE_MAX - 2)

/**
 * slots_format() - format a record as in a log
 * @rec: the record
 * @text: its text, if it has one
 * @len: bytes of @text, up to SLOTS_TEXT_MAX
 * @extra: MmtExtra, the extra fields of the log's accesses
 * @buf: at least MMT_FORMAT_MAX bytes
 *
 * Return: bytes written to @buf
 */
size_t slots_format(const MmtRecord *rec, const char *text, size_t len,
                    uint32_t extra, char *buf);

#endif /* TESTS_FUZZ_SLOTS_H */
