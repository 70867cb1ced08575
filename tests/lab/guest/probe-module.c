// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Executes the instructions of widths.h in the kernel, on a device's BAR that
 * is mapped as drivers do. /dev/probe takes a ProbeRequest.
 *
 *     insmod probe-module.ko bdf=0000:01:00.0 bar=2
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>

#include "probe.h"
#include "probe-device.h"

/* Offsets in XSAVE's legacy part */
enum { XSAVE_FIP = 8, XSAVE_FDP = 16 };

static char *bdf;
module_param(bdf, charp, 0);
MODULE_PARM_DESC(bdf, "PCI address of the device");

static uint bar;
module_param(bar, uint, 0);
MODULE_PARM_DESC(bar, "number of its BAR");

static struct pci_dev *device;
static void __iomem *mapped;

/* Turn the addresses of the instruction and its operand into offsets. */
static void make_relative(ProbeState *state, u64 code, u64 mem)
{
    u64 *fip = (u64 *)(state->xsave + XSAVE_FIP);
    u64 *fdp = (u64 *)(state->xsave + XSAVE_FDP);

    *fip -= *fip ? code : 0;
    *fdp -= *fdp ? mem : 0;
}

static void carry_out(ProbeRequest *request)
{
    ProbeState *state = &request->state;
    u64 mem = (u64)mapped + request->offset;
    u64 buf = (u64)request->buf + PROBE_REACH;

    state->di = mem;
    state->si = buf;
    kernel_fpu_begin();
    probe_call(state, probe_code[request->probe]);
    kernel_fpu_end();
    make_relative(state, (u64)probe_code[request->probe], mem);
    state->di -= mem;
    state->si -= buf;
}

static bool valid(const ProbeRequest *request)
{
    return request->probe < PROBES && request->offset >= PROBE_REACH &&
        request->offset + PROBE_REACH <= pci_resource_len(device, bar);
}

static long probe_ioctl(struct file *file, unsigned int command,
                        unsigned long argument)
{
    void __user *user = (void __user *)argument;
    ProbeRequest *request;
    long ret = 0;

    if (command != PROBE_RUN) {
        return -ENOTTY;
    }
    request = kmalloc(roundup_pow_of_two(sizeof(*request)), GFP_KERNEL);
    if (!request) {
        return -ENOMEM;
    }
    if (copy_from_user(request, user, sizeof(*request))) {
        ret = -EFAULT;
    } else if (!valid(request)) {
        ret = -EINVAL;
    } else {
        carry_out(request);
        if (copy_to_user(user, request, sizeof(*request))) {
            ret = -EFAULT;
        }
    }
    kfree(request);
    return ret;
}

static const struct file_operations probe_ops = {
    .owner = THIS_MODULE,
    .unlocked_ioctl = probe_ioctl,
};

static struct miscdevice probe_device = {
    .minor = MISC_DYNAMIC_MINOR,
    .name = PROBE_DEVICE,
    .fops = &probe_ops,
};

static int __init probe_init(void)
{
    unsigned int domain, bus, slot, function;
    int ret;

    if (!bdf || bar >= PCI_STD_NUM_BARS ||
        sscanf(bdf, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4) {
        return -EINVAL;
    }
    device = pci_get_domain_bus_and_slot(domain, bus,
                                         PCI_DEVFN(slot, function));
    if (!device) {
        return -ENODEV;
    }
    mapped = pci_ioremap_bar(device, bar);
    if (!mapped) {
        ret = -ENOMEM;
        goto put;
    }
    ret = misc_register(&probe_device);
    if (!ret) {
        return 0;
    }
    iounmap(mapped);
put:
    pci_dev_put(device);
    return ret;
}

static void __exit probe_exit(void)
{
    misc_deregister(&probe_device);
    iounmap(mapped);
    pci_dev_put(device);
}

module_init(probe_init);
module_exit(probe_exit);

MODULE_DESCRIPTION("Instructions on a BAR, for the vfio-trace lab");
MODULE_LICENSE("GPL");
