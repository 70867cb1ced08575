/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: between a stop mark and the next start mark of a device
 * there is no access to it
 */
#include "tools/check/started.h"
#include "tools/check/fault.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"

static char *device_of(const MmtEvent *ev, const char *key)
{
    MmtSpan id = mmt_mark_value(ev->text, key);

    return g_strndup(id.p, id.len);
}

static void forget(Check *check, const char *device)
{
    if (check->stopped) {
        g_hash_table_remove(check->stopped, device);
    }
}

void check_stop(Check *check, const MmtEvent *ev)
{
    char *device = device_of(ev, "device");

    if (!check->stopped) {
        check->stopped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                               g_free);
    }
    g_hash_table_replace(check->stopped, device,
                         g_memdup2(&check->at, sizeof(check->at)));
    check->marked[COUNT_STOPS]++;
}

void check_start(Check *check, const MmtEvent *ev)
{
    g_autofree char *device = device_of(ev, "device");

    forget(check, device);
}

/* Another device that gets its ID is not stopped. */
void check_detached(Check *check, const MmtEvent *ev)
{
    g_autofree char *device = device_of(ev, "id");

    forget(check, device);
}

void check_started(Check *check, const MmtEvent *ev, const Map *map)
{
    g_autofree char *where = NULL;
    g_autofree char *name = NULL;
    const Place *since;

    if (!check->stopped || !map->owner) {
        return;
    }
    since = g_hash_table_lookup(check->stopped, map->owner);
    if (since) {
        where = check_line_name(check, *since);
        name = mmt_words_printable((MmtSpan) { map->owner,
                                               strlen(map->owner) });
        FAULT(check, ev, MMT_FIELD_MAP_ID, "tracing of %s is stopped since %s",
              name, where);
    }
}
