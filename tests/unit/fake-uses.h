/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: things that a simulated host uses
 */
#ifndef TESTS_UNIT_FAKE_USES_H
#define TESTS_UNIT_FAKE_USES_H

#include <glib.h>

#include "fake-host.h"

/**
 * uses_text() - all uses of a device
 * @root: the host
 * @bdf: the device's address
 *
 * Return: lines of "!needed text", "-not needed" and "?not known", to be freed
 */
char *uses_text(const char *root, const char *bdf);

/* Compare the uses of a device. */
#define assert_uses_of(root, bdf, wanted) \
    do { \
        g_autofree char *uses_ = uses_text(root, bdf); \
        g_assert_cmpstr(uses_, ==, wanted); \
    } while (0)

/* Compare the uses of the GPU. */
#define assert_uses(root, wanted) assert_uses_of(root, "01:00.0", wanted)

/**
 * fake_disk() - add a block device
 * @root: the host
 * @parent: the directory of its device, or one in /sys/devices/virtual
 * @name: its directory below @parent; its name is the last component
 * @number: "8:0"
 */
void fake_disk(const char *root, const char *parent, const char *name,
               const char *number);

/**
 * fake_mounts() - set the list of mounted file systems
 * @root: the host
 * @lines: lines of mountinfo
 */
void fake_mounts(const char *root, const char *lines);

/**
 * fake_net() - add a network interface
 * @root: the host
 * @parent: the directory of its device, or /sys/devices/virtual
 * @name: its name
 * @state: its operstate
 */
void fake_net(const char *root, const char *parent, const char *name,
              const char *state);

#define ROUTES "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\t" \
    "Mask\t\tMTU\tWindow\tIRTT\n"
#define ROUTE(name, to, flags, mask) \
    name "\t" to "\t010200C0\t" flags "\t0\t0\t0\t" mask "\t0\t0\t0\n"

/**
 * fake_program() - add a program that has a file open
 * @root: the host
 * @pid: its process ID
 * @name: its name
 * @open: the file
 */
void fake_program(const char *root, const char *pid, const char *name,
                  const char *open);

#endif /* TESTS_UNIT_FAKE_USES_H */
