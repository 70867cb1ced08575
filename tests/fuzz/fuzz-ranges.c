/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing lists of ranges: any text
 */
#include "fuzz.h"

#include "regdb.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scratch_write(scratch_path("x.txt"), data, size);
    regdb_check_file(scratch_path("x.txt"), "ranges");
    return 0;
}
