/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: text to events
 *
 * The inverse of format.h, for the logs of this project and of Linux's own
 * mmiotrace tracer (`cat trace_pipe`).  A line is taken as it lies in
 * memory: nothing is copied, nothing is allocated, and no byte behind its
 * end is looked at.
 */
#ifndef LIBMMIOTRACE_PARSE_H
#define LIBMMIOTRACE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/event.h"

/**
 * mmt_parse_line() - understand one line
 * @line: the line; a CR, a newline or both may end it
 * @len: bytes of @line
 * @ev: where to store the event
 * @err: where to store why not
 *
 * Fields are separated by exactly one blank, numbers must fit, a fraction of
 * a second has six digits (the kernel's) or nine.  What the numbers mean
 * together (does the value fit the width?) is left to the caller, and so is
 * the length of the line.
 *
 * Return: true, or false with @err set and @ev unspecified
 */
bool mmt_parse_line(const char *line, size_t len, MmtEvent *ev,
                    MmtParseError *err);

/**
 * mmt_event_type_name() - the keyword of a type of event
 * @type: the type
 */
const char *mmt_event_type_name(MmtEventType type);

/**
 * mmt_mark_value() - the value of a "key=value" word of a mark
 * @text: the mark's text
 * @key: the key
 *
 * Return: the first such value, which is not empty; @p is NULL if there is none
 */
MmtSpan mmt_mark_value(MmtSpan text, const char *key);

/**
 * mmt_parse_config() - understand a mark that is an access to config space
 * @ev: an MMT_EVENT_MARK; becomes an MMT_EVENT_CONFIG_READ or _WRITE
 * @err: where to store why not
 *
 * mmt_parse_line() has done so already where it can be done: this is for who
 * wants to know what is wrong with the others.
 *
 * Return: true, or false with @err set and @ev unspecified
 */
bool mmt_parse_config(MmtEvent *ev, MmtParseError *err);

/**
 * struct MmtFlagMark: what a mark of mmt_format()'s says of the access
 * before it
 * @flag: MmtFlags
 * @type: of that access; READ, WRITE, CONFIG_READ or CONFIG_WRITE
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
 * mmt_parse_flag_mark() - understand a mark that belongs to an access
 * @ev: an MMT_EVENT_MARK
 * @mark: where to store what it says
 *
 * Return: true, or false if it is any other mark
 */
bool mmt_parse_flag_mark(const MmtEvent *ev, MmtFlagMark *mark);

/**
 * mmt_resource_name() - what to call a PCIDEV's resource
 * @i: its number
 */
const char *mmt_resource_name(int i);

#endif /* LIBMMIOTRACE_PARSE_H */
