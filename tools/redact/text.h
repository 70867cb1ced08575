/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets in text and in bytes
 *
 * In text, a secret may be written as it is, or as hexadecimal digits with or
 * without something between the bytes, or as a decimal number; forwards or
 * backwards, in any byte order.
 */
#ifndef VFIO_TRACE_REDACT_TEXT_H
#define VFIO_TRACE_REDACT_TEXT_H

#include "tools/redact/secret.h"

typedef struct RedactText RedactText;

/**
 * redact_text_new() - begin
 * @secrets: what to look for; complete
 */
RedactText *redact_text_new(const RedactSecrets *secrets);

void redact_text_free(RedactText *text);

/**
 * redact_text_replace() - replace secrets in a text
 * @text: the forms of the secrets
 * @p: the text
 * @len: its length, which stays the same
 *
 * Return: the secret that was found last, or NULL
 */
RedactSecret *redact_text_replace(const RedactText *text, char *p, size_t len);

/**
 * redact_text_blanks() - replace texts with blanks in them
 * @text: what to look for
 * @p: words; they keep their lengths
 * @len: their length
 *
 * For words that redact_text_replace() has had one by one.
 *
 * Return: a secret that was found, or NULL
 */
RedactSecret *redact_text_blanks(const RedactText *text, char *p, size_t len);

/**
 * redact_text_bytes() - replace secrets in bytes
 * @text: the forms of the secrets
 * @bytes: the bytes
 * @n: their number
 *
 * Return: the secret that was found last, or NULL
 */
RedactSecret *redact_text_bytes(const RedactText *text, uint8_t *bytes,
                                size_t n);

#endif /* VFIO_TRACE_REDACT_TEXT_H */
