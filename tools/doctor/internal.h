/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: what its checks share
 *
 * A check looks at one thing and says what it found, once or several times.
 * Checks change nothing and do not depend on each other's findings.
 */
#ifndef VFIO_TRACE_DOCTOR_INTERNAL_H
#define VFIO_TRACE_DOCTOR_INTERNAL_H

#include "tools/host/pci.h"

#include <stdint.h>

typedef enum DoctorState {
    DOCTOR_OK,
    DOCTOR_NOTE,    /* good to know */
    DOCTOR_WARN,    /* it will work, but not as well as it could */
    DOCTOR_FAIL,    /* it will not work */
    DOCTOR_STATES
} DoctorState;

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

#endif /* VFIO_TRACE_DOCTOR_INTERNAL_H */
