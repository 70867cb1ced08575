/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests: rings files as text
 */
#ifndef TESTS_UNIT_GUESTMEM_TEXT_H
#define TESTS_UNIT_GUESTMEM_TEXT_H

#include <glib.h>
#include <string.h>

#include "libguestmem/parse.h"

static inline GmemFile *parse(const char *text, GError **error)
{
    return gmem_parse("x", text, strlen(text), error);
}

static inline GmemFile *parse_good(const char *text)
{
    g_autoptr(GError) error = NULL;
    GmemFile *file = parse(text, &error);

    if (error) {
        g_test_message("%s", text);
    }
    g_assert_no_error(error);
    g_assert_nonnull(file);
    return file;
}

/* A watch, so that a file is complete */
#define REST "register Z bar0:0x80:4\nwatch Y {\n at 0\n len 1\n on write Z\n}\n"

#endif /* TESTS_UNIT_GUESTMEM_TEXT_H */
