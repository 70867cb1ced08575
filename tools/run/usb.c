/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: USB devices of the guest (see usb.h)
 *
 * QEMU opens a host device by its node.  QEMU's own user gets the open node as
 * a descriptor (hand.h); libusb does all else by it, also detaching the host's
 * drivers.
 */
#include "tools/run/usb.h"

#include "tools/host/usb.h"
#include "tools/run/argv.h"
#include "tools/run/ask.h"
#include "tools/run/display.h"
#include "tools/run/error.h"
#include "tools/run/hand.h"
#include "tools/run/slot.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Ports of the controller; with a display, two have its keyboard and tablet */
#define PORTS 15
#define INPUTS 2

/* CDs of a machine without SATA */
static unsigned count_cds(const RunPlan *plan)
{
    return plan->vm.isos && !plan->board->sata_ports ?
           g_strv_length(plan->vm.isos) : 0;
}

static bool check_device(const RunPlan *plan, const HostUsb *usb,
                         GError **error)
{
    guint i;

    if (usb->hub) {
        return run_error(error,
                         "--usb %s is a hub, which QEMU can not give to a guest: name the devices at its ports",
                         usb->name);
    }
    for (i = 0; i < plan->guests->len; i++) {
        const HostPci *dev = plan->guests->pdata[i];

        if (host_usb_is_below(usb, dev)) {
            return run_error(error,
                             "--usb %s is connected to %s, which the guest gets with all that is connected to it",
                             usb->name, dev->bdf);
        }
    }
    for (i = 0; i < plan->usb->len; i++) {
        if (!strcmp(((HostUsb *)plan->usb->pdata[i])->name, usb->name)) {
            return run_error(error, "--usb %s is named twice", usb->name);
        }
    }
    return true;
}

bool run_usb_plan(RunPlan *plan, GError **error)
{
    char **words = plan->vm.usb;
    unsigned most = PORTS - (run_display_has_inputs(plan) ? INPUTS : 0);
    unsigned cds = count_cds(plan);
    size_t i;

    plan->usb = g_ptr_array_new_with_free_func((GDestroyNotify)host_usb_free);
    for (i = 0; words && words[i]; i++) {
        HostUsb *usb = host_usb_find(plan->root, words[i], error);

        if (!usb) {
            g_prefix_error(error, "--usb: ");
            return false;
        }
        if (!check_device(plan, usb, error)) {
            host_usb_free(usb);
            return false;
        }
        g_ptr_array_add(plan->usb, usb);
    }
    if (cds > most) {
        return run_error(error,
                         "--iso is given %u times, and the guest's USB controller, which has its CDs, has %u free ports",
                         cds, most);
    }
    return plan->usb->len <= most - cds ||
           run_error(error,
                     "--usb is given %u times, and the guest's USB controller has %u free ports",
                     plan->usb->len, most - cds);
}

/* A use that the host needs is an error; other uses are notes. */
static bool check_use(const RunPlan *plan, const HostPciSurvey *survey,
                      const HostUsb *usb, const GPtrArray *with,
                      GError **error)
{
    g_autoptr(GPtrArray) uses = host_usb_uses(survey, usb, with);
    const HostPciUse *need = host_pci_needed(uses);
    guint i;

    if (need && !plan->vm.force) {
        return run_error(error,
                         "the host needs the USB device %s (%s): %s; %s; or use --force to take it anyway",
                         usb->name, usb->title, need->what, need->remedy);
    }
    for (i = 0; i < uses->len; i++) {
        run_note("the host can not use the USB device %s during the run: %s",
                 usb->name, ((HostPciUse *)uses->pdata[i])->what);
    }
    return true;
}

bool run_usb_check_uses(const RunPlan *plan, const HostPciSurvey *survey,
                        const GPtrArray *with, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    HostPci *taken = g_new0(HostPci, plan->usb->len);
    bool ok = true;
    guint i;

    /* One keyboard of two that are taken does not serve in the other's place. */
    g_ptr_array_extend(all, (GPtrArray *)with, NULL, NULL);
    for (i = 0; i < plan->usb->len; i++) {
        taken[i].path = ((HostUsb *)plan->usb->pdata[i])->path;
        g_ptr_array_add(all, &taken[i]);
    }
    for (i = 0; ok && i < plan->usb->len; i++) {
        ok = check_use(plan, survey, plan->usb->pdata[i], all, error);
    }
    g_free(taken);
    return ok;
}

static bool check_node(const HostUsb *usb, GError **error)
{
    return !access(usb->node, R_OK | W_OK) ||
           run_error(error, "--usb %s: %s: %s", usb->name, usb->node,
                     g_strerror(errno));
}

bool run_usb_check(const RunPlan *plan, GError **error)
{
    static const char *const args[] = { "-device", "usb-host,help", NULL };
    g_autoptr(GError) local = NULL;
    g_autofree char *text = NULL;
    guint i;

    if (!plan->usb->len) {
        return true;
    }
    /* A QEMU that is not there, as with --dry-run, lacks nothing else. */
    if ((!run_ask(plan, args, &text, &local) && !local) ||
        (text && *text && !strstr(text, "hostdevice="))) {
        return run_error(error,
                         "--usb: %s was built without libusb 1.0.23 or later; build it with './configure' without --lean, or install the package vfio-trace-qemu",
                         plan->vm.qemu);
    }
    for (i = 0; i < plan->usb->len; i++) {
        if (!check_node(plan->usb->pdata[i], error)) {
            return false;
        }
    }
    return true;
}

bool run_usb_needs_controller(const RunPlan *plan)
{
    return plan->usb->len || run_display_has_inputs(plan) || count_cds(plan);
}

static void add_controller(GPtrArray *argv)
{
    run_argv_add(argv, "-device", "qemu-xhci,id=usb,p2=%u,p3=%u,addr="
                 RUN_SLOT_USB, PORTS, PORTS);
}

/* QEMU wants it before its devices. */
void run_usb_cd_options(GPtrArray *argv, size_t cd, unsigned boot)
{
    if (!cd) {
        add_controller(argv);
    }
    run_argv_add(argv, "-device",
                 "usb-storage,bus=usb.0,drive=cd%zu,bootindex=%u", cd, boot);
}

void run_usb_options(const RunPlan *plan, GPtrArray *argv)
{
    guint i;

    if (run_usb_needs_controller(plan) && !count_cds(plan)) {
        add_controller(argv);
    }
    if (run_display_has_inputs(plan)) {
        run_argv_add(argv, "-device", "usb-tablet,bus=usb.0");
        run_argv_add(argv, "-device", "usb-kbd,bus=usb.0");
    }
    for (i = 0; i < plan->usb->len; i++) {
        const HostUsb *usb = plan->usb->pdata[i];
        g_autofree char *node = run_argv_value(run_hand_path(plan->hand,
                                                             usb->node));

        run_argv_add(argv, "-device", "usb-host,id=usb%u,bus=usb.0,hostdevice=%s",
                     i, node);
    }
}
