/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the accesses of an A64 instruction (see arm-access.h)
 *
 * An access that crosses a page is made in two parts, as the two pages may be
 * anywhere.  QEMU's memory core splits accesses of other sizes than 1, 2, 4 and
 * 8 bytes.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/rescue/arm-access.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"
#include "hw/vfio-trace/vcpu/guest-ram.h"

/* The smallest page: what is in one of these is in one page. */
#define PAGE 4096

/* Attributes of a vCPU's accesses, as vfio_trace_vcpu_made() expects them */
static const MemTxAttrs vcpu_attrs;

PCITapRegion *vfio_trace_rescue_arm_window(hwaddr gpa, hwaddr *offset)
{
    return pci_tap_region_at(gpa, vcpu_attrs, offset);
}

bool vfio_trace_rescue_arm_fetch(const RescueArmVCPU *vcpu, uint8_t *bytes)
{
    uint64_t gpa;
    unsigned fault;

    return a64_walk_translate(&vcpu->walk, &vfio_trace_guest_memory_ro,
                              vcpu->insn.pc, A64_WALK_FETCH, &gpa, &fault) &&
           vfio_trace_read_ram(&address_space_memory, gpa, bytes, 4) == 4;
}

/* --- translation --------------------------------------------------------- */

/**
 * struct Translation: the last page that was translated
 * @vcpu: the vCPU's registers
 * @access: what for
 * @valid: there is one
 * @page: its virtual address
 * @gpa: its guest-physical address
 */
typedef struct Translation {
    const RescueArmVCPU *vcpu;
    A64WalkAccess access;
    bool valid;
    uint64_t page;
    uint64_t gpa;
} Translation;

static bool rescue_arm_access_translate(RescueArmPlaces *places,
                                        Translation *t, uint64_t addr,
                                        hwaddr *gpa)
{
    uint64_t page = addr & ~(uint64_t)(PAGE - 1);

    if (!t->valid || t->page != page) {
        t->page = page;
        t->valid = a64_walk_translate(&t->vcpu->walk, &vfio_trace_guest_memory,
                                      page, t->access, &t->gpa,
                                      &places->fault);
        places->far = addr;
    }
    *gpa = t->gpa + (addr - page);
    return t->valid;
}

bool vfio_trace_rescue_arm_translate(RescueArmPlaces *places,
                                     const A64Plan *plan,
                                     const RescueArmVCPU *vcpu)
{
    Translation t = {
        .vcpu = vcpu,
        .access = plan->load ? A64_WALK_READ : A64_WALK_WRITE,
    };
    unsigned i;

    places->plan = plan;
    for (i = 0; i < plan->accesses; i++) {
        RescueArmPlace *place = &places->place[i];
        uint64_t addr = plan->access[i].addr;

        place->first = MIN(plan->access[i].size, PAGE - (addr & (PAGE - 1)));
        if (!rescue_arm_access_translate(places, &t, addr, &place->gpa[0])) {
            return false;
        }
        if (place->first < plan->access[i].size &&
            !rescue_arm_access_translate(places, &t, addr + place->first,
                                         &place->gpa[1])) {
            return false;
        }
    }
    return true;
}

bool vfio_trace_rescue_arm_touches(const RescueArmPlaces *places, hwaddr gpa)
{
    unsigned i;

    for (i = 0; i < places->plan->accesses; i++) {
        const RescueArmPlace *place = &places->place[i];
        bool both = place->first < places->plan->access[i].size;

        if (place->gpa[0] / PAGE == gpa / PAGE ||
            (both && place->gpa[1] / PAGE == gpa / PAGE)) {
            return true;
        }
    }
    return false;
}

/* --- accesses ------------------------------------------------------------ */

static void rescue_arm_access_do(const RescueArmPlaces *places, unsigned i,
                                 uint8_t *bytes, bool write)
{
    const RescueArmPlace *place = &places->place[i];
    unsigned rest = places->plan->access[i].size - place->first;

    address_space_rw(&address_space_memory, place->gpa[0], vcpu_attrs, bytes,
                     place->first, write);
    if (rest) {
        address_space_rw(&address_space_memory, place->gpa[1], vcpu_attrs,
                         bytes + place->first, rest, write);
    }
}

static uint64_t rescue_arm_access_read(void *opaque, unsigned i)
{
    uint8_t bytes[8] = { 0 };

    rescue_arm_access_do(opaque, i, bytes, false);
    return ldq_le_p(bytes);
}

static void rescue_arm_access_write(void *opaque, unsigned i, uint64_t value)
{
    uint8_t bytes[8];

    stq_le_p(bytes, value);
    rescue_arm_access_do(opaque, i, bytes, true);
}

A64Memory vfio_trace_rescue_arm_memory(RescueArmPlaces *places)
{
    return (A64Memory) {
        .opaque = places,
        .read = rescue_arm_access_read,
        .write = rescue_arm_access_write,
    };
}
