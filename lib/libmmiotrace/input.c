/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: table of the formats of traces (see input.h) */
#include "libmmiotrace/input.h"

#include <string.h>

const MmtInputFormat mmt_input_formats[MMT_INPUT_FORMATS] = {
    {
        "mmiotrace",
        "mmiotrace (R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0)",
        mmt_input_mmiotrace
    },
    {
        "qemu",
        "QEMU's trace events (vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0)",
        mmt_input_qemu
    },
    {
        "ftrace",
        "ftrace events (rwmmio_*, kvm_mmio, amdgpu_device_wreg, iwlwifi_dev_*)",
        mmt_input_ftrace
    },
    {
        "m1n1",
        "m1n1's MMIO tracer (MMIO: R.4   0x23c500010 (dptx-phy[1], offset 0x10) = 0x0)",
        mmt_input_m1n1
    },
};

MmtInputResult mmt_input_find(MmtInput *input, const char *line, size_t len,
                              MmtEntry *entry, const MmtInputFormat **format)
{
    const MmtEntry clean = *entry;
    size_t i;

    for (i = 0; i < MMT_INPUT_FORMATS; i++) {
        MmtInputResult result = mmt_input_formats[i].parse(input, line, len,
                                                           entry);

        if (result == MMT_INPUT_ENTRY || result == MMT_INPUT_SKIP) {
            /* ftrace's notice of lost events is the same in two formats */
            if (result == MMT_INPUT_SKIP || entry->kind != MMT_ENTRY_LOST) {
                *format = &mmt_input_formats[i];
                input->known = true;
            }
            return result;
        }
        *entry = clean;
    }
    return MMT_INPUT_FOREIGN;
}
