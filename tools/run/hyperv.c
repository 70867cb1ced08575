/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: Hyper-V's features for a Windows guest (see hyperv.h)
 *
 * The bits and requirements are those of QEMU's target/i386/kvm/kvm.c
 * (kvm_hyperv_properties[]); Microsoft's "Hypervisor Top Level Functional
 * Specification" defines the bits.
 */
#include "tools/run/hyperv.h"

#include "tools/run/kvm.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* More CPUID leaves than any KVM has for Hyper-V */
#define LEAVES 64

#define LEAF_FEATURES 0x40000003
#define LEAF_ADVICE   0x40000004

typedef enum Reg { NONE, FEATURES_EAX, FEATURES_EDX, ADVICE_EAX } Reg;

enum {
    RELAXED, VAPIC, SPINLOCKS, VPINDEX, RUNTIME, TIME, FREQUENCIES, RESET,
    SYNIC, STIMER, TLBFLUSH, IPI,
};

#define BIT(n) (1u << (n))

/**
 * struct Feature: a feature
 * @option: as -cpu has it
 * @name: its name
 * @bits: the bits that KVM must have
 * @needs: the features that QEMU requires with it; they come before it
 */
typedef struct Feature {
    const char *option;
    const char *name;
    struct {
        Reg reg;
        uint32_t bits;
    } bits[2];
    unsigned needs;
} Feature;

static const Feature features[] = {
    [RELAXED] = { "hv-relaxed=on", "hv-relaxed", { { ADVICE_EAX, BIT(5) } } },
    [VAPIC] = { "hv-vapic=on", "hv-vapic", { { FEATURES_EAX, BIT(4) } } },
    /* A number for the guest, which each KVM that has Hyper-V's features has */
    [SPINLOCKS] = { "hv-spinlocks=0x1fff", "hv-spinlocks" },
    [VPINDEX] = { "hv-vpindex=on", "hv-vpindex",
                  { { FEATURES_EAX, BIT(6) } } },
    [RUNTIME] = { "hv-runtime=on", "hv-runtime",
                  { { FEATURES_EAX, BIT(0) } } },
    [TIME] = { "hv-time=on", "hv-time",
               { { FEATURES_EAX, BIT(1) | BIT(9) } } },
    [FREQUENCIES] = { "hv-frequencies=on", "hv-frequencies",
                      { { FEATURES_EAX, BIT(11) }, { FEATURES_EDX, BIT(8) } } },
    [RESET] = { "hv-reset=on", "hv-reset", { { FEATURES_EAX, BIT(7) } } },
    [SYNIC] = { "hv-synic=on", "hv-synic", { { FEATURES_EAX, BIT(2) } },
                BIT(VPINDEX) },
    [STIMER] = { "hv-stimer=on", "hv-stimer", { { FEATURES_EAX, BIT(3) } },
                 BIT(SYNIC) | BIT(TIME) },
    [TLBFLUSH] = { "hv-tlbflush=on", "hv-tlbflush",
                   { { ADVICE_EAX, BIT(2) | BIT(11) } }, BIT(VPINDEX) },
    [IPI] = { "hv-ipi=on", "hv-ipi", { { ADVICE_EAX, BIT(10) | BIT(11) } },
              BIT(VPINDEX) },
};

static uint32_t read_reg(const struct kvm_cpuid_entry2 *entries, size_t n,
                         Reg reg)
{
    uint32_t leaf = reg == ADVICE_EAX ? LEAF_ADVICE : LEAF_FEATURES;
    size_t i;

    for (i = 0; i < n; i++) {
        if (entries[i].function == leaf) {
            return reg == FEATURES_EDX ? entries[i].edx : entries[i].eax;
        }
    }
    return 0;
}

/* Does KVM have a feature itself? */
static bool kvm_has(const Feature *feature,
                    const struct kvm_cpuid_entry2 *entries, size_t n)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(feature->bits); i++) {
        uint32_t bits = feature->bits[i].bits;

        if (bits & ~read_reg(entries, n, feature->bits[i].reg)) {
            return false;
        }
    }
    return n;
}

char *run_hyperv_choose(const struct kvm_cpuid_entry2 *entries, size_t n,
                        bool synic, char **missing)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    unsigned have = 0;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(features); i++) {
        if (!(features[i].needs & ~have) &&
            (i != SYNIC || synic) &&
            (!entries || kvm_has(&features[i], entries, n))) {
            have |= BIT(i);
            g_string_append_printf(text, ",%s", features[i].option);
        } else {
            g_string_append_printf(out, "%s%s", out->len ? ", " : "",
                                   features[i].name);
        }
    }
    *missing = out->len ? g_strdup(out->str) : NULL;
    return g_string_free(text, FALSE);
}

/* A KVM without the system's ioctl has the vCPU's, which gives the same. */
static int ask_vcpu(int kvm, struct kvm_cpuid2 *cpuid)
{
    int vm = ioctl(kvm, KVM_CREATE_VM, 0);
    int vcpu = -1;
    int result = -1;

    if (vm >= 0) {
        /* Part of the features need KVM's own interrupt controller. */
        ioctl(vm, KVM_CREATE_IRQCHIP, 0);
        vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
    }
    if (vcpu >= 0) {
        result = ioctl(vcpu, KVM_GET_SUPPORTED_HV_CPUID, cpuid);
        close(vcpu);
    }
    if (vm >= 0) {
        close(vm);
    }
    return result;
}

/* Before Linux 4.20, KVM has no list; these features are told by themselves. */
static void guess(int kvm, struct kvm_cpuid2 *cpuid)
{
    cpuid->nent = 2;
    cpuid->entries[0].function = LEAF_FEATURES;
    cpuid->entries[0].eax = BIT(4);
    if (run_kvm_has(kvm, KVM_CAP_HYPERV_TIME)) {
        cpuid->entries[0].eax |= BIT(1) | BIT(9);
    }
    cpuid->entries[1].function = LEAF_ADVICE;
    cpuid->entries[1].eax = BIT(5);
}

/* Return: whether KVM has answered */
static bool ask(int kvm, struct kvm_cpuid2 *cpuid)
{
    cpuid->nent = LEAVES;
    if (!run_kvm_has(kvm, KVM_CAP_HYPERV)) {
        cpuid->nent = 0;
        return true;
    }
    if (run_kvm_has(kvm, KVM_CAP_SYS_HYPERV_CPUID)) {
        return !ioctl(kvm, KVM_GET_SUPPORTED_HV_CPUID, cpuid);
    }
    if (run_kvm_has(kvm, KVM_CAP_HYPERV_CPUID)) {
        return !ask_vcpu(kvm, cpuid);
    }
    guess(kvm, cpuid);
    return true;
}

char *run_hyperv_ask(const char *root, bool synic, char **missing)
{
    g_autofree struct kvm_cpuid2 *cpuid =
        g_malloc0(sizeof(*cpuid) + LEAVES * sizeof(cpuid->entries[0]));
    int kvm = run_kvm_open(root);
    bool known = kvm >= 0 && ask(kvm, cpuid);

    if (kvm >= 0) {
        close(kvm);
    }
    return run_hyperv_choose(known ? cpuid->entries : NULL, cpuid->nent,
                             synic, missing);
}
