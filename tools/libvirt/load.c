/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: loader of the libvirt module (see module.h)
 */
#include "tools/libvirt/module.h"

#include "tools/common/module.h"
#include "tools/qemu/qmp.h"

const LibvirtModule *libvirt_module_load(GError **error)
{
    static const Module module = {
        .file = LIBVIRT_MODULE_FILE,
        .symbol = "vfio_trace_libvirt",
        .version = LIBVIRT_MODULE_VERSION,
        .library = "libvirt",
        .package = "libvirt0",
    };
    static const LibvirtModule *loaded;
    g_autoptr(GError) why = NULL;

    if (!loaded) {
        loaded = module_load(&module, &why);
    }
    if (!loaded) {
        g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION, "%s",
                    why->message);
    }
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
