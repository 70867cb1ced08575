/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vCPU state at an access (see vcpu.h)
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bitops.h"
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

__thread bool vfio_trace_vcpu_walks;

static const VFIOTraceVCPUOps *vcpu_find(const char **why)
{
    const VFIOTraceVCPUArch *arch = &vfio_trace_vcpu_arch;

    if (!kvm_enabled() && !tcg_enabled()) {
        *why = "accelerator";
        return NULL;
    }
    *why = "target";
    if (kvm_enabled()) {
        return arch->kvm ? arch->kvm(why) : NULL;
    }
    return arch->tcg ? arch->tcg(why) : NULL;
}

const char *vfio_trace_pc_missing(void)
{
    return vcpu_ops && !vcpu_ops->pc ? "target" : NULL;
}

uint32_t vfio_trace_space_extra(void)
{
    return vfio_trace_vcpu_arch.space;
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
        qatomic_set(&vcpu_ops, vcpu_find(&vcpu_missing));
        if (vcpu_ops) {
            vcpu_missing = NULL;
        }
        vcpu_enable_all(true);
    }
    return vcpu_missing;
}

void vfio_trace_vcpu_stop(void)
{
    if (!--vcpu_users) {
        vcpu_enable_all(false);
        qatomic_set(&vcpu_ops, NULL);
    }
}

/*
 * A processor's own accesses have almost no attributes: no other access looks
 * like them.
 */
bool vfio_trace_vcpu_made(MemTxAttrs attrs)
{
    if (attrs.unspecified) {
        return current_cpu &&
               (vfio_trace_vcpu_arch.no_attrs ||
                (vfio_trace_vcpu_arch.no_kvm_attrs && kvm_enabled()));
    }
    return current_cpu && !attrs.memory &&
           !attrs.debug && !attrs.requester_id;
}

/* The last user may go meanwhile: these two are called without the BQL, too. */
uint64_t vfio_trace_pc(MemTxAttrs attrs, VFIOTraceWay way)
{
    const VFIOTraceVCPUOps *o = qatomic_read(&vcpu_ops);

    return o && o->pc && vfio_trace_vcpu_made(attrs) ? o->pc(current_cpu, way)
                                                     : 0;
}

uint64_t vfio_trace_space(MemTxAttrs attrs)
{
    const VFIOTraceVCPUOps *o = qatomic_read(&vcpu_ops);

    return o && vfio_trace_vcpu_made(attrs) ? o->space(current_cpu) : 0;
}

static bool vcpu_translate(uint64_t addr, hwaddr *gpa)
{
    bool ok;

    vfio_trace_vcpu_walks = true;
    ok = vcpu_ops->translate(current_cpu, addr, gpa);
    vfio_trace_vcpu_walks = false;
    return ok;
}

/* Keeps the last page's translation, which serves most of the frames. */
static bool vcpu_read_linear(uint64_t addr, uint64_t *page, hwaddr *gpa,
                             void *buf,
                             unsigned len)
{
    uint64_t here = addr & ~0xfffull;

    if (here != *page) {
        if (!vcpu_translate(here, gpa)) {
            return false;
        }
        *page = here;
    }
    return vfio_trace_read_ram(&address_space_memory, *gpa + (addr - here),
                               buf, len) == len;
}

static uint64_t vcpu_plain_address(const VFIOTraceFrame *frame, uint64_t addr)
{
    bool upper = addr >> 55 & 1;
    unsigned bits = frame->va_bits[upper];
    uint64_t others = bits && bits < 64 ? MAKE_64BIT_MASK(bits, 64 - bits) : 0;

    return upper ? addr | others : addr & ~others;
}

/* The slot is aligned: it is on one page. */
static bool vcpu_read_slot(const VFIOTraceFrame *frame, uint64_t addr,
                           uint64_t *page, hwaddr *gpa, uint64_t *value)
{
    uint8_t buf[8];

    if (addr & (frame->width - 1) ||
        !vcpu_read_linear(addr, page, gpa, buf, frame->width)) {
        return false;
    }
    *value = frame->big ? ldn_be_p(buf, frame->width)
                        : ldn_le_p(buf, frame->width);
    return true;
}

unsigned vfio_trace_backtrace(MemTxAttrs attrs, uint64_t *addrs,
                              unsigned max)
{
    uint64_t page = UINT64_MAX;
    hwaddr gpa = 0;
    VFIOTraceFrame frame;
    unsigned n = 0;

    if (!vcpu_ops || !vcpu_ops->frame || !vfio_trace_vcpu_made(attrs)) {
        return 0;
    }
    frame = vcpu_ops->frame(current_cpu);
    while (n < max && frame.width && frame.fp &&
           !(frame.fp & (frame.width - 1))) {
        uint64_t next;
        uint64_t ret;

        if (!vcpu_read_slot(&frame, frame.fp, &page, &gpa, &next) ||
            !vcpu_read_slot(&frame,
                            (frame.ret_in_caller ? next : frame.fp) + frame.ret,
                            &page, &gpa, &ret) || !ret) {
            break;
        }
        addrs[n++] = vcpu_plain_address(&frame, ret);
        /* Stacks grow downwards: callers' frames are above. */
        if (next <= frame.fp || next - frame.fp > FRAME_MAX) {
            break;
        }
        frame.fp = next;
    }
    return n;
}

bool vfio_trace_counter(uint64_t *counter)
{
    const char *why;
    const VFIOTraceVCPUOps *o = vcpu_find(&why);

    return current_cpu && o && o->counter && o->counter(current_cpu, counter);
}
