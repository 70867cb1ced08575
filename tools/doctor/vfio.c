/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of VFIO and of the caller's access to it
 */
#include "tools/doctor/finding.h"
#include "tools/doctor/vfio.h"
#include "tools/host/fs.h"
#include "tools/session/bind-holder.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool may_open(const char *path)
{
    return !faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS);
}

/* Is a module installed with the kernel, or built in? */
static bool is_installed(const Doctor *doctor, const char *module)
{
    static const char *const lists[] = { "modules.dep", "modules.builtin" };
    g_autofree char *release_path =
        host_fs_path(doctor->root, "/proc/sys/kernel/osrelease");
    g_autofree char *release = host_fs_text(release_path);
    g_autofree char *name = g_strdup_printf("/%s.ko", module);
    size_t i;

    for (i = 0; release && i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *path = host_fs_path(doctor->root, "/lib/modules/%s/%s",
                                             release, lists[i]);
        g_autofree char *text = host_fs_text(path);

        if (text && strstr(text, name)) {
            return true;
        }
    }
    return false;
}

static bool is_loaded(const Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root,
                                         "/sys/bus/pci/drivers/vfio-pci");

    return g_file_test(path, G_FILE_TEST_IS_DIR);
}

void doctor_check_module(Doctor *doctor)
{
    if (is_loaded(doctor)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "the driver vfio-pci is loaded");
    } else if (is_installed(doctor, "vfio-pci")) {
        doctor_say(doctor, DOCTOR_NOTE, "sudo modprobe vfio-pci",
                   "the driver vfio-pci is installed, but not loaded");
    } else {
        doctor_say(doctor, DOCTOR_FAIL,
                   "boot a kernel that has it (CONFIG_VFIO_PCI): the distribution's standard kernel, not its cloud kernel",
                   "this kernel has no driver vfio-pci");
    }
}

static bool has_iommufd(const Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, "/dev/iommu");

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

void doctor_check_container(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, "/dev/vfio/vfio");

    if (!is_loaded(doctor)) {
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'vfio-pci'",
                   "/dev/vfio/vfio comes with the driver vfio-pci");
    } else if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        doctor_say(doctor, has_iommufd(doctor) ? DOCTOR_NOTE : DOCTOR_FAIL,
                   has_iommufd(doctor) ?
                   "give QEMU -object iommufd,id=i and the device iommufd=i"
                   : "sudo modprobe vfio",
                   "vfio-pci is loaded, but there is no /dev/vfio/vfio");
    } else if (may_open(path)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "/dev/vfio/vfio can be opened");
    } else {
        doctor_say(doctor, DOCTOR_FAIL, "sudo chmod 666 /dev/vfio/vfio",
                   "you may not open /dev/vfio/vfio");
    }
}

void doctor_check_iommufd(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, "/dev/iommu");

    if (!has_iommufd(doctor)) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "no /dev/iommu: QEMU opens devices by VFIO's groups");
    } else if (may_open(path)) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "/dev/iommu can be opened (-object iommufd)");
    } else {
        doctor_say(doctor, DOCTOR_NOTE, "sudo chown $USER /dev/iommu",
                   "you may not open /dev/iommu; VFIO's groups can be used instead");
    }
}

/*
 * Return: the file by which QEMU opens the device: its group's file or, if the
 * kernel supports only iommufd, its own
 */
static char *find_node(const Doctor *doctor)
{
    char *group = host_pci_vfio_node(doctor->root, doctor->dev);
    g_autofree char *dir = g_build_filename(doctor->dev->path, "vfio-dev",
                                            NULL);
    g_auto(GStrv) names = host_fs_names(dir);

    if (!group || g_file_test(group, G_FILE_TEST_EXISTS) || !names[0]) {
        return group;
    }
    g_free(group);
    return host_fs_path(doctor->root, "/dev/vfio/devices/%s", names[0]);
}

void doctor_check_node(Doctor *doctor)
{
    g_autofree char *path = find_node(doctor);
    g_autofree char *holder = bind_holder(doctor->root, doctor->dev);
    g_autofree char *remedy = NULL;

    if (!path) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "no IOMMU group, so the device will have no file");
    } else if (holder) {
        doctor_say(doctor, DOCTOR_FAIL, "end it first",
                   "the device is open already: %s", holder);
    } else if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        bool root = !geteuid();

        remedy = root ? NULL :
            g_strdup_printf("sudo chown $USER %s, when it exists", path);
        doctor_say(doctor, root ? DOCTOR_OK : DOCTOR_WARN, remedy,
                   "%s appears when the device is bound to vfio-pci%s", path,
                   root ? "" : ", and belongs to root");
    } else if (may_open(path)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "%s can be opened", path);
    } else {
        remedy = g_strdup_printf("sudo chown $USER %s", path);
        doctor_say(doctor, DOCTOR_FAIL, remedy, "you may not open %s", path);
    }
}
