/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: a text of bounded length
 *
 * The program has neither stdio nor allocation, so that it is small when it is
 * linked statically: texts are put together here.
 */
#ifndef GUEST_MARKER_TEXT_H
#define GUEST_MARKER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Longest line that is passed on.  The log has some 800 bytes of it and says
 * how many it has not.
 */
#define MARK_LINE_MAX 4096

/* A line that is longer than this does not fit into a mark as a whole. */
#define MARK_ROOM 800

/**
 * struct MarkText: a text
 *
 * @buf: the text, which ends with a zero byte; there is room for a newline
 * @len: length in bytes, at most MARK_LINE_MAX
 * @cut: bytes that did not fit
 */
typedef struct MarkText {
    char buf[MARK_LINE_MAX + 2];
    size_t len;
    size_t cut;
} MarkText;

/* What the log does not show as it is */
typedef enum MarkFlaw {
    MARK_FLAW_CONTROL  = 1 << 0,
    MARK_FLAW_ENCODING = 1 << 1,
    MARK_FLAW_LENGTH   = 1 << 2,
} MarkFlaw;

/** mark_text_clear() - make the text empty */
void mark_text_clear(MarkText *t);

/** mark_text_add_bytes() - append bytes; those without room are counted */
void mark_text_add_bytes(MarkText *t, const char *bytes, size_t len);

/** mark_text_add() - append a string */
void mark_text_add(MarkText *t, const char *string);

/**
 * mark_text_format() - append a message
 * @format: the message, with %s for a string, %u for an unsigned number, %d for
 *     an int and %% for a percent sign
 */
void mark_text_format(MarkText *t, const char *format, ...);

/** mark_text_add_number() - append a number in decimal */
void mark_text_add_number(MarkText *t, uint64_t number);

/** mark_text_add_hex() - append a number as 0x and eight digits or more */
void mark_text_add_hex(MarkText *t, uint64_t number);

/** mark_text_add_seconds() - append microseconds as seconds, "1.000250" */
void mark_text_add_seconds(MarkText *t, uint64_t us);

/**
 * mark_text_add_word() - append one word of a command
 *
 * A word with a blank, a quote or nothing in it is quoted; control characters
 * become \n, \t or \xNN, so that the command stays one line.
 */
void mark_text_add_word(MarkText *t, const char *word);

/**
 * mark_text_flaws() - what of the text will not be in the log as it is
 *
 * Returns: an or of MarkFlaw
 */
unsigned mark_text_flaws(const MarkText *t);

#endif
