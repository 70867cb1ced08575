/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The features that instructions need, for tables that are not C: reads the
 * code of a 64-bit instruction in hexadecimal, one a line, and prints for each
 * the processor's features; "?" if the decoder can't tell.
 */
#include <stdio.h>

#include "insn-needs.h"

#define LONGEST 15 /* longest x86 instruction */

int main(void)
{
    char line[256];

    while (fgets(line, sizeof(line), stdin)) {
        uint8_t code[LONGEST];
        size_t len = 0;
        g_auto(GStrv) names = NULL;
        g_autofree char *text = NULL;

        while (len < LONGEST &&
               sscanf(line + 2 * len, "%2hhx", &code[len]) == 1) {
            len++;
        }
        names = insn_needs(code, len, INSN_MODE_64);
        text = names ? g_strjoinv(" ", names) : NULL;
        puts(text ? text : "?");
    }
    return 0;
}
