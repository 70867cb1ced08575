/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: choice of the guest's firmware (see firmware.h)
 */
#include "tools/run/firmware.h"

#include "tools/common/invoker.h"
#include "tools/host/ovmf.h"
#include "tools/run/error.h"
#include "tools/run/qemu.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool find_ovmf(RunPlan *plan)
{
    if (!host_ovmf_find(plan->root, plan->board->arch, plan->vm.secure_boot,
                        &plan->firmware, &plan->vars_template)) {
        return false;
    }
    plan->vars = plan->vm.nvram ? g_strdup(plan->vm.nvram) :
                 g_build_filename(plan->dir, "vars.fd", NULL);
    return true;
}

/*
 * Return: whether the file of OVMF's variables is one.  Root opens it for QEMU,
 * and who can write to the disk's directory could have put a link there.
 */
static bool check_vars(const RunPlan *plan, GError **error)
{
    struct stat st;

    if (!plan->vars || lstat(plan->vars, &st)) {
        return true;
    }
    if (!S_ISREG(st.st_mode)) {
        return run_error(error, "--nvram %s: it is not a regular file%s",
                         plan->vars, S_ISLNK(st.st_mode) ?
                         " but a link: name the file that it leads to" : "");
    }
    return geteuid() || !st.st_uid || st.st_uid == tool_invoker() ||
           run_error(error,
                     "--nvram %s: it belongs to user %u: make a copy of your own",
                     plan->vars, (unsigned)st.st_uid);
}

/* With OVMF's variables of a guest without Secure Boot, it would be off. */
static bool check_keys(const RunPlan *plan, GError **error)
{
    return access(plan->vars, F_OK) || host_ovmf_has_keys(plan->vars) ||
           run_error(error,
                     "--secure-boot: %s has no keys for Secure Boot, so it is of a guest without it: choose another file with --nvram, or use --no-secure-boot",
                     plan->vars);
}

static bool run_secure_boot(RunPlan *plan, GError **error)
{
    if (plan->vm.firmware && strcmp(plan->vm.firmware, "ovmf")) {
        return run_error(error,
                         "--secure-boot needs OVMF, and --firmware is %s: leave one of them out",
                         plan->vm.firmware);
    }
    if (!find_ovmf(plan)) {
        return run_error(error,
                         "--secure-boot: there is no OVMF with Secure Boot and Microsoft's keys: install it (the package is called %s), or use --no-secure-boot",
                         host_ovmf_package(plan->board->arch));
    }
    return check_vars(plan, error) && check_keys(plan, error);
}

/* A machine that has no firmware of QEMU's own starts a kernel, or one. */
static bool check_other(const RunPlan *plan, GError **error)
{
    const char *asked = plan->vm.firmware;

    if (asked && !strcmp(asked, "seabios")) {
        return run_error(error,
                         "--firmware seabios: it is for x86 guests, and this one is %s",
                         plan->board->name);
    }
    if (!asked && !plan->vm.kernel &&
        !run_qemu_has_option(plan->vm.qemu_args, "bios") &&
        !run_qemu_has_option(plan->vm.qemu_args, "kernel") &&
        !run_qemu_has_option(plan->vm.qemu_args, "pflash")) {
        return run_error(error,
                         "there is no firmware for a guest of the machine %s: install UEFI for it (the package is called %s), name an image with --firmware, or use --kernel",
                         plan->board->name,
                         host_ovmf_package(plan->board->arch));
    }
    return true;
}

bool run_firmware(RunPlan *plan, GError **error)
{
    bool asked = plan->vm.firmware != NULL;
    bool want_ovmf = asked ? !strcmp(plan->vm.firmware, "ovmf") :
                     !plan->vm.kernel;

    if (plan->vm.secure_boot) {
        return run_secure_boot(plan, error);
    }
    if (want_ovmf && find_ovmf(plan)) {
        return check_vars(plan, error);
    }
    if (want_ovmf && asked) {
        return run_error(error,
                         "--firmware ovmf: it is not installed (the package is called %s)",
                         host_ovmf_package(plan->board->arch));
    }
    if (plan->vm.nvram) {
        return run_error(error,
                         "--nvram: only OVMF has variables, and the guest starts with another firmware");
    }
    if (!plan->board->seabios && !check_other(plan, error)) {
        return false;
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
