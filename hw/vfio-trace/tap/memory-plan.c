/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: snapshot= and rings= (see memory-plan.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "libguestmem/parse.h"
#include "hw/vfio-trace/tap/memory-plan.h"

/* --- a file -------------------------------------------------------------- */

/* Takes over @err, which is what libguestmem says if @file is NULL. */
static GmemFile *tap_memory_plan_result(GmemFile *file, GError *err,
                                        Error **errp)
{
    if (!file) {
        error_setg(errp, "%s", err->message);
        g_error_free(err);
    }
    return file;
}

GmemFile *pci_tap_snapshot_parse(const char *text, Error **errp)
{
    GError *err = NULL;
    GmemFile *file = gmem_parse_snapshot(text, &err);

    return tap_memory_plan_result(file, err, errp);
}

GmemFile *pci_tap_rings_parse(const PCITapRingsFile *rings, Error **errp)
{
    GError *err = NULL;
    GmemFile *file = gmem_parse_fd(rings->path, rings->fd, &err);

    return tap_memory_plan_result(file, err, errp);
}

/* libguestmem makes a word of any name: this one must be one already. */
GmemFile *pci_tap_rings_parse_text(const char *name, const char *text,
                                   Error **errp)
{
    GError *err = NULL;
    g_autoptr(GmemFile) file = gmem_parse(name, text, strlen(text), &err);

    if (file && (!*name || !g_str_equal(file->name, name))) {
        error_setg(errp,
                   "the name of a rings file must have 1 to %d characters of ASCII, and no blanks or slashes",
                   GMEM_FILE_NAME_MAX);
        return NULL;
    }
    return tap_memory_plan_result(g_steal_pointer(&file), err, errp);
}

/* --- snapshot= ----------------------------------------------------------- */

char **pci_tap_snapshots_split(const char *text, Error **errp)
{
    if (!*text) {
        error_setg(errp,
                   "snapshot is empty; BAR:OFFSET:LEN[:MASK][@REGISTER] expected");
        return NULL;
    }
    return g_strsplit(text, "+", -1);
}

static bool tap_memory_plan_add_snapshots(PCITapMemoryPlan *plan,
                                          const char *text, Error **errp)
{
    int i;

    plan->snapshot = pci_tap_snapshots_split(text, errp);
    for (i = 0; plan->snapshot && plan->snapshot[i]; i++) {
        g_autoptr(GmemFile) file = pci_tap_snapshot_parse(plan->snapshot[i],
                                                          errp);

        if (!file) {
            return false;
        }
    }
    return plan->snapshot;
}

/* --- rings= -------------------------------------------------------------- */

static bool tap_memory_plan_add_file(PCITapMemoryPlan *plan, const char *path,
                                     Error **errp)
{
    PCITapRingsFile rings = { .path = g_strdup(path) };
    g_autoptr(GmemFile) file = NULL;

    /* It may be a FIFO, which would wait for a writer. */
    rings.fd = qemu_open(path, O_RDONLY | O_NONBLOCK, errp);
    g_array_append_val(plan->rings, rings);
    file = rings.fd >= 0 ? pci_tap_rings_parse(&rings, errp) : NULL;
    return file;
}

static bool tap_memory_plan_add_rings(PCITapMemoryPlan *plan, const char *text,
                                      Error **errp)
{
    g_auto(GStrv) path = g_strsplit(text, ":", -1);
    int i;

    if (!*text) {
        error_setg(errp, "rings is empty; PATH[:PATH...] expected");
        return false;
    }
    for (i = 0; path[i]; i++) {
        if (!tap_memory_plan_add_file(plan, path[i], errp)) {
            return false;
        }
    }
    return true;
}

/* --- both ---------------------------------------------------------------- */

static void tap_memory_plan_clear_file(gpointer p)
{
    PCITapRingsFile *rings = p;

    if (rings->fd >= 0) {
        qemu_close(rings->fd);
    }
    g_free(rings->path);
}

PCITapMemoryPlan *pci_tap_memory_plan_new(const char *snapshot,
                                          const char *rings, Error **errp)
{
    g_autoptr(PCITapMemoryPlan) plan = g_new0(PCITapMemoryPlan, 1);

    plan->rings = g_array_new(false, true, sizeof(PCITapRingsFile));
    g_array_set_clear_func(plan->rings, tap_memory_plan_clear_file);
    if ((snapshot && !tap_memory_plan_add_snapshots(plan, snapshot, errp)) ||
        (rings && !tap_memory_plan_add_rings(plan, rings, errp))) {
        return NULL;
    }
    return g_steal_pointer(&plan);
}

void pci_tap_memory_plan_free(PCITapMemoryPlan *plan)
{
    if (plan) {
        g_strfreev(plan->snapshot);
        g_array_unref(plan->rings);
        g_free(plan);
    }
}
