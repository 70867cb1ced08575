/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One CPU reads a BAR continuously while another disables it.
 *
 *     race BDF BAR OFFSET ROUNDS [MIRROR]
 *
 * A thread reads the register at OFFSET of a memory BAR as fast as it can;
 * the other one switches memory decoding off and on, and puts the device into
 * D3hot and back, ROUNDS times each. Prints the number of reads that gave the
 * register's value, all ones (the BAR was disabled while the access was on its
 * way), and zero (QEMU has nothing at that address). The register's value must
 * be constant, and neither of these.
 *
 * With MIRROR, an offset in BAR 0 where the device has its config space once
 * more, memory decoding is switched off there, and there is no D3hot.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PCI_COMMAND 4
#define PCI_COMMAND_MEMORY 2
#define PCI_CAPABILITIES 0x34
#define PCI_CAP_ID_PM 1
#define PCI_PM_CTRL 4

static int config;
static volatile uint32_t *reg;
static volatile uint16_t *command_mirror;
static volatile bool stop;
static uint32_t expected;
static unsigned long answered;
static unsigned long ones;
static unsigned long zero;
static unsigned long other;

static unsigned config_read(unsigned offset, unsigned len)
{
    unsigned v = 0;

    if (pread(config, &v, len, offset) != (ssize_t)len) {
        err(1, "config space at 0x%x", offset);
    }
    return v;
}

static void config_write(unsigned offset, unsigned len, unsigned v)
{
    if (pwrite(config, &v, len, offset) != (ssize_t)len) {
        err(1, "config space at 0x%x", offset);
    }
}

static unsigned find_pm(void)
{
    unsigned cap = config_read(PCI_CAPABILITIES, 1);

    while (cap && config_read(cap, 1) != PCI_CAP_ID_PM) {
        cap = config_read(cap + 1, 1);
    }
    if (!cap) {
        errx(1, "the device has no power management capability");
    }
    return cap;
}

static volatile void *map_bar(const char *bdf, const char *bar,
                              unsigned long offset)
{
    char path[256];
    char *map;
    int fd;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource%s", bdf,
             bar);
    fd = open(path, O_RDWR);
    if (fd < 0) {
        err(1, "%s", path);
    }
    map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
               offset & ~4095ul);
    if (map == MAP_FAILED) {
        err(1, "%s", path);
    }
    return map + (offset & 4095);
}

static void pin(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        err(1, "CPU %d", cpu);
    }
}

static void *hammer(void *arg)
{
    (void)arg;
    pin(1);
    while (!stop) {
        uint32_t v = *reg;

        if (v == expected) {
            answered++;
        } else if (v == 0xffffffff) {
            ones++;
        } else if (!v) {
            zero++;
        } else {
            other++;
        }
    }
    return NULL;
}

static void decoding_off_and_on(unsigned command)
{
    if (command_mirror) {
        *command_mirror = command & ~PCI_COMMAND_MEMORY;
    } else {
        config_write(PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY);
    }
    config_write(PCI_COMMAND, 2, command);
}

static void asleep_and_awake(unsigned pm, unsigned pmcsr, unsigned command)
{
    config_write(pm + PCI_PM_CTRL, 2, pmcsr | 3);
    config_write(pm + PCI_PM_CTRL, 2, pmcsr);
    /* a device may lose its settings when it comes back from D3 */
    config_write(PCI_COMMAND, 2, command);
}

int main(int argc, char **argv)
{
    char path[256];
    unsigned command;
    unsigned pm = 0;
    unsigned pmcsr = 0;
    unsigned long rounds, i;
    pthread_t thread;

    if (argc != 5 && argc != 6) {
        errx(2, "usage: race BDF BAR OFFSET ROUNDS [MIRROR]");
    }
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", argv[1]);
    config = open(path, O_RDWR);
    if (config < 0) {
        err(1, "%s", path);
    }
    command = config_read(PCI_COMMAND, 2) | PCI_COMMAND_MEMORY;
    config_write(PCI_COMMAND, 2, command);
    if (argc == 6) {
        command_mirror = map_bar(argv[1], "0", strtoul(argv[5], NULL, 0)
                                               + PCI_COMMAND);
    } else {
        pm = find_pm();
        pmcsr = config_read(pm + PCI_PM_CTRL, 2) & ~3u;
    }

    reg = map_bar(argv[1], argv[2], strtoul(argv[3], NULL, 0));
    rounds = strtoul(argv[4], NULL, 0);
    expected = *reg;
    answered++;
    if (!expected || expected == 0xffffffff) {
        errx(1, "the register reads as 0x%x", expected);
    }

    pin(0);
    if (pthread_create(&thread, NULL, hammer, NULL)) {
        errx(1, "no thread");
    }
    for (i = 0; i < rounds; i++) {
        decoding_off_and_on(command);
        usleep(i % 300);
        if (pm) {
            asleep_and_awake(pm, pmcsr, command);
            usleep(i % 300);
        }
    }
    stop = true;
    pthread_join(thread, NULL);
    printf("race: %lu x 0x%x, %lu ones, %lu zero, %lu other\n", answered,
           expected, ones, zero, other);
    return other != 0;
}
