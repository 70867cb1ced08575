/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what an exit of a vCPU costs on this host (see exit-cost.h)
 *
 * The virtual machine has one page of memory and one vCPU without paging.  Its
 * code writes to memory that is not there, a limited number of times, and halts
 * or switches the machine off: whatever a KVM makes of the writes, the code ends
 * by itself, so no timer or signal is needed.  It is made from QEMU's own
 * descriptor of /dev/kvm: a chroot or another user does not matter.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "cpu.h"
#include "system/kvm.h"
#include "system/tcg.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/vcpu/exit-cost.h"

#if defined(CONFIG_KVM) && (defined(TARGET_I386) || defined(TARGET_ARM))
#include <sys/ioctl.h>
#include <linux/kvm.h>
#include "hw/vfio-trace/vcpu/exit-cost-vm.h"

/*
 * Exits that do not count, and that do, at least and at most; the code makes
 * some more.  The first ones take a hundred times as long as the others where
 * KVM itself is emulated.
 */
#define EXITS_FIRST 8
#define EXITS_MIN   16
#define EXITS_MAX   1000

/* With the least number: no exit after this time.  In any case: none after */
#define ENOUGH_NS (5 * SCALE_MS)
#define LIMIT_NS  (100 * SCALE_MS)

QEMU_BUILD_BUG_ON(EXITS_FIRST + EXITS_MAX >= EXIT_COST_WRITES);

/* How often a signal may interrupt one exit */
#define INTERRUPTS 16

/* Returns NULL, or what failed. */
static const char *exit_cost_create_memory(ExitCostVM *m)
{
    struct kvm_userspace_memory_region memory = {
        .memory_size = qemu_real_host_page_size(),
    };

    m->page = mmap(NULL, memory.memory_size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m->page == MAP_FAILED) {
        return "memory";
    }
    vfio_trace_exit_code(m->page);
    memory.userspace_addr = (uintptr_t)m->page;
    return ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &memory) < 0 ? "memory"
                                                                 : NULL;
}

/* Returns NULL, or what failed. */
static const char *exit_cost_create_vcpu(ExitCostVM *m)
{
    int size = kvm_ioctl(kvm_state, KVM_GET_VCPU_MMAP_SIZE, 0);

    m->vcpu = ioctl(m->vm, KVM_CREATE_VCPU, 0);
    if (m->vcpu < 0 || size < (int)sizeof(*m->run)) {
        return "create-vcpu";
    }
    m->run_size = size;
    m->run = mmap(NULL, m->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
                  m->vcpu, 0);
    return m->run == MAP_FAILED || !vfio_trace_exit_set_up(m) ? "set-up-vcpu"
                                                             : NULL;
}

/* Returns NULL, or what failed.  Destroy it in any case. */
static const char *exit_cost_create(ExitCostVM *m)
{
    const char *why;

    m->vm = kvm_ioctl(kvm_state, KVM_CREATE_VM, vfio_trace_exit_vm_type());
    if (m->vm < 0) {
        return "create-vm";
    }
    why = exit_cost_create_memory(m);
    return why ?: exit_cost_create_vcpu(m);
}

static void exit_cost_destroy(ExitCostVM *m)
{
    if (m->run != MAP_FAILED) {
        munmap(m->run, m->run_size);
    }
    if (m->vcpu >= 0) {
        close(m->vcpu);
    }
    if (m->vm >= 0) {
        close(m->vm);
    }
    /* Last: the virtual machine was made of it. */
    if (m->page != MAP_FAILED) {
        munmap(m->page, qemu_real_host_page_size());
    }
}

/* Let the vCPU run up to its next write.  Returns whether it was that. */
static bool exit_cost_run(const ExitCostVM *m)
{
    int tries = INTERRUPTS;
    int ret;

    do {
        ret = ioctl(m->vcpu, KVM_RUN, 0);
    } while (ret < 0 && errno == EINTR && tries--);
    return ret == 0 && m->run->exit_reason == KVM_EXIT_MMIO &&
           m->run->mmio.is_write && m->run->mmio.phys_addr == EXIT_COST_HOLE;
}

static int exit_cost_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Returns whether the first exits are what they should be. */
static bool exit_cost_warm_up(const ExitCostVM *m)
{
    int i;

    for (i = 0; i < EXITS_FIRST; i++) {
        if (!exit_cost_run(m)) {
            return false;
        }
    }
    return true;
}

/*
 * Stores the time that a quarter of the exits stays below: in others something
 * else has happened, too.  Returns NULL, or what failed.
 */
static const char *exit_cost_measure(const ExitCostVM *m, uint64_t *ns)
{
    g_autofree int64_t *took = g_new(int64_t, EXITS_MAX);
    int64_t begun = get_clock();
    int64_t from = begun;
    int n;

    for (n = 0; n < EXITS_MAX && from - begun < LIMIT_NS &&
                (n < EXITS_MIN || from - begun < ENOUGH_NS); n++) {
        int64_t to;

        if (!exit_cost_run(m)) {
            return "run";
        }
        to = get_clock();
        took[n] = to - from;
        from = to;
    }
    if (n < EXITS_MIN) {
        return "slow";
    }
    qsort(took, n, sizeof(*took), exit_cost_compare);
    *ns = MAX(took[n / 4], 1);
    return NULL;
}

static const char *exit_cost_kvm(uint64_t *ns)
{
    ExitCostVM m = {
        .vm = -1, .vcpu = -1, .page = MAP_FAILED, .run = MAP_FAILED,
    };
    const char *why = exit_cost_create(&m);

    if (!why) {
        why = exit_cost_warm_up(&m) ? exit_cost_measure(&m, ns) : "run";
    }
    exit_cost_destroy(&m);
    return why;
}

#else

static const char *exit_cost_kvm(uint64_t *ns)
{
    return "target";
}

#endif

const VFIOTraceExitCost *vfio_trace_exit_cost(void)
{
    static VFIOTraceExitCost cost;
    static bool known;

    if (!known) {
        int64_t begun = get_clock();

        known = true;
        cost.why = kvm_enabled() ? exit_cost_kvm(&cost.ns)
                   : tcg_enabled() ? "tcg" : "accelerator";
        trace_vfio_trace_exit_cost(cost.ns, cost.why ?: "kvm",
                                   get_clock() - begun);
    }
    return &cost;
}
