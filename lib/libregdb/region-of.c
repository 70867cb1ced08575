/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: places of domains in the regions of a device (see region-of.h) */
#include "libregdb/region-of.h"

#include <inttypes.h>
#include <string.h>

#include "libregdb/loader.h"

void regdb_region_of_clear(void *p)
{
    RegDbRegionOf *of = p;

    g_clear_pointer(&of->region, g_free);
    g_clear_pointer(&of->at, g_free);
    g_clear_pointer(&of->domain, g_free);
}

/* "cap0x11", "ecap0x1", "cap*": a capability, or all that no other place has */
static bool parse_capability(const char *text, uint32_t *capability)
{
    uint32_t extended = 0;
    uint64_t id;

    if (g_str_has_prefix(text, "ecap")) {
        extended = REGDB_CAPABILITY_EXTENDED;
        text++;
    }
    if (!g_str_has_prefix(text, "cap")) {
        return false;
    }
    text += strlen("cap");
    if (!strcmp(text, "*")) {
        *capability = extended | REGDB_CAPABILITY_ANY;
        return true;
    }
    if (!g_str_has_prefix(text, "0x") || !regdb_number(text, &id) || !id ||
        id >= (extended ? REGDB_CAPABILITY_ANY : 0x100)) {
        return false;
    }
    *capability = extended | id;
    return true;
}

bool regdb_region_of_by_capability(const RegDbRegionOf *of)
{
    return of->capability ||
           !g_strcmp0(of->region, REGDB_REGION_MSIX_TABLE) ||
           !g_strcmp0(of->region, REGDB_REGION_MSIX_PBA);
}

static char *capability_text(const RegDbRegionOf *of)
{
    const char *extended = of->capability & REGDB_CAPABILITY_EXTENDED ? "e"
                                                                      : "";
    uint32_t id = of->capability & REGDB_CAPABILITY_ANY;

    return id == REGDB_CAPABILITY_ANY ?
           g_strdup_printf("%s+%scap*", of->region, extended) :
           g_strdup_printf("%s+%scap0x%x", of->region, extended, id);
}

char *regdb_region_of_text(const RegDbRegionOf *of)
{
    if (of->capability) {
        return capability_text(of);
    }
    if (of->at) {
        return g_strdup_printf("%s+@%s", of->region, of->at);
    }
    return of->offset ?
           g_strdup_printf("%s+0x%" PRIx64, of->region, of->offset) :
           g_strdup(of->region);
}

bool regdb_region_of_parse(const char *place, const char *domain,
                           RegDbRegionOf *of)
{
    const char *plus = strrchr(place, '+');
    size_t len = plus ? (size_t)(plus - place) : strlen(place);
    uint64_t offset = 0;
    bool at = plus && plus[1] == '@';
    uint32_t capability = 0;

    if (!len || !*domain || (at && !plus[2]) ||
        (plus && !at && !parse_capability(plus + 1, &capability) &&
         !regdb_number(plus + 1, &offset))) {
        return false;
    }
    *of = (RegDbRegionOf) {
        .region = g_strndup(place, len),
        .offset = offset,
        .at = at ? g_strdup(plus + 2) : NULL,
        .capability = capability,
        .domain = g_strdup(domain),
    };
    return true;
}
