/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: what its checks share
 *
 * A check looks at one thing and says what it found, once or several times.
 * Checks change nothing and do not depend on each other's findings.
 */
#ifndef VFIO_TRACE_DOCTOR_H
#define VFIO_TRACE_DOCTOR_H

#include "tools/host/pci.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

typedef enum DoctorState {
    DOCTOR_OK,
    DOCTOR_NOTE,    /* good to know */
    DOCTOR_WARN,    /* it will work, but not as well as it could */
    DOCTOR_FAIL,    /* it will not work */
    DOCTOR_STATES
} DoctorState;

extern const char *const doctor_state_names[DOCTOR_STATES];

/**
 * struct DoctorFinding: what a check found
 * @check: the check's name
 * @state: how bad it is
 * @found: what it found
 * @remedy: what to do about it: a command, or words; or NULL
 */
typedef struct DoctorFinding {
    const char *check;
    DoctorState state;
    char *found;
    char *remedy;
} DoctorFinding;

/**
 * struct Doctor: an examination
 * @root: where the host's files are (host/fs.h)
 * @bdf: the device that the user named, or NULL
 * @dev: the same, or NULL if there is no such device
 * @group: all devices of its IOMMU group, or NULL
 * @memory: bytes of memory that the guest is to have
 * @qemu: the QEMU that the user named, or NULL
 * @ask: whether VFIO may be asked, which resets the device
 * @check: the name of the check that runs
 * @findings: all DoctorFinding so far
 * @mmappable: per region, what VFIO itself said about mapping it into a
 *      guest, or NULL where it was not asked
 */
typedef struct Doctor {
    const char *root;
    const char *bdf;
    HostPci *dev;
    GPtrArray *group;
    uint64_t memory;
    const char *qemu;
    bool ask;
    const char *check;
    GPtrArray *findings;
    char *mmappable[HOST_PCI_REGIONS];
} Doctor;

/**
 * doctor_say() - a check has found something
 * @doctor: the examination
 * @state: how bad it is
 * @remedy: what to do about it, or NULL
 * @fmt: what was found
 */
void doctor_say(Doctor *doctor, DoctorState state, const char *remedy,
                const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/**
 * struct DoctorCheck: a check
 * @name: a word or two
 * @of_device: it is about the device, and left out without one
 * @run: does it
 */
typedef struct DoctorCheck {
    const char *name;
    bool of_device;
    void (*run)(Doctor *doctor);
} DoctorCheck;

/* host.c: can this machine give devices to guests? */
void doctor_check_kvm(Doctor *doctor);
void doctor_check_iommu(Doctor *doctor);
void doctor_check_interrupts(Doctor *doctor);

/* vfio.c: is VFIO there, and may the caller use it? */
void doctor_check_module(Doctor *doctor);
void doctor_check_container(Doctor *doctor);
void doctor_check_iommufd(Doctor *doctor);
void doctor_check_node(Doctor *doctor);

/* limits.c: what the kernel keeps from the caller */
void doctor_check_memlock(Doctor *doctor);
void doctor_check_memory(Doctor *doctor);
void doctor_check_lockdown(Doctor *doctor);
void doctor_check_confinement(Doctor *doctor);
void doctor_check_ring(Doctor *doctor);

/* qemu.c: is there a QEMU that traces? */
void doctor_check_qemu(Doctor *doctor);

/* device.c: the device, its group, what the host needs it for */
void doctor_check_device(Doctor *doctor);
void doctor_check_group(Doctor *doctor);
void doctor_check_driver(Doctor *doctor);
void doctor_check_use(Doctor *doctor);
void doctor_check_reset(Doctor *doctor);

/* bars.c: the device's BARs and ROM */
void doctor_check_bars(Doctor *doctor);
void doctor_check_direct(Doctor *doctor);
void doctor_check_msix(Doctor *doctor);
void doctor_check_speed(Doctor *doctor);
void doctor_check_rom(Doctor *doctor);

/* ask.c: what VFIO itself says of the device */
void doctor_check_vfio(Doctor *doctor);

/* How much of a region a guest reaches directly where it is not traced */
typedef enum DoctorDirect {
    DOCTOR_DIRECT_NONE,
    DOCTOR_DIRECT_PART,
    DOCTOR_DIRECT_ALL,
    DOCTOR_DIRECTS
} DoctorDirect;

extern const char *const doctor_direct_names[DOCTOR_DIRECTS];

/**
 * doctor_region_direct() - can the guest be given a region itself?
 * @doctor: the examination, of a device
 * @n: the region: a BAR's number or HOST_PCI_ROM
 * @why: where to store why not all of it; NULL there if it is all. To be freed
 *
 * What is not direct goes through QEMU, traced or not.
 */
DoctorDirect doctor_region_direct(const Doctor *doctor, unsigned n,
                                  char **why);

/**
 * doctor_region_type() - what kind of region it is, in words
 * @region: the region
 * @n: its number
 *
 * Return: "mem64,pref" or the like, a constant text
 */
const char *doctor_region_type(const HostPciRegion *region, unsigned n);

/**
 * doctor_print() - show a person what was found
 * @doctor: the examination
 * @out: where to
 * @colour: whether in colours
 */
void doctor_print(const Doctor *doctor, FILE *out, bool colour);

/**
 * doctor_print_candidates() - show a person which devices there are
 * @doctor: the examination
 * @out: where to
 */
void doctor_print_candidates(const Doctor *doctor, FILE *out);

/**
 * doctor_to_json() - the same for a program
 * @doctor: the examination
 *
 * Return: an object, as the man page describes it
 */
JsonNode *doctor_to_json(const Doctor *doctor);

/**
 * doctor_worst() - the worst state among the findings
 * @doctor: the examination
 */
DoctorState doctor_worst(const Doctor *doctor);

/**
 * doctor_bind_command() - give devices to vfio-pci by hand
 * @doctor: the examination
 * @devices: an array of HostPci; only those that hinder their group count
 *
 * Return: a shell command, to be freed; or NULL if there is nothing to do
 */
char *doctor_bind_command(const Doctor *doctor, const GPtrArray *devices);

/**
 * doctor_size() - a size as people write it
 * @size: bytes
 *
 * Return: "16M" or the like, to be freed
 */
char *doctor_size(uint64_t size);

#endif /* VFIO_TRACE_DOCTOR_H */
