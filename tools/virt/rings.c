/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: rings files of a domain's devices (see rings.h)
 */
#include "tools/virt/rings.h"

#include "tools/host/fs.h"
#include "tools/host/rings.h"
#include "tools/virt/xml-options.h"

#include <gio/gio.h>
#include <string.h>

/* What the functions below add to */
typedef struct Build {
    GPtrArray *options;
    GPtrArray *paths;
    GPtrArray *notes;
} Build;

/* Return: the value that the user gave, as libvirt has it; or NULL */
static const char *given(const GPtrArray *options, const char *host,
                         const char *name)
{
    g_autoptr(GPtrArray) of = virt_xml_options_of(options, host);
    guint i;

    for (i = 0; i < of->len; i++) {
        const VirtXmlOption *option = of->pdata[i];

        if (!strcmp(option->name, name)) {
            return option->value;
        }
    }
    return NULL;
}

/* The user may not want interrupts to be traced: they become slower. */
static bool add_irq(Build *build, const HostPci *dev, const GPtrArray *files,
                    const GPtrArray *options, GError **error)
{
    const RingsFile *rings = host_rings_irq(files);
    const RingsFile *needs = host_rings_needs_irq(files);
    const char *irq = given(options, dev->bdf, "irq");
    bool off = !g_strcmp0(irq, "false");

    if (needs && off) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "%s has something that only waits for interrupts of %s, and --device-opts has irq=off: leave that out",
                    needs->path, dev->bdf);
        return false;
    }
    if (rings && off) {
        g_ptr_array_add(build->notes, g_strdup_printf(
            "%s also looks at memory at interrupts of %s, but not with irq=off",
            rings->name, dev->bdf));
    }
    if (rings && !irq) {
        g_ptr_array_add(build->options, g_strdup_printf("%s:irq=on", dev->bdf));
        g_ptr_array_add(build->notes, g_strdup_printf(
            "irq=on for %s, since %s looks at memory at interrupts: KVM does not deliver them by itself then",
            dev->bdf, rings->name));
    }
    return true;
}

static bool add_paths(Build *build, const GPtrArray *files, GString *value,
                      GError **error)
{
    guint i;

    for (i = 0; i < files->len; i++) {
        const RingsFile *rings = files->pdata[i];

        if (strpbrk(rings->path, ":,")) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "--rings: %s: the path has a ':' or a ',', and a domain's property can't: move the file",
                        rings->path);
            return false;
        }
        g_string_append_printf(value, "%s%s", i ? ":" : "", rings->path);
        if (!g_ptr_array_find_with_equal_func(build->paths, rings->path,
                                              g_str_equal, NULL)) {
            g_ptr_array_add(build->paths, g_strdup(rings->path));
        }
    }
    return true;
}

static bool add_device(Build *build, const HostPci *dev, const GPtrArray *files,
                       const GPtrArray *options, GError **error)
{
    g_autoptr(GString) value = g_string_new(NULL);

    if (!files->len) {
        return true;
    }
    if (given(options, dev->bdf, "rings")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "%s has rings in --device-opts as well as --rings: use one of them",
                    dev->bdf);
        return false;
    }
    if (!add_paths(build, files, value, error)) {
        return false;
    }
    g_ptr_array_add(build->options, g_strdup_printf("%s:rings=%s", dev->bdf,
                                                    value->str));
    return add_irq(build, dev, files, options, error);
}

static bool add_all(Build *build, char *const *words,
                    char *const *user_options, const GPtrArray *devices,
                    GError **error)
{
    g_autoptr(GPtrArray) options = virt_xml_options_parse(
        NULL, (const char *const *)user_options, error);
    g_autoptr(GPtrArray) of = options && devices->len ?
                              host_rings_assign(words, devices, error) : NULL;
    guint i;

    for (i = 0; of && i < devices->len; i++) {
        if (!add_device(build, devices->pdata[i], of->pdata[i], options,
                        error)) {
            return false;
        }
    }
    return of || (options && !devices->len);
}

static char **end_list(GPtrArray *list)
{
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

bool virt_rings_choose(VirtRings *rings, char *const *words,
                       char *const *options, const GPtrArray *devices,
                       GError **error)
{
    Build build = { g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new() };
    char *const *option;
    bool ok;

    for (option = options; option && *option; option++) {
        g_ptr_array_add(build.options, g_strdup(*option));
    }
    ok = !words || !*words || add_all(&build, words, options, devices, error);
    *rings = (VirtRings) {
        end_list(build.options), end_list(build.paths), end_list(build.notes),
    };
    return ok;
}

bool virt_rings_choose_hosts(VirtRings *rings, char *const *words,
                             char *const *options, const char *const *hosts,
                             bool local, GError **error)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    bool any = words && *words;

    if (any && !local) {
        *rings = (VirtRings) { 0 };
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "--rings: libvirt runs on another machine, where it is not known which files there are; give the path there with --device-opts rings=PATH");
        return false;
    }
    for (; any && *hosts; hosts++) {
        HostPci *dev = host_pci_get(host_root(), *hosts, error);

        if (!dev) {
            *rings = (VirtRings) { 0 };
            return false;
        }
        g_ptr_array_add(devices, dev);
    }
    return virt_rings_choose(rings, words, options, devices, error);
}

bool virt_rings_check(const VirtRings *rings, const VirtHost *host,
                      GError **error)
{
    char *const *path;

    for (path = rings->paths; *path; path++) {
        if (!virt_host_check_readable(host, *path, error)) {
            return false;
        }
    }
    return true;
}

void virt_rings_clear(VirtRings *rings)
{
    g_strfreev(rings->options);
    g_strfreev(rings->paths);
    g_strfreev(rings->notes);
}
