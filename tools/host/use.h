/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's uses of a PCI device
 *
 * docs/host-uses.md lists what is found, and in which files.
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_H
#define VFIO_TRACE_HOSTPCI_USE_H

#include "tools/host/pci.h"
#include "tools/host/use-types.h"

typedef struct HostPciSurvey HostPciSurvey;

/**
 * host_pci_survey() - read what the host uses
 * @root: as in pci.h
 *
 * Return: the survey, to be freed with host_pci_survey_free()
 */
HostPciSurvey *host_pci_survey(const char *root);

/**
 * host_pci_survey_uses() - find the host's uses of a device
 * @survey: the survey
 * @dev: the device
 * @with: HostPci: devices that are taken at the same time, which may include
 *      @dev; or NULL.  They can't serve the host in place of @dev.
 *
 * A device that is bound to VFIO already is not used by the host, except that
 * the firmware's framebuffer may still be in one of its BARs. Only root can see
 * which programs of other users have a device open, and whether the kernel has
 * claimed a disk for other uses (ZFS, an exported target); for others such uses
 * are unknown.
 *
 * Return: an array of HostPciUse, to be freed with g_ptr_array_unref()
 */
GPtrArray *host_pci_survey_uses(const HostPciSurvey *survey,
                                const HostPci *dev, const GPtrArray *with);

/**
 * host_pci_survey_free() - free a survey
 * @survey: the survey, or NULL
 */
void host_pci_survey_free(HostPciSurvey *survey);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostPciSurvey, host_pci_survey_free)

/**
 * host_pci_uses() - find the host's uses of one device
 * @root: as in pci.h
 * @dev: the device
 *
 * For several devices, make a survey: each call reads the host again, and looks
 * at one device alone.
 *
 * Return: as host_pci_survey_uses()
 */
GPtrArray *host_pci_uses(const char *root, const HostPci *dev);

/**
 * host_pci_needed() - find a use that the host needs
 * @uses: what host_pci_uses() returned
 *
 * Return: the first such use, or NULL
 */
const HostPciUse *host_pci_needed(const GPtrArray *uses);

#endif /* VFIO_TRACE_HOSTPCI_USE_H */
