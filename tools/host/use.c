/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's uses of a PCI device (see use.h)
 *
 * A block device or a network interface belongs to the PCI device whose
 * directory contains its own, at any depth: /sys/devices/pci0000:00/
 * 0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda. Stacked devices
 * (volumes, RAIDs, bridges, bonds) are in /sys/devices/virtual and have links
 * to the underlying ones.
 */
#include "tools/host/use.h"
#include "tools/host/use-connector.h"
#include "tools/host/use-console.h"
#include "tools/host/use-disk.h"
#include "tools/host/use-display.h"
#include "tools/host/use-input.h"
#include "tools/host/use-internal.h"
#include "tools/host/use-net.h"
#include "tools/host/use-programs.h"
#include "tools/host/use-service.h"
#include "tools/host/use-unread.h"

/* In the order in which the uses are listed */
static const HostPciSubject *const subjects[] = {
    &host_pci_displays,
    &host_pci_connectors,
    &host_pci_disks,
    &host_pci_networks,
    &host_pci_consoles,
    &host_pci_inputs,
    &host_pci_services,
    &host_pci_programs,
    &host_pci_unread_lists,
};

struct HostPciSurvey {
    char *root;
    HostPciPlaces at;
    void *seen[G_N_ELEMENTS(subjects)];
};

HostPciSurvey *host_pci_survey(const char *root)
{
    HostPciSurvey *survey = g_new0(HostPciSurvey, 1);
    size_t i;

    survey->root = g_strdup(root);
    survey->at.root = survey->root;
    survey->at.blocks = host_blocks_new(root);
    survey->at.net = host_net_new(root);
    survey->at.mounts = host_mounts(root);
    for (i = 0; i < G_N_ELEMENTS(subjects); i++) {
        survey->seen[i] = subjects[i]->look(&survey->at);
    }
    return survey;
}

void host_pci_survey_free(HostPciSurvey *survey)
{
    size_t i;

    if (!survey) {
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(subjects); i++) {
        subjects[i]->free(survey->seen[i]);
    }
    host_blocks_free(survey->at.blocks);
    host_net_free(survey->at.net);
    g_ptr_array_unref(survey->at.mounts);
    g_free(survey->root);
    g_free(survey);
}

GPtrArray *host_pci_survey_uses(const HostPciSurvey *survey,
                                const HostPci *dev, const GPtrArray *with)
{
    HostPciUser user = host_pci_begin_uses(&survey->at, dev, with);
    bool vfio = host_pci_is_vfios(dev);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(subjects) && !host_pci_is_bridge(dev); i++) {
        if (!vfio || subjects[i]->with_vfio) {
            subjects[i]->find(&user, survey->seen[i]);
        }
    }
    return host_pci_end_uses(&user);
}

GPtrArray *host_pci_uses(const char *root, const HostPci *dev)
{
    g_autoptr(HostPciSurvey) survey = host_pci_survey(root);

    return host_pci_survey_uses(survey, dev, NULL);
}

const HostPciUse *host_pci_needed(const GPtrArray *uses)
{
    guint i;

    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];

        if (use->need == HOST_PCI_NEED_YES) {
            return use;
        }
    }
    return NULL;
}
