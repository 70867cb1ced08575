/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: check of the devices and the host (see check.h)
 *
 * Finds what prevents a run before anything is changed; 'vfio-trace doctor'
 * checks more.
 */
#include "tools/run/check.h"

#include "tools/host/arch.h"
#include "tools/host/fs.h"
#include "tools/host/iomem.h"
#include "tools/host/refusal.h"
#include "tools/host/ungrouped.h"
#include "tools/host/use.h"
#include "tools/run/ask.h"
#include "tools/run/device-opts.h"
#include "tools/run/display.h"
#include "tools/run/error.h"
#include "tools/run/group.h"
#include "tools/run/image.h"
#include "tools/run/net.h"
#include "tools/run/qemu.h"
#include "tools/run/share.h"
#include "tools/run/symbols.h"
#include "tools/run/tpm.h"
#include "tools/run/usb.h"
#include "tools/run/user.h"
#include "tools/session/session-log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VENDOR_INTEL 0x8086

/* 00:02.0 */
#define INTEGRATED_DEVFN (2 << 3)

static bool check_device(const RunPlan *plan, const HostPci *dev,
                         GError **error)
{
    g_autoptr(HostPciRefusal) refusal = host_pci_refusal(plan->root, dev);
    g_autofree char *homeless = host_pci_homeless(dev);

    if (refusal) {
        return run_error(error, "%s: %s", refusal->why, refusal->remedy);
    }
    if (dev->answer == HOST_PCI_ANSWER_UNKNOWN) {
        run_note(
            "the config space of %s can't be read, so it is not known whether it answers",
            dev->bdf);
    }
    if (!dev->driver_known) {
        return run_error(error,
                         "it is not known which driver has %s: %s/driver can't be read",
                         dev->bdf, dev->path);
    }
    if (homeless) {
        return run_error(error,
                         "neither firmware nor kernel found an address for BAR%s of %s, so VFIO can't open it: 'vfio-trace doctor %s' says more",
                         homeless, dev->bdf, dev->bdf);
    }
    if (dev->iommu_group == HOST_PCI_GROUP_NONE) {
        g_autofree char *remedy = host_ungrouped_remedy(plan->root, dev);

        return run_error(error,
                         "%s is in no IOMMU group: %s; 'vfio-trace doctor %s' checks more",
                         dev->bdf, remedy, dev->bdf);
    }
    return true;
}

/* Virtual functions disappear with the driver of their physical function. */
static bool check_vfs(const HostPci *dev, GError **error)
{
    if (host_pci_is_vfios(dev) || !dev->vfs) {
        return true;
    }
    if (dev->vfs < 0) {
        run_note(
            "it is not known whether %s has virtual functions, which would disappear with its driver: %s/sriov_numvfs can't be read",
            dev->bdf, dev->path);
        return true;
    }
    return run_error(error,
                     "%s has %d virtual functions, which would disappear with its driver: remove them first (write 0 to %s/sriov_numvfs)",
                     dev->bdf, dev->vfs, dev->path);
}

/* A use that the host needs is an error; other uses are notes. */
static bool check_use(const RunPlan *plan, const HostPciSurvey *survey,
                      const HostPci *dev, const GPtrArray *all, GError **error)
{
    g_autoptr(GPtrArray) uses = host_pci_survey_uses(survey, dev, all);
    const HostPciUse *need = host_pci_needed(uses);
    guint i;

    if (need && plan->play) {
        return run_error(error, "the host needs %s (%s): %s; %s", dev->bdf,
                         host_pci_class_name(dev), need->what, need->remedy);
    }
    if (need && !plan->vm.force) {
        return run_error(error,
                         "the host needs %s (%s): %s; %s; or use --force to take it anyway",
                         dev->bdf, host_pci_class_name(dev), need->what,
                         need->remedy);
    }
    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];

        if (use->need == HOST_PCI_NEED_UNKNOWN) {
            run_note("it is not known whether the host needs %s: %s", dev->bdf,
                     use->what);
        } else {
            run_note("the host can not use %s during the run: %s", dev->bdf,
                     use->what);
        }
    }
    return true;
}

/* Without --force, check_use() has refused a framebuffer. */
static bool check_claims(const RunPlan *plan, const HostPci *dev,
                         GError **error)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree char *claim =
            dev->regions[i].size ? host_iomem_hinders(plan->root, dev, i)
                                 : NULL;

        if (claim && plan->play) {
            return run_error(error,
                             "BAR %u of %s can't be used: a part of it is claimed by %s (/proc/iomem), so VFIO can't reserve it; 'vfio-trace doctor %s' says more",
                             i, dev->bdf, claim, dev->bdf);
        }
        if (claim && !plan->vm.force) {
            return run_error(error,
                             "a guest can't access BAR %u of %s: a part of it is claimed by %s (/proc/iomem), so VFIO can't reserve it; 'vfio-trace doctor %s' says more; or use --force",
                             i, dev->bdf, claim, dev->bdf);
        }
        if (claim) {
            run_note(
                "the guest can not access BAR %u of %s: a part of it is claimed by %s (/proc/iomem), so VFIO can't reserve it",
                i, dev->bdf, claim);
        }
    }
    return true;
}

static bool check_file(const char *option, const char *path, int mode,
                       GError **error)
{
    if (!path || !access(path, mode)) {
        return true;
    }
    return run_error(error, "%s %s: %s", option, path, g_strerror(errno));
}

static bool check_files(const RunPlan *plan, GError **error)
{
    size_t i;

    for (i = 0; plan->vm.disks && plan->vm.disks[i]; i++) {
        if (!check_file("--disk", plan->vm.disks[i], R_OK | W_OK, error) ||
            !run_image_check(plan->vm.disks[i], plan->uid, error)) {
            return false;
        }
    }
    for (i = 0; plan->vm.isos && plan->vm.isos[i]; i++) {
        if (!check_file("--iso", plan->vm.isos[i], R_OK, error)) {
            return false;
        }
    }
    return check_file("--kernel", plan->vm.kernel, R_OK, error) &&
           check_file("--initrd", plan->vm.initrd, R_OK, error);
}

static void say_note(G_GNUC_UNUSED void *opaque, const char *text)
{
    run_note("%s", text);
}

static bool check_log(const RunPlan *plan, GError **error)
{
    g_autofree char *ring = g_strconcat(plan->log ? plan->log : "", ".ring",
                                        NULL);
    struct stat st;

    if (!plan->log) {
        return true;
    }
    if (plan->uid && !plan->dry_run && session_log_is_file(plan->log)) {
        if (!run_user_check_log(plan, error)) {
            return false;
        }
        session_log_adopt(plan->log, say_note, NULL);
    }
    if (stat(plan->log, &st) || !S_ISREG(st.st_mode) || plan->vm.overwrite) {
        return true;
    }
    if (!access(ring, F_OK)) {
        return run_error(error,
                         "%s is the log of a QEMU that was killed: complete it with 'vfio-trace recover %s'; then choose another name, or use --overwrite",
                         plan->log, plan->log);
    }
    return run_error(error,
                     "%s exists already: choose another name, or use --overwrite",
                     plan->log);
}

static bool check_kvm(RunPlan *plan, GError **error)
{
    const HostArch *arch = host_arch(plan->root);
    g_autofree char *path = host_fs_path(plan->root, "/dev/kvm");
    int fd;

    if (plan->tcg) {
        return true;
    }
    if (arch->id != plan->board->arch) {
        return run_error(error,
                         "the CPU is %s: KVM on it has no guests of the machines that 'run' knows (x86's q35, Arm's virt); start QEMU by hand, or use --accel tcg",
                         arch->title);
    }
    fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return run_error(error, "can not open %s: %s%s", path,
                         g_strerror(errno), errno != ENOENT ? "" :
                         "; 'vfio-trace doctor' says why");
    }
    close(fd);
    return true;
}

/* Kernels without CONFIG_VFIO_GROUP and CONFIG_VFIO_CONTAINER */
static bool check_groups(RunPlan *plan, GError **error)
{
    g_autofree char *driver = host_fs_path(plan->root,
                                           "/sys/bus/pci/drivers/vfio-pci");
    g_autofree char *container = host_fs_path(plan->root, "/dev/vfio/vfio");
    g_autofree char *iommufd = host_fs_path(plan->root, "/dev/iommu");

    return plan->no_device || access(driver, F_OK) ||
           !access(container, F_OK) || access(iommufd, F_OK) ||
           run_error(error,
                     "this kernel has VFIO by /dev/iommu only, and 'run' needs /dev/vfio/vfio: start QEMU by hand, with -object iommufd and the device's iommufd=");
}

/* Return: whether QEMU has the device, and accepts these arguments */
static bool qemu_knows(const RunPlan *plan, bool sandbox, GError **error)
{
    const char *args[] = { "-device", "vfio-pci-trace,help",
                           sandbox ? "-sandbox" : NULL, RUN_QEMU_SANDBOX,
                           NULL };

    return run_ask(plan, args, NULL, error);
}

bool run_check_program(const char *name, GError **error)
{
    g_autofree char *path = g_find_program_in_path(name);

    return path ||
           run_error(error, "there is no program %s%s", name,
                     !host_arch_is_qemu(name) ? "" :
                     ": install the package vfio-trace-qemu, or use 'make install', or name one with --qemu");
}

/* Ask QEMU itself. */
static bool check_qemu(RunPlan *plan, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (!run_check_program(plan->vm.qemu, error)) {
        return false;
    }
    if (plan->uid && !geteuid() &&
        !run_user_may(plan->uid, plan->vm.qemu, X_OK)) {
        return run_error(error,
                         "QEMU's user can't execute %s: it or a directory above does not allow others; use 'make install' to put it where all users can, or --as-root to run it as root",
                         plan->vm.qemu);
    }
    if (!qemu_knows(plan, false, &local)) {
        if (local) {
            return run_error(error, "can not start %s: %s", plan->vm.qemu,
                             local->message);
        }
        return run_error(error,
                         "%s has no device vfio-pci-trace: it is not a QEMU that was built with vfio-trace (name another with --qemu)",
                         plan->vm.qemu);
    }
    plan->sandbox = !plan->vm.as_root && qemu_knows(plan, true, NULL);
    if (!plan->vm.as_root && !plan->sandbox) {
        run_note(
            "%s has no sandbox: it was built without libseccomp",
            plan->vm.qemu);
    }
    return true;
}

static void hint_bars(const RunPlan *plan, const HostPci *dev)
{
    g_autofree char *own = run_device_opt(plan, dev, "windows");
    bool chosen = own || run_device_windows(plan, dev);
    unsigned i;

    for (i = 0; !chosen && i < HOST_PCI_BARS; i++) {
        if (host_pci_is_memory(dev, i)) {
            run_note(
                "BAR %u of %s is large, a framebuffer maybe, and each access to it is trapped; use --trace-windows registers to leave such BARs out",
                i, dev->bdf);
        }
    }
}

/* QEMU's docs/igd-assign.txt: legacy mode needs the host's address. */
static void hint_integrated(const HostPci *dev)
{
    if (dev->vendor == VENDOR_INTEL && host_pci_is_display(dev) && !dev->bus &&
        dev->devfn == INTEGRATED_DEVFN) {
        run_note(
            "%s is Intel's integrated GPU: the guest gets it behind a root port, not at the address 02.0 that it has on the host; for its monitors, give it --device-opts x-igd-opregion=on, and for guests that need that address, start QEMU by hand with bus=pcie.0,addr=02.0",
            dev->bdf);
    }
}

static void hint(const RunPlan *plan)
{
    guint i;

    for (i = 0; i < plan->guests->len; i++) {
        hint_bars(plan, plan->guests->pdata[i]);
        hint_integrated(plan->guests->pdata[i]);
    }
}

/* Has QEMU what the options ask for? */
static bool check_features(RunPlan *plan, GError **error)
{
    return run_display_check(plan, error) && run_net_check(plan, error) &&
           run_usb_check(plan, error);
}

/* With --dry-run, problems of the host are only notes. */
static bool check_host(RunPlan *plan, GError **error)
{
    typedef bool Check(RunPlan *plan, GError **error);
    static Check *const checks[] = {
        check_kvm, check_groups, check_qemu, check_features, run_tpm_check,
        run_share_check,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(checks); i++) {
        g_autoptr(GError) local = NULL;

        if (checks[i](plan, &local)) {
            continue;
        }
        if (!plan->dry_run) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        run_note("%s", local->message);
    }
    return true;
}

/* What the host uses of all devices that are taken */
static bool check_uses(RunPlan *plan, GError **error)
{
    g_autoptr(HostPciSurvey) survey = host_pci_survey(plan->root);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    guint i;

    g_ptr_array_extend(all, plan->guests, NULL, NULL);
    g_ptr_array_extend(all, plan->others, NULL, NULL);
    for (i = 0; i < all->len; i++) {
        const HostPci *dev = all->pdata[i];

        if (!check_vfs(dev, error) ||
            !check_use(plan, survey, dev, all, error)) {
            return false;
        }
        if (i < plan->guests->len && !check_claims(plan, dev, error)) {
            return false;
        }
    }
    return run_usb_check_uses(plan, survey, all, error);
}

bool run_check_devices(RunPlan *plan, GError **error)
{
    guint i;

    for (i = 0; i < plan->guests->len; i++) {
        if (!check_device(plan, plan->guests->pdata[i], error)) {
            return false;
        }
    }
    return run_group_add(plan, error) && check_uses(plan, error);
}

bool run_check(RunPlan *plan, GError **error)
{
    if (!run_check_devices(plan, error) ||
        !check_files(plan, error) || !check_log(plan, error) ||
        !run_symbols_check(plan, error) ||
        !check_host(plan, error)) {
        return false;
    }
    hint(plan);
    return true;
}
