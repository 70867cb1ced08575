/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: things that a simulated host uses (see fake-uses.h)
 */
#include "fake-uses.h"
#include "tools/host/use.h"

#include <string.h>
#include <unistd.h>

char *uses_text(const char *root, const char *bdf)
{
    g_autoptr(HostPci) dev = host_pci_get(root, bdf, NULL);
    g_autoptr(GPtrArray) uses = host_pci_uses(root, dev);
    GString *text = g_string_new(NULL);
    bool needed = false;
    guint i;

    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];

        needed |= use->need == HOST_PCI_NEED_YES;
        g_assert_nonnull(use->remedy);
        g_string_append_printf(text, "%s%c%s", i ? "\n" : "",
                               "-?!"[use->need], use->what);
    }
    g_assert_cmpint(needed, ==, host_pci_needed(uses) != NULL);
    return g_string_free(text, FALSE);
}

void fake_disk(const char *root, const char *parent, const char *name,
               const char *number)
{
    g_autofree char *dir = g_strconcat(parent, "/", name, NULL);
    g_autofree char *base = g_path_get_basename(name);
    g_autofree char *dev = g_strconcat(dir, "/dev", NULL);
    g_autofree char *by_name = g_strconcat("/sys/class/block/", base, NULL);
    g_autofree char *by_number = g_strconcat("/sys/dev/block/", number, NULL);

    fake_file(root, dev, "%s\n", number);
    fake_link(root, by_name, dir);
    fake_link(root, by_number, dir);
}

void fake_mounts(const char *root, const char *lines)
{
    fake_file(root, "/proc/self/mountinfo", "%s", lines);
}

void fake_net(const char *root, const char *parent, const char *name,
              const char *state)
{
    g_autofree char *dir = g_strconcat(parent, "/net/", name, NULL);
    g_autofree char *operstate = g_strconcat(dir, "/operstate", NULL);
    g_autofree char *device = g_strconcat(dir, "/device", NULL);
    g_autofree char *link = g_strconcat("/sys/class/net/", name, NULL);

    fake_file(root, operstate, "%s\n", state);
    fake_link(root, link, dir);
    if (!strstr(parent, "virtual")) {
        fake_link(root, device, parent);
    }
}

void fake_program(const char *root, const char *pid, const char *name,
                  const char *open)
{
    g_autofree char *comm = g_strdup_printf("/proc/%s/comm", pid);
    g_autofree char *fd = g_strdup_printf("%s/proc/%s/fd", root, pid);
    g_autofree char *link = g_build_filename(fd, "5", NULL);

    fake_file(root, comm, "%s\n", name);
    g_assert_cmpint(g_mkdir_with_parents(fd, 0755), ==, 0);
    g_assert_cmpint(symlink(open, link), ==, 0);
}
