/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: keyboards and mice on a PCI device (see use-input.h)
 *
 * A USB controller has them, usually. Those that programs make up (uinput) and
 * those of Bluetooth are in /sys/devices/virtual and do not count.
 */
#include "tools/host/use-input.h"
#include "tools/host/fs.h"

#include <string.h>

/* include/uapi/linux/input-event-codes.h */
#define BTN_LEFT 0x110
#define REL_X    0

/* KEY_ESC to KEY_D; udev, too, takes a device that has them for a keyboard. */
#define KEYBOARD_KEYS 0xfffffffeul

static const char only_remedy[] =
    "connect a keyboard to another controller, or work over the network";

/**
 * struct Input: a keyboard or a mouse
 * @name: its name
 * @path: its directory, without links in it
 * @keyboard: it is a keyboard
 */
typedef struct Input {
    char *name;
    char *path;
    bool keyboard;
} Input;

static void free_input(gpointer data)
{
    Input *input = data;

    g_free(input->name);
    g_free(input->path);
    g_free(input);
}

/* Words of a bitmap in hex, the lowest last; a word is a long of the kernel. */
static bool has_bits(const char *dir, const char *attr, unsigned bit,
                     unsigned long bits)
{
    g_autofree char *text = host_fs_attr(dir, attr);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);
    unsigned n = g_strv_length(words);
    unsigned word = bit / (8 * sizeof(long));

    return word < n &&
           (g_ascii_strtoull(words[n - 1 - word], NULL, 16) & bits) == bits;
}

static bool is_keyboard(const char *dir)
{
    return has_bits(dir, "capabilities/key", 0, KEYBOARD_KEYS);
}

static bool is_mouse(const char *dir)
{
    return has_bits(dir, "capabilities/rel", REL_X, 1) &&
           has_bits(dir, "capabilities/key", BTN_LEFT,
                    1ul << BTN_LEFT % (8 * sizeof(long)));
}

/* "input5" is the device; "event3" is a directory in the device's. */
static char *device_path(const char *root, const char *name)
{
    char *path = host_pci_class_path(root, "input", name);
    char *parent;

    if (path && g_str_has_prefix(name, "event")) {
        parent = g_path_get_dirname(path);
        g_free(path);
        return parent;
    }
    if (!g_str_has_prefix(name, "input")) {
        g_clear_pointer(&path, g_free);
    }
    return path;
}

static void *look(const HostPciPlaces *at)
{
    GPtrArray *inputs = g_ptr_array_new_with_free_func(free_input);
    g_autofree char *dir = host_fs_path(at->root, "/sys/class/input");
    g_auto(GStrv) names = host_fs_names(dir);
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *path = device_path(at->root, names[i]);
        bool keyboard = path && is_keyboard(path);
        Input *input;

        if (path && !strstr(path, "/devices/virtual/") &&
            (keyboard || is_mouse(path)) &&
            g_hash_table_add(seen, g_strdup(path))) {
            input = g_new0(Input, 1);
            input->name = host_fs_attr(path, "name");
            input->path = g_steal_pointer(&path);
            input->keyboard = keyboard;
            g_ptr_array_add(inputs, input);
        }
    }
    return inputs;
}

static void find_kind(HostPciUser *user, const GPtrArray *inputs,
                      bool keyboard)
{
    const char *kind = keyboard ? "keyboard" : "mouse";
    const Input *ours = NULL;
    bool others = false;
    bool taken = false;
    guint i;

    for (i = 0; i < inputs->len; i++) {
        const Input *input = inputs->pdata[i];

        if (input->keyboard != keyboard) {
            continue;
        }
        if (!host_pci_leaves_host(user, input->path)) {
            others = true;
        } else if (!host_pci_owns(user, input->path)) {
            taken = true;
        } else if (!ours) {
            ours = input;
        }
    }
    if (ours) {
        bool needed = keyboard && !others;

        host_pci_add_use(user, HOST_PCI_USE_INPUT,
                         needed ? HOST_PCI_NEED_YES : HOST_PCI_NEED_NO,
                         needed ? only_remedy
                                : "connect it to another controller",
                         "%s %s (%s) is connected to it",
                         others ? "a" :
                         taken ? "the host's last" : "the host's only", kind,
                         ours->name ? ours->name : "no name");
    }
}

static void find(HostPciUser *user, const void *seen)
{
    find_kind(user, seen, true);
    find_kind(user, seen, false);
}

static void free_seen(void *seen)
{
    g_ptr_array_unref(seen);
}

const HostPciSubject host_pci_inputs = {
    .look = look,
    .find = find,
    .free = free_seen,
};
