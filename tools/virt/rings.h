/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: rings files of a domain's devices
 *
 * The domain has the files' paths: QEMU reads them at each start.
 */
#ifndef VFIO_TRACE_VIRT_RINGS_H
#define VFIO_TRACE_VIRT_RINGS_H

#include "tools/virt/host.h"

/**
 * struct VirtRings: rings files of devices
 * @options: as VirtXmlRequest.device_options: the user's, and those for the
 *           files; terminated by NULL
 * @paths: paths of the files, each once, terminated by NULL
 * @notes: texts for the user, terminated by NULL
 */
typedef struct VirtRings {
    char **options;
    char **paths;
    char **notes;
} VirtRings;

/**
 * virt_rings_choose() - read the files, and assign them to devices
 * @rings: result, to be freed with virt_rings_clear(), also after an error
 * @words: values of --rings, terminated by NULL; or NULL
 * @options: the user's values of --device-opts, terminated by NULL; or NULL
 * @devices: HostPci: the devices that will be traced
 * @error: where to store what is wrong
 */
bool virt_rings_choose(VirtRings *rings, char *const *words,
                       char *const *options, const GPtrArray *devices,
                       GError **error);

/**
 * virt_rings_choose_hosts() - the same for devices of this machine by address
 * @rings: as above
 * @words: as above
 * @options: as above
 * @hosts: the devices' addresses, terminated by NULL
 * @local: libvirt runs on this machine; without it, a file can't be checked
 * @error: as above
 */
bool virt_rings_choose_hosts(VirtRings *rings, char *const *words,
                             char *const *options, const char *const *hosts,
                             bool local, GError **error);

/**
 * virt_rings_check() - can libvirt's QEMU read the files?
 * @rings: the files
 * @host: the user as which it runs
 * @error: where to store which it can't read, and the remedy
 */
bool virt_rings_check(const VirtRings *rings, const VirtHost *host,
                      GError **error);

/**
 * virt_rings_clear() - free what virt_rings_choose() has made
 * @rings: the files
 */
void virt_rings_clear(VirtRings *rings);

#endif /* VFIO_TRACE_VIRT_RINGS_H */
