/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: loader of modules (see module.h)
 */
#include "tools/common/module.h"

#include <dlfcn.h>

/* Relative to the command's directory: in the build tree, when installed */
static const char *const places[] = { ".", "../lib/vfio-trace" };

static void *open_module(const Module *module, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", error);
    g_autofree char *dir = self ? g_path_get_dirname(self) : NULL;
    size_t i;

    if (!self) {
        /* not from the working directory, which may be anyone's */
        g_prefix_error(error, "can not use %s: ", module->library);
        return NULL;
    }
    for (i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_build_filename(dir, places[i], module->file,
                                                 NULL);
        void *handle;

        if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
            continue;
        }
        handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!handle) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                        "can not use %s: %s; is %s installed? (Debian: %s)",
                        module->library, dlerror(), module->library,
                        module->package);
        }
        return handle;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                "can not use %s: there is no %s in %s/%s; install vfio-trace again",
                module->library, module->file, dir, places[1]);
    return NULL;
}

const void *module_load(const Module *module, GError **error)
{
    void *handle = open_module(module, error);
    const int *loaded;

    if (!handle) {
        return NULL;
    }
    loaded = dlsym(handle, module->symbol);
    if (!loaded || *loaded != module->version) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "can not use %s: %s has another version than this command; install vfio-trace again",
                    module->library, module->file);
        dlclose(handle);
        return NULL;
    }
    return loaded;
}
