/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vCPU state at an access (see vcpu.h)
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/core/cpu.h"
#include "system/kvm.h"
#include "system/tcg.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/vcpu/guest-ram.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"
#include "hw/vfio-trace/vcpu/vcpu.h"

/*
 * Largest distance of two frames.  The stack of a guest's kernel has 16 or 32
 * KiB; the stack of a thread may have large arrays in it.
 */
#define FRAME_MAX 0x10000

/* The operations in use while there are users; or NULL, and the reason */
static const VFIOTraceVCPUOps *vcpu_ops;
static const char *vcpu_missing;
static unsigned vcpu_users;

static const VFIOTraceVCPUOps *vcpu_find(void)
{
    if (kvm_enabled()) {
        return vfio_trace_vcpu_kvm(&vcpu_missing);
    }
    if (tcg_enabled()) {
        return vfio_trace_vcpu_tcg(&vcpu_missing);
    }
    vcpu_missing = "accelerator";
    return NULL;
}

static void vcpu_enable_all(bool on)
{
    CPUState *cpu;

    if (vcpu_ops && vcpu_ops->enable) {
        CPU_FOREACH(cpu) {
            vcpu_ops->enable(cpu, on);
        }
    }
}

const char *vfio_trace_vcpu_start(void)
{
    if (!vcpu_users++) {
        vcpu_missing = NULL;
        vcpu_ops = vcpu_find();
        vcpu_enable_all(true);
    }
    return vcpu_missing;
}

void vfio_trace_vcpu_stop(void)
{
    if (!--vcpu_users) {
        vcpu_enable_all(false);
        vcpu_ops = NULL;
    }
}

/*
 * A processor's own accesses have almost no attributes: no other access looks
 * like them.
 */
bool vfio_trace_vcpu_made(MemTxAttrs attrs)
{
    return current_cpu && !attrs.unspecified && !attrs.memory &&
           !attrs.debug && !attrs.requester_id;
}

uint64_t vfio_trace_pc(MemTxAttrs attrs, bool port)
{
    return vcpu_ops && vfio_trace_vcpu_made(attrs)
           ? vcpu_ops->pc(current_cpu, port) : 0;
}

uint64_t vfio_trace_cr3(MemTxAttrs attrs)
{
    return vcpu_ops && vfio_trace_vcpu_made(attrs)
           ? vcpu_ops->cr3(current_cpu) : 0;
}

/* Keeps the last page's translation, which serves most of the frames. */
static bool vcpu_read_linear(uint64_t addr, uint64_t *page, hwaddr *gpa,
                             void *buf,
                             unsigned len)
{
    uint64_t here = addr & ~0xfffull;

    if (here != *page) {
        if (!vcpu_ops->translate(current_cpu, here, gpa)) {
            return false;
        }
        *page = here;
    }
    return vfio_trace_read_ram(&address_space_memory, *gpa + (addr - here),
                               buf, len) == len;
}

unsigned vfio_trace_backtrace(MemTxAttrs attrs, uint64_t *addrs,
                              unsigned max)
{
    uint64_t page = UINT64_MAX;
    hwaddr gpa = 0;
    VFIOTraceFrame frame;
    unsigned n = 0;

    if (!vcpu_ops || !vfio_trace_vcpu_made(attrs)) {
        return 0;
    }
    frame = vcpu_ops->frame(current_cpu);
    while (n < max && frame.width && frame.fp &&
           !(frame.fp & (frame.width - 1))) {
        uint64_t ret_at = frame.fp + frame.width;
        uint8_t buf[2][8];
        uint64_t next;

        /*
         * The caller's frame pointer and the return address, maybe on two pages
         *
         */
        if (!vcpu_read_linear(frame.fp, &page, &gpa, buf[0], frame.width) ||
            !vcpu_read_linear(ret_at, &page, &gpa, buf[1], frame.width)) {
            break;
        }
        addrs[n] = ldn_le_p(buf[1], frame.width);
        if (!addrs[n]) {
            break;
        }
        n++;
        next = ldn_le_p(buf[0], frame.width);
        /* Stacks grow downwards: callers' frames are above. */
        if (next <= frame.fp || next - frame.fp > FRAME_MAX) {
            break;
        }
        frame.fp = next;
    }
    return n;
}

bool vfio_trace_tsc(uint64_t *tsc)
{
    const char *why;
    const VFIOTraceVCPUOps *o = kvm_enabled() ? vfio_trace_vcpu_kvm(&why)
                                : tcg_enabled() ? vfio_trace_vcpu_tcg(&why)
                                                : NULL;

    return current_cpu && o && o->tsc(current_cpu, tsc);
}
