/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run: Hyper-V's features that KVM has, and properties
 * that QEMU's devices have
 */
#include <glib.h>
#include <stdint.h>

#include "run-tool.h"
#include "tools/run/hyperv.h"
#include "tools/run/props.h"

#define ALL \
    ",hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-vpindex=on," \
    "hv-runtime=on,hv-time=on,hv-frequencies=on,hv-reset=on,hv-synic=on," \
    "hv-stimer=on,hv-tlbflush=on,hv-ipi=on"

/* Bits of the leaves 0x40000003 and 0x40000004 that the features need */
#define FEATURES_EAX 0xaff
#define FEATURES_EDX 0x100
#define ADVICE_EAX   0xc24

static const struct {
    const char *title;
    uint32_t features_eax;
    uint32_t features_edx;
    uint32_t advice_eax;
    const char *chosen;
    const char *missing;
} kvms[] = {
    { "a recent KVM", FEATURES_EAX, FEATURES_EDX, ADVICE_EAX, ALL, NULL },
    { "more than is needed", ~0u, ~0u, ~0u, ALL, NULL },
    { "no hv-vpindex: nothing that requires it", FEATURES_EAX & ~0x40,
      FEATURES_EDX, ADVICE_EAX,
      ",hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-runtime=on,hv-time=on,hv-frequencies=on,hv-reset=on",
      "hv-vpindex, hv-synic, hv-stimer, hv-tlbflush, hv-ipi" },
    { "no hv-time: no hv-stimer either", FEATURES_EAX & ~0x200, FEATURES_EDX,
      ADVICE_EAX,
      ",hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-vpindex=on,hv-runtime=on,hv-frequencies=on,hv-reset=on,hv-synic=on,hv-tlbflush=on,hv-ipi=on",
      "hv-time, hv-stimer" },
    { "one of two bits of hv-ipi and hv-tlbflush", FEATURES_EAX, FEATURES_EDX,
      ADVICE_EAX & ~0x800,
      ",hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-vpindex=on,hv-runtime=on,hv-time=on,hv-frequencies=on,hv-reset=on,hv-synic=on,hv-stimer=on",
      "hv-tlbflush, hv-ipi" },
    { "one of two registers of hv-frequencies", FEATURES_EAX, 0, ADVICE_EAX,
      ",hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-vpindex=on,hv-runtime=on,hv-time=on,hv-reset=on,hv-synic=on,hv-stimer=on,hv-tlbflush=on,hv-ipi=on",
      "hv-frequencies" },
};

static void test_hyperv(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(kvms); i++) {
        const struct kvm_cpuid_entry2 leaves[] = {
            { .function = 0x40000000, .eax = ~0u, .edx = ~0u },
            { .function = 0x40000003, .eax = kvms[i].features_eax,
              .edx = kvms[i].features_edx },
            { .function = 0x40000004, .eax = kvms[i].advice_eax },
        };
        g_autofree char *missing = NULL;
        g_autofree char *chosen = run_hyperv_choose(leaves,
                                                    G_N_ELEMENTS(leaves),
                                                    true, &missing);

        g_test_message("%s", kvms[i].title);
        g_assert_cmpstr(chosen, ==, kvms[i].chosen);
        g_assert_cmpstr(missing, ==, kvms[i].missing);
    }
}

/* A KVM without any of them, and one that could not be asked */
static void test_hyperv_none(void)
{
    static const struct kvm_cpuid_entry2 leaf;
    g_autofree char *missing = NULL;
    g_autofree char *nothing = NULL;
    g_autofree char *none = run_hyperv_choose(&leaf, 0, true, &missing);
    g_autofree char *all = run_hyperv_choose(NULL, 0, true, &nothing);

    g_assert_cmpstr(none, ==, "");
    assert_contains(missing, "hv-relaxed, hv-vapic, hv-spinlocks, hv-vpindex");
    g_assert_cmpstr(all, ==, ALL);
    g_assert_null(nothing);
}

/* A QEMU that is built without Hyper-V's devices */
static void test_hyperv_synic(void)
{
    g_autofree char *missing = NULL;
    g_autofree char *chosen = run_hyperv_choose(NULL, 0, false, &missing);

    assert_contains(chosen, ",hv-time=on,hv-frequencies=on,hv-reset=on,hv-tlb");
    g_assert_cmpstr(missing, ==, "hv-synic, hv-stimer");
}

/* This machine's own KVM, if there is one: the answer is consistent. */
static void test_hyperv_here(void)
{
    g_autofree char *missing = NULL;
    g_autofree char *chosen = run_hyperv_ask("", true, &missing);

    g_test_message("'%s', missing: %s", chosen, missing ? missing : "none");
    g_assert_true(missing || !g_strcmp0(chosen, ALL));
}

#define HELP "vfio-pci-trace options:\n" \
    "  addr=<str>             - Slot and optional function number\n" \
    "  bootindex=<int32>\n" \
    "  display=<OnOffAuto>    - Enable display support\n" \
    "  hot-page-limit=<uint32> - Accesses per second (default: 0)\n" \
    "  romfile=<str>\n" \
    "  x-nv-gpudirect-clique=<uint8> - clique\n" \
    "  x-vga=<bool>           - Expose VGA (default: off)\n"

static void test_props(void)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        { NULL, NULL },
        { "x-vga=on,romfile=a,,b=c.rom,hot-page-limit=1000", NULL },
        { "x-vga", NULL },
        { "nox-vga", NULL },
        { "display=auto,x-nv-gpudirect-clique=0xff,bootindex=-1", NULL },
        { "x-vgaa=on",
          "vfio-pci-trace has no property 'x-vgaa'; did you mean 'x-vga'?" },
        { "romfile=x,=3", "has no property ''" },
        { "zzzzzzzzzzzz=1", "has no property 'zzzzzzzzzzzz'" },
        { "x-vga=maybe", "x-vga=maybe: it must be on or off" },
        { "display=1", "it must be on, off or auto" },
        { "hot-page-limit=lots", "it must be a number of 32 bits" },
        { "hot-page-limit=4294967296", "it must be a number of 32 bits" },
        { "x-nv-gpudirect-clique=256", "it must be a number up to 255" },
        { "x-nv-gpudirect-clique=", "it must be a number up to 255" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const char *text = cases[i].text;
        bool ok = run_props_check_text("--device-opts", "vfio-pci-trace", HELP,
                                       text, &error);

        g_test_message("%s", text ? text : "nothing");
        g_assert_true(ok == !cases[i].error);
        if (!ok) {
            assert_contains(error->message, cases[i].error);
        }
    }
    /* A program that lists nothing */
    g_assert_true(run_props_check_text("--device-opts", "x", "", "a=b", NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/run/hyperv", test_hyperv);
    g_test_add_func("/run/hyperv/none", test_hyperv_none);
    g_test_add_func("/run/hyperv/synic", test_hyperv_synic);
    g_test_add_func("/run/hyperv/here", test_hyperv_here);
    g_test_add_func("/run/props", test_props);
    return g_test_run();
}
