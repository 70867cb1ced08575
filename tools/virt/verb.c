/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: passes the command line on to the module that needs libvirt
 */
#include "tools/libvirt/module.h"
#include "tools/common/tool.h"

static int virt(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const LibvirtModule *module = libvirt_module_load(&error);

    if (!module) {
        tool_error(&verb_virt, "%s", error->message);
        return TOOL_TROUBLE;
    }
    return module->virt(argc, argv);
}

const Verb verb_virt = {
    .name = "virt",
    .brief = "Create a libvirt domain, or trace devices of one",
    .run = virt,
};
