/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: plan of a run
 *
 *     run.c       options
 *     check.c     check of the devices and the host
 *     group.c     other devices of the devices' IOMMU groups
 *     image.c     check of the images of disks
 *     board.c     the guest's machine, by the host's architecture
 *     machine.c   room in the guest's machine and on the host
 *     large.c     room for large BARs in the guest's machine
 *     port.c      root ports of the guest's machine
 *     kvm.c       questions to KVM
 *     hyperv.c    Hyper-V's features that KVM has
 *     display.c   the guest's emulated display
 *     net.c       the guest's network
 *     usb.c       the guest's USB devices
 *     hide.c      a guest that does not see KVM
 *     device-opts.c  options for single devices
 *     rings.c     rings files of the devices
 *     props.c     properties that QEMU's devices have
 *     qemu.c      QEMU's command line
 *     argv.c      words of a command line
 *     slot.h      slots of the guest's machine
 *     rehearse.c  rehearsal: does QEMU accept the command line?
 *     stand-in.c  the rehearsal's command line
 *     firmware.c  choice of the guest's firmware
 *     session.c   takes the devices, runs QEMU, gives them back
 *     loop.c      main loop, from QEMU's start to its end
 *     child.c     QEMU's process
 *     user.c      QEMU's user
 *     hand.c      files handed over to QEMU's user
 *     monitor.c   QMP commands of a run
 *     events.c    QEMU's events
 *     viewer.c    the socket for viewers of the display
 *     symbols.c   symbols that the guest sends
 *     kallsyms.c  decompresses and filters them
 *     guest-marks.c  markers of a guest without devices
 *     helper.c    other programs that the guest needs
 *     share.c     directories of the host that the guest gets
 *     idmap.c     mounts for QEMU's user
 *     tpm.c       the guest's TPM
 *     say.c       messages and signals of a run
 *     lines.c     line splitter
 *     status.c    the status line
 *     screen.c    messages and status line on the terminal
 *     summary.c   end-of-run summary
 *     bundle.c    the bundle at the end
 *     error.c     errors and notes
 *     restore.c   the verb restore: gives back the devices of a killed run
 */
#ifndef VFIO_TRACE_RUN_PLAN_H
#define VFIO_TRACE_RUN_PLAN_H

#include <sys/types.h>

#include "tools/guest/guest.h"
#include "tools/host/pci.h"
#include "tools/run/board.h"

typedef struct RunDeviceOpts RunDeviceOpts;
typedef struct RunHand RunHand;

/**
 * struct RunShare: a directory of the host that the guest gets
 * @dir: its path
 * @tag: the name by which the guest mounts it
 * @read_only: the guest can't write to it
 * @tree: a mount of it for QEMU's user, or -1
 */
typedef struct RunShare {
    char *dir;
    char *tag;
    bool read_only;
    int tree;
} RunShare;

/**
 * struct RunPlan: plan of a run
 * @root: where the host's files are (see host_root())
 * @guests: HostPci: the devices for the guest, sorted by address
 * @others: HostPci: other devices of their groups, taken from their drivers
 * @name: name of the session: the address of the first device, or as
 *        session_name_without_devices() has it
 * @dir: the session's directory
 * @tpm: the socket of the TPM's emulator, or NULL: the guest has no TPM
 * @tpm_dir: the directory of its state
 * @shares: RunShare: directories of the host that the guest gets
 * @virtiofsd: the program that serves them, or NULL: QEMU does
 * @own_qmp: the QMP socket for this tool
 * @qmp: the QMP socket for other tools
 * @log: the log, as QEMU's file= has it; NULL: without a log, with @no_device
 * @bundle: the bundle to be made at the end (bundle.h), or NULL
 * @uid: QEMU's user; 0: root
 * @log_work: the log's work directory (session-log.h), or NULL
 * @hand: the files handed over to QEMU's user, or NULL
 * @sandbox: QEMU has a sandbox
 * @os: the guest's system
 * @tcg: the guest needs no KVM
 * @board: the guest's machine
 * @firmware: the image of the firmware, or NULL for QEMU's own
 * @vars: the file with OVMF's variables, or NULL
 * @vars_template: template of @vars if that does not exist, or NULL
 * @cpu_opts: Hyper-V's features or --hide-hypervisor's options, as -cpu has
 *            them after the model, or NULL
 * @smbios: values of -smbios, or NULL
 * @windows: what to trace of devices without a value of their own, or NULL
 * @device_opts: options of single devices (device-opts.h), or NULL
 * @rings: for each of @guests, a GPtrArray of RingsFile; or NULL
 * @display: which display: a row of display.c's table
 * @viewer_socket: the socket for viewers of the display, or NULL (viewer.h)
 * @net_model: the guest's network card, as -device has it; NULL: no network
 * @ssh_port: the port of 127.0.0.1 that leads to the guest's ssh
 * @usb: HostUsb: USB devices of the host for the guest
 * @play: the devices are for 'vfio-trace play', which has no guest and no
 *        --force
 * @rehearsal: the plan of a rehearsal, which opens no device
 * @vm: the settings of the guest, which are complete
 * @no_device: the guest gets no device, and nothing is traced
 * @dry_run: only print the plan
 * @no_rehearsal: without a rehearsal
 */
typedef struct RunPlan {
    const char *root;
    GPtrArray *guests;
    GPtrArray *others;
    char *name;
    char *dir;
    char *tpm;
    char *tpm_dir;
    GPtrArray *shares;
    char *virtiofsd;
    char *own_qmp;
    char *qmp;
    char *log;
    char *bundle;
    uid_t uid;
    char *log_work;
    RunHand *hand;
    bool sandbox;
    GuestOs os;
    bool tcg;
    const RunBoard *board;
    char *firmware;
    char *vars;
    char *vars_template;
    char *cpu_opts;
    char **smbios;
    const char *windows;
    RunDeviceOpts *device_opts;
    GPtrArray *rings;
    size_t display;
    char *viewer_socket;
    char *net_model;
    unsigned ssh_port;
    GPtrArray *usb;
    bool play;
    bool rehearsal;
    GuestSettings vm;
    gboolean no_device;
    gboolean dry_run;
    gboolean no_rehearsal;
} RunPlan;

#endif /* VFIO_TRACE_RUN_PLAN_H */
