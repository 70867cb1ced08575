/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a simulated host
 *
 * A directory with the contents of a host's /sys, /proc and /dev, for the
 * functions that take a root (libpcidev/fs.h).
 */
#ifndef TESTS_UNIT_FAKE_HOST_H
#define TESTS_UNIT_FAKE_HOST_H

#include <glib.h>

/**
 * fake_host_new() - an empty host
 *
 * It has a /sys with a PCI bus without devices.
 *
 * Return: its root, to be freed with fake_host_free()
 */
char *fake_host_new(void);

/**
 * fake_host_free() - remove the host's directory
 * @root: the host
 */
void fake_host_free(char *root);

/**
 * fake_file() - add a file
 * @root: the host
 * @path: the file's path, from its '/'; directories are made
 * @fmt: format of its contents
 */
void fake_file(const char *root, const char *path, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * fake_bytes() - add a binary file
 * @root: the host
 * @path: as in fake_file()
 * @data: its contents
 * @len: their length
 */
void fake_bytes(const char *root, const char *path, const void *data,
                gsize len);

/**
 * fake_link() - add a symbolic link
 * @root: the host
 * @path: the link's path
 * @target: the path that it leads to, from its '/'; need not exist
 */
void fake_link(const char *root, const char *path, const char *target);

/**
 * fake_pci() - add a PCI device
 * @root: the host
 * @parent: below /sys/devices: "pci0000:00", "pci0000:00/0000:00:01.0"
 * @bdf: its address
 * @class_code: as in the file 'class'
 * @driver: the driver that it is bound to, or NULL
 * @group: its IOMMU group, or -1
 *
 * Vendor and device are 10de:1b80.  It has no BARs, and a header of config
 * space with the I/O, memory and bus master bits set.
 *
 * Return: its directory for fake_file(), to be freed
 */
char *fake_pci(const char *root, const char *parent, const char *bdf,
               unsigned class_code, const char *driver, int group);

#endif /* TESTS_UNIT_FAKE_HOST_H */
