/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: numbers of things
 */
#ifndef VFIO_TRACE_DIFF_NUMBER_H
#define VFIO_TRACE_DIFF_NUMBER_H

#include <glib.h>
#include <inttypes.h>
#include <stdint.h>

/**
 * diff_put_number() - append how many there are: "1 access", "2 accesses"
 * @text: where to append it
 * @n: the number
 * @one: what one of them is called
 * @many: what several are called
 */
static inline void diff_put_number(GString *text, uint64_t n, const char *one,
                                   const char *many)
{
    g_string_append_printf(text, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

#endif /* VFIO_TRACE_DIFF_NUMBER_H */
