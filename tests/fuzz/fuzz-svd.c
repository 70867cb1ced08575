/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing CMSIS SVD: any text
 */
#include "fuzz.h"

#include "regdb.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scratch_write(scratch_path("x.svd"), data, size);
    regdb_check_file(scratch_path("x.svd"), "svd");
    return 0;
}
