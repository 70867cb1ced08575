/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which device of one log is which of the other (see pair.h)
 */
#include "tools/compare/pair.h"

#include <stdio.h>
#include <string.h>

/* "8086:10d3" */
static bool is_kind(const MmtPciDev *pci, const char *filter)
{
    g_autofree char *kind = g_strdup_printf("%04x:%04x", pci->vendor,
                                            pci->device);

    return !g_ascii_strcasecmp(filter, kind);
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
    return same_kind(theirs, ours) && !theirs->spare && !ours->spare;
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

/* Both logs tell where the device is on the host: two logs of ours, for example */
static bool same_host(const AccessDevice *theirs, const AccessDevice *ours)
{
    const char *a = *theirs->is.host ? theirs->is.host : theirs->is.name;
    const char *b = *ours->is.host ? ours->is.host : ours->is.name;
    unsigned unused;

    return !strcmp(a, b) && sscanf(a, "%x:%x:%x.%x", &unused, &unused, &unused,
                                   &unused) == 4 &&
           (same_kind(theirs, ours) || !has_kind(theirs) || !has_kind(ours));
}

static bool same_name(const AccessDevice *theirs, const AccessDevice *ours)
{
    return theirs->has_mark && ours->has_mark && same_kind(theirs, ours) &&
           !strcmp(theirs->is.id, ours->is.id);
}

static bool same_shape(const AccessDevice *theirs, const AccessDevice *ours)
{
    return same_kind_needed(theirs, ours) && theirs->has_pci && ours->has_pci &&
           !memcmp(theirs->pci.size, ours->pci.size, sizeof(ours->pci.size));
}

typedef bool Same(const AccessDevice *theirs, const AccessDevice *ours);

/* Is there a second device that can be paired with one of these two? */
static bool is_one_of_several(const AccessLog *oracle, const AccessLog *log,
                              const AccessDevice *theirs,
                              const AccessDevice *ours, Same *same)
{
    unsigned i;

    for (i = 0; i < oracle->devices->len; i++) {
        const AccessDevice *other = accesses_device(oracle, i);

        if (other != theirs && other->peer < 0 && same(other, ours)) {
            return true;
        }
    }
    for (i = 0; i < log->devices->len; i++) {
        const AccessDevice *other = accesses_device(log, i);

        /* the last one is certain only if those before it were */
        if (other != ours && (other->peer < 0 || other->guessed) &&
            same(theirs, other)) {
            return true;
        }
    }
    return false;
}

static void join(AccessLog *oracle, unsigned theirs, AccessLog *log,
                 unsigned ours)
{
    accesses_device(oracle, theirs)->peer = ours;
    accesses_device(log, ours)->peer = theirs;
}

/* @certain: devices that fit by this are the same one */
static void pair_by(AccessLog *oracle, AccessLog *log, Same *same, bool certain)
{
    unsigned i;
    unsigned j;

    for (i = 0; i < log->devices->len; i++) {
        AccessDevice *ours = accesses_device(log, i);

        for (j = 0; ours->peer < 0 && j < oracle->devices->len; j++) {
            AccessDevice *theirs = accesses_device(oracle, j);

            if (theirs->peer < 0 && same(theirs, ours)) {
                ours->guessed = !certain &&
                                is_one_of_several(oracle, log, theirs, ours,
                                                  same);
                join(oracle, j, log, i);
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

        n += device->peer < 0 && !device->gone && same_kind(device, of_kind);
    }
    return n;
}

/*
 * Not all devices of the guest need be traced, and one that is traced may have
 * left the guest: if the other log has fewer devices with some IDs, they are
 * more likely those that the guest accessed.
 */
static void mark_spares(AccessLog *log, const AccessLog *other)
{
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        AccessDevice *device = accesses_device(log, i);

        device->spare = !device->accesses &&
                        count_unpaired(log, device) >
                        count_unpaired(other, device);
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
        accesses_device(log, i)->guessed = false;
    }
}

/*
 * The ID of a device is its own, even if others have it as a name.
 *
 * Return: index of the only device that @text fits, -1 if none, -2 if several
 */
static int find_sole(const AccessLog *log, const char *text)
{
    int found = -1;
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        const AccessDevice *device = accesses_device(log, i);

        if (!device->gone && !strcmp(device->is.id, text)) {
            return i;
        }
        if (!device->gone && mmt_devices_fit(&device->is, text)) {
            found = found == -1 ? (int)i : -2;
        }
    }
    return found;
}

static void pair_as_told(AccessLog *oracle, AccessLog *log, char **pairs)
{
    for (; pairs && *pairs; pairs++) {
        g_auto(GStrv) words = g_strsplit(*pairs, "=", 2);
        int theirs = find_sole(oracle, words[0]);
        int ours = find_sole(log, words[1]);

        if (theirs >= 0 && ours >= 0 &&
            accesses_device(oracle, theirs)->peer < 0 &&
            accesses_device(log, ours)->peer < 0) {
            join(oracle, theirs, log, ours);
        }
    }
}

static void put_devices(const AccessLog *log, GString *list)
{
    unsigned i;

    for (i = 0; i < log->devices->len && list->len < 400; i++) {
        const AccessDevice *device = accesses_device(log, i);

        if (!device->gone) {
            g_string_append_printf(list, "%s%s (%04x:%04x)",
                                   list->len ? ", " : "", device->is.id,
                                   device->pci.vendor, device->pci.device);
        }
    }
    g_string_append(list, i < log->devices->len ? ", ..." : "");
}

static bool check_sole(const AccessLog *log, const char *text, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);
    int found = find_sole(log, text);

    if (found >= 0) {
        return true;
    }
    put_devices(log, list);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "--pair: '%s' is %s of %s; it has: %s", text,
                found == -1 ? "no device" : "several devices", log->name,
                list->str);
    return false;
}

bool pair_check(const AccessLog *oracle, const AccessLog *log,
                const PairOptions *options, GError **error)
{
    char **pair = options->pairs;

    for (; pair && *pair; pair++) {
        g_auto(GStrv) words = g_strsplit(*pair, "=", 2);

        if (!check_sole(oracle, words[0], error) ||
            !check_sole(log, words[1], error)) {
            return false;
        }
    }
    return true;
}

unsigned pair_devices(AccessLog *oracle, AccessLog *log,
                      const PairOptions *options)
{
    const char *filter = options->filter;
    unsigned pairs = 0;
    unsigned i;

    unpair(oracle);
    unpair(log);
    pair_as_told(oracle, log, options->pairs);
    pair_by(oracle, log, same_host, true);
    pair_by(oracle, log, same_place, true);
    pair_by(oracle, log, same_name, true);
    mark_spares(oracle, log);
    mark_spares(log, oracle);
    pair_by(oracle, log, same_shape, false);
    pair_by(oracle, log, same_kind_needed, false);
    pair_by(oracle, log, same_kind, false);
    pair_by(oracle, log, unknown_kind, false);
    for (i = 0; i < log->devices->len; i++) {
        AccessDevice *ours = accesses_device(log, i);

        if (ours->peer >= 0 && filter && !mmt_devices_fit(&ours->is, filter)) {
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
