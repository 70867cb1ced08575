/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which rings files are for which of a guest's devices (see
 * rings.h)
 */
#include "tools/host/rings.h"

#include <stdbool.h>
#include <string.h>

/**
 * struct Job: what the functions below need
 * @devices: HostPci
 * @of: for each device, its RingsFile
 * @word: the value of --rings
 * @host: the device that it is for, or NULL
 */
typedef struct Job {
    const GPtrArray *devices;
    GPtrArray *of;
    const char *word;
    const char *host;
} Job;

static bool fail(const Job *job, GError **error, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

static bool fail(const Job *job, GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error(error, RINGS_FILE_ERROR, 0, "--rings %s: %s", job->word, text);
    return false;
}

static void free_files(gpointer files)
{
    g_ptr_array_unref(files);
}

static bool is_meant(const Job *job, const HostPci *dev)
{
    return !job->host || !strcmp(job->host, dev->bdf);
}

/* "0000:01:00.0 (8086:10d3, class 0x020000)" for each, with commas */
static char *describe(const Job *job)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < job->devices->len; i++) {
        const HostPci *dev = job->devices->pdata[i];

        if (is_meant(job, dev)) {
            g_string_append_printf(text, "%s%s (%04x:%04x, class 0x%06x)",
                                   text->len ? ", " : "", dev->bdf,
                                   dev->vendor, dev->device, dev->class_code);
        }
    }
    return g_string_free(text, FALSE);
}

/* Return: the device's file of that name, or NULL */
static const RingsFile *find(const GPtrArray *files, const char *name)
{
    guint i;

    for (i = 0; i < files->len; i++) {
        const RingsFile *rings = files->pdata[i];

        if (!strcmp(rings->name, name)) {
            return rings;
        }
    }
    return NULL;
}

/* The file's name is all that the log has of its place. */
static bool add(const Job *job, guint i, RingsFile *rings, GError **error)
{
    guint k;

    for (k = 0; k < job->of->len; k++) {
        const RingsFile *other = find(job->of->pdata[k], rings->name);

        if (other && strcmp(other->path, rings->path)) {
            return fail(job, error,
                        "%s and %s have the same name, by which the log tells them apart: rename one",
                        other->path, rings->path);
        }
    }
    if (!find(job->of->pdata[i], rings->name)) {
        g_ptr_array_add(job->of->pdata[i], rings_file_ref(rings));
    }
    return true;
}

static bool assign_auto(const Job *job, GError **error)
{
    g_autofree char *names = NULL;
    bool any = false;
    guint i;
    guint k;

    for (i = 0; i < job->devices->len; i++) {
        const HostPci *dev = job->devices->pdata[i];
        g_autoptr(GPtrArray) files = is_meant(job, dev) ?
            rings_file_for(dev->vendor, dev->device, dev->class_code, error) :
            g_ptr_array_new();

        if (!files) {
            g_prefix_error(error, "--rings %s: ", job->word);
            return false;
        }
        for (k = 0; k < files->len; k++) {
            if (!add(job, i, files->pdata[k], error)) {
                return false;
            }
            any = true;
        }
    }
    names = describe(job);
    return any || fail(job, error,
                       "there is no rings file for %s; 'vfio-trace rings list' lists all",
                       names);
}

static bool assign_file(const Job *job, const char *word, GError **error)
{
    g_autoptr(RingsFile) rings = rings_file_open(word, error);
    g_autofree char *names = NULL;
    bool any = false;
    guint i;

    if (!rings) {
        g_prefix_error(error, "--rings %s: ", job->word);
        return false;
    }
    for (i = 0; i < job->devices->len; i++) {
        const HostPci *dev = job->devices->pdata[i];

        if (!is_meant(job, dev) ||
            (!job->host && !rings_file_fits(rings, dev->vendor, dev->device,
                                            dev->class_code))) {
            continue;
        }
        if (!add(job, i, rings, error)) {
            return false;
        }
        any = true;
    }
    names = describe(job);
    return any || fail(job, error,
                       "%s is for other devices than %s; to use it anyway, put a device's address before it: BDF:%s",
                       rings->path, names, word);
}

static bool assign(Job *job, GError **error)
{
    g_autofree char *host = NULL;
    const char *rest;
    bool found;
    guint i;

    if (!host_pci_split_bdf(job->word, &host, &rest, error)) {
        g_prefix_error(error, "--rings %s: ", job->word);
        return false;
    }
    job->host = host;
    found = !host;
    for (i = 0; i < job->devices->len; i++) {
        found |= is_meant(job, job->devices->pdata[i]);
    }
    if (!found) {
        return fail(job, error, "%s is not one of the guest's devices", host);
    }
    if (!*rest) {
        return fail(job, error, "a name or a file is missing");
    }
    return strcmp(rest, RINGS_FILE_AUTO) ? assign_file(job, rest, error)
                                         : assign_auto(job, error);
}

GPtrArray *host_rings_assign(char *const *words, const GPtrArray *devices,
                             GError **error)
{
    g_autoptr(GPtrArray) of = g_ptr_array_new_with_free_func(free_files);
    Job job = { devices, of, NULL, NULL };
    guint i;

    for (i = 0; i < devices->len; i++) {
        g_ptr_array_add(of, g_ptr_array_new_with_free_func(
                                (GDestroyNotify)rings_file_unref));
    }
    for (; words && *words; words++) {
        job.word = *words;
        if (!assign(&job, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&of);
}

const RingsFile *host_rings_irq(const GPtrArray *files)
{
    guint i;

    for (i = 0; i < files->len; i++) {
        const RingsFile *rings = files->pdata[i];

        if (gmem_file_has(rings->file, GMEM_ON_IRQ)) {
            return rings;
        }
    }
    return NULL;
}

static bool waits_for_irqs_only(const GmemStatement *statement)
{
    guint i;

    for (i = 0; i < statement->trigger->len; i++) {
        if (g_array_index(statement->trigger, GmemTrigger, i).kind !=
            GMEM_ON_IRQ) {
            return false;
        }
    }
    return statement->trigger->len;
}

const RingsFile *host_rings_needs_irq(const GPtrArray *files)
{
    guint i;
    guint k;

    for (i = 0; i < files->len; i++) {
        const RingsFile *rings = files->pdata[i];
        const GArray *all = rings->file->statement;

        for (k = 0; k < all->len; k++) {
            if (waits_for_irqs_only(&g_array_index(all, GmemStatement, k))) {
                return rings;
            }
        }
    }
    return NULL;
}
