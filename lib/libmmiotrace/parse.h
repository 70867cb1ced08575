/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of log lines
 *
 * The inverse of format.h, for the logs of this project and of Linux's own
 * mmiotrace tracer (`cat trace_pipe`).  A line is parsed in place: nothing is
 * copied, nothing is allocated, and no byte behind its end is read.
 */
#ifndef LIBMMIOTRACE_PARSE_H
#define LIBMMIOTRACE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/event.h"

/**
 * mmt_parse_line() - parse one line
 * @line: the line; a CR, a newline or both may end it
 * @len: bytes of @line
 * @ev: where to store the event
 * @err: where to store the error
 *
 * Fields must be separated by exactly one blank, numbers must fit, and a
 * fraction of a second must have six digits (the kernel's) or nine.  The caller
 * checks whether the numbers match each other (does the value fit the width?),
 * and the length of the line.
 *
 * Return: true, or false with @err set and @ev unspecified
 */
bool mmt_parse_line(const char *line, size_t len, MmtEvent *ev,
                    MmtParseError *err);

/**
 * mmt_event_type_name() - get the keyword of a type of event
 * @type: the type
 */
const char *mmt_event_type_name(MmtEventType type);

/**
 * mmt_mark_value() - get the value of a "key=value" word of a mark
 * @text: the mark's text
 * @key: the key
 *
 * Return: the first such value that is not empty; @p is NULL if there is none
 */
MmtSpan mmt_mark_value(MmtSpan text, const char *key);

/**
 * mmt_parse_config() - parse a mark that is an access to config space
 * @ev: an MMT_EVENT_MARK; becomes an MMT_EVENT_CONFIG_READ or _WRITE
 * @err: where to store the error
 *
 * mmt_parse_line() has already done this with valid marks; this function gives
 * the error of an invalid one.
 *
 * Return: true, or false with @err set and @ev unspecified
 */
bool mmt_parse_config(MmtEvent *ev, MmtParseError *err);

/**
 * struct MmtFlagMark: contents of a mark that mmt_format() puts after an access
 * @flag: MmtFlags
 * @type: type of that access; READ, WRITE, CONFIG_READ or CONFIG_WRITE
 * @width: as in that access
 * @map_id: as in that access
 * @addr: as in that access; the offset in config space
 */
typedef struct MmtFlagMark {
    MmtFlags flag;
    MmtEventType type;
    uint8_t width;
    uint32_t map_id;
    uint64_t addr;
} MmtFlagMark;

/**
 * mmt_parse_flag_mark() - parse a mark that belongs to an access
 * @ev: an MMT_EVENT_MARK
 * @mark: where to store its contents
 *
 * Return: true, or false if it is any other mark
 */
bool mmt_parse_flag_mark(const MmtEvent *ev, MmtFlagMark *mark);

/**
 * mmt_parse_overwritten() - parse the comment that says how full a buffer was
 * @ev: an MMT_EVENT_COMMENT
 * @lost: where to store the number of events that are missing
 *
 * Linux's file "trace" begins with "# entries-in-buffer/entries-written: N/M":
 * M - N events were overwritten by later ones.
 *
 * Return: true, or false if it is any other comment
 */
bool mmt_parse_overwritten(const MmtEvent *ev, uint64_t *lost);

/**
 * mmt_resource_name() - get the name of a PCIDEV's resource
 * @i: its number
 */
const char *mmt_resource_name(int i);

#endif /* LIBMMIOTRACE_PARSE_H */
