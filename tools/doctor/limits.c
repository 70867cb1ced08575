/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the caller's limits
 */
#include "tools/common/sizes.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/limits.h"
#include "tools/host/cgroup.h"
#include "tools/host/fs.h"

#include "libmmiotrace/ring-file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The default size of a log's ring */
#define RING_BYTES (16u << 20)

/*
 * Memory that is locked in addition to the guest's memory: BARs of other
 * devices, firmware, video memory.
 */
#define MEMLOCK_MARGIN (64u << 20)

#define CAP_IPC_LOCK_BIT 14

/* It has lsm, and lockdown if the kernel can be locked down. */
#define SECURITYFS "/sys/kernel/security"

/* Return: the first word after a label at the beginning of a line, or NULL */
static char *field(const Doctor *doctor, const char *file, const char *label)
{
    g_autofree char *path = host_fs_path(doctor->root, "%s", file);
    g_autofree char *text = host_fs_text(path);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    size_t i;

    for (i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], label)) {
            char *value = g_strchug(lines[i] + strlen(label));

            return g_strndup(value, strcspn(value, " \t"));
        }
    }
    return NULL;
}

void doctor_check_memlock(Doctor *doctor)
{
    g_autofree char *caps = field(doctor, "/proc/self/status", "CapEff:");
    g_autofree char *limit = field(doctor, "/proc/self/limits",
                                   "Max locked memory");
    g_autofree char *size = size_text(doctor->memory);
    uint64_t needed = doctor->memory + MEMLOCK_MARGIN;
    g_autofree char *remedy = NULL;
    g_autofree char *have = NULL;
    uint64_t bytes;

    if (caps && g_ascii_strtoull(caps, NULL, 16) >> CAP_IPC_LOCK_BIT & 1) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "you may lock any amount of memory (CAP_IPC_LOCK)");
        return;
    }
    if (limit && !strcmp(limit, "unlimited")) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "you may lock any amount of memory");
        return;
    }
    if (!limit || !g_ascii_isdigit(*limit)) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known how much memory you may lock; a guest of %s has all of its memory locked",
                   size);
        return;
    }
    bytes = g_ascii_strtoull(limit, NULL, 10);
    have = size_text(bytes);
    if (bytes >= needed) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "you may lock %s of memory: enough for a guest of %s", have,
                   size);
        return;
    }
    remedy = g_strdup_printf(
        "sudo prlimit --pid $$ --memlock=%" PRIu64 ":%" PRIu64
        "  (this shell), or log in again after: echo \"$USER - memlock %" PRIu64
        "\" | sudo tee /etc/security/limits.d/vfio-trace.conf",
                             needed, needed, needed >> 10);
    doctor_say(doctor, DOCTOR_FAIL, remedy,
               "you may lock %s of memory, and a guest of %s has all of its memory locked",
               have, size);
}

/* Return: whether the control group has too little memory for the guest */
static bool say_group_memory(Doctor *doctor)
{
    g_autofree char *group = NULL;
    uint64_t left = host_cgroup_memory(doctor->root, &group);
    g_autofree char *size = size_text(doctor->memory);

    if (left > doctor->memory) {
        return false;
    }
    doctor_say(doctor, DOCTOR_WARN,
               "give the guest less memory (-m), or raise the limit of the container or unit (memory.max)",
               "the control group %s has %.1fG of memory left, and a guest of %s takes all of its memory at once",
               group, left / 1073741824.0, size);
    return true;
}

void doctor_check_memory(Doctor *doctor)
{
    g_autofree char *text = field(doctor, "/proc/meminfo", "MemAvailable:");
    uint64_t bytes = text ? g_ascii_strtoull(text, NULL, 10) << 10 : 0;
    g_autofree char *size = size_text(doctor->memory);
    g_autofree char *have = NULL;

    if (!bytes) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known how much memory is free");
        return;
    }
    have = g_strdup_printf("%.1fG", bytes / 1073741824.0);
    if (say_group_memory(doctor)) {
        return;
    }
    if (bytes > doctor->memory) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "%s of memory is free: enough for a guest of %s",
                   have, size);
    } else {
        doctor_say(doctor, DOCTOR_WARN,
                   "give the guest less memory (-m), or end programs",
                   "%s of memory is free, and a guest of %s takes all of its memory at once",
                   have, size);
    }
}

/* "none [integrity] confidentiality": the current mode is in brackets */
void doctor_check_lockdown(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, SECURITYFS "/lockdown");
    g_autofree char *text = host_fs_text(path);
    const char *open = text ? strchr(text, '[') : NULL;
    g_autofree char *mode = open ? g_strndup(open + 1, strcspn(open + 1, "]"))
                                 : NULL;

    if (!mode && (text || !host_fs_exists(doctor->root, SECURITYFS "/lsm"))) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known whether the kernel is locked down: %s can't be read",
                   SECURITYFS "/lockdown");
    } else if (!mode || !strcmp(mode, "none")) {
        doctor_say(doctor, DOCTOR_OK, NULL, "the kernel is not locked down");
    } else {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "the kernel is locked down (%s; Secure Boot?): VFIO and tracing work; unsigned modules and programs that map BARs by sysfs do not",
                   mode);
    }
}

void doctor_check_confinement(Doctor *doctor)
{
    static const struct {
        const char *file;
        const char *value;
        const char *name;
    } modules[] = {
        { "/sys/module/apparmor/parameters/enabled", "Y", "AppArmor" },
        { "/sys/fs/selinux/enforce", "1", "SELinux" },
    };
    g_autofree char *remedy =
        g_strdup_printf("vfio-trace virt enable DOMAIN%s%s",
                        doctor->bdf ? " " : "",
                        doctor->bdf ? doctor->bdf : "");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(modules); i++) {
        g_autofree char *path = host_fs_path(doctor->root, "%s",
                                             modules[i].file);
        g_autofree char *text = host_fs_text(path);

        if (!text && g_file_test(path, G_FILE_TEST_EXISTS)) {
            doctor_say(doctor, DOCTOR_NOTE, remedy,
                       "it is not known whether %s is in force: %s can't be read",
                       modules[i].name, modules[i].file);
            return;
        }
        if (text && !strcmp(text, modules[i].value)) {
            doctor_say(doctor, DOCTOR_NOTE, remedy,
                       "%s is in force: a QEMU that libvirt starts needs permission for its program, log and ring; a QEMU that you start is not confined",
                       modules[i].name);
            return;
        }
    }
    doctor_say(doctor, DOCTOR_OK, NULL,
               "neither AppArmor nor SELinux is in force");
}

void doctor_check_ring(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, MMT_RING_DIR);
    g_autofree char *needed = size_text(RING_BYTES);
    struct statvfs vfs;
    uint64_t bytes;

    if (statvfs(path, &vfs) && errno != ENOENT) {
        doctor_say(doctor, DOCTOR_FAIL, "ls -ld " MMT_RING_DIR,
                   MMT_RING_DIR " can't be used: %s", g_strerror(errno));
    } else if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        doctor_say(doctor, DOCTOR_FAIL,
                   "sudo mount -t tmpfs -o mode=1777 tmpfs " MMT_RING_DIR,
                   "there is no " MMT_RING_DIR);
    } else if (access(path, W_OK | X_OK)) {
        doctor_say(doctor, DOCTOR_FAIL, "sudo chmod 1777 " MMT_RING_DIR,
                   "you may not create files in " MMT_RING_DIR);
    } else {
        bytes = (uint64_t)vfs.f_bavail * vfs.f_frsize;
        if (bytes < RING_BYTES) {
            doctor_say(doctor, DOCTOR_FAIL, "sudo mount -o remount,size=1G "
                       MMT_RING_DIR, MMT_RING_DIR " has %" PRIu64
                       " bytes free; a log's ring takes %s", bytes, needed);
        } else {
            doctor_say(doctor, DOCTOR_OK, NULL, MMT_RING_DIR " has %" PRIu64
                       "M free; a log's ring takes %s", bytes >> 20, needed);
        }
    }
}
