/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which device of one log is which of the other (see pair.h)
 */
#include "tools/compare/pair.h"

#include <string.h>

/* "8086:10d3" */
static bool is_kind(const MmtPciDev *pci, const char *filter)
{
    g_autofree char *kind = g_strdup_printf("%04x:%04x", pci->vendor,
                                            pci->device);

    return !g_ascii_strcasecmp(filter, kind);
}

/* "01:00.0", with or without a domain before it */
static bool is_at(const MmtPciDev *pci, const char *filter)
{
    g_autofree char *bdf = g_strdup_printf("%02x:%02x.%x", pci->bus,
                                           pci->devfn >> 3, pci->devfn & 7);
    const char *colon = strchr(filter, ':');

    return !g_ascii_strcasecmp(filter, bdf) ||
           (colon && !g_ascii_strcasecmp(colon + 1, bdf));
}

static bool same_kind(const AccessDevice *a, const AccessDevice *b)
{
    return a->pci.vendor == b->pci.vendor && a->pci.device == b->pci.device;
}

static bool has_kind(const AccessDevice *device)
{
    return device->pci.vendor || device->pci.device;
}

/* QEMU's trace events, for example, do not say what a device is. */
static bool unknown_kind(const AccessDevice *theirs, const AccessDevice *ours)
{
    return (!has_kind(theirs) && ours->accesses) ||
           (!has_kind(ours) && theirs->accesses);
}

static bool same_kind_needed(const AccessDevice *theirs,
                             const AccessDevice *ours)
{
    return same_kind(theirs, ours) && !theirs->spare;
}

/* Is @ours mapped where @theirs has its BARs? */
static bool same_place(const AccessDevice *theirs, const AccessDevice *ours)
{
    int i;

    if (!same_kind(theirs, ours)) {
        return false;
    }
    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        if (ours->guest[i] && theirs->pci.size[i] == ours->pci.size[i] &&
            mmt_resource_base(&theirs->pci, i) == ours->guest[i]) {
            return true;
        }
    }
    return false;
}

typedef bool Same(const AccessDevice *theirs, const AccessDevice *ours);

static void pair_by(AccessLog *oracle, AccessLog *log, Same *same)
{
    unsigned i;
    unsigned j;

    for (i = 0; i < log->devices->len; i++) {
        AccessDevice *ours = accesses_device(log, i);

        for (j = 0; ours->peer < 0 && j < oracle->devices->len; j++) {
            AccessDevice *theirs = accesses_device(oracle, j);

            if (theirs->peer < 0 && same(theirs, ours)) {
                theirs->peer = i;
                ours->peer = j;
            }
        }
    }
}

static unsigned count_unpaired(const AccessLog *log,
                               const AccessDevice *of_kind)
{
    unsigned n = 0;
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        const AccessDevice *device = accesses_device(log, i);

        n += device->peer < 0 && same_kind(device, of_kind);
    }
    return n;
}

/*
 * Not all devices of the guest need be traced: if our log has fewer devices
 * with some IDs, they are more likely those that the guest accessed.
 */
static void mark_spares(AccessLog *oracle, const AccessLog *log)
{
    unsigned i;

    for (i = 0; i < oracle->devices->len; i++) {
        AccessDevice *theirs = accesses_device(oracle, i);

        theirs->spare = !theirs->accesses &&
                        count_unpaired(oracle, theirs) >
                        count_unpaired(log, theirs);
    }
}

/*
 * A filter by BDF selects one of our devices only; a filter by IDs selects all
 * devices of the oracle with these IDs.
 */
static void mark_missing(AccessLog *oracle, const char *filter)
{
    unsigned i;

    for (i = 0; i < oracle->devices->len; i++) {
        AccessDevice *theirs = accesses_device(oracle, i);

        theirs->missing = theirs->peer < 0 && theirs->accesses &&
                          (!filter || is_kind(&theirs->pci, filter));
    }
}

static void unpair(AccessLog *log)
{
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        accesses_device(log, i)->peer = -1;
    }
}

unsigned pair_devices(AccessLog *oracle, AccessLog *log, const char *filter)
{
    unsigned pairs = 0;
    unsigned i;

    unpair(oracle);
    unpair(log);
    pair_by(oracle, log, same_place);
    mark_spares(oracle, log);
    pair_by(oracle, log, same_kind_needed);
    pair_by(oracle, log, same_kind);
    pair_by(oracle, log, unknown_kind);
    for (i = 0; i < log->devices->len; i++) {
        AccessDevice *ours = accesses_device(log, i);

        if (ours->peer >= 0 && filter && !is_kind(&ours->pci, filter) &&
            !is_at(&ours->pci, filter)) {
            accesses_device(oracle, ours->peer)->peer = -1;
            ours->peer = -1;
        }
        pairs += ours->peer >= 0;
    }
    mark_missing(oracle, filter);
    return pairs;
}

GArray *pair_peers(const AccessLog *log)
{
    GArray *peers = g_array_new(FALSE, FALSE, sizeof(int));
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        int peer = accesses_device(log, i)->peer;

        if (log->view == ACCESS_VIEW_HOST && peer >= 0) {
            peer = i;
        }
        g_array_append_val(peers, peer);
    }
    return peers;
}

bool pair_same(const GArray *before, const GArray *after)
{
    unsigned i;

    for (i = 0; i < after->len; i++) {
        int was = i < before->len ? g_array_index(before, int, i) : -1;

        if (was != g_array_index(after, int, i)) {
            return false;
        }
    }
    return true;
}
