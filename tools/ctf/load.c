/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: loader of the module that writes CTF (see module.h)
 */
#include "tools/common/module.h"
#include "tools/ctf/module.h"

const CtfModule *ctf_module_load(GError **error)
{
    static const Module module = {
        .file = CTF_MODULE_FILE,
        .symbol = "vfio_trace_ctf",
        .version = CTF_MODULE_VERSION,
        .library = "babeltrace2",
        .package = "libbabeltrace2-0",
    };
    static const CtfModule *loaded;

    if (!loaded) {
        loaded = module_load(&module, error);
    }
    return loaded;
}
