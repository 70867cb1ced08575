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

#define DESCRIPTORS "/usr/share/qemu/firmware"

/* What is larger is no description, and no file of variables. */
#define DESCRIPTOR_MAX (64 * 1024)
#define VARS_MAX (16 * 1024 * 1024)

typedef struct OvmfFiles {
    bool secure_boot;
    const char *code;
    const char *vars;
} OvmfFiles;

/* Distributions' files, for those that have no descriptions */
static const OvmfFiles known[] = {
    { false, "/usr/share/OVMF/OVMF_CODE_4M.fd",
      "/usr/share/OVMF/OVMF_VARS_4M.fd" },              /* Debian, Ubuntu */
    { false, "/usr/share/OVMF/OVMF_CODE.fd",
      "/usr/share/OVMF/OVMF_VARS.fd" },                 /* older ones */
    { false, "/usr/share/edk2/ovmf/OVMF_CODE_4M.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS_4M.fd" },         /* Fedora */
    { false, "/usr/share/edk2/ovmf/OVMF_CODE.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS.fd" },
    { false, "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
      "/usr/share/edk2/x64/OVMF_VARS.4m.fd" },          /* Arch */
    { false, "/usr/share/qemu/ovmf-x86_64-4m-code.bin",
      "/usr/share/qemu/ovmf-x86_64-4m-vars.bin" },      /* SUSE */
    { false, "/usr/share/qemu/edk2-x86_64-code.fd",
      "/usr/share/qemu/edk2-i386-vars.fd" },            /* QEMU's own */
    { true, "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd",
      "/usr/share/OVMF/OVMF_VARS_4M.ms.fd" },           /* Debian, Ubuntu */
    { true, "/usr/share/OVMF/OVMF_CODE.secboot.fd",
      "/usr/share/OVMF/OVMF_VARS.ms.fd" },              /* older ones */
    { true, "/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd",
      "/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd" },    /* Fedora */
    { true, "/usr/share/qemu/ovmf-x86_64-smm-ms-code.bin",
      "/usr/share/qemu/ovmf-x86_64-smm-ms-vars.bin" },  /* SUSE */
};

static bool take(const char *root, const char *code, const char *vars,
                 char **code_path, char **vars_path)
{
    g_autofree char *c = host_fs_path(root, "%s", code);
    g_autofree char *v = host_fs_path(root, "%s", vars);

    if (!g_file_test(c, G_FILE_TEST_IS_REGULAR) ||
        !g_file_test(v, G_FILE_TEST_IS_REGULAR)) {
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

static bool is_for_q35(JsonObject *object)
{
    JsonArray *targets = json_read_array(object, "targets");
    guint n = json_read_length_of(targets);
    guint i;

    for (i = 0; i < n; i++) {
        JsonObject *target = json_read_element(targets, i);
        const char *cpu = target ? json_read_str(target, "architecture") : NULL;

        if (!g_strcmp0(cpu, "x86_64") &&
            has_word(target, "machines", "pc-q35-*")) {
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

static bool fits(JsonObject *object, bool secure_boot)
{
    static const char *const features[] = {
        "secure-boot", "enrolled-keys", "requires-smm",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(features); i++) {
        if (has_word(object, "features", features[i]) != secure_boot) {
            return false;
        }
    }
    return has_word(object, "interface-types", "uefi") && is_for_q35(object);
}

static bool take_described(const char *root, const char *path,
                           bool secure_boot, char **code, char **vars)
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
    if (!mapping || !fits(object, secure_boot)) {
        return false;
    }
    c = image(mapping, "executable");
    v = image(mapping, "nvram-template");
    return c && v && take(root, c, v, code, vars);
}

bool host_ovmf_find(const char *root, bool secure_boot, char **code,
                    char **vars)
{
    g_autofree char *dir = host_fs_path(root, DESCRIPTORS);
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);

        if (g_str_has_suffix(names[i], ".json") &&
            take_described(root, path, secure_boot, code, vars)) {
            return true;
        }
    }
    for (i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].secure_boot == secure_boot &&
            take(root, known[i].code, known[i].vars, code, vars)) {
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
