/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: short lists of mnemonics and registers
 */
#ifndef LIBINSN_LIST_H
#define LIBINSN_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INSN_LIST_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Is @value in @array, of uint16_t? */
#define INSN_LIST_HAS(array, value) \
    insn_list_has(array, INSN_LIST_LEN(array), value)

static inline bool insn_list_has(const uint16_t *list, size_t n, unsigned value)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == value) {
            return true;
        }
    }
    return false;
}

#endif /* LIBINSN_LIST_H */
