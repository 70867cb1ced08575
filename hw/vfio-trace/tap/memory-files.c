/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the files of a tap's engine: parts of snapshot=, and rings files
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/tap/memory.h"

bool pci_tap_memory_is_snapshot(const PCITapMemory *memory,
                                const GmemFile *file)
{
    return g_ptr_array_find(memory->snapshot, file, NULL);
}

static const GmemFile *tap_memory_files_find(const PCITapMemory *m,
                                             const char *name, bool snapshot)
{
    const GmemFile *file;
    unsigned i;

    for (i = 0; (file = gmem_engine_file(m->engine, i)); i++) {
        if (g_str_equal(file->name, name) &&
            pci_tap_memory_is_snapshot(m, file) == snapshot) {
            return file;
        }
    }
    return NULL;
}

static void tap_memory_files_drop(PCITapMemory *m, const GmemFile *file)
{
    g_ptr_array_remove(m->snapshot, (gpointer)file);
    gmem_engine_remove(m->engine, file);
    pci_tap_memory_mind(m->tap);
}

bool pci_tap_memory_add(PCITap *tap, GmemFile *file, bool snapshot,
                        Error **errp)
{
    PCITapMemory *m = tap->guest_memory;
    GError *err = NULL;
    unsigned ranges = pci_tap_memory_ranges(tap);

    if (tap_memory_files_find(m, file->name, snapshot)) {
        error_setg(errp, "device '%s' already has the %s '%s'", tap->name,
                   snapshot ? "snapshot" : "rings file", file->name);
        gmem_file_free(file);
        return false;
    }
    if (snapshot) {
        g_ptr_array_add(m->snapshot, file);
    }
    if (!gmem_engine_add(m->engine, file, tap->pdev->config, &err)) {
        error_setg(errp, "device '%s': %s", tap->name, err->message);
        g_error_free(err);
        g_ptr_array_remove(m->snapshot, file);
        return false;
    }
    if (!pci_tap_memory_fits(tap, file, snapshot, ranges, errp)) {
        tap_memory_files_drop(m, file);
        return false;
    }
    pci_tap_memory_mind(tap);
    pci_tap_memory_tell(m, file);
    return true;
}

void pci_tap_memory_tell(PCITapMemory *m, const GmemFile *file)
{
    if (m->started && !pci_tap_memory_is_snapshot(m, file)) {
        vfio_trace_log_own_mark(m->tap->log, MMT_MARK_RINGS,
                                MMT_TEXT("device", m->tap->name),
                                MMT_TEXT("name", file->name),
                                MMT_TEXT("sha256", file->sha256));
    }
}

/* --- snapshots ----------------------------------------------------------- */

bool pci_tap_snapshots_add(PCITap *tap, const char *text, Error **errp)
{
    g_auto(GStrv) part = pci_tap_snapshots_split(text, errp);
    g_autoptr(GPtrArray) added = g_ptr_array_new();
    guint i;

    for (i = 0; part && part[i]; i++) {
        GmemFile *file = pci_tap_snapshot_parse(part[i], errp);

        if (!file || !pci_tap_memory_add(tap, file, true, errp)) {
            break;
        }
        g_ptr_array_add(added, file);
    }
    if (!part || part[i]) {
        for (i = 0; i < added->len; i++) {
            tap_memory_files_drop(tap->guest_memory,
                                  g_ptr_array_index(added, i));
        }
        return false;
    }
    return true;
}

bool pci_tap_snapshots_remove(PCITap *tap, const char *text)
{
    const GmemFile *file = tap_memory_files_find(tap->guest_memory, text, true);

    if (file) {
        tap_memory_files_drop(tap->guest_memory, file);
    }
    return file;
}

/* --- rings --------------------------------------------------------------- */

bool pci_tap_rings_add(PCITap *tap, const char *name, const char *text,
                       Error **errp)
{
    GmemFile *file;

    if (!vfio_trace_log_room(tap->log, 1, errp)) {
        return false;
    }
    file = pci_tap_rings_parse_text(name, text, errp);
    return file && pci_tap_memory_add(tap, file, false, errp);
}

bool pci_tap_rings_remove(PCITap *tap, const char *name)
{
    const GmemFile *file = tap_memory_files_find(tap->guest_memory, name,
                                                 false);

    if (file) {
        tap_memory_files_drop(tap->guest_memory, file);
    }
    return file;
}
