/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: programs that have a PCI device open (see use-programs.h)
 *
 * A graphics driver can be unbound while a display server uses it, but then the
 * server crashes, or the unbinding never ends.  A sound card can be removed at
 * any time: programs get an error.
 */
#include "tools/host/fs.h"
#include "tools/host/use-programs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Number of programs that are named; others are only counted */
#define NAMED_MAX 3

static const char program_remedy[] =
    "end the program first, or keep it from this device";

/**
 * struct Class: a class of device files
 * @name: its name in sysfs
 * @dev_dir: the directory with its files
 * @need: whether programs break without the device
 * @what: how programs use it
 */
typedef struct Class {
    const char *name;
    const char *dev_dir;
    HostPciNeed need;
    const char *what;
} Class;

static const Class classes[] = {
    { "drm", "/dev/dri", HOST_PCI_NEED_YES, "graphics" },
    { "accel", "/dev/accel", HOST_PCI_NEED_YES, "accelerator" },
    { "infiniband_verbs", "/dev/infiniband", HOST_PCI_NEED_YES, "RDMA" },
    { "sound", "/dev/snd", HOST_PCI_NEED_NO, "sound" },
    { "video4linux", "/dev", HOST_PCI_NEED_NO, "camera" },
    { "tty", "/dev", HOST_PCI_NEED_NO, "serial port" },
};

/* NVIDIA's proprietary driver has no class; its files are graphics. */
#define CLASS_GRAPHICS 0

/**
 * struct Node: a device file
 * @class: the number of its class
 * @path: its directory in sysfs, or NULL if @bdf is known instead
 * @bdf: the address of its PCI device
 * @users: "Xorg (pid 100)", strings: programs that have it open
 */
typedef struct Node {
    size_t class;
    char *path;
    char *bdf;
    GPtrArray *users;
} Node;

/**
 * struct Seen: device files
 * @nodes: Node, by the file's path
 * @hidden: there are programs whose open files only root can see
 */
typedef struct Seen {
    GHashTable *nodes;
    bool hidden;
} Seen;

static void free_node(gpointer data)
{
    Node *node = data;

    g_free(node->path);
    g_free(node->bdf);
    g_ptr_array_unref(node->users);
    g_free(node);
}

static Node *add_node(Seen *seen, char *file, size_t class)
{
    Node *node = g_new0(Node, 1);

    node->class = class;
    node->users = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_replace(seen->nodes, file, node);
    return node;
}

static void add_class(Seen *seen, const char *root, size_t class)
{
    g_autofree char *dir = host_fs_path(root, "/sys/class/%s",
                                        classes[class].name);
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        char *path = host_pci_class_path(root, classes[class].name, names[i]);

        /* A host has many virtual terminals. */
        if (path && !strstr(path, "/devices/virtual/")) {
            add_node(seen, g_strdup_printf("%s/%s", classes[class].dev_dir,
                                           names[i]), class)->path = path;
        } else {
            g_free(path);
        }
    }
}

/* The GPU's file 'information' has a line "Device Minor: \t 0". */
static void add_nvidia(Seen *seen, const char *root)
{
    g_autofree char *dir = host_fs_path(root, "/proc/driver/nvidia/gpus");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *gpu = g_build_filename(dir, names[i], NULL);
        g_autofree char *text = host_fs_attr(gpu, "information");
        const char *minor = text ? strstr(text, "Device Minor:") : NULL;
        unsigned number;

        if (minor && sscanf(minor, "Device Minor: %u", &number) == 1) {
            add_node(seen, g_strdup_printf("/dev/nvidia%u", number),
                     CLASS_GRAPHICS)->bdf = g_strdup(names[i]);
        }
    }
}

/* Note the program at each file that it has open. */
static void look_at_program(Seen *seen, const char *proc, const char *pid)
{
    g_autofree char *dir = g_build_filename(proc, "fd", NULL);
    g_auto(GStrv) names = host_fs_names(dir);
    g_autofree char *user = NULL;
    size_t i;

    if (!names[0] && access(dir, R_OK) && errno == EACCES) {
        seen->hidden = true;
    }
    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        g_autofree char *target = g_file_read_link(link, NULL);
        Node *node = target ? g_hash_table_lookup(seen->nodes, target) : NULL;

        if (!node) {
            continue;
        }
        if (!user) {
            g_autofree char *comm = host_fs_attr(proc, "comm");

            user = g_strdup_printf("%s (pid %s)", comm ? comm : "?", pid);
        }
        if (!node->users->len ||
            strcmp(node->users->pdata[node->users->len - 1], user)) {
            g_ptr_array_add(node->users, g_strdup(user));
        }
    }
}

static void *look(const HostPciPlaces *at)
{
    Seen *seen = g_new0(Seen, 1);
    g_autofree char *dir = host_fs_path(at->root, "/proc");
    g_auto(GStrv) names = NULL;
    size_t i;

    seen->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        free_node);
    for (i = 0; i < G_N_ELEMENTS(classes); i++) {
        add_class(seen, at->root, i);
    }
    add_nvidia(seen, at->root);
    names = g_hash_table_size(seen->nodes) ? host_fs_names(dir)
                                           : g_new0(char *, 1);
    for (i = 0; names[i]; i++) {
        g_autofree char *proc = g_build_filename(dir, names[i], NULL);

        if (g_ascii_isdigit(*names[i])) {
            look_at_program(seen, proc, names[i]);
        }
    }
    return seen;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "Xorg (pid 100), b (pid 300), c (pid 400) and 2 more" */
static char *list_users(GHashTable *users)
{
    GString *list = g_string_new(NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer user;
    guint i;

    g_hash_table_iter_init(&iter, users);
    while (g_hash_table_iter_next(&iter, &user, NULL)) {
        g_ptr_array_add(names, user);
    }
    g_ptr_array_sort(names, by_text);
    for (i = 0; i < names->len && i < NAMED_MAX; i++) {
        g_string_append_printf(list, "%s%s", i ? ", " : "",
                               (char *)names->pdata[i]);
    }
    if (names->len > NAMED_MAX) {
        g_string_append_printf(list, " and %u more", names->len - NAMED_MAX);
    }
    return g_string_free(list, FALSE);
}

static void find_class(HostPciUser *user, const Seen *seen, size_t class)
{
    g_autoptr(GHashTable) users = g_hash_table_new(g_str_hash, g_str_equal);
    const Class *at = &classes[class];
    bool has_nodes = false;
    GHashTableIter iter;
    gpointer value;
    guint i;

    g_hash_table_iter_init(&iter, seen->nodes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Node *node = value;

        if (node->class != class ||
            !(node->path ? host_pci_owns(user, node->path)
                         : !strcmp(node->bdf, user->dev->bdf))) {
            continue;
        }
        has_nodes = true;
        for (i = 0; i < node->users->len; i++) {
            g_hash_table_add(users, node->users->pdata[i]);
        }
    }
    if (g_hash_table_size(users)) {
        g_autofree char *list = list_users(users);

        host_pci_add_use(user, HOST_PCI_USE_PROGRAM, at->need, program_remedy,
                         "%s in use by %s", at->what, list);
    } else if (has_nodes && seen->hidden && at->need == HOST_PCI_NEED_YES) {
        host_pci_add_use(user, HOST_PCI_USE_PROGRAM, HOST_PCI_NEED_UNKNOWN,
                         "ask as root: sudo vfio-trace doctor ...",
                         "only root can see whether other users' programs have its %s open",
                         at->what);
    }
}

static void find(HostPciUser *user, const void *seen)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(classes); i++) {
        find_class(user, seen, i);
    }
}

static void free_seen(void *data)
{
    Seen *seen = data;

    g_hash_table_unref(seen->nodes);
    g_free(seen);
}

const HostPciSubject host_pci_programs = {
    .look = look,
    .find = find,
    .free = free_seen,
};
