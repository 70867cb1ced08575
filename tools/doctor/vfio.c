/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of VFIO and of the caller's access to it
 */
#include "tools/doctor/finding.h"
#include "tools/doctor/vfio.h"
#include "tools/host/fs.h"
#include "tools/host/machine.h"
#include "tools/session/bind-holder.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool may_open(const char *path)
{
    return !faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS);
}

typedef enum ModuleState {
    MODULE_INSTALLED,   /* or built in */
    MODULE_ABSENT,      /* the kernel was built without it */
    MODULES_ABSENT,     /* not one module of the running kernel is installed */
    MODULE_UNKNOWN,     /* the lists of modules can't be read */
} ModuleState;

/* Return: the directory of the running kernel's modules, or NULL */
static char *find_modules(const Doctor *doctor, const char *release)
{
    static const char *const dirs[] = {
        "/lib/modules", "/usr/lib/modules",
        "/run/booted-system/kernel-modules/lib/modules",    /* NixOS */
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(dirs); i++) {
        char *dir = host_fs_path(doctor->root, "%s/%s", dirs[i], release);

        if (g_file_test(dir, G_FILE_TEST_IS_DIR)) {
            return dir;
        }
        g_free(dir);
    }
    return NULL;
}

static ModuleState find_module(const Doctor *doctor, const char *release,
                               const char *module)
{
    static const char *const lists[] = { "modules.dep", "modules.builtin" };
    g_autofree char *dir = release ? find_modules(doctor, release) : NULL;
    /* It exists with any kernel that can load modules. */
    g_autofree char *loaded = host_fs_path(doctor->root, "/proc/modules");
    g_autofree char *name = g_strdup_printf("/%s.ko", module);
    bool read = false;
    size_t i;

    for (i = 0; dir && i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *text = host_fs_attr(dir, lists[i]);

        read |= text != NULL;
        if (text && strstr(text, name)) {
            return MODULE_INSTALLED;
        }
    }
    if (!release || (dir && !read)) {
        return MODULE_UNKNOWN;
    }
    return dir || !g_file_test(loaded, G_FILE_TEST_EXISTS) ? MODULE_ABSENT
                                                           : MODULES_ABSENT;
}

static bool is_loaded(const Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root,
                                         "/sys/bus/pci/drivers/vfio-pci");

    return g_file_test(path, G_FILE_TEST_IS_DIR);
}

static void say_not_loaded(Doctor *doctor)
{
    if (host_machine_loads_modules(doctor->root)) {
        doctor_say(doctor, DOCTOR_NOTE, "sudo modprobe vfio-pci",
                   "the driver vfio-pci is installed, but not loaded");
    } else {
        doctor_say(doctor, DOCTOR_FAIL,
                   "reboot, and load vfio-pci before kernel.modules_disabled is set",
                   "the driver vfio-pci is not loaded, and this kernel loads no more modules");
    }
}

void doctor_check_module(Doctor *doctor)
{
    g_autofree char *release_path =
        host_fs_path(doctor->root, "/proc/sys/kernel/osrelease");
    g_autofree char *release = host_fs_text(release_path);

    if (is_loaded(doctor)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "the driver vfio-pci is loaded");
        return;
    }
    switch (find_module(doctor, release, "vfio-pci")) {
    case MODULE_INSTALLED:
        say_not_loaded(doctor);
        break;
    case MODULE_ABSENT:
        doctor_say(doctor, DOCTOR_FAIL,
                   "boot a kernel that has it (CONFIG_VFIO_PCI): the distribution's standard kernel, not its cloud kernel",
                   "this kernel has no driver vfio-pci");
        break;
    case MODULES_ABSENT:
        doctor_say(doctor, DOCTOR_FAIL,
                   "reboot: an update may have replaced the kernel that runs; in a container, load vfio-pci on its host",
                   "the driver vfio-pci is not loaded, and there are no modules for this kernel (%s)",
                   release);
        break;
    case MODULE_UNKNOWN:
        doctor_say(doctor, DOCTOR_WARN, "sudo modprobe vfio-pci",
                   "the driver vfio-pci is not loaded, and it is not known whether this kernel has it: the lists of its modules can't be read");
        break;
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
    g_autofree char *vfio = names[0] ? g_build_filename(dir, names[0], NULL)
                                     : NULL;

    /* Without CONFIG_VFIO_DEVICE_CDEV, it has no 'dev'. */
    if (!group || g_file_test(group, G_FILE_TEST_EXISTS) || !vfio ||
        !host_fs_exists(vfio, "dev")) {
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
    } else if (!g_file_test(path, G_FILE_TEST_EXISTS) &&
               host_pci_is_vfios(doctor->dev)) {
        doctor_say(doctor, DOCTOR_FAIL,
                   "sudo dmesg | grep -i vfio; a container needs /dev/vfio from its host",
                   "the device is bound to VFIO, but there is no %s", path);
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
