/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: room for large BARs in the guest's machine (see large.h)
 */
#include "tools/run/large.h"

#define GIB (1ull << 30)

uint64_t run_large_bars(const RunPlan *plan)
{
    uint64_t sum = 0;
    guint i;
    guint k;

    for (i = 0; i < plan->guests->len; i++) {
        const HostPci *dev = plan->guests->pdata[i];

        for (k = 0; k < HOST_PCI_BARS; k++) {
            if (dev->regions[k].size >= GIB) {
                sum += dev->regions[k].size;
            }
        }
    }
    return sum;
}

/*
 * Alignment may waste as much as the BARs have: a window that is twice as large
 * is enough for them in any order.
 */
uint64_t run_large_window(const RunPlan *plan)
{
    uint64_t window = plan->board->large_window;
    uint64_t bars = run_large_bars(plan);

    if (!window || bars <= window / 2) {
        return 0;
    }
    while (window / 2 < bars && window < 1ull << 62) {
        window *= 2;
    }
    return window;
}
