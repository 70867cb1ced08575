/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: simulated hosts that are described by tables
 *
 * One file below hosts/ describes one host, with what vfio-trace doctor must
 * find on it.
 */
#ifndef TESTS_UNIT_MADE_HOST_H
#define TESTS_UNIT_MADE_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define MADE_ATTRS 12

/**
 * struct MadeDevice: a PCI device
 * @above: the bridge that it is behind, as "0000:00:01.0"; NULL for a root
 *      bus.  A bridge that makes a domain of its own has the name of the root
 *      bus behind it: "0000:d7:05.5/pci10000:e1"
 * @bdf: its address
 * @class_code: as in the file 'class'
 * @id: vendor and device, as "10de:2684"
 * @driver: the driver that it is bound to, or NULL
 * @group: its IOMMU group, or -1
 * @attrs: other files in its directory, as "name=contents"
 * @virtual: it is a virtual function: its config space has no IDs
 */
typedef struct MadeDevice {
    const char *above;
    const char *bdf;
    unsigned class_code;
    const char *id;
    const char *driver;
    int group;
    const char *attrs[MADE_ATTRS];
    bool virtual;
} MadeDevice;

/**
 * struct MadeFile: a file, or a link if it has a target
 * @path: its path; "@0000:01:00.0/" stands for a device's directory, and
 *      devices must come first
 * @text: contents, or NULL
 * @target: path that a link leads to, written like @path; or NULL
 */
typedef struct MadeFile {
    const char *path;
    const char *text;
    const char *target;
} MadeFile;

/**
 * struct MadeFinding: what doctor must say
 * @bdf: the device that it is asked about, or NULL
 * @check: the check's name
 * @state: "ok", "note", "warn" or "fail"
 * @found: a part of the text
 * @remedy: a part of the remedy; "" if there must be none; NULL for any
 */
typedef struct MadeFinding {
    const char *bdf;
    const char *check;
    const char *state;
    const char *found;
    const char *remedy;
} MadeFinding;

/**
 * struct MadeHost: a host
 * @name: one or two words
 * @devices: its devices, ended by one without address; bridges come first
 * @files: other files, ended by one without path
 * @findings: findings, ended by one without a check
 * @list: patterns (GRegex) of the lines in the list of devices: all lines, in
 *      their order
 * @plain: its user may do all, and vfio-pci is loaded; the files for that are
 *      added
 */
typedef struct MadeHost {
    const char *name;
    const MadeDevice *devices;
    const MadeFile *files;
    const MadeFinding *findings;
    const char *const *list;
    bool plain;
} MadeHost;

/**
 * made_host_new() - make a host's files
 * @host: its description
 *
 * Return: its root, to be freed with fake_host_free()
 */
char *made_host_new(const MadeHost *host);

/* /proc/cpuinfo and /proc/interrupts of hosts with remapped interrupts */
#define MADE_INTEL \
    { "/proc/cpuinfo", "vendor_id\t: GenuineIntel\n" \
      "flags\t\t: fpu vme msr pae vmx ssse3 ept\n" }
#define MADE_AMD \
    { "/proc/cpuinfo", "vendor_id\t: AuthenticAMD\n" \
      "flags\t\t: fpu vme msr pae svm ssse3 npt\n" }
#define MADE_REMAPPED \
    { "/proc/interrupts", \
      "   9:  0  IR-IO-APIC  9-fasteoi  acpi\n" \
      " 120:  0  IR-PCI-MSI-0000:00:1c.0  0-edge  PCIe PME\n" }

/* Devices of several hosts, and their lines in the list (hosts/pc.c) */
extern const MadeDevice made_pc_devices[];
extern const char *const made_pc_list[];

extern const MadeHost made_laptop;
extern const MadeHost made_muxed;
extern const MadeHost made_server;
extern const MadeHost made_desktop;
extern const MadeHost made_many;
extern const MadeHost made_one_group;
extern const MadeHost made_pairs;
extern const MadeHost made_arm;
extern const MadeHost made_arm_board;
extern const MadeHost made_arm_vm;
extern const MadeHost made_arm_v2m;
extern const MadeHost made_power;
extern const MadeHost made_z;
extern const MadeHost made_riscv;
extern const MadeHost made_arm32;
extern const MadeHost made_vm;
extern const MadeHost made_cloud;
extern const MadeHost made_hardened;
extern const MadeHost made_thunderbolt;
extern const MadeHost made_xen;
extern const MadeHost made_container;
extern const MadeHost made_nixos;
extern const MadeHost made_updated;
extern const MadeHost made_proxmox;

#endif /* TESTS_UNIT_MADE_HOST_H */
