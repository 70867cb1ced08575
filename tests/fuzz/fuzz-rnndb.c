/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing rules-ng-ng XML: a database and a file that it may import, with a NUL
 * between them
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "regdb.h"
#include "scratch.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    /* no import from the machine's databases */
    setenv("VFIO_TRACE_REGDB_PATH", "", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;

    scratch_write(scratch_path("db.xml"), data, len);
    scratch_write(scratch_path("more.xml"), end ? end + 1 : data,
                  end ? size - len - 1 : 0);
    regdb_check_file(scratch_path("db.xml"), "rnndb");
    return 0;
}
