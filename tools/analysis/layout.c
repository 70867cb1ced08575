/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: fields of the entries of rings (see layout.h)
 */
#include "tools/analysis/layout.h"

#include <string.h>

#include "libmmiotrace/trace.h"

uint32_t analysis_layout_region(const MmtTrace *trace, const char *device)
{
    const MmtRegions *table = mmt_trace_table(trace);
    uint32_t n = MIN(mmt_trace_regions(trace), ANALYSIS_LAYOUT_REGIONS);
    const MmtRegionDevice *found = NULL;
    uint32_t i;

    for (i = n; i-- > 0 && !found;) {
        const MmtRegionDevice *other = mmt_regions_device(table, i);

        found = strcmp(other->name, device) ? NULL : other;
    }
    for (i = 0; i < n && found; i++) {
        if (mmt_regions_device(table, i) == found) {
            return i;
        }
    }
    return MMT_NO_REGION;
}

static uint64_t value_of(const uint8_t *bytes, unsigned n)
{
    uint64_t value = 0;

    while (n > 0) {
        value = value << 8 | bytes[--n];
    }
    return value;
}

/* Return: the register that begins there and ends in the entry, or NULL */
static const RegDbRegister *find(RegDbView *view, size_t offset, size_t len)
{
    const RegDbRegister *reg = regdb_view_find(view, offset, REGDB_READ_WRITE);

    return reg && reg->offset == offset && reg->bits && reg->bits % 8 == 0 &&
           reg->bits / 8u <= len - offset ? reg : NULL;
}

void analysis_layout_each(RegDbView *view, const uint8_t *bytes, size_t len,
                          AnalysisLayoutTake *take, void *opaque)
{
    size_t offset = 0;

    while (offset < len) {
        const RegDbRegister *reg = find(view, offset, len);
        unsigned n = reg ? reg->bits / 8u : 1;

        while (!reg && (offset + n) % 4 && offset + n < len &&
               !find(view, offset + n, len)) {
            n++;
        }
        take(reg, offset, n * 8, value_of(bytes + offset, n), opaque);
        offset += n;
    }
}
