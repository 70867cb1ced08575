/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: does a sequence fit the host's device? (see device.h)
 */
#include "tools/play/device.h"
#include "tools/play/backend.h"

#include "tools/common/tool.h"
#include "tools/host/vf.h"
#include "tools/run/check.h"

static bool same_device(const PlayPlan *plan, GError **error)
{
    const Sequence *seq = plan->seq;
    const HostPci *dev = play_plan_device(plan);

    if (seq->vendor == dev->vendor && seq->device == dev->device) {
        if (seq->revision >= 0 && dev->revision >= 0 &&
            seq->revision != dev->revision) {
            tool_error(&verb_play,
                       "note: the sequence is of revision 0x%02x of the device, and %s is of revision 0x%02x",
                       seq->revision, dev->bdf, dev->revision);
        }
        return true;
    }
    if (plan->any_device) {
        return true;
    }
    return !seq->vendor && !seq->device
           ? play_error(error,
                        "the sequence does not say which device it is for: use --any-device if you know that it is for %s (%04x:%04x)",
                        dev->bdf, dev->vendor, dev->device)
           : play_error(error,
                        "the sequence is for %04x:%04x, and %s is %04x:%04x: name another device, or use --any-device",
                        seq->vendor, seq->device, dev->bdf, dev->vendor,
                        dev->device);
}

/* A device's region of the host; VFIO tells the sizes of the others. */
static bool region_fits(const Sequence *seq, const HostPci *dev, unsigned i,
                        GError **error)
{
    const SeqRegion *wanted = &seq->regions[i];
    const HostPciRegion *region = &dev->regions[i];
    bool port = region->flags & HOST_PCI_IORESOURCE_IO;

    if (!wanted->size) {
        return true;
    }
    if (region->size < wanted->size) {
        return play_error(error,
                          "the sequence needs 0x%llx bytes of %s, and that of %s has 0x%llx: it is for another device, or the region is smaller on this host",
                          (unsigned long long)wanted->size,
                          sequence_region_name(i), dev->bdf,
                          (unsigned long long)region->size);
    }
    return i == SEQUENCE_REGION_ROM || port == wanted->port ||
           play_error(error,
                      "%s of %s has %s, and the sequence needs %s: it is for another device",
                      sequence_region_name(i), dev->bdf,
                      port ? "I/O ports" : "memory",
                      wanted->port ? "I/O ports" : "memory");
}

bool play_device_fits(const PlayPlan *plan, GError **error)
{
    const HostPci *dev = play_plan_device(plan);
    unsigned i;

    if (!same_device(plan, error)) {
        return false;
    }
    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        if (!region_fits(plan->seq, dev, i, error)) {
            return false;
        }
    }
    return true;
}

/* As 'vfio-trace run' checks the property vf-token */
static bool check_token(const PlayPlan *plan, GError **error)
{
    const HostPci *dev = play_plan_device(plan);
    g_autoptr(HostPci) pf = host_vf_pf(plan->host.root, dev);
    bool needed = pf && host_pci_is_vfios(pf);

    if (needed && !plan->token) {
        return play_error(error,
                          "%s is a virtual function of %s, which is bound to %s: VFIO opens it only with the token that the user of %s has set; give it with --vf-token",
                          dev->bdf, pf->bdf, pf->driver ? pf->driver : "VFIO",
                          pf->bdf);
    }
    return needed || !plan->token ||
           play_error(error,
                      "--vf-token: %s needs none, and VFIO refuses one: it is not a virtual function of a device that is bound to VFIO",
                      dev->bdf);
}

bool play_device_check(PlayPlan *plan, GError **error)
{
    g_ptr_array_set_size(plan->host.others, 0);
    return check_token(plan, error) &&
           run_check_devices(&plan->host, error);
}
