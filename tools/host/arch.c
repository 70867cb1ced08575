/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's architecture (see arch.h)
 */
#include "tools/host/arch.h"

#include "tools/common/qemu-name.h"
#include "tools/host/fs.h"

#include <string.h>

static const HostArch arches[HOST_ARCHES] = {
    { HOST_ARCH_X86, "x86_64", "x86", TOOL_QEMU_NAME_OF("x86_64") },
    { HOST_ARCH_ARM, "aarch64", "Arm", TOOL_QEMU_NAME_OF("aarch64") },
    { HOST_ARCH_ARM32, "arm", "32-bit Arm", NULL },
    { HOST_ARCH_POWER, "ppc64", "POWER", TOOL_QEMU_NAME_OF("ppc64") },
    { HOST_ARCH_S390, "s390x", "IBM Z", TOOL_QEMU_NAME_OF("s390x") },
    { HOST_ARCH_RISCV, "riscv64", "RISC-V", NULL },
    { HOST_ARCH_LOONGARCH, "loongarch64", "LoongArch", NULL },
};

/*
 * A line of /proc/cpuinfo that only this architecture has, or those above have,
 * too; x86 needs none.
 */
static const char *const patterns[HOST_ARCHES] = {
    [HOST_ARCH_ARM] = "^CPU architecture\\s*: ?(8|9|AArch64)",
    [HOST_ARCH_ARM32] = "^CPU implementer\\s*:",
    [HOST_ARCH_POWER] = "^cpu\\s*: (POWER|PPC)",
    [HOST_ARCH_S390] = "^vendor_id\\s*: IBM/S390",
    [HOST_ARCH_RISCV] = "^isa\\s*: rv",
    [HOST_ARCH_LOONGARCH] = "^CPU Family\\s*: Loongson",
};

const HostArch *host_arch(const char *root)
{
    g_autofree char *path = host_fs_path(root, "/proc/cpuinfo");
    g_autofree char *text = host_fs_text(path);
    size_t i;

    for (i = 0; text && i < HOST_ARCHES; i++) {
        if (patterns[i] && g_regex_match_simple(patterns[i], text,
                                                G_REGEX_MULTILINE, 0)) {
            return &arches[i];
        }
    }
    return &arches[HOST_ARCH_X86];
}

const HostArch *host_arch_of(HostArchId id)
{
    return &arches[id];
}

const HostArch *host_arch_named(const char *name)
{
    size_t i;

    for (i = 0; i < HOST_ARCHES; i++) {
        if (!g_strcmp0(arches[i].name, name)) {
            return &arches[i];
        }
    }
    return NULL;
}

const char *host_arch_qemu(const HostArch *arch)
{
    return arch->qemu ? arch->qemu : TOOL_QEMU_NAME;
}

bool host_arch_is_qemu(const char *name)
{
    size_t i;

    for (i = 0; i < HOST_ARCHES; i++) {
        if (arches[i].qemu && !strcmp(arches[i].qemu, name)) {
            return true;
        }
    }
    return false;
}
