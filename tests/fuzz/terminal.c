/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: capture of a verb's output (see terminal.h)
 */
#include "terminal.h"

#include "fuzz.h"

#include <stdlib.h>

void terminal_begin(Terminal *terminal)
{
    *terminal = (Terminal) { .saved_out = stdout, .saved_err = stderr };
    stdout = open_memstream(&terminal->out, &terminal->out_len);
    stderr = open_memstream(&terminal->err, &terminal->err_len);
}

void terminal_end(Terminal *terminal)
{
    fclose(stdout);
    fclose(stderr);
    stdout = terminal->saved_out;
    stderr = terminal->saved_err;
}

void terminal_check(const char *text, size_t len, const char *where)
{
    size_t i;

    for (i = 0; i < len; i++) {
        uint8_t byte = text[i];

        /* CSI is the harmful one of Latin-1's control characters */
        fuzz_check(byte == '\n' || (byte >= 0x20 && byte != 0x7f &&
                   !(byte == 0x9b && i && (uint8_t)text[i - 1] == 0xc2)),
                   "byte 0x%02x on %s", byte, where);
    }
}

void terminal_free(Terminal *terminal)
{
    free(terminal->out);
    free(terminal->err);
}
