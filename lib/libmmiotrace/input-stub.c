/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: formats whose parsers are not there yet (see input.h) */
#include "libmmiotrace/input.h"

static MmtInputResult foreign(void)
{
    return MMT_INPUT_FOREIGN;
}

MmtInputResult mmt_input_qemu(MmtInput *input, const char *line, size_t len,
                              MmtEntry *entry)
{
    (void)input, (void)line, (void)len, (void)entry;
    return foreign();
}

MmtInputResult mmt_input_ftrace(MmtInput *input, const char *line, size_t len,
                                MmtEntry *entry)
{
    (void)input, (void)line, (void)len, (void)entry;
    return foreign();
}

MmtInputResult mmt_input_m1n1(MmtInput *input, const char *line, size_t len,
                              MmtEntry *entry)
{
    (void)input, (void)line, (void)len, (void)entry;
    return foreign();
}
