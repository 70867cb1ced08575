/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing C headers: one, the one that it may include, and AMD's masks, as
 * files with a NUL between them
 */
#include "fuzz.h"

#include <string.h>

#include "regdb.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "x_d.h", "x_sh_mask.h", "a.h" };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        const uint8_t *end = size ? memchr(data, 0, size) : NULL;
        size_t len = end && i + 1 < G_N_ELEMENTS(names) ? end - data : size;

        scratch_write(scratch_path(names[i]), data, len);
        data += len + (len < size);
        size -= len + (len < size);
    }
    regdb_check_file(scratch_path("x_d.h"), "header");
    return 0;
}
