/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a simulated host (see fake-host.h)
 */
#include "fake-host.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define HEADER_BYTES 64
#define REGIONS 13

char *fake_host_new(void)
{
    g_autoptr(GError) error = NULL;
    char *root = g_dir_make_tmp("vfio-trace-host-XXXXXX", &error);
    g_autofree char *bus = g_strconcat(root, "/sys/bus/pci/devices", NULL);

    g_assert_no_error(error);
    g_assert_cmpint(g_mkdir_with_parents(bus, 0755), ==, 0);
    return root;
}

static void remove_tree(const char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR) &&
        !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
        GDir *dir = g_dir_open(path, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
            g_autofree char *child = g_build_filename(path, name, NULL);

            remove_tree(child);
        }
        g_clear_pointer(&dir, g_dir_close);
    }
    g_remove(path);
}

void fake_host_free(char *root)
{
    remove_tree(root);
    g_free(root);
}

/* The full path; its directory is there afterwards. */
static char *make_path(const char *root, const char *path)
{
    char *full = g_strconcat(root, path, NULL);
    g_autofree char *dir = g_path_get_dirname(full);

    g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
    return full;
}

void fake_bytes(const char *root, const char *path, const void *data,
                gsize len)
{
    g_autofree char *full = make_path(root, path);
    g_autoptr(GError) error = NULL;

    g_file_set_contents(full, data, len, &error);
    g_assert_no_error(error);
}

void fake_file(const char *root, const char *path, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    fake_bytes(root, path, text, strlen(text));
}

void fake_link(const char *root, const char *path, const char *target)
{
    g_autofree char *full = make_path(root, path);
    g_autofree char *to = g_strconcat(root, target, NULL);

    g_assert_cmpint(symlink(to, full), ==, 0);
}

char *fake_pci(const char *root, const char *parent, const char *bdf,
               unsigned class_code, const char *driver, int group)
{
    static const guint8 header[HEADER_BYTES] = { 0xde, 0x10, 0x80, 0x1b, 7 };
    char *dir = g_strdup_printf("/sys/devices/%s/%s", parent, bdf);
    g_autofree char *bus = g_strconcat("/sys/bus/pci/devices/", bdf, NULL);
    g_autofree char *config = g_strconcat(dir, "/config", NULL);
    g_autofree char *vendor = g_strconcat(dir, "/vendor", NULL);
    g_autofree char *device = g_strconcat(dir, "/device", NULL);
    g_autofree char *class = g_strconcat(dir, "/class", NULL);
    g_autofree char *resource = g_strconcat(dir, "/resource", NULL);
    unsigned i;
    g_autoptr(GString) regions = g_string_new(NULL);

    for (i = 0; i < REGIONS; i++) {
        g_string_append(regions,
            "0x0000000000000000 0x0000000000000000 0x0000000000000000\n");
    }
    fake_file(root, resource, "%s", regions->str);
    fake_bytes(root, config, header, sizeof(header));
    fake_file(root, vendor, "0x10de\n");
    fake_file(root, device, "0x1b80\n");
    fake_file(root, class, "0x%06x\n", class_code);
    fake_link(root, bus, dir);
    if (driver) {
        g_autofree char *link = g_strconcat(dir, "/driver", NULL);
        g_autofree char *to = g_strconcat("/sys/bus/pci/drivers/", driver,
                                          NULL);
        g_autofree char *bind = g_strconcat(to, "/bind", NULL);

        fake_file(root, bind, "%s", "");
        fake_link(root, link, to);
    }
    if (group >= 0) {
        g_autofree char *link = g_strconcat(dir, "/iommu_group", NULL);
        g_autofree char *to =
            g_strdup_printf("/sys/kernel/iommu_groups/%d", group);
        g_autofree char *member = g_strconcat(to, "/devices/", bdf, NULL);

        fake_link(root, member, dir);
        fake_link(root, link, to);
    }
    return dir;
}
