/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: places in BARs that capabilities in config space name
 */
#include "libguestmem/area.h"
#include "libguestmem/eval.h"
#include "libguestmem/parse.h"

/* Config space, as PCI defines it */
#define STATUS          0x06
#define STATUS_LIST     0x10
#define LIST            0x34
#define FIRST           0x40

static bool is_true(const GmemExpr *when, const GmemContext *scope)
{
    uint64_t value;

    return !when->n || (gmem_eval(when, scope, &value) == GMEM_OK && value);
}

static bool is_place(const GmemArea *area, const GmemContext *scope, int *bar,
                     uint64_t *offset)
{
    uint64_t number;

    if (!is_true(&area->when, scope) ||
        gmem_eval(&area->bar, scope, &number) != GMEM_OK ||
        number >= GMEM_BARS ||
        gmem_eval(&area->offset, scope, offset) != GMEM_OK) {
        return false;
    }
    *bar = number;
    return true;
}

/* The list may have a circle: it has no more capabilities than fit. */
static bool walk(const GmemArea *area, const uint8_t *config, int *bar,
                 uint64_t *offset)
{
    unsigned at = config[LIST] & ~3u;
    unsigned steps;

    if (!(config[STATUS] & STATUS_LIST)) {
        return false;
    }
    for (steps = GMEM_CONFIG_BYTES / 4; at >= FIRST && steps; steps--) {
        GmemContext scope = {
            .entry[GMEM_ENTRY_THIS] = {
                .data = config + at,
                .len = GMEM_CONFIG_BYTES - at,
            },
        };

        if (config[at] == area->capability &&
            is_place(area, &scope, bar, offset)) {
            return true;
        }
        at = config[at + 1] & ~3u;
    }
    return false;
}

bool gmem_area_find(const GmemFile *file, const GmemArea *area,
                    const uint8_t *config, int *bar, uint64_t *offset,
                    GError **error)
{
    if (config && walk(area, config, bar, offset)) {
        return true;
    }
    g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE,
                "%s:%u: area %s: the device has no such capability 0x%02x",
                file->name, area->line, area->name, area->capability);
    return false;
}
