/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: search for secrets in the values of accesses
 *
 * A secret may be in one value; in neighbouring registers, in steps of 1, 2, 4
 * or 8 bytes, whatever the order of the accesses; in consecutive values of one
 * register, with repeated and other values between; or in consecutive
 * accesses, whatever the registers.  Each in any byte order, forwards or
 * backwards.  Memory is bounded: what was read or written long ago is
 * forgotten if a log has very many registers.
 */
#ifndef VFIO_TRACE_REDACT_SEARCH_H
#define VFIO_TRACE_REDACT_SEARCH_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/redact/places.h"

typedef struct RedactSearch RedactSearch;

/**
 * redact_search_new() - begin a search
 * @secrets: what to look for; secrets may be added while it runs
 * @places: gets the places where secrets are found in pieces
 */
RedactSearch *redact_search_new(const RedactSecrets *secrets,
                                RedactPlaces *places);

/**
 * redact_search_access() - look at an access
 * @search: the search
 * @entry: the access; the value that is looked at may be another one
 * @value: the value
 *
 * Return: the secret that is complete with this access, or NULL
 */
RedactSecret *redact_search_access(RedactSearch *search,
                                   const MmtEntry *entry, uint64_t value);

/**
 * redact_search_value() - look for whole secrets in one value
 * @secrets: the secrets
 * @width: its bytes
 * @value: the value; gets the replacements
 *
 * At any bit of the value.  Also for four bytes of a longer secret that are
 * the whole value, or half of eight.
 *
 * Return: the secret that was found, or NULL
 */
RedactSecret *redact_search_value(const RedactSearch *search, unsigned width,
                                  uint64_t *value);

void redact_search_free(RedactSearch *search);

#endif /* VFIO_TRACE_REDACT_SEARCH_H */
