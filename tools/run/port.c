/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: root ports of the guest's machine (see port.h)
 */
#include "tools/run/port.h"

#include "tools/host/pci.h"

#include <string.h>

#define FUNCTIONS 8

#define FIRST_SLOT 0x10
#define SLOTS 15

G_STATIC_ASSERT(RUN_PORTS == SLOTS * FUNCTIONS);

static bool same_slot(const HostPci *a, const HostPci *b)
{
    return !strncmp(a->bdf, b->bdf, strrchr(a->bdf, '.') - a->bdf + 1);
}

guint run_port_card(const GPtrArray *guests, guint first)
{
    guint n = 1;

    while (first + n < guests->len && n < FUNCTIONS &&
           same_slot(guests->pdata[first], guests->pdata[first + n])) {
        n++;
    }
    return n;
}

unsigned run_port_count(const GPtrArray *guests)
{
    unsigned ports = 0;
    guint first;

    for (first = 0; first < guests->len;
         first += run_port_card(guests, first)) {
        ports++;
    }
    return ports;
}

char *run_port_place(unsigned port, unsigned ports)
{
    unsigned more = port - SLOTS;
    unsigned first = SLOTS + port * (FUNCTIONS - 1);

    if (port < SLOTS) {
        return g_strdup_printf("0x%x%s", FIRST_SLOT + port,
                               first < ports ? ",multifunction=on" : "");
    }
    return g_strdup_printf("0x%x.%u", FIRST_SLOT + more / (FUNCTIONS - 1),
                           1 + more % (FUNCTIONS - 1));
}
