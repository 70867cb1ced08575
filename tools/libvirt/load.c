/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: loader of the libvirt module (see module.h)
 */
#include "tools/libvirt/module.h"
#include "tools/qemu/qmp.h"

#include <dlfcn.h>

/* Relative to the command's directory: in the build tree, when installed */
static const char *const places[] = { ".", "../lib/vfio-trace" };

static void *open_module(GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = g_path_get_dirname(self ? self : ".");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_build_filename(dir, places[i],
                                                 LIBVIRT_MODULE_FILE, NULL);
        void *handle;

        if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
            continue;
        }
        handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!handle) {
            g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                        "can not use libvirt: %s; is libvirt installed? (Debian: libvirt0)",
                        dlerror());
        }
        return handle;
    }
    g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                "can not use libvirt: there is no " LIBVIRT_MODULE_FILE
                " in %s/%s; install vfio-trace again", dir, places[1]);
    return NULL;
}

const LibvirtModule *libvirt_module_load(GError **error)
{
    static const LibvirtModule *loaded;
    const LibvirtModule *module;
    void *handle;

    if (loaded) {
        return loaded;
    }
    handle = open_module(error);
    if (!handle) {
        return NULL;
    }
    module = dlsym(handle, "vfio_trace_libvirt");
    if (!module || module->version != LIBVIRT_MODULE_VERSION) {
        g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                    "can not use libvirt: " LIBVIRT_MODULE_FILE
                    " has another version than this command; install vfio-trace again");
        dlclose(handle);
        return NULL;
    }
    loaded = module;
    return loaded;
}

LibvirtMonitor *libvirt_monitor_open(const char *uri, const char *domain,
                                     GError **error)
{
    const LibvirtModule *module = libvirt_module_load(error);

    return module ? module->open(uri, domain, error) : NULL;
}

/* A monitor exists only if the module is loaded. */
JsonNode *libvirt_monitor_execute(LibvirtMonitor *monitor,
                                  const char *command,
                                  JsonObject *arguments, GError **error)
{
    return libvirt_module_load(NULL)->execute(monitor, command, arguments,
                                              error);
}

void libvirt_monitor_close(LibvirtMonitor *monitor)
{
    if (monitor) {
        libvirt_module_load(NULL)->close(monitor);
    }
}
