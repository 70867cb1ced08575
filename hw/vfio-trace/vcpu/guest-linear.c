/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest memory by linear addresses (see guest-linear.h)
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/rcu.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/vcpu/guest-ram.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"

/* Smallest page size: linear addresses are translated in multiples of it */
#define PAGE 4096

#define CR4_LA57 (1ull << 12)
#define EFER_LMA (1ull << 10)

/* Call within an RCU critical section. */
static void *vcpu_linear_find(AddressSpace *as, hwaddr gpa, unsigned width,
                              bool is_write, MemoryRegion **mr, hwaddr *xlat)
{
    hwaddr len = width;

    *mr = address_space_translate(as, gpa, xlat, &len, is_write,
                                  MEMTXATTRS_UNSPECIFIED);
    if (len < width ||
        !memory_access_is_direct(*mr, is_write, MEMTXATTRS_UNSPECIFIED)) {
        return NULL;
    }
    return (uint8_t *)memory_region_get_ram_ptr(*mr) + *xlat;
}

/* Loads atomically: a table entry must not be seen half written. */
static bool vcpu_linear_load(void *opaque, uint64_t gpa, unsigned width,
                             uint64_t *value)
{
    MemoryRegion *mr;
    hwaddr xlat;
    void *host;

    RCU_READ_LOCK_GUARD();
    host = vcpu_linear_find(opaque, gpa, width, false, &mr, &xlat);
    if (!host) {
        return false;
    }
    *value = width == 4 ? le32_to_cpu(qatomic_read((uint32_t *)host))
                        : le64_to_cpu(qatomic_read((uint64_t *)host));
    return true;
}

static bool vcpu_linear_swap_host(void *host, unsigned width, uint64_t old,
                                  uint64_t value)
{
    if (width == 4) {
        uint32_t expected = cpu_to_le32(old);

        return qatomic_cmpxchg((uint32_t *)host, expected,
                               cpu_to_le32(value)) == expected;
    } else {
        uint64_t expected = cpu_to_le64(old);

        return qatomic_cmpxchg((uint64_t *)host, expected,
                               cpu_to_le64(value)) == expected;
    }
}

static bool vcpu_linear_swap(void *opaque, uint64_t gpa, unsigned width,
                             uint64_t old, uint64_t value)
{
    MemoryRegion *mr;
    hwaddr xlat;
    void *host;

    RCU_READ_LOCK_GUARD();
    host = vcpu_linear_find(opaque, gpa, width, true, &mr, &xlat);
    if (!host || !vcpu_linear_swap_host(host, width, old, value)) {
        return false;
    }
    /* KVM tracks the guest's writes for migration, but not QEMU's. */
    memory_region_set_dirty(mr, xlat, width);
    return true;
}

const InsnWalkMemory vfio_trace_guest_memory = {
    .opaque = &address_space_memory,
    .load = vcpu_linear_load,
    .swap = vcpu_linear_swap,
};

const InsnWalkMemory vfio_trace_guest_memory_ro = {
    .opaque = &address_space_memory,
    .load = vcpu_linear_load,
};

/* Bytes at non-canonical addresses do not belong to an instruction. */
static bool vcpu_linear_may_be_code(const InsnWalkState *state, uint64_t linear)
{
    unsigned width = state->cr4 & CR4_LA57 ? 57 : 48;

    return !(state->efer & EFER_LMA) ||
           sextract64(linear, 0, width) == (int64_t)linear;
}

size_t vfio_trace_guest_fetch(const InsnWalkState *state, uint64_t linear,
                              uint8_t *buf, size_t len)
{
    size_t done = 0;

    while (done < len) {
        uint64_t here = linear + done;
        size_t want = MIN(len - done, PAGE - (here & (PAGE - 1)));
        uint64_t gpa;
        uint32_t error;
        size_t got;

        if (!vcpu_linear_may_be_code(state, here) ||
            !insn_walk_translate(state, &vfio_trace_guest_memory_ro, here,
                                 INSN_WALK_FETCH, &gpa, &error)) {
            break;
        }
        got = vfio_trace_read_ram(&address_space_memory, gpa, buf + done, want);
        done += got;
        if (got < want) {
            break;
        }
    }
    return done;
}
