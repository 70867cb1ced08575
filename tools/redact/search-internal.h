/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: the search's tables; private to the search
 */
#ifndef VFIO_TRACE_REDACT_SEARCH_INTERNAL_H
#define VFIO_TRACE_REDACT_SEARCH_INTERNAL_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/redact/places.h"

/**
 * struct SearchPattern: a secret in one direction
 * @secret: the secret
 * @bytes: its bytes; backwards if @reversed
 * @n: number of bytes
 * @reversed: backwards
 */
typedef struct SearchPattern {
    RedactSecret *secret;
    uint8_t *bytes;
    unsigned n;
    bool reversed;
} SearchPattern;

/**
 * struct SearchAt: a place in a pattern
 * @pattern: the pattern
 * @k: its byte
 * @big: of a piece of several bytes: the first one is the highest
 */
typedef struct SearchAt {
    const SearchPattern *pattern;
    uint16_t k;
    bool big;
} SearchAt;

/**
 * struct SearchWhole: a secret as a number
 * @secret: the secret
 * @from: the number
 * @to: its replacement
 * @bits: bits of both
 */
typedef struct SearchWhole {
    RedactSecret *secret;
    uint64_t from;
    uint64_t to;
    unsigned bits;
} SearchWhole;

typedef struct RedactSearch RedactSearch;
typedef struct SearchNear SearchNear;
typedef struct SearchRow SearchRow;

/**
 * struct RedactSearch: the search
 * @secrets: what to look for
 * @indexed: number of secrets that the tables have
 * @places: gets places of pieces
 * @patterns: SearchPattern
 * @positions: for each byte, where patterns have it (SearchAt)
 * @wholes: SearchWhole of secrets of up to eight bytes
 * @grams: SearchWhole of four bytes of longer secrets, by their number
 * @pieces: for 2, 4 and 8 bytes: their number -> array of SearchAt
 * @pairs: bits: which numbers of two bytes are in @pieces
 * @near: what neighbouring registers have
 * @row: what registers had
 */
struct RedactSearch {
    const RedactSecrets *secrets;
    guint indexed;
    RedactPlaces *places;
    GPtrArray *patterns;
    GArray *positions[256];
    GArray *wholes;
    GHashTable *grams;
    GHashTable *pieces[4];
    uint8_t pairs[65536 / 8];
    SearchNear *near;
    SearchRow *row;
};

SearchNear *search_near_new(void);
void search_near_free(SearchNear *near);

/* Look at an access; return the secret that its neighbourhood has, or NULL */
RedactSecret *search_near(RedactSearch *search, const MmtEntry *entry,
                          uint64_t value);

SearchRow *search_row_new(void);
void search_row_free(SearchRow *row);

/* Look at an access; return the secret that a row of values has, or NULL */
RedactSecret *search_row(RedactSearch *search, const MmtEntry *entry,
                         uint64_t value);

#endif /* VFIO_TRACE_REDACT_SEARCH_INTERNAL_H */
