/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: bytes of registers through which secrets pass
 *
 * Of a place in a region, it is known what of a value there is replaced: bytes
 * that are those of a secret (the halves of a MAC address in two registers),
 * or bits whatever they are (a port through which a secret comes in pieces).
 */
#ifndef VFIO_TRACE_REDACT_PLACES_H
#define VFIO_TRACE_REDACT_PLACES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/redact/secret.h"

/* Places in all */
#define REDACT_PLACES_MAX (1u << 20)

typedef struct RedactPlaces RedactPlaces;

RedactPlaces *redact_places_new(void);
void redact_places_free(RedactPlaces *places);

/**
 * redact_places_add_byte() - a byte of a region has a byte of a secret
 * @places: the places
 * @region: number of the region
 * @offset: the byte's offset
 * @secret: the secret
 * @index: which of its bytes
 *
 * Return: is that new?
 */
bool redact_places_add_byte(RedactPlaces *places, uint32_t region,
                            uint64_t offset, RedactSecret *secret,
                            unsigned index);

/**
 * redact_places_add_bits() - bits of all values at an offset are secret
 * @places: the places
 * @region: number of the region
 * @offset: offset of the accesses
 * @bits: which bits of their values
 *
 * Return: is that new?
 */
bool redact_places_add_bits(RedactPlaces *places, uint32_t region,
                            uint64_t offset, uint64_t bits);

/**
 * redact_places_full() - was there no room for a place?
 * @places: the places
 */
bool redact_places_full(const RedactPlaces *places);

/**
 * redact_places_bytes() - replace bytes of secrets in a value
 * @places: the places
 * @region: number of the region
 * @offset: offset of the access
 * @width: its bytes
 * @value: its value
 *
 * Return: the new value; the same if nothing is secret
 */
uint64_t redact_places_bytes(const RedactPlaces *places, uint32_t region,
                             uint64_t offset, unsigned width, uint64_t value);

/**
 * redact_places_bits() - get the bits that are secret
 * @places: the places
 * @region: number of the region
 * @offset: offset of an access
 */
uint64_t redact_places_bits(const RedactPlaces *places, uint32_t region,
                            uint64_t offset);

/**
 * redact_places_each_bits() - visit the places with secret bits, in order
 * @places: the places
 * @visit: called for each
 * @opaque: its argument
 */
void redact_places_each_bits(const RedactPlaces *places,
                             void (*visit)(uint32_t region, uint64_t offset,
                                           uint64_t bits, void *opaque),
                             void *opaque);

#endif /* VFIO_TRACE_REDACT_PLACES_H */
