/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a vCPU of KVM is doing
 *
 * The page that KVM shares with us has the registers of each exit where it was
 * told to leave them; nobody else in QEMU asks for them there.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "cpu.h"
#include "exec/target_page.h"
#include "system/kvm.h"
#include "guest-ram.h"
#include "vcpu.h"

#if defined(CONFIG_KVM) && defined(TARGET_I386)

#define KVM_REGS (KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS)

/*
 * The vCPU may be running, or have left KVM before it was told to leave its
 * registers: what is there until its next exit must not be taken for them.
 */
static void kvm_enable(CPUState *cpu, bool on)
{
    struct kvm_run *run = cpu->kvm_run;

    if (on) {
        run->s.regs.regs.rip = 0;
        run->s.regs.regs.rbp = 0;
        run->s.regs.sregs.cr3 = 0;
        run->kvm_valid_regs |= KVM_REGS;
    } else {
        run->kvm_valid_regs &= ~KVM_REGS;
    }
}

static const struct kvm_sync_regs *kvm_state_of(CPUState *cpu)
{
    if (unlikely((cpu->kvm_run->kvm_valid_regs & KVM_REGS) != KVM_REGS)) {
        /* A vCPU that was plugged in: it has them from its next access on. */
        kvm_enable(cpu, true);
    }
    return &cpu->kvm_run->s.regs;
}

static uint64_t kvm_pc(CPUState *cpu, bool port)
{
    return kvm_state_of(cpu)->regs.rip;
}

static uint64_t kvm_cr3(CPUState *cpu)
{
    return kvm_state_of(cpu)->sregs.cr3;
}

static VFIOTraceFrame kvm_frame(CPUState *cpu)
{
    const struct kvm_sync_regs *s = kvm_state_of(cpu);
    bool is64 = (s->sregs.efer & MSR_EFER_LMA) && s->sregs.cs.l;

    if (!is64 && !s->sregs.cs.db) {
        /* 16-bit code: its frames are anybody's guess. */
        return (VFIOTraceFrame) { 0 };
    }
    return (VFIOTraceFrame) {
        .fp = is64 ? s->regs.rbp
                   : (uint32_t)(s->regs.rbp + s->sregs.ss.base),
        .width = is64 ? 8 : 4,
    };
}

/* --- the guest's page tables -------------------------------------------- */

/*
 * KVM_TRANSLATE reads as the guest's kernel would: where that must not look at
 * user space's pages (SMAP) it finds none.  So the tables are walked here, in
 * memory; an address that has changed meanwhile gives a wrong frame at worst.
 */
#define TABLE_MASK 0x000ffffffffff000ull
#define LEVEL_BITS 9

static bool read_entry(uint64_t table, uint64_t index, unsigned width,
                       uint64_t *entry)
{
    uint8_t buf[8];

    if (vfio_trace_read_ram(&address_space_memory, table + index * width, buf,
                            width) != width) {
        return false;
    }
    *entry = ldn_le_p(buf, width);
    return *entry & PG_PRESENT_MASK;
}

/* Entries of 8 bytes, 512 to a table: PAE and long mode */
static bool walk_wide(uint64_t table, int levels, uint64_t addr, hwaddr *gpa)
{
    int level;

    for (level = levels; ; level--) {
        unsigned shift = TARGET_PAGE_BITS + LEVEL_BITS * (level - 1);
        uint64_t page = MAKE_64BIT_MASK(0, shift);
        uint64_t entry;

        if (!read_entry(table, extract64(addr, shift, LEVEL_BITS), 8, &entry)) {
            return false;
        }
        if (level == 1 || (level <= 3 && (entry & PG_PSE_MASK))) {
            *gpa = (entry & TABLE_MASK & ~page) | (addr & page);
            return true;
        }
        table = entry & TABLE_MASK;
    }
}

/* Entries of 4 bytes, 1024 to a table */
static bool walk_narrow(uint64_t table, bool large, uint32_t addr, hwaddr *gpa)
{
    uint64_t entry;

    if (!read_entry(table, addr >> 22, 4, &entry)) {
        return false;
    }
    if (large && (entry & PG_PSE_MASK)) {
        *gpa = (entry & 0xffc00000) | extract64(entry, 13, 8) << 32 |
               (addr & 0x3fffff);
        return true;
    }
    if (!read_entry(entry & 0xfffff000, extract32(addr, 12, 10), 4, &entry)) {
        return false;
    }
    *gpa = (entry & 0xfffff000) | (addr & 0xfff);
    return true;
}

static bool kvm_translate(CPUState *cpu, uint64_t addr, hwaddr *gpa)
{
    const struct kvm_sregs *s = &kvm_state_of(cpu)->sregs;

    if (!(s->cr0 & CR0_PG_MASK)) {
        *gpa = (uint32_t)addr;
        return true;
    }
    if (s->efer & MSR_EFER_LMA) {
        return walk_wide(s->cr3 & TABLE_MASK, s->cr4 & CR4_LA57_MASK ? 5 : 4,
                         addr, gpa);
    }
    if (s->cr4 & CR4_PAE_MASK) {
        /* Four entries, which are not at a page's begin: one more level */
        return walk_wide(s->cr3 & 0xffffffe0, 3, (uint32_t)addr, gpa);
    }
    return walk_narrow(s->cr3 & 0xfffff000, s->cr4 & CR4_PSE_MASK, addr, gpa);
}

static bool kvm_tsc(CPUState *cpu, uint64_t *tsc)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } msrs = {
        .info.nmsrs = 1,
        .entry.index = MSR_IA32_TSC,
    };

    if (kvm_vcpu_ioctl(cpu, KVM_GET_MSRS, &msrs) != 1) {
        return false;
    }
    *tsc = msrs.entry.data;
    return true;
}

static const VFIOTraceVCPUOps vcpu_kvm = {
    .enable = kvm_enable,
    .pc = kvm_pc,
    .cr3 = kvm_cr3,
    .frame = kvm_frame,
    .translate = kvm_translate,
    .tsc = kvm_tsc,
};

const VFIOTraceVCPUOps *vfio_trace_vcpu_kvm(const char **why)
{
    if ((kvm_check_extension(kvm_state, KVM_CAP_SYNC_REGS) & KVM_REGS) !=
        KVM_REGS) {
        *why = "no-sync-regs";
        return NULL;
    }
    return &vcpu_kvm;
}

#else

const VFIOTraceVCPUOps *vfio_trace_vcpu_kvm(const char **why)
{
    *why = "target";
    return NULL;
}

#endif
