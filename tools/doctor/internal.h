/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: types that all checks share
 *
 * A check examines one thing and adds findings: none if there is nothing to
 * say.  Checks change nothing and do not depend on each other's findings.
 */
#ifndef VFIO_TRACE_DOCTOR_INTERNAL_H
#define VFIO_TRACE_DOCTOR_INTERNAL_H

#include "tools/host/pci.h"
#include "tools/host/use.h"

#include <stdint.h>

typedef enum DoctorState {
    DOCTOR_OK,
    DOCTOR_NOTE,    /* information */
    DOCTOR_WARN,    /* tracing will work, but with a disadvantage */
    DOCTOR_FAIL,    /* tracing will not work */
    DOCTOR_STATES
} DoctorState;

/**
 * struct DoctorFinding: finding of a check
 * @check: the check's name
 * @state: its state
 * @found: its text
 * @remedy: what to do about it: a command or a text; or NULL
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
 * @bdf: the address of the device that the user named, or NULL
 * @dev: this device, or NULL if it does not exist
 * @group: all devices of its IOMMU group, or NULL
 * @taken: those of them that must be taken from their drivers, or NULL
 * @survey: what the host uses
 * @memory: the guest's memory in bytes
 * @qemu: the QEMU that the user named, or NULL
 * @token: the token of a virtual function (vf-token), or NULL
 * @ask: the device may be opened by VFIO, which resets it
 * @check: the name of the running check
 * @findings: all DoctorFinding so far
 * @mmappable: for each region, VFIO's own description of the mmappable parts,
 *      or NULL if VFIO was not asked
 */
typedef struct Doctor {
    const char *root;
    const char *bdf;
    HostPci *dev;
    GPtrArray *group;
    GPtrArray *taken;
    HostPciSurvey *survey;
    uint64_t memory;
    const char *qemu;
    const char *token;
    bool ask;
    const char *check;
    GPtrArray *findings;
    char *mmappable[HOST_PCI_REGIONS];
} Doctor;

#endif /* VFIO_TRACE_DOCTOR_INTERNAL_H */
