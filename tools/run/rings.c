/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: rings files of the devices (see rings.h)
 *
 * Theory of operation
 *
 * The copies keep their names, which are in the log.  The session's directory
 * is closed to QEMU's user, but a directory that QEMU has open is not reached
 * by it.  Nobody but root can write there, and restore removes it.
 */
#include "tools/run/rings.h"

#include "tools/host/rings.h"
#include "tools/run/argv.h"
#include "tools/run/device-opts.h"
#include "tools/run/error.h"
#include "tools/run/hand.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directory, and the name of its descriptor */
#define DIR "rings"

/* Return: RingsFile, or NULL if it has none */
static const GPtrArray *files_of(const RunPlan *plan, const HostPci *dev)
{
    guint i;

    for (i = 0; plan->rings && i < plan->guests->len; i++) {
        const HostPci *guest = plan->guests->pdata[i];
        const GPtrArray *files = plan->rings->pdata[i];

        if (!strcmp(guest->bdf, dev->bdf)) {
            return files->len ? files : NULL;
        }
    }
    return NULL;
}

static bool is_off(const char *value)
{
    static const char *const words[] = { "off", "no", "false", "n", NULL };

    return value && g_strv_contains(words, value);
}

/* The user may not want interrupts to be traced: they become slower. */
static bool check_irq(const RunPlan *plan, const HostPci *dev, GError **error)
{
    const GPtrArray *files = files_of(plan, dev);
    const RingsFile *rings = files ? host_rings_irq(files) : NULL;
    const RingsFile *needs = files ? host_rings_needs_irq(files) : NULL;
    g_autofree char *irq = run_device_opt(plan, dev, "irq");

    if (needs && is_off(irq)) {
        return run_error(error,
                         "%s has something that only waits for interrupts of %s, and --device-opts has irq=%s: leave that out",
                         needs->path, dev->bdf, irq);
    }
    if (rings && !irq) {
        run_note(
            "irq=on for %s, since %s looks at memory at interrupts: KVM does not deliver them by itself then",
            dev->bdf, rings->name);
    } else if (rings && is_off(irq)) {
        run_note(
            "%s also looks at memory at interrupts of %s, but not with irq=%s",
            rings->name, dev->bdf, irq);
    }
    return true;
}

/* The run's copies have no such paths, but --dry-run shows the files' own. */
static void note_colons(const RunPlan *plan, const HostPci *dev)
{
    const GPtrArray *files = plan->dry_run ? files_of(plan, dev) : NULL;
    guint i;

    for (i = 0; files && i < files->len; i++) {
        const RingsFile *rings = files->pdata[i];

        if (strchr(rings->path, ':')) {
            run_note(
                "%s has a ':' in its path, which separates files in rings=: QEMU can't read it with the command below, only in a run, which copies it",
                rings->path);
        }
    }
}

bool run_rings_parse(RunPlan *plan, GError **error)
{
    guint i;

    plan->rings = host_rings_assign(plan->vm.rings_words, plan->guests, error);
    for (i = 0; plan->rings && i < plan->guests->len; i++) {
        if (!check_irq(plan, plan->guests->pdata[i], error)) {
            return false;
        }
        note_colons(plan, plan->guests->pdata[i]);
    }
    return plan->rings;
}

bool run_rings_any(const RunPlan *plan)
{
    guint i;

    for (i = 0; plan->rings && i < plan->rings->len; i++) {
        if (((GPtrArray *)plan->rings->pdata[i])->len) {
            return true;
        }
    }
    return false;
}

char *run_rings_options(const RunPlan *plan, const HostPci *dev)
{
    const GPtrArray *files = files_of(plan, dev);
    int fd = run_hand_fd(plan->hand, DIR);
    g_autofree char *irq = run_device_opt(plan, dev, "irq");
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; files && i < files->len; i++) {
        const RingsFile *rings = files->pdata[i];
        g_autofree char *copy = g_strdup_printf("/proc/self/fd/%d/%s", fd,
                                                rings->name);
        g_autofree char *value = run_argv_value(fd < 0 ? rings->path : copy);

        g_string_append_printf(text, "%s%s", i ? ":" : ",rings=", value);
    }
    if (files && !irq && host_rings_irq(files)) {
        g_string_append(text, ",irq=on");
    }
    return g_string_free(text, FALSE);
}

static bool copy_file(int dir, const RingsFile *rings, GError **error)
{
    int fd = openat(dir, rings->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
                    O_CLOEXEC, 0644);
    bool ok = fd >= 0 && !fchmod(fd, 0644) &&
              write(fd, rings->text, rings->len) == (ssize_t)rings->len;

    if (!ok) {
        run_error(error, "can't copy %s: %s", rings->path, g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* The same file may be for several devices. */
static bool copy_files(const RunPlan *plan, int dir, GError **error)
{
    g_autoptr(GHashTable) copied = g_hash_table_new(g_str_hash, g_str_equal);
    const RingsFile *rings;
    guint i;
    guint k;

    for (i = 0; i < plan->rings->len; i++) {
        const GPtrArray *files = plan->rings->pdata[i];

        for (k = 0; k < files->len; k++) {
            rings = files->pdata[k];
            if (g_hash_table_add(copied, rings->name) &&
                !copy_file(dir, rings, error)) {
                return false;
            }
        }
    }
    return true;
}

bool run_rings_hand_over(const RunPlan *plan, GError **error)
{
    g_autofree char *path = g_build_filename(plan->dir, DIR, NULL);
    int dir;

    if (!run_rings_any(plan)) {
        return true;
    }
    if (mkdir(path, 0755) && errno != EEXIST) {
        return run_error(error, "can't make %s: %s", path, g_strerror(errno));
    }
    dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 || fchmod(dir, 0755)) {
        run_error(error, "%s: %s", path, g_strerror(errno));
    } else if (copy_files(plan, dir, error)) {
        run_hand_add_fd(plan->hand, DIR, dir);
        return true;
    }
    if (dir >= 0) {
        close(dir);
    }
    return false;
}
