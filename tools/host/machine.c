/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what kind of machine the host is (see machine.h)
 */
#include "tools/host/machine.h"
#include "tools/host/fs.h"

#include <string.h>

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

HostMachine host_machine(const char *root)
{
    static const char *const containers[] = {
        "/run/systemd/container", "/run/.containerenv", "/.dockerenv",
    };
    g_autofree char *cpu = machine_text(root, "/proc/cpuinfo");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(containers); i++) {
        if (machine_has(root, containers[i])) {
            return HOST_MACHINE_CONTAINER;
        }
    }
    if (machine_is_xen_control(root)) {
        return HOST_MACHINE_XEN;
    }
    return g_regex_match_simple("^flags\\s*:.*\\bhypervisor\\b", cpu,
                                G_REGEX_MULTILINE, 0)
           ? HOST_MACHINE_VIRTUAL : HOST_MACHINE_HARDWARE;
}

bool host_machine_cpu_has(const char *root, const char *word)
{
    g_autofree char *text = machine_text(root, "/proc/cpuinfo");
    g_autofree char *pattern = g_strdup_printf("\\b%s\\b", word);

    return g_regex_match_simple(pattern, text, 0, 0);
}

const char *host_machine_foreign_cpu(const char *root)
{
    /* A line that only this architecture has */
    static const struct {
        const char *pattern;
        const char *name;
    } cpus[] = {
        { "^CPU implementer\\s*:", "ARM" },
        { "^cpu\\s*: (POWER|PPC)", "POWER" },
        { "^isa\\s*: rv", "RISC-V" },
        { "^CPU Family\\s*: Loongson", "LoongArch" },
        { "^vendor_id\\s*: IBM/S390", "s390" },
    };
    g_autofree char *text = machine_text(root, "/proc/cpuinfo");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cpus); i++) {
        if (g_regex_match_simple(cpus[i].pattern, text, G_REGEX_MULTILINE,
                                 0)) {
            return cpus[i].name;
        }
    }
    return NULL;
}

bool host_machine_loads_modules(const char *root)
{
    g_autofree char *text = machine_text(root,
                                         "/proc/sys/kernel/modules_disabled");

    return strcmp(text, "1") != 0;
}
