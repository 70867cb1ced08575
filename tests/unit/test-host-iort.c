/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: an Arm machine's IOMMUs, as its firmware describes them
 */
#include <string.h>

#include "fake-host.h"
#include "tools/doctor/kvm-other.h"
#include "tools/host/iort.h"

#define TABLE "/sys/firmware/acpi/tables/IORT"
#define HEADER 48
#define NODE 24

static char *root;

/* A table with nodes of these types; Return: its length */
static gsize make_table(guint8 *table, const char *types)
{
    gsize n = strlen(types);
    gsize i;

    memset(table, 0, HEADER + n * NODE);
    memcpy(table, "IORT", 4);
    table[36] = n;
    table[40] = HEADER;
    for (i = 0; i < n; i++) {
        table[HEADER + i * NODE] = types[i] - '0';
        table[HEADER + i * NODE + 1] = NODE;
    }
    return HEADER + n * NODE;
}

static HostIort read_table(const guint8 *table, gsize len)
{
    HostIort iort;

    fake_bytes(root, TABLE, table, len);
    host_iort_read(root, &iort);
    g_assert_true(iort.acpi);
    g_assert_true(iort.table);
    g_assert_false(iort.tree);
    return iort;
}

static void test_table(void)
{
    guint8 table[256];
    HostIort iort = read_table(table, make_table(table, "0243"));

    g_assert_true(iort.known);
    g_assert_cmpuint(iort.its, ==, 1);
    g_assert_cmpuint(iort.bridges, ==, 1);
    g_assert_cmpuint(iort.smmus, ==, 2);
    iort = read_table(table, make_table(table, "02"));
    g_assert_cmpuint(iort.smmus, ==, 0);
}

/* What contradicts itself ends there. */
static void test_hostile(void)
{
    guint8 table[256];
    gsize len = make_table(table, "4444");
    HostIort iort;
    gsize cut;

    for (cut = 0; cut <= len; cut++) {
        iort = read_table(table, cut);
        g_assert_cmpint(iort.known, ==, cut >= HEADER);
        g_assert_cmpuint(iort.smmus, <=, cut / NODE);
    }
    table[HEADER + NODE + 1] = 0;
    g_assert_cmpuint(read_table(table, len).smmus, ==, 1);
    memset(table + 40, 0xff, 4);
    g_assert_cmpuint(read_table(table, len).smmus, ==, 0);
    memset(table + 36, 0xff, 4);
    table[40] = HEADER;
    memset(table + 41, 0, 3);
    g_assert_cmpuint(read_table(table, len).smmus, ==, 1);
}

static void test_tree(void)
{
    static const char compatible[] = "qcom,sm8250-smmu-500\0arm,mmu-500";
    char *other = fake_host_new();
    HostIort iort;

    host_iort_read(other, &iort);
    g_assert_false(iort.acpi || iort.tree || iort.known);
    fake_bytes(other, "/proc/device-tree/soc/iommu@1/compatible", compatible,
               sizeof(compatible));
    fake_bytes(other, "/proc/device-tree/soc/iommu@2/compatible",
               "arm,smmu-v3", 12);
    fake_bytes(other, "/proc/device-tree/soc/iommu@2/status", "disabled", 9);
    fake_bytes(other, "/proc/device-tree/intc@3/msi@4/compatible",
               "arm,gic-v3-its", 15);
    fake_bytes(other, "/proc/device-tree/pcie@5/device_type", "pci", 4);
    fake_bytes(other, "/proc/device-tree/pcie@5/iommu-map", "", 0);
    fake_bytes(other, "/proc/device-tree/pcie@5/pcie@0/device_type", "pci", 4);
    fake_bytes(other, "/proc/device-tree/pcie@6/device_type", "pci", 4);
    host_iort_read(other, &iort);
    fake_host_free(other);
    g_assert_true(iort.tree && iort.known);
    g_assert_cmpuint(iort.smmus, ==, 1);
    g_assert_cmpuint(iort.disabled, ==, 1);
    g_assert_cmpuint(iort.its, ==, 1);
    g_assert_cmpuint(iort.bridges, ==, 2);
    g_assert_cmpuint(iort.mapped, ==, 1);
}

/* What the kernel says of KVM */
static void test_kvm_mode(void)
{
    static const char *const modes[][2] = {
        { "Protected hVHE mode initialized", " (protected KVM)" },
        { "Hyp nVHE mode initialized", " (EL2, without VHE)" },
        { "Hyp hVHE mode initialized", " (EL2, without VHE)" },
        { "VHE+NV2 mode initialized", " (EL2, VHE, nested guests)" },
        { "VHE mode initialized", " (EL2, VHE)" },
        { "HYP mode not available", "" },
    };
    Doctor doctor = { .root = root };
    size_t i;

    fake_file(root, "/proc/cpuinfo",
              "CPU implementer\t: 0x41\nCPU architecture: 8\n");
    for (i = 0; i < G_N_ELEMENTS(modes); i++) {
        fake_file(root, "/dev/kmsg", "6,9,1,-;kvm [1]: %s successfully\n",
                  modes[i][0]);
        g_assert_cmpstr(doctor_kvm_mode(&doctor), ==, modes[i][1]);
    }
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    root = fake_host_new();
    g_test_add_func("/iort/table", test_table);
    g_test_add_func("/iort/hostile", test_hostile);
    g_test_add_func("/iort/tree", test_tree);
    g_test_add_func("/iort/kvm-mode", test_kvm_mode);
    result = g_test_run();
    fake_host_free(root);
    return result;
}
