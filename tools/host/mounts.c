/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: file systems that are mounted on the host (see mounts.h)
 */
#include "tools/host/mounts.h"
#include "tools/host/fs.h"

#include <stdio.h>
#include <string.h>

static void free_mount(gpointer data)
{
    HostMount *mount = data;

    g_free(mount->where);
    g_free(mount->type);
    g_free(mount->source);
    g_free(mount->options);
    g_free(mount);
}

/*
 * "36 35 98:0 /subtree /mnt options [optional]... - ext3 /dev/root options",
 * where blanks in a name are written as \040 (proc(5))
 */
static HostMount *parse(const char *line, GHashTable *seen)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    const char *tail = strstr(line, " - ");
    g_auto(GStrv) last = g_strsplit(tail ? tail + 3 : "", " ", 3);
    unsigned major;
    unsigned minor;
    HostMount *mount;

    if (!tail || g_strv_length(words) < 7 || g_strv_length(last) < 2 ||
        sscanf(words[2], "%u:%u", &major, &minor) != 2 ||
        !g_hash_table_add(seen, g_strdup(words[2]))) {
        return NULL;
    }
    mount = g_new0(HostMount, 1);
    mount->major = major;
    mount->minor = minor;
    mount->where = g_strcompress(words[4]);
    mount->type = g_strdup(last[0]);
    mount->source = g_strcompress(last[1]);
    mount->options = g_strdup(last[2] ? last[2] : "");
    return mount;
}

GPtrArray *host_mounts(const char *root)
{
    GPtrArray *mounts = g_ptr_array_new_with_free_func(free_mount);
    g_auto(GStrv) lines = host_fs_lines(root, "/proc/self/mountinfo");
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t i;

    for (i = 0; lines[i]; i++) {
        HostMount *mount = parse(lines[i], seen);

        if (mount) {
            g_ptr_array_add(mounts, mount);
        }
    }
    return mounts;
}

char *host_mount_option(const HostMount *mount, const char *name)
{
    g_auto(GStrv) options = g_strsplit(mount->options, ",", -1);
    size_t i;

    for (i = 0; options[i]; i++) {
        if (g_str_has_prefix(options[i], name)) {
            return g_strdup(options[i] + strlen(name));
        }
    }
    return NULL;
}
