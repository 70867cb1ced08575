/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets and their replacements
 *
 * A secret is a row of bytes: a MAC address, a serial number, a text.  It has
 * a replacement of the same length.  What can be computed from a secret alone
 * (the EUI-64 of a MAC address, a text in UTF-16) is a secret, too.
 */
#ifndef VFIO_TRACE_REDACT_SECRET_H
#define VFIO_TRACE_REDACT_SECRET_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/redact/key.h"

/*
 * Bytes of a secret.  Shorter ones occur by chance.  A text in UTF-16 has twice
 * as many.
 */
#define REDACT_SECRET_MIN 4
#define REDACT_SECRET_MAX 512

/* Secrets in all */
#define REDACT_SECRETS_MAX 256

/**
 * struct RedactSecret: a secret
 * @what: what it is, for the report: "MAC address"
 * @from: its bytes
 * @to: the replacement
 * @n: number of bytes
 * @number: its number in the report, from 1 up
 * @values: accesses in which it, or a piece of it, was replaced
 * @texts: places in text where it was replaced
 * @snapshots: places in snapshots where it was replaced
 */
typedef struct RedactSecret {
    const char *what;
    uint8_t *from;
    uint8_t *to;
    size_t n;
    unsigned number;
    uint64_t values;
    uint64_t texts;
    uint64_t snapshots;
} RedactSecret;

/**
 * struct RedactSecrets: all secrets of a run
 * @list: RedactSecret
 * @key: the key of the replacements
 */
typedef struct RedactSecrets {
    GPtrArray *list;
    const RedactKey *key;
} RedactSecrets;

/**
 * redact_secrets_new() - begin with none
 * @key: the key, which must outlive them
 */
RedactSecrets *redact_secrets_new(const RedactKey *key);

void redact_secrets_free(RedactSecrets *secrets);

/**
 * redact_secrets_add() - add a secret and what follows from it
 * @secrets: the secrets
 * @what: what it is; lives for ever
 * @bytes: its bytes
 * @n: their number
 * @text: it is a text
 * @error: where to store why it can't be one
 *
 * Nothing happens if it is there already.
 *
 * Return: true, or false on error
 */
bool redact_secrets_add(RedactSecrets *secrets, const char *what,
                        const uint8_t *bytes, size_t n, bool text,
                        GError **error);

/**
 * redact_secrets_add_mac() - add a MAC address
 * @secrets: the secrets
 * @mac: its six bytes; none of a single device (multicast, zeros) is ignored
 * @error: where to store an error
 *
 * Return: true, or false on error
 */
bool redact_secrets_add_mac(RedactSecrets *secrets, const uint8_t *mac,
                            GError **error);

/**
 * redact_secrets_parse() - add a secret that the user has given
 * @secrets: the secrets
 * @word: 0x and hexadecimal digits; pairs of digits joined by ":" or "-"; or
 *        a text.  Errors do not quote it
 * @error: where to store what is wrong
 *
 * A text of hexadecimal digits only is looked for as a text and as bytes.
 *
 * Return: true, or false on error
 */
bool redact_secrets_parse(RedactSecrets *secrets, const char *word,
                          GError **error);

/**
 * redact_secrets_parse_mac() - add a MAC address that the user has given
 * @secrets: the secrets
 * @word: the address: 52:54:00:12:34:56, 52-54-..., 525400123456
 * @error: where to store what is wrong
 *
 * Return: true, or false on error
 */
bool redact_secrets_parse_mac(RedactSecrets *secrets, const char *word,
                              GError **error);

#endif /* VFIO_TRACE_REDACT_SECRET_H */
