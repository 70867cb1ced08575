// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module for L2 that makes exits with interrupts off while a timer of its own
 * expires: KVM then asks for an interrupt window, so that each VMRUN in L1 has
 * V_IRQ set.  It does so while it is loaded, which then fails.
 */
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/version.h>

#define PERIOD_NS   400000
#define EXITS       20          /* with interrupts off */

static int loops = 500;
module_param(loops, int, 0);

static struct hrtimer timer;

static enum hrtimer_restart fire(struct hrtimer *t)
{
    hrtimer_forward_now(t, ns_to_ktime(PERIOD_NS));
    return HRTIMER_RESTART;
}

static int __init virq_init(void)
{
    struct pci_dev *dev = pci_get_device(0x1234, 0x11e8, NULL);
    void __iomem *bar;
    u32 sum = 0;
    int i, k;

    if (!dev) {
        return -ENODEV;
    }
    if (pci_enable_device(dev)) {
        goto put;
    }
    bar = pci_iomap(dev, 0, 0);
    if (!bar) {
        goto put;
    }
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
    hrtimer_setup(&timer, fire, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#else
    hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
    timer.function = fire;
#endif
    hrtimer_start(&timer, ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL_HARD);
    for (i = 0; i < loops; i++) {
        local_irq_disable();
        for (k = 0; k < EXITS; k++) {
            sum += readl(bar);
        }
        local_irq_enable();
        if (i % 100 == 0) {
            cond_resched();
        }
    }
    hrtimer_cancel(&timer);
    pci_iounmap(dev, bar);
    pci_dev_put(dev);
    pr_info("virq: sum %u\n", sum);
    return -EAGAIN;
put:
    pci_dev_put(dev);
    return -ENODEV;
}

module_init(virq_init);
MODULE_LICENSE("GPL");
