/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: reads bundles that nobody should have made (see bundle-hostile.h)
 */
#include "bundle-hostile.h"

#include <stdbool.h>
#include <string.h>

#include "bundle-logs.h"
#include "libmmiotrace/reader.h"
#include "run-tool.h"
#include "tools/bundle/unpack.h"

char *bundle_fault(const GByteArray *bytes)
{
    g_autofree char *path = write_bytes("hostile.tar", bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(BundleUnpack) unpack = bundle_unpack_open(path, &error);
    BundleSink sink = { 0 };
    bool ok = unpack && bundle_unpack_manifest(unpack, &error) &&
              bundle_unpack_all(unpack, &sink, NULL, &error);

    g_assert_true(ok == !error);
    if (error) {
        g_assert_null(strchr(error->message, '\n'));
    }
    return error ? g_strdup(error->message) : NULL;
}

void assert_bundle_fault(const GByteArray *bytes, const char *expected)
{
    g_autofree char *fault = bundle_fault(bytes);

    g_assert_nonnull(fault);
    assert_contains(fault, expected);
}

char *bundle_read_log(const GByteArray *bytes, uint64_t *lines)
{
    g_autofree char *path = write_bytes("hostile-log.tar", bytes);
    g_autoptr(MmtReader) reader = mmt_reader_open(path, NULL);
    g_autoptr(GError) error = NULL;
    MmtReadResult result;
    MmtLine line;

    *lines = 0;
    while ((result = mmt_reader_next(reader, &line, &error)) ==
           MMT_READ_LINE) {
        ++*lines;
    }
    g_assert_true((result == MMT_READ_ERROR) == (error != NULL));
    return error ? g_strdup(error->message) : NULL;
}

void assert_bundle_log_fault(const GByteArray *bytes, const char *expected)
{
    uint64_t lines;
    g_autofree char *fault = bundle_read_log(bytes, &lines);

    g_assert_nonnull(fault);
    assert_contains(fault, expected);
}
