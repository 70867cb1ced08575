/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what kind of machine the host is (see machine.h)
 */
#include "tools/host/machine.h"

#include "tools/host/arch.h"
#include "tools/host/fs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* /proc/self/smaps is as long as this program's memory is in pieces. */
#define SMAPS_BYTES 4096

static bool machine_has(const char *root, const char *file)
{
    g_autofree char *path = host_fs_path(root, "%s", file);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* Return: the file's text, or "" */
static char *machine_text(const char *root, const char *file)
{
    g_autofree char *path = host_fs_path(root, "%s", file);
    char *text = host_fs_text(path);

    return text ? text : g_strdup("");
}

static bool machine_is_xen_control(const char *root)
{
    g_autofree char *type = machine_text(root, "/sys/hypervisor/type");
    g_autofree char *now = machine_text(root, "/proc/xen/capabilities");

    return !strcmp(type, "xen") &&
           (strstr(now, "control_d") ||
            machine_has(root, "/sys/hypervisor/start_flags/initdomain"));
}

/*
 * x86 has a flag for it.  Others: what QEMU says of its machines, and what KVM,
 * z/VM and PR/SM's guests are told (Documentation/devicetree, /proc/sysinfo of
 * arch/s390/kernel/sysinfo.c).
 */
static bool machine_is_virtual(const char *root)
{
    static const struct {
        HostArchId arch;
        const char *file;
        const char *pattern;
    } signs[] = {
        { HOST_ARCH_X86, "/proc/cpuinfo", "^flags\\s*:.*\\bhypervisor\\b" },
        { HOST_ARCH_ARM, "/sys/class/dmi/id/sys_vendor", "^QEMU" },
        { HOST_ARCH_ARM, "/sys/class/dmi/id/product_name", "Virtual Machine" },
        { HOST_ARCH_ARM, "/proc/device-tree/compatible", "^linux,dummy-virt" },
        { HOST_ARCH_ARM, "/proc/device-tree/hypervisor/compatible", "" },
        { HOST_ARCH_POWER, "/proc/cpuinfo", "^machine\\s*: CHRP IBM pSeries" },
        { HOST_ARCH_S390, "/proc/sysinfo", "^VM00 Control Program:" },
    };
    HostArchId arch = host_arch(root)->id;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(signs); i++) {
        g_autofree char *text =
            signs[i].arch == arch && machine_has(root, signs[i].file) ?
            machine_text(root, signs[i].file) : NULL;

        if (text && g_regex_match_simple(signs[i].pattern, text,
                                         G_REGEX_MULTILINE, 0)) {
            return true;
        }
    }
    return false;
}

HostMachine host_machine(const char *root)
{
    static const char *const containers[] = {
        "/run/systemd/container", "/run/.containerenv", "/.dockerenv",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(containers); i++) {
        if (machine_has(root, containers[i])) {
            return HOST_MACHINE_CONTAINER;
        }
    }
    if (machine_is_xen_control(root)) {
        return HOST_MACHINE_XEN;
    }
    return machine_is_virtual(root) ? HOST_MACHINE_VIRTUAL
                                    : HOST_MACHINE_HARDWARE;
}

bool host_machine_cpu_has(const char *root, const char *word)
{
    g_autofree char *text = machine_text(root, "/proc/cpuinfo");
    g_autofree char *pattern = g_strdup_printf("\\b%s\\b", word);

    return g_regex_match_simple(pattern, text, 0, 0);
}

bool host_machine_loads_modules(const char *root)
{
    g_autofree char *text = machine_text(root,
                                         "/proc/sys/kernel/modules_disabled");

    return strcmp(text, "1") != 0;
}

/* "KernelPageSize:       64 kB", of the first piece: the program itself */
uint64_t host_machine_page(const char *root)
{
    static const char label[] = "KernelPageSize:";
    g_autofree char *path = host_fs_path(root, "/proc/self/smaps");
    char text[SMAPS_BYTES + 1] = "";
    FILE *file = fopen(path, "re");
    const char *line;
    uint64_t bytes = 0;

    if (file) {
        text[fread(text, 1, SMAPS_BYTES, file)] = '\0';
        fclose(file);
        line = strstr(text, label);
        line = line ? line + strlen(label) : "";
        bytes = g_ascii_strtoull(line, NULL, 10) << 10;
    }
    /* A power of two, at least 4096 */
    return bytes >= 4096 && !(bytes & (bytes - 1)) ?
           bytes : (uint64_t)sysconf(_SC_PAGESIZE);
}
