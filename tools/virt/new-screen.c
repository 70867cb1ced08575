/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: display and USB devices of a new domain (see new-guest.h)
 */
#include "tools/run/slot.h"
#include "tools/virt/build.h"
#include "tools/virt/new-board.h"
#include "tools/virt/new-internal.h"
#include "tools/virt/xml-edit.h"

#include <string.h>

static bool has_usb(const VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;

    return guest->graphics || (guest->usb && guest->usb->len) ||
           (guest->isos && *guest->isos && !strcmp(guest->board->cds, "usb")) ||
           (guest->disks && *guest->disks &&
            !strcmp(guest->board->disks[guest->system], "usb"));
}

void virt_new_usb_bus(const VirtNew *new)
{
    xmlNode *usb = build_add(new->devices, "controller", "type", "usb",
                             "index", "0", "model",
                             has_usb(new) ? "qemu-xhci" : "none", NULL);

    if (has_usb(new)) {
        xml_set(usb, "ports", "15");
        build_slot(usb, RUN_SLOT_USB);
    }
}

/*
 * A socket in the domain's own directory: other users of the host can't connect
 * to it, and libvirt hands it to virt-manager and virt-viewer.
 */
void virt_new_screen(const VirtNew *new)
{
    const char *model;
    xmlNode *graphics;
    xmlNode *video;

    if (!new->guest->graphics) {
        return;
    }
    build_add(new->devices, "input", "type", "tablet", "bus", "usb", NULL);
    build_add(new->devices, "input", "type", "keyboard", "bus", "usb", NULL);
    graphics = build_add(new->devices, "graphics", "type",
                         new->guest->graphics, NULL);
    build_add(graphics, "listen", "type", "socket", NULL);
    video = build_add(new->devices, "video", NULL);
    model = new->guest->board->videos[new->guest->system];
    build_add(video, "model", "type", model, NULL);
    if (strcmp(model, "ramfb")) {
        build_slot(video, RUN_SLOT_VGA);
    }
}

void virt_new_usb(const VirtNew *new)
{
    const GArray *usb = new->guest->usb;
    guint i;

    for (i = 0; usb && i < usb->len; i++) {
        const VirtUsb *device = &g_array_index(usb, VirtUsb, i);
        xmlNode *hostdev = build_add(new->devices, "hostdev", "mode",
                                     "subsystem", "type", "usb", "managed",
                                     "yes", NULL);
        xmlNode *source = build_add(hostdev, "source", NULL);

        build_set(build_add(source, "vendor", NULL), "id", "0x%04x",
                  device->vendor);
        build_set(build_add(source, "product", NULL), "id", "0x%04x",
                  device->product);
    }
}
