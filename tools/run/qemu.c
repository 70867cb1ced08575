/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's command line (see qemu.h)
 *
 * The user's arguments come last: for most options QEMU uses the last one.
 */
#include "tools/run/qemu.h"

#include "tools/guest/image.h"
#include "tools/run/device-opts.h"
#include "tools/run/display.h"
#include "tools/run/guest-marks.h"
#include "tools/run/hand.h"
#include "tools/run/large.h"
#include "tools/run/net.h"
#include "tools/run/port.h"
#include "tools/run/rings.h"
#include "tools/run/share.h"
#include "tools/run/symbols.h"
#include "tools/run/tpm.h"
#include "tools/run/usb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Values of -rtc */
static const char *const clocks[] = {
    [GUEST_OS_WINDOWS] = "base=localtime",
};

static void add(GPtrArray *argv, const char *option, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

static void add(GPtrArray *argv, const char *option, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

/* Return: a value for an option, with its commas doubled for QEMU */
static char *value(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);

    return g_strjoinv(",,", parts);
}

/* Return: a file's path for QEMU, as a value for an option */
static char *file_value(const RunPlan *plan, const char *path)
{
    return value(run_hand_path(plan->hand, path));
}

static void add_monitor(GPtrArray *argv, const RunPlan *plan, const char *id,
                        const char *path)
{
    int fd = run_hand_socket(plan->hand, path);
    g_autofree char *v = value(path);

    if (fd >= 0) {
        add(argv, "-chardev", "socket,id=%s,fd=%d,server=on,wait=off", id, fd);
    } else {
        add(argv, "-chardev", "socket,id=%s,path=%s,server=on,wait=off", id, v);
    }
    add(argv, "-mon", "chardev=%s,mode=control", id);
}

/* See events.h.  A rehearsal has none. */
static void add_events(GPtrArray *argv, const RunPlan *plan)
{
    int fd = run_hand_fd(plan->hand, RUN_HAND_EVENTS);

    if (fd >= 0) {
        add(argv, "-chardev", "socket,id=events,fd=%d", fd);
        add(argv, "-mon", "chardev=events,mode=control");
    }
}

static void add_firmware(GPtrArray *argv, const RunPlan *plan)
{
    g_autofree char *image = plan->firmware ? file_value(plan, plan->firmware)
                                            : NULL;
    g_autofree char *vars = plan->vars ? file_value(plan, plan->vars) : NULL;

    if (plan->vm.secure_boot && plan->board->smm) {
        /* Only SMM may write to the variables; it does not survive S3. */
        add(argv, "-global", "driver=cfi.pflash01,property=secure,value=on");
        add(argv, "-global", "ICH9-LPC.disable_s3=1");
    }
    if (vars) {
        add(argv, "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=%s",
            image);
        add(argv, "-drive", "if=pflash,unit=1,format=raw,file=%s", vars);
    } else if (image) {
        add(argv, "-bios", "%s", run_hand_path(plan->hand, plan->firmware));
    }
}

/* QEMU may change an image that it only opens. */
static void add_disk(GPtrArray *argv, const RunPlan *plan, size_t i)
{
    g_autofree char *v = file_value(plan, plan->vm.disks[i]);

    if (plan->rehearsal && plan->dry_run) {
        add(argv, "-drive", "if=none,id=disk%zu,driver=null-co,size=1G", i);
    } else {
        add(argv, "-drive", "if=none,id=disk%zu,format=%s,file=%s", i,
            guest_image_format(plan->vm.disks[i]), v);
    }
}

/* SATA ports: disks from the first, then CDs */
static void add_drives(GPtrArray *argv, const RunPlan *plan)
{
    const char *disk = plan->board->disks[plan->os];
    bool sata = !strcmp(disk, "ide-hd");
    unsigned boot = 1;
    unsigned port = 0;
    size_t i;

    for (i = 0; plan->vm.disks && plan->vm.disks[i]; i++) {
        add_disk(argv, plan, i);
        if (sata) {
            add(argv, "-device", "%s,bus=ide.%u,drive=disk%zu,bootindex=%u",
                disk, port++, i, boot++);
        } else if (!strcmp(disk, "nvme")) {
            add(argv, "-device", "%s,serial=disk%zu,drive=disk%zu,bootindex=%u",
                disk, i, i, boot++);
        } else {
            add(argv, "-device", "%s,drive=disk%zu,bootindex=%u", disk, i,
                boot++);
        }
    }
    for (i = 0; plan->vm.isos && plan->vm.isos[i]; i++) {
        g_autofree char *v = file_value(plan, plan->vm.isos[i]);

        add(argv, "-drive",
            "if=none,id=cd%zu,media=cdrom,readonly=on,format=raw,file=%s",
            i, v);
        if (plan->board->sata_ports) {
            add(argv, "-device", "ide-cd,bus=ide.%u,drive=cd%zu,bootindex=%u",
                port++, i, boot++);
        } else {
            run_usb_cd_options(argv, i, boot++);
        }
    }
}

static void add_kernel(GPtrArray *argv, const RunPlan *plan)
{
    if (plan->vm.kernel) {
        add(argv, "-kernel", "%s", run_hand_path(plan->hand, plan->vm.kernel));
    }
    if (plan->vm.initrd) {
        add(argv, "-initrd", "%s", run_hand_path(plan->hand, plan->vm.initrd));
    }
    if (plan->vm.append) {
        add(argv, "-append", "%s", plan->vm.append);
    }
}

char *run_qemu_device_id(const HostPci *dev)
{
    char *id = g_strdup_printf("dev-%s", host_pci_short_bdf(dev->bdf));

    return g_strdelimit(id, ":", '.');
}

static unsigned function_of(const HostPci *dev)
{
    return strrchr(dev->bdf, '.')[1] - '0';
}

/*
 * The functions of a slot keep their numbers if function 0 is one of them; a
 * guest does not look for other functions without it.
 */
static void add_card(GPtrArray *argv, const RunPlan *plan, guint first,
                     guint n, unsigned port)
{
    const HostPci *dev = plan->guests->pdata[first];
    bool keep = function_of(dev) == 0;
    guint i;

    for (i = 0; i < n; i++) {
        g_autofree char *id = NULL;
        g_autofree char *rings = NULL;
        const char *windows;
        const char *opts;

        dev = plan->guests->pdata[first + i];
        id = run_qemu_device_id(dev);
        windows = run_device_windows(plan, dev);
        opts = run_device_opts(plan, dev);
        rings = run_rings_options(plan, dev);
        add(argv, "-device",
            "vfio-pci-trace,host=%s,id=%s,bus=port%u,addr=00.%u%s,trace-log="
            RUN_LOG_ID "%s%s%s%s%s", dev->bdf, id,
            port, keep ? function_of(dev) : i,
            i == 0 && n > 1 ? ",multifunction=on" : "",
            windows ? ",windows=" : "", windows ? windows : "",
            opts ? "," : "", opts ? opts : "", rings);
    }
}

static void add_devices(GPtrArray *argv, const RunPlan *plan)
{
    g_autofree char *log = value(plan->log);
    const char *opts = plan->vm.log_opts;
    unsigned ports = run_port_count(plan->guests);
    unsigned port = 0;
    guint first;
    guint n;

    add(argv, "-object", "vfio-trace-log,id=" RUN_LOG_ID ",file=%s%s%s%s", log,
        plan->vm.overwrite ? ",overwrite=on" : "", opts ? "," : "",
        opts ? opts : "");
    for (first = 0; first < plan->guests->len; first += n) {
        g_autofree char *place = run_port_place(port, ports);

        n = run_port_card(plan->guests, first);
        add(argv, "-device",
            "pcie-root-port,id=port%u,bus=pcie.0,chassis=%u,addr=%s",
            port, port + 1, place);
        add_card(argv, plan, first, n, port++);
    }
}

/*
 * Marker ports for the guest.  A system other than Linux and Windows may not
 * work with an additional virtio device.
 */
static void add_marker_ports(GPtrArray *argv, const RunPlan *plan)
{
    if (plan->board->isa_marker) {
        add(argv, "-device", "isa-vfio-trace-marker,id=marker-isa");
    }
    if (plan->os != GUEST_OS_OTHER) {
        /* With ioeventfd another thread reads the text, and marks are late. */
        add(argv, "-device", "virtio-serial-pci,id=marker-bus,ioeventfd=off");
        if (plan->no_device) {
            run_guest_marks_options(plan, argv, "marker-bus.0");
        } else {
            add(argv, "-device",
                "vfio-trace-marker,id=marker,bus=marker-bus.0");
        }
    }
    if (plan->os == GUEST_OS_LINUX) {
        run_symbols_options(plan, argv, "marker-bus.0");
    }
}

bool run_qemu_has_virtio_disks(const RunPlan *plan)
{
    return g_str_has_prefix(plan->board->disks[plan->os], "virtio-");
}

bool run_qemu_has_option(char **args, const char *name)
{
    size_t i;

    for (i = 0; args && args[i]; i++) {
        const char *word = args[i];

        if (*word == '-') {
            word += word[1] == '-' ? 2 : 1;
            if (!strcmp(word, name)) {
                return true;
            }
        }
    }
    return false;
}

static void add_machine(GPtrArray *argv, const RunPlan *plan)
{
    const RunBoard *board = plan->board;
    uint64_t window = run_large_window(plan);

    add(argv, "-machine", "%s%s%s", board->name,
        plan->tcg ? board->tcg : board->kvm,
        plan->vm.secure_boot ? board->secure : "");
    if (window) {
        add(argv, "-machine", "highmem-mmio-size=%" PRIu64 "G", window >> 30);
    }
}

char **run_qemu_command(const RunPlan *plan)
{
    const char *clock = plan->os < G_N_ELEMENTS(clocks) ? clocks[plan->os]
                                                        : NULL;
    GPtrArray *argv = g_ptr_array_new();
    size_t i;

    g_ptr_array_add(argv, g_strdup(plan->vm.qemu));
    add(argv, "-name", "vfio-trace %s", plan->name);
    g_ptr_array_add(argv, g_strdup("-no-user-config"));
    g_ptr_array_add(argv, g_strdup("-nodefaults"));
    if (plan->sandbox &&
        !run_qemu_has_option(plan->vm.qemu_args, "sandbox")) {
        add(argv, "-sandbox", "%s", RUN_QEMU_SANDBOX);
    }
    run_hand_options(plan->hand, argv);
    add_machine(argv, plan);
    add(argv, "-accel", "%s", plan->vm.accel);
    /* TCG has no "host": a CPU with all that it can emulate */
    add(argv, "-cpu", "%s%s", plan->tcg ? "max" : "host",
        plan->cpu_opts ? plan->cpu_opts : "");
    add(argv, "-smp", "%d", plan->vm.smp);
    add(argv, "-m", "%s", plan->vm.memory);
    if (clock) {
        add(argv, "-rtc", "%s", clock);
    }
    for (i = 0; plan->smbios && plan->smbios[i]; i++) {
        add(argv, "-smbios", "%s", plan->smbios[i]);
    }
    run_display_options(plan, argv);
    add_monitor(argv, plan, "own-qmp", plan->own_qmp);
    add_monitor(argv, plan, "qmp", plan->qmp);
    add_events(argv, plan);
    add_firmware(argv, plan);
    add_kernel(argv, plan);
    add_drives(argv, plan);
    if (!plan->no_device) {
        add_devices(argv, plan);
    }
    add_marker_ports(argv, plan);
    run_net_options(plan, argv);
    run_usb_options(plan, argv);
    run_tpm_options(plan, argv);
    run_share_options(plan, argv);
    for (i = 0; plan->vm.qemu_args && plan->vm.qemu_args[i]; i++) {
        g_ptr_array_add(argv, g_strdup(plan->vm.qemu_args[i]));
    }
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}
