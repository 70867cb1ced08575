/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: limits of this process's control group (see cgroup.h)
 *
 * Linux's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst
 */
#include "tools/host/cgroup.h"

#include "tools/host/fs.h"

#include <string.h>

/**
 * struct Version: a version of the interface
 * @line: the text before the group's path in /proc/self/cgroup, after the
 *        hierarchy's number
 * @mount: where the groups are
 * @limit: file with the limit; "max", or a huge number, without one
 * @used: file with the memory in use
 * @cache: label of the file pages in memory.stat that can be dropped at once
 */
typedef struct Version {
    const char *line;
    const char *mount;
    const char *limit;
    const char *used;
    const char *cache;
} Version;

static const Version versions[] = {
    { "::", "/sys/fs/cgroup", "memory.max", "memory.current",
      "inactive_file " },
    { ":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes",
      "memory.usage_in_bytes", "total_inactive_file " },
};

/* Return: this process's group, to be freed; or NULL */
static char *find_group(const char *root, const Version *version)
{
    g_autofree char *path = host_fs_path(root, "/proc/self/cgroup");
    g_autofree char *text = host_fs_text(path);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    size_t i;

    for (i = 0; lines[i]; i++) {
        const char *rest = lines[i] + strspn(lines[i], "0123456789");

        if (g_str_has_prefix(rest, version->line)) {
            return g_strdup(rest + strlen(version->line));
        }
    }
    return NULL;
}

static uint64_t cache_of(const char *dir, const char *label)
{
    g_autofree char *text = host_fs_attr(dir, "memory.stat");
    g_autofree char *first = g_strdup_printf("\n%s", label);
    const char *line = !text ? NULL : g_str_has_prefix(text, label) ? text :
                       strstr(text, first);

    return line ? g_ascii_strtoull(strchr(line, ' '), NULL, 10) : 0;
}

/* Return: bytes that a group has left; UINT64_MAX without a limit */
static uint64_t left_of(const char *root, const Version *version,
                        const char *group)
{
    g_autofree char *dir = host_fs_path(root, "%s%s", version->mount, group);
    g_autofree char *limit = host_fs_attr(dir, version->limit);
    g_autofree char *used = host_fs_attr(dir, version->used);
    uint64_t most = limit ? g_ascii_strtoull(limit, NULL, 10) : 0;
    uint64_t now = used ? g_ascii_strtoull(used, NULL, 10) : 0;
    uint64_t cache = cache_of(dir, version->cache);

    /* "max"; the old interface says 2^63 less a page instead */
    if (!most || most >> 62) {
        return UINT64_MAX;
    }
    now -= MIN(now, cache);
    return most - MIN(most, now);
}

/* Cut a path to the group above: "/a/b", "/a", "/", "" */
static void go_up(char *group)
{
    char *slash = strrchr(group, '/');

    if (slash && slash == group && group[1]) {
        slash++;
    }
    *(slash ? slash : group) = '\0';
}

uint64_t host_cgroup_memory(const char *root, char **name)
{
    uint64_t least = UINT64_MAX;
    size_t i;

    *name = NULL;
    for (i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autofree char *group = find_group(root, &versions[i]);

        for (; group && *group; go_up(group)) {
            uint64_t left = left_of(root, &versions[i], group);

            if (left < least) {
                least = left;
                g_free(*name);
                *name = g_strdup(group);
            }
        }
    }
    return least;
}
