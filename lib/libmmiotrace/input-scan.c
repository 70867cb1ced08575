/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reading a line of text (see input-scan.h)
 */
#include "libmmiotrace/input-scan.h"

void mmt_input_remember(MmtInput *input, const char *name, size_t len,
                        unsigned kind, uint32_t region)
{
    MmtInputRecent *recent;

    if (!len || len > sizeof(recent->name)) {
        return;
    }
    input->recent_last = (input->recent_last + MMT_INPUT_RECENT - 1) %
                         MMT_INPUT_RECENT;
    recent = &input->recent[input->recent_last];
    memcpy(recent->name, name, len);
    recent->len = len;
    recent->kind = kind;
    recent->region = region;
}
