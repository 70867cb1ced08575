/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: from a guest's settings to a new domain
 */
#ifndef VFIO_TRACE_VIRT_NEW_PLAN_H
#define VFIO_TRACE_VIRT_NEW_PLAN_H

#include "tools/guest/guest.h"
#include "tools/virt/host.h"
#include "tools/virt/new-guest.h"
#include "tools/virt/new-host.h"

#include <libxml/tree.h>

/**
 * struct VirtNewPlan: plan of a new domain
 * @settings: the guest's settings, which are complete
 * @os_word: what the user says of libosinfo's name of the system, or NULL
 * @guest: the domain
 * @devices: the host's devices in it
 * @notes: texts for the user
 * @smbios: VirtSmbios: names of the host for the guest, or NULL
 * @shares: VirtShare: shared directories, or NULL
 * @properties: VirtProperty: properties of the devices, or NULL
 * @owned: memory of @guest
 */
typedef struct VirtNewPlan {
    const GuestSettings *settings;
    const char *os_word;
    VirtNewGuest guest;
    VirtNewDevices devices;
    GPtrArray *notes;
    GPtrArray *smbios;
    GPtrArray *shares;
    GPtrArray *properties;
    GPtrArray *owned;
} VirtNewPlan;

/**
 * virt_new_plan_init() - make an empty plan
 * @plan: the plan
 * @settings: the guest's settings
 */
void virt_new_plan_init(VirtNewPlan *plan, const GuestSettings *settings);

/**
 * virt_new_plan_clear() - free what belongs to a plan
 * @plan: the plan
 */
void virt_new_plan_clear(VirtNewPlan *plan);

/**
 * virt_new_plan_settings() - take over the settings
 * @plan: the plan, with name, UUID and emulator
 * @error: where to store what a domain can't have
 *
 * Paths become absolute.
 */
bool virt_new_plan_settings(VirtNewPlan *plan, GError **error);

/**
 * virt_new_plan_caps() - check whether QEMU and libvirt have what is needed
 * @plan: the plan
 * @caps: <domainCapabilities>
 * @error: where to store what is missing, with the remedy
 *
 * Also chooses Hyper-V's features.
 */
bool virt_new_plan_caps(VirtNewPlan *plan, xmlDoc *caps, GError **error);

/**
 * virt_new_plan_files() - check this host's files
 * @plan: the plan
 * @host: the user as which QEMU runs
 * @error: where to store which file is not there, or not free
 *
 * Adds notes of the rights that QEMU's user needs.
 */
bool virt_new_plan_files(VirtNewPlan *plan, const VirtHost *host,
                         GError **error);

#endif /* VFIO_TRACE_VIRT_NEW_PLAN_H */
