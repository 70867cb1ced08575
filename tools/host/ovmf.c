/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where the host's OVMF is (see ovmf.h)
 *
 * A distribution describes its firmware in files that QEMU's
 * docs/interop/firmware.json specifies.  The first in the order of their names
 * that has what is needed is taken, as libvirt does.
 */
#include "tools/host/ovmf.h"

#include "tools/common/json-read.h"
#include "tools/host/fs.h"

#include <string.h>
#include <sys/stat.h>

#define DESCRIPTORS "/usr/share/qemu/firmware"

/* What is larger is no description, and no file of variables. */
#define DESCRIPTOR_MAX (64 * 1024)
#define VARS_MAX (64 * 1024 * 1024)

/* Its machine's flash has this size, and takes files of no other size. */
#define FLASH_ARM (64 * 1024 * 1024)

/**
 * struct OvmfKind: an architecture's firmware
 * @cpu: the architecture, as descriptions have it
 * @machine: the machine's type, likewise
 * @smm: Secure Boot needs SMM
 * @bytes: size of each file; 0: any
 * @package: the package's names
 */
typedef struct OvmfKind {
    const char *cpu;
    const char *machine;
    bool smm;
    off_t bytes;
    const char *package;
} OvmfKind;

static const OvmfKind kinds[HOST_ARCHES] = {
    [HOST_ARCH_X86] = { "x86_64", "pc-q35-*", true, 0, "ovmf or edk2-ovmf" },
    [HOST_ARCH_ARM] = { "aarch64", "virt-*", false, FLASH_ARM,
                        "qemu-efi-aarch64, edk2-aarch64 or AAVMF" },
};

typedef struct OvmfFiles {
    HostArchId arch;
    bool secure_boot;
    const char *code;
    const char *vars;
} OvmfFiles;

/* Distributions' files, for those that have no descriptions */
static const OvmfFiles known[] = {
    { HOST_ARCH_X86, false, "/usr/share/OVMF/OVMF_CODE_4M.fd",
      "/usr/share/OVMF/OVMF_VARS_4M.fd" },              /* Debian, Ubuntu */
    { HOST_ARCH_X86, false, "/usr/share/OVMF/OVMF_CODE.fd",
      "/usr/share/OVMF/OVMF_VARS.fd" },                 /* older ones */
    { HOST_ARCH_X86, false, "/usr/share/edk2/ovmf/OVMF_CODE_4M.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS_4M.fd" },         /* Fedora */
    { HOST_ARCH_X86, false, "/usr/share/edk2/ovmf/OVMF_CODE.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS.fd" },
    { HOST_ARCH_X86, false, "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
      "/usr/share/edk2/x64/OVMF_VARS.4m.fd" },          /* Arch */
    { HOST_ARCH_X86, false, "/usr/share/qemu/ovmf-x86_64-4m-code.bin",
      "/usr/share/qemu/ovmf-x86_64-4m-vars.bin" },      /* SUSE */
    { HOST_ARCH_X86, false, "/usr/share/qemu/edk2-x86_64-code.fd",
      "/usr/share/qemu/edk2-i386-vars.fd" },            /* QEMU's own */
    { HOST_ARCH_X86, true, "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd",
      "/usr/share/OVMF/OVMF_VARS_4M.ms.fd" },           /* Debian, Ubuntu */
    { HOST_ARCH_X86, true, "/usr/share/OVMF/OVMF_CODE.secboot.fd",
      "/usr/share/OVMF/OVMF_VARS.ms.fd" },              /* older ones */
    { HOST_ARCH_X86, true, "/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd" },    /* Fedora */
    { HOST_ARCH_X86, true, "/usr/share/qemu/ovmf-x86_64-smm-ms-code.bin",
      "/usr/share/qemu/ovmf-x86_64-smm-ms-vars.bin" },  /* SUSE */
    /* Debian 13's AAVMF_CODE.fd is a link that may lead to either of these. */
    { HOST_ARCH_ARM, false, "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd",
      "/usr/share/AAVMF/AAVMF_VARS.fd" },               /* Debian, Ubuntu */
    { HOST_ARCH_ARM, false, "/usr/share/AAVMF/AAVMF_CODE.fd",
      "/usr/share/AAVMF/AAVMF_VARS.fd" },               /* older ones */
    { HOST_ARCH_ARM, false, "/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw",
      "/usr/share/edk2/aarch64/vars-template-pflash.raw" },     /* Fedora */
    { HOST_ARCH_ARM, false, "/usr/share/edk2/aarch64/QEMU_CODE.fd",
      "/usr/share/edk2/aarch64/QEMU_VARS.fd" },         /* Arch */
    { HOST_ARCH_ARM, false, "/usr/share/qemu/aavmf-aarch64-code.bin",
      "/usr/share/qemu/aavmf-aarch64-vars.bin" },       /* SUSE */
    { HOST_ARCH_ARM, false, "/usr/share/qemu/edk2-aarch64-code.fd",
      "/usr/share/qemu/edk2-arm-vars.fd" },             /* QEMU's own */
    { HOST_ARCH_ARM, true, "/usr/share/AAVMF/AAVMF_CODE.ms.fd",
      "/usr/share/AAVMF/AAVMF_VARS.ms.fd" },            /* Debian, Ubuntu */
    { HOST_ARCH_ARM, true, "/usr/share/qemu/aavmf-aarch64-ms-code.bin",
      "/usr/share/qemu/aavmf-aarch64-ms-vars.bin" },    /* SUSE */
};

static bool is_file(const char *path, off_t bytes)
{
    struct stat st;

    return !stat(path, &st) && S_ISREG(st.st_mode) &&
           (!bytes || st.st_size == bytes);
}

static bool take(const char *root, const OvmfKind *kind, const char *code,
                 const char *vars, char **code_path, char **vars_path)
{
    g_autofree char *c = host_fs_path(root, "%s", code);
    g_autofree char *v = host_fs_path(root, "%s", vars);

    if (!is_file(c, kind->bytes) || !is_file(v, kind->bytes)) {
        return false;
    }
    *code_path = g_steal_pointer(&c);
    *vars_path = g_steal_pointer(&v);
    return true;
}

static bool has_word(JsonObject *object, const char *name, const char *word)
{
    JsonArray *array = json_read_array(object, name);
    guint n = json_read_length_of(array);
    guint i;

    for (i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);

        if (JSON_NODE_HOLDS_VALUE(node) &&
            json_node_get_value_type(node) == G_TYPE_STRING &&
            !strcmp(json_node_get_string(node), word)) {
            return true;
        }
    }
    return false;
}

static bool is_for(JsonObject *object, const OvmfKind *kind)
{
    JsonArray *targets = json_read_array(object, "targets");
    guint n = json_read_length_of(targets);
    guint i;

    for (i = 0; i < n; i++) {
        JsonObject *target = json_read_element(targets, i);
        const char *cpu = target ? json_read_str(target, "architecture") : NULL;

        if (!g_strcmp0(cpu, kind->cpu) &&
            has_word(target, "machines", kind->machine)) {
            return true;
        }
    }
    return false;
}

/* Return: the path of a raw image, or NULL */
static const char *image(JsonObject *mapping, const char *name)
{
    JsonObject *file = json_read_object_member(mapping, name);
    const char *format = file ? json_read_str(file, "format") : NULL;
    const char *path = file ? json_read_str(file, "filename") : NULL;

    return !g_strcmp0(format, "raw") && path && g_path_is_absolute(path) ? path
                                                                         : NULL;
}

static bool fits(JsonObject *object, const OvmfKind *kind, bool secure_boot)
{
    static const char *const features[] = {
        "secure-boot", "enrolled-keys", "requires-smm",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(features); i++) {
        bool wanted = secure_boot &&
                      (kind->smm || strcmp(features[i], "requires-smm"));

        if (has_word(object, "features", features[i]) != wanted) {
            return false;
        }
    }
    return has_word(object, "interface-types", "uefi") && is_for(object, kind);
}

static bool take_described(const char *root, const OvmfKind *kind,
                           const char *path, bool secure_boot, char **code,
                           char **vars)
{
    g_autofree char *text = NULL;
    g_autoptr(JsonNode) node = NULL;
    JsonObject *mapping;
    JsonObject *object;
    const char *c;
    const char *v;
    gsize len;

    if (!g_file_get_contents(path, &text, &len, NULL) || len > DESCRIPTOR_MAX) {
        return false;
    }
    node = json_read_object(text, len);
    object = node ? json_node_get_object(node) : NULL;
    mapping = object ? json_read_object_member(object, "mapping") : NULL;
    if (!mapping || !fits(object, kind, secure_boot)) {
        return false;
    }
    c = image(mapping, "executable");
    v = image(mapping, "nvram-template");
    return c && v && take(root, kind, c, v, code, vars);
}

const char *host_ovmf_package(HostArchId arch)
{
    return kinds[arch].package;
}

bool host_ovmf_find(const char *root, HostArchId arch, bool secure_boot,
                    char **code, char **vars)
{
    const OvmfKind *kind = &kinds[arch];
    g_autofree char *dir = host_fs_path(root, DESCRIPTORS);
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);

        if (g_str_has_suffix(names[i], ".json") &&
            take_described(root, kind, path, secure_boot, code, vars)) {
            return true;
        }
    }
    for (i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].arch == arch && known[i].secure_boot == secure_boot &&
            take(root, kind, known[i].code, known[i].vars, code, vars)) {
            return true;
        }
    }
    return false;
}

/* EFI_GLOBAL_VARIABLE and the name "PK", as they are in a variable's header */
bool host_ovmf_has_keys(const char *path)
{
    static const unsigned char pk[] = {
        0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11,
        0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c,
        'P', 0, 'K', 0, 0, 0,
    };
    g_autofree char *data = NULL;
    gsize len;

    return g_file_get_contents(path, &data, &len, NULL) && len <= VARS_MAX &&
           memmem(data, len, pk, sizeof(pk));
}
