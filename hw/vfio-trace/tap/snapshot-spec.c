/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser of snapshot= (see snapshot-spec.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vfio-trace/tap/snapshot-spec.h"
#include "hw/vfio-trace/tap/window-spec.h"

static bool tap_snapshot_spec_parse_number(const char *what, const char *word,
                                           uint64_t *number,
                                           const PCITapSnapshot *s,
                                           Error **errp)
{
    return pci_tap_parse_number("snapshot", s->text, what, word, number, errp);
}

static bool tap_snapshot_spec_parse_words(char **word, PCITapSnapshot *s,
                                          Error **errp)
{
    uint64_t bar;

    if (!tap_snapshot_spec_parse_number("BAR", word[0], &bar, s, errp) ||
        !tap_snapshot_spec_parse_number("OFFSET", word[1], &s->offset, s,
                                        errp) ||
        !tap_snapshot_spec_parse_number("LEN", word[2], &s->len, s, errp)) {
        return false;
    }
    if (bar >= PCI_TAP_BARS) {
        error_setg(errp, "snapshot: '%s': BAR is %s; 0 to 5 expected",
                   s->text, word[0]);
        return false;
    }
    s->bar = bar;
    if (!s->len || s->len > PCI_TAP_SNAPSHOT_MAX) {
        error_setg(errp, "snapshot: '%s': LEN is %s; 1 to 64K expected",
                   s->text, word[2]);
        return false;
    }
    s->mask = UINT64_MAX;
    return !word[3] ||
           tap_snapshot_spec_parse_number("MASK", word[3], &s->mask, s, errp);
}

static bool tap_snapshot_spec_parse(PCITapSnapshot *s, Error **errp)
{
    g_auto(GStrv) half = g_strsplit(s->text, "@", 2);
    g_auto(GStrv) word = g_strsplit(half[0] ?: "", ":", -1);
    unsigned words = g_strv_length(word);

    if (words != 3 && words != 4) {
        error_setg(errp,
                   "snapshot: '%s' is not BAR:OFFSET:LEN[:MASK][@REGISTER]",
                   s->text);
        return false;
    }
    s->by_register = half[1];
    return tap_snapshot_spec_parse_words(word, s, errp) &&
           (!half[1] || tap_snapshot_spec_parse_number("REGISTER", half[1],
                                                       &s->reg, s, errp));
}

static void tap_snapshot_spec_clear(gpointer p)
{
    g_free(((PCITapSnapshot *)p)->text);
}

PCITapSnapshots *pci_tap_snapshots_parse(const char *text, Error **errp)
{
    g_autoptr(PCITapSnapshots) snapshots = g_new0(PCITapSnapshots, 1);
    g_auto(GStrv) part = NULL;
    int i;

    snapshots->snapshot = g_array_new(false, true, sizeof(PCITapSnapshot));
    g_array_set_clear_func(snapshots->snapshot, tap_snapshot_spec_clear);
    if (!text) {
        return g_steal_pointer(&snapshots);
    }
    if (!*text) {
        error_setg(errp,
                   "snapshot is empty; BAR:OFFSET:LEN[:MASK][@REGISTER] expected");
        return NULL;
    }
    part = g_strsplit(text, "+", -1);
    for (i = 0; part[i]; i++) {
        PCITapSnapshot s = { .text = g_strdup(part[i]) };
        bool ok = tap_snapshot_spec_parse(&s, errp);

        g_array_append_val(snapshots->snapshot, s);
        if (!ok) {
            return NULL;
        }
    }
    return g_steal_pointer(&snapshots);
}

void pci_tap_snapshots_free(PCITapSnapshots *snapshots)
{
    if (snapshots) {
        g_array_unref(snapshots->snapshot);
        g_free(snapshots->buf);
        g_free(snapshots);
    }
}
