/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: what this host tells of the traced devices
 */
#ifndef VFIO_TRACE_BUNDLE_HOST_H
#define VFIO_TRACE_BUNDLE_HOST_H

#include <stddef.h>

#include "tools/bundle/member.h"

/**
 * struct BundleHost: what is wanted
 * @devices: addresses of devices, or NULL: those of the log that are here, with
 *           the same vendor and device IDs
 * @rom: also their ROMs
 * @redact: without serial numbers, and without texts of other programs
 */
typedef struct BundleHost {
    char **devices;
    bool rom;
    bool redact;
} BundleHost;

/**
 * bundle_host_log() - take what the log tells of QEMU
 * @bundle: the bundle
 * @head: the beginning of the log
 * @len: its length
 */
void bundle_host_log(Bundle *bundle, const char *head, size_t len);

/**
 * bundle_host_add() - add what this host tells
 * @bundle: the bundle
 * @host: what is wanted
 * @head: the beginning of the log
 * @len: its length
 * @error: where to store the error: also that a device of @host is not here
 *
 * Reading configuration space beyond its first 64 bytes needs root: what can't
 * be read is left out.
 *
 * Return: false on error
 */
bool bundle_host_add(Bundle *bundle, const BundleHost *host, const char *head,
                     size_t len, GError **error);

/**
 * bundle_host_mask() - take serial numbers out of configuration space
 * @config: its bytes
 * @len: their number
 *
 * Those are the device serial number, which often has a MAC address, and what
 * was read last of the vital product data.
 */
void bundle_host_mask(unsigned char *config, size_t len);

#endif /* VFIO_TRACE_BUNDLE_HOST_H */
