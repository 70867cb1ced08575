/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the formatter: arbitrary bytes as the slots of a ring
 *
 * A ring that is read back from a file may hold anything.  Whatever it holds,
 * the formatter writes whole lines that any reader understands, and a bounded
 * number of them.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* All combinations of extra fields, and any number of slots */
    MmtFormatter fmt = { .extra = size };
    uint64_t last_ns = 0;

    if (!mmt_extra_fits(fmt.extra)) {
        fmt.extra &= ~MMT_EXTRA_EITHER;
    }
    while (size) {
        size_t n = MIN(size, sizeof(MmtSlot));
        MmtSlot *slot = calloc(1, sizeof(*slot));
        char *buf = malloc(MMT_FORMAT_MAX);

        memcpy(slot, data, n);
        data += n;
        size -= n;
        n = mmt_format(&fmt, slot, buf);
        fuzz_check(n <= MMT_FORMAT_MAX, "%zu bytes", n);
        fuzz_check_lines(buf, n, &last_ns);
        free(buf);
        free(slot);
    }
    return 0;
}
