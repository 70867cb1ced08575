/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reading a line of text; private to the parsers of formats
 *
 * A cursor moves over the line.  Functions that do not find what they look for
 * return false and leave the cursor where it is.
 */
#ifndef LIBMMIOTRACE_INPUT_SCAN_H
#define LIBMMIOTRACE_INPUT_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "libmmiotrace/digits.h"
#include "libmmiotrace/input.h"

/**
 * struct MmtScan: a cursor
 * @p: the next byte
 * @end: end of the line; MMT_INPUT_SLACK more bytes can be read
 */
typedef struct MmtScan {
    const char *p;
    const char *end;
} MmtScan;

/* Take @literal, a string constant of less than MMT_INPUT_SLACK bytes. */
#define mmt_scan_take(text, literal) \
    mmt_scan_take_bytes(text, literal, sizeof(literal) - 1)

static inline bool mmt_scan_take_bytes(MmtScan *text, const char *bytes,
                                       size_t len)
{
    if (memcmp(text->p, bytes, len) || len > (size_t)(text->end - text->p)) {
        return false;
    }
    text->p += len;
    return true;
}

static inline bool mmt_scan_at_end(const MmtScan *text)
{
    return text->p == text->end;
}

static inline void mmt_scan_skip_blanks(MmtScan *text)
{
    while (text->p < text->end && *text->p == ' ') {
        text->p++;
    }
}

/* Only blanks follow */
static inline bool mmt_scan_finish(MmtScan *text)
{
    mmt_scan_skip_blanks(text);
    return mmt_scan_at_end(text);
}

/* A hexadecimal digit's value, or 16 */
static inline unsigned mmt_scan_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' :
           c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Take 1 to @max digits; for the ends of lines and for odd numbers */
static inline bool mmt_scan_digits_slow(MmtScan *text, unsigned base,
                                        ptrdiff_t max, uint64_t *out)
{
    const char *p = text->p;
    uint64_t value = 0;

    while (p < text->end && mmt_scan_digit(*p) < base) {
        unsigned digit = mmt_scan_digit(*p++);

        if (p - text->p > max || value > (UINT64_MAX - digit) / base) {
            return false;
        }
        value = value * base + digit;
    }
    if (p == text->p) {
        return false;
    }
    text->p = p;
    *out = value;
    return true;
}

/* Take a hexadecimal number of up to 16 digits, without "0x". */
static inline bool mmt_scan_hex(MmtScan *text, uint64_t *out)
{
    const char *p = text->p;

    if (mmt_digits_hex(&p, out) && p <= text->end) {
        text->p = p;
        return true;
    }
    return mmt_scan_digits_slow(text, 16, 16, out);
}

/* Take a decimal number of up to 18 digits. */
static inline bool mmt_scan_dec(MmtScan *text, uint64_t *out)
{
    return mmt_scan_digits_slow(text, 10, 18, out);
}

/* Take a decimal number below UINT32_MAX. */
static inline bool mmt_scan_dec32(MmtScan *text, uint32_t *out)
{
    MmtScan t = *text;
    uint64_t value;

    if (!mmt_scan_dec(&t, &value) || value >= UINT32_MAX) {
        return false;
    }
    *text = t;
    *out = value;
    return true;
}

/* Take a number as printf's %#x or %u prints it. */
static inline bool mmt_scan_number(MmtScan *text, uint64_t *out)
{
    MmtScan t = *text;

    if (mmt_scan_take(&t, "0x") ? !mmt_scan_hex(&t, out)
                                : !mmt_scan_digits_slow(&t, 10, 20, out)) {
        return false;
    }
    *text = t;
    return true;
}

/* Take a number of nanoseconds: the digits behind a decimal point. */
static inline bool mmt_scan_fraction(MmtScan *text, uint64_t *ns)
{
    static const uint32_t unit[] = {
        1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10,
        1
    };
    const char *begin = text->p;
    uint64_t value;

    if (!mmt_scan_digits_slow(text, 10, 9, &value)) {
        return false;
    }
    *ns = value * unit[text->p - begin];
    return true;
}

/* Find @bytes at or behind the cursor; NULL if they are not there. */
static inline const char *mmt_scan_find(const MmtScan *text, const char *bytes,
                                        size_t len)
{
    return memmem(text->p, text->end - text->p, bytes, len);
}

/* Length of the word at the cursor: letters, digits and underscores */
static inline size_t mmt_scan_word(const MmtScan *text)
{
    const char *p = text->p;

    while (p < text->end &&
           ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
            *p == '_')) {
        p++;
    }
    return p - text->p;
}

/* The bits of a value that an access of @width bytes has */
static inline uint64_t mmt_scan_mask(uint64_t value, unsigned width)
{
    return width < 8 ? value & ((1ull << (8 * width)) - 1) : value;
}

/**
 * mmt_input_recent() - find a region that a recent line has named
 * @input: the state
 * @text: the cursor; moved behind the name if it was found
 * @kind: the parser's number for the kind of name
 * @region: where to store the region's number
 *
 * Lines name device and region again and again; looking them up takes longer
 * than the rest of the line.
 */
static inline bool mmt_input_recent(MmtInput *input, MmtScan *text,
                                    unsigned kind, uint32_t *region)
{
    unsigned i;

    for (i = 0; i < MMT_INPUT_RECENT; i++) {
        unsigned at = (input->recent_last + i) % MMT_INPUT_RECENT;
        const MmtInputRecent *recent = &input->recent[at];

        if (recent->len && recent->kind == kind &&
            mmt_scan_take_bytes(text, recent->name, recent->len)) {
            input->recent_last = at;
            *region = recent->region;
            return true;
        }
    }
    return false;
}

/* Set the address of an access from its region and offset. */
static inline void mmt_input_set_address(MmtInput *input, MmtEntry *entry)
{
    entry->address = mmt_regions_get(input->regions, entry->region)->base +
                     entry->offset;
}

/**
 * mmt_input_remember() - remember a region's name for mmt_input_recent()
 * @input: the state
 * @name: what the line calls it, with the delimiter behind it
 * @len: its length
 * @kind: the parser's number for the kind of name
 * @region: the region's number
 */
void mmt_input_remember(MmtInput *input, const char *name, size_t len,
                        unsigned kind, uint32_t region);

#endif /* LIBMMIOTRACE_INPUT_SCAN_H */
