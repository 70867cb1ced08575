/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing databases of umr: a chip, its table of bases and two of its blocks,
 * as files with a NUL between them
 */
#include "fuzz.h"

#include <string.h>

#include "regdb.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "x.asic", "x.soc15", "a.reg", "b.reg",
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        const uint8_t *end = size ? memchr(data, 0, size) : NULL;
        size_t len = end && i + 1 < G_N_ELEMENTS(names) ? end - data : size;

        scratch_write(scratch_path(names[i]), data, len);
        data += len + (len < size);
        size -= len + (len < size);
    }
    regdb_check_file(scratch_path("x.asic"), "umr");
    regdb_check_file(scratch_path("a.reg"), "umr");
    return 0;
}
