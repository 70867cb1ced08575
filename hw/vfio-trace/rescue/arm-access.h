/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the accesses of an instruction that liba64 executes
 *
 * The BQL is held from the translation to the last access: meanwhile, no window
 * is added or removed, and no other trapped access is made.
 */
#ifndef HW_VFIO_TRACE_RESCUE_ARM_ACCESS_H
#define HW_VFIO_TRACE_RESCUE_ARM_ACCESS_H

#include "exec/hwaddr.h"
#include "hw/vfio-trace/rescue/arm-vcpu.h"
#include "hw/vfio-trace/tap/tap.h"

/**
 * struct RescueArmPlace: where an access goes
 * @first: bytes on its first page
 * @gpa: guest-physical addresses of these, and of those on the next page
 */
typedef struct RescueArmPlace {
    unsigned first;
    hwaddr gpa[2];
} RescueArmPlace;

/**
 * struct RescueArmPlaces: guest-physical places of an instruction's accesses
 * @plan: the accesses
 * @place: for each of them
 * @far: if one of them faults: its virtual address
 * @fault: the fault's status code
 */
typedef struct RescueArmPlaces {
    const A64Plan *plan;
    RescueArmPlace place[A64_MAX_ACCESSES];
    uint64_t far;
    unsigned fault;
} RescueArmPlaces;

/**
 * vfio_trace_rescue_arm_window() - find the window at an address
 * @gpa: guest-physical address
 * @offset: gets the offset in the window's region
 *
 * Return: the region, or NULL if no window is there
 */
PCITapRegion *vfio_trace_rescue_arm_window(hwaddr gpa, hwaddr *offset);

/**
 * vfio_trace_rescue_arm_fetch() - read the instruction
 * @vcpu: the vCPU's registers
 * @bytes: gets the four bytes
 *
 * Return: false if they are not in memory
 */
bool vfio_trace_rescue_arm_fetch(const RescueArmVCPU *vcpu, uint8_t *bytes);

/**
 * vfio_trace_rescue_arm_translate() - translate the addresses of accesses
 * @places: filled in
 * @plan: the accesses
 * @vcpu: the vCPU's registers
 *
 * Return: false if the processor would raise a fault; @places then has it
 */
bool vfio_trace_rescue_arm_translate(RescueArmPlaces *places,
                                     const A64Plan *plan,
                                     const RescueArmVCPU *vcpu);

/**
 * vfio_trace_rescue_arm_touches() - does an access go to a page?
 * @places: from vfio_trace_rescue_arm_translate()
 * @gpa: a guest-physical address in the page
 */
bool vfio_trace_rescue_arm_touches(const RescueArmPlaces *places, hwaddr gpa);

/**
 * vfio_trace_rescue_arm_memory() - functions that make the accesses
 * @places: from vfio_trace_rescue_arm_translate()
 */
A64Memory vfio_trace_rescue_arm_memory(RescueArmPlaces *places);

#endif /* HW_VFIO_TRACE_RESCUE_ARM_ACCESS_H */
