/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: the MSI-X capability of a PCI device (see msix.h)
 *
 * PCI Local Bus Specification 3.0, 6.7 and 6.8.2.
 */
#include "libpcidev/msix.h"

#include <stdio.h>

#define CONFIG_BYTES            256
#define CONFIG_STATUS           0x06
#define CONFIG_CAPABILITIES     0x34
#define CONFIG_HEADER_BYTES     64
#define STATUS_CAPABILITIES     0x0010

#define CAP_NEXT                1
#define CAP_ID_MSIX             0x11
#define CAP_ID_INVALID          0xff
#define MSIX_CONTROL            2
#define MSIX_TABLE              4
#define MSIX_PBA                8
#define MSIX_BYTES              12
#define MSIX_SIZE_MASK          0x07ff
#define MSIX_BAR_MASK           7u
#define MSIX_BAR_MAX            5u

/* Limits the loop: a device that answers with all ones has an endless list. */
#define CAPABILITIES_MAX        48

static uint32_t msix_get_le(const uint8_t *config, unsigned at, unsigned bytes)
{
    uint32_t value = 0;

    while (bytes--) {
        value = value << 8 | config[at + bytes];
    }
    return value;
}

static size_t msix_read_config(const HostPci *dev, uint8_t *config)
{
    g_autofree char *path = g_build_filename(dev->path, "config", NULL);
    FILE *file = fopen(path, "rbe");
    size_t len;

    if (!file) {
        return 0;
    }
    setvbuf(file, NULL, _IONBF, 0);
    len = fread(config, 1, CONFIG_BYTES, file);
    fclose(file);
    return len;
}

static HostPciMsixState msix_decode(const uint8_t *cap, HostPciMsix *msix)
{
    uint32_t table = msix_get_le(cap, MSIX_TABLE, 4);
    uint32_t pba = msix_get_le(cap, MSIX_PBA, 4);

    msix->vectors = (msix_get_le(cap, MSIX_CONTROL, 2) & MSIX_SIZE_MASK) + 1;
    msix->table_bar = table & MSIX_BAR_MASK;
    msix->table_offset = table & ~MSIX_BAR_MASK;
    msix->pba_bar = pba & MSIX_BAR_MASK;
    msix->pba_offset = pba & ~MSIX_BAR_MASK;
    return msix->table_bar <= MSIX_BAR_MAX && msix->pba_bar <= MSIX_BAR_MAX ?
           HOST_PCI_MSIX_FOUND : HOST_PCI_MSIX_BROKEN;
}

HostPciMsixState host_pci_msix(const HostPci *dev, HostPciMsix *msix)
{
    uint8_t config[CONFIG_BYTES];
    size_t len = msix_read_config(dev, config);
    unsigned at;
    unsigned n;

    if (len < CONFIG_HEADER_BYTES) {
        return HOST_PCI_MSIX_UNREAD;
    }
    if (dev->answer == HOST_PCI_ANSWER_NO ||
        msix_get_le(config, CONFIG_STATUS, 2) == 0xffff) {
        return HOST_PCI_MSIX_SILENT;
    }
    if (!(msix_get_le(config, CONFIG_STATUS, 2) & STATUS_CAPABILITIES)) {
        return HOST_PCI_MSIX_NONE;
    }
    at = config[CONFIG_CAPABILITIES] & ~3u;
    for (n = 0; n < CAPABILITIES_MAX && at >= CONFIG_HEADER_BYTES; n++) {
        bool is_msix = at < len && config[at] == CAP_ID_MSIX;

        if (at + (is_msix ? MSIX_BYTES : CAP_NEXT + 1) > len) {
            return len < CONFIG_BYTES ? HOST_PCI_MSIX_HIDDEN
                                      : HOST_PCI_MSIX_BROKEN;
        }
        if (is_msix) {
            return msix_decode(config + at, msix);
        }
        if (config[at] == CAP_ID_INVALID) {
            return HOST_PCI_MSIX_BROKEN;
        }
        at = config[at + CAP_NEXT] & ~3u;
    }
    return n < CAPABILITIES_MAX ? HOST_PCI_MSIX_NONE : HOST_PCI_MSIX_BROKEN;
}
