/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the IOMMUs of an Arm machine (see iort.h)
 */
#include "tools/host/iort.h"

#include "tools/host/fs.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define TABLES "/sys/firmware/acpi/tables"
#define TREE "/proc/device-tree"

/* struct acpi_table_iort and acpi_iort_node; all numbers are little-endian */
#define IORT_NODES 36
#define IORT_FIRST 40
#define IORT_HEADER 48
#define NODE_LENGTH 1
#define NODE_HEADER 16

enum {
    NODE_ITS = 0,
    NODE_ROOT_COMPLEX = 2,
    NODE_SMMU = 3,
    NODE_SMMU3 = 4,
};

/* Larger files are no tables, and deeper or wider trees are not searched. */
#define TABLE_BYTES (1 << 20)
#define PROPERTY_BYTES 4096
#define TREE_DEPTH 6
#define TREE_NODES 20000

static uint32_t iort_u32(const uint8_t *at)
{
    return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static void iort_count(HostIort *iort, unsigned type)
{
    iort->its += type == NODE_ITS;
    iort->bridges += type == NODE_ROOT_COMPLEX;
    iort->smmus += type == NODE_SMMU || type == NODE_SMMU3;
}

/* A table that contradicts itself ends where it does so. */
static void iort_parse(HostIort *iort, const uint8_t *table, gsize len)
{
    uint32_t n = len >= IORT_HEADER ? iort_u32(table + IORT_NODES) : 0;
    gsize at = len >= IORT_HEADER ? iort_u32(table + IORT_FIRST) : 0;

    for (; n && at < len && len - at >= NODE_HEADER; n--) {
        gsize size = table[at + NODE_LENGTH] | table[at + NODE_LENGTH + 1] << 8;

        if (size < NODE_HEADER) {
            break;
        }
        iort_count(iort, table[at]);
        at += size;
    }
}

/* Return: up to @max bytes of a file, to be freed; or NULL */
static char *iort_bytes(const char *path, gsize max, gsize *len)
{
    FILE *file = fopen(path, "re");
    char *data = NULL;

    if (file) {
        data = g_malloc0(max + 1);
        *len = fread(data, 1, max, file);
        fclose(file);
    }
    return data;
}

static void iort_read_table(const char *root, HostIort *iort)
{
    g_autofree char *tables = host_fs_path(root, TABLES);
    g_autofree char *path = host_fs_path(root, TABLES "/IORT");
    g_autofree char *data = NULL;
    gsize len = 0;

    iort->acpi = g_file_test(tables, G_FILE_TEST_IS_DIR);
    iort->table = g_file_test(path, G_FILE_TEST_EXISTS);
    data = iort->table ? iort_bytes(path, TABLE_BYTES, &len) : NULL;
    if (data && len >= IORT_HEADER) {
        iort->known = true;
        iort_parse(iort, (const uint8_t *)data, len);
    }
}

/* Does a property, a list of strings, have one that begins so? */
static bool tree_has(const char *node, const char *property,
                     const char *prefix)
{
    g_autofree char *path = g_build_filename(node, property, NULL);
    gsize len = 0;
    g_autofree char *text = iort_bytes(path, PROPERTY_BYTES, &len);
    gsize at;

    for (at = 0; text && at < len; at += strlen(text + at) + 1) {
        if (g_str_has_prefix(text + at, prefix)) {
            return true;
        }
    }
    return false;
}

static void tree_count(HostIort *iort, const char *node)
{
    static const char *const smmus[] = {
        "arm,smmu", "arm,mmu-", "cavium,smmu-v2", "nvidia,smmu-", "qcom,smmu-",
    };
    bool disabled = tree_has(node, "status", "disabled");
    bool smmu = false;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(smmus); i++) {
        smmu |= tree_has(node, "compatible", smmus[i]);
    }
    iort->smmus += smmu && !disabled;
    iort->disabled += smmu && disabled;
    iort->its += tree_has(node, "compatible", "arm,gic-v3-its");
}

static void tree_walk(HostIort *iort, const char *dir, unsigned depth,
                      unsigned *left)
{
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i] && depth && *left; i++) {
        g_autofree char *node = g_build_filename(dir, names[i], NULL);

        if (!g_file_test(node, G_FILE_TEST_IS_DIR)) {
            continue;
        }
        --*left;
        tree_count(iort, node);
        if (tree_has(node, "device_type", "pci")) {
            iort->bridges++;
            iort->mapped += host_fs_exists(node, "iommu-map") ||
                            host_fs_exists(node, "iommus");
        } else {
            tree_walk(iort, node, depth - 1, left);
        }
    }
}

void host_iort_read(const char *root, HostIort *iort)
{
    g_autofree char *tree = host_fs_path(root, TREE);
    unsigned left = TREE_NODES;

    *iort = (HostIort) { 0 };
    iort_read_table(root, iort);
    /* With ACPI, the tree has no more than the boot loader's words. */
    iort->tree = !iort->acpi && g_file_test(tree, G_FILE_TEST_IS_DIR);
    if (iort->tree) {
        iort->known = true;
        tree_walk(iort, tree, TREE_DEPTH, &left);
    }
}
