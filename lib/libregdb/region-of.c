/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: places of domains in the regions of a device (see region-of.h) */
#include "libregdb/region-of.h"

#include <string.h>

#include "libregdb/loader.h"

void regdb_region_of_clear(void *p)
{
    RegDbRegionOf *of = p;

    g_clear_pointer(&of->region, g_free);
    g_clear_pointer(&of->at, g_free);
    g_clear_pointer(&of->domain, g_free);
}

bool regdb_region_of_parse(const char *place, const char *domain,
                           RegDbRegionOf *of)
{
    const char *plus = strrchr(place, '+');
    size_t len = plus ? (size_t)(plus - place) : strlen(place);
    uint64_t offset = 0;
    bool at = plus && plus[1] == '@';

    if (!len || !*domain || (at && !plus[2]) ||
        (plus && !at && !regdb_number(plus + 1, &offset))) {
        return false;
    }
    *of = (RegDbRegionOf) {
        .region = g_strndup(place, len),
        .offset = offset,
        .at = at ? g_strdup(plus + 2) : NULL,
        .domain = g_strdup(domain),
    };
    return true;
}
