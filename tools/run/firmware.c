/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: choice of the guest's firmware (see firmware.h)
 *
 * OVMF has two files: its code, which all guests share, and a template for its
 * variables, of which each guest has a copy.
 */
#include "tools/run/firmware.h"

#include "tools/host/fs.h"
#include "tools/run/error.h"

#include <string.h>

/* Distributions' OVMF without Secure Boot; the first that exists is used */
static const struct {
    const char *code;
    const char *vars;
} ovmf[] = {
    { "/usr/share/OVMF/OVMF_CODE_4M.fd",
      "/usr/share/OVMF/OVMF_VARS_4M.fd" },              /* Debian, Ubuntu */
    { "/usr/share/OVMF/OVMF_CODE.fd",
      "/usr/share/OVMF/OVMF_VARS.fd" },                 /* older ones */
    { "/usr/share/edk2/ovmf/OVMF_CODE_4M.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS_4M.fd" },         /* Fedora */
    { "/usr/share/edk2/ovmf/OVMF_CODE.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS.fd" },
    { "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
      "/usr/share/edk2/x64/OVMF_VARS.4m.fd" },          /* Arch */
    { "/usr/share/qemu/ovmf-x86_64-4m-code.bin",
      "/usr/share/qemu/ovmf-x86_64-4m-vars.bin" },      /* SUSE */
    { "/usr/share/qemu/edk2-x86_64-code.fd",
      "/usr/share/qemu/edk2-i386-vars.fd" },            /* QEMU's own */
};

static bool find_ovmf(RunPlan *plan)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ovmf); i++) {
        g_autofree char *code = host_fs_path(plan->root, "%s", ovmf[i].code);
        g_autofree char *vars = host_fs_path(plan->root, "%s", ovmf[i].vars);

        if (g_file_test(code, G_FILE_TEST_IS_REGULAR) &&
            g_file_test(vars, G_FILE_TEST_IS_REGULAR)) {
            plan->firmware = g_steal_pointer(&code);
            plan->vars_template = g_steal_pointer(&vars);
            plan->vars = plan->vm.nvram ? g_strdup(plan->vm.nvram) :
                         g_build_filename(plan->dir, "vars.fd", NULL);
            return true;
        }
    }
    return false;
}

bool run_firmware(RunPlan *plan, GError **error)
{
    bool asked = plan->vm.firmware != NULL;
    bool want_ovmf = asked ? !strcmp(plan->vm.firmware, "ovmf") :
                     !plan->vm.kernel;

    if (want_ovmf && find_ovmf(plan)) {
        return true;
    }
    if (want_ovmf && asked) {
        return run_error(error,
                         "--firmware ovmf: it is not installed (the package is called ovmf or edk2-ovmf)");
    }
    if (plan->vm.nvram) {
        return run_error(error,
                         "--nvram: only OVMF has variables, and the guest starts with another firmware");
    }
    if (!asked || !strcmp(plan->vm.firmware, "seabios")) {
        /* QEMU's own default */
        return true;
    }
    if (!g_file_test(plan->vm.firmware, G_FILE_TEST_EXISTS)) {
        return run_error(error,
                         "--firmware %s: there is no such file (ovmf, seabios, or the path of an image)",
                         plan->vm.firmware);
    }
    plan->firmware = g_strdup(plan->vm.firmware);
    return true;
}
