/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One CPU reads a BAR continuously while another disables it.
 *
 *     race BDF BAR OFFSET ROUNDS
 *
 * A thread reads the register at OFFSET of a memory BAR as fast as it can;
 * the other one switches memory decoding off and on, and puts the device into
 * D3hot and back, ROUNDS times each. Prints the number of reads that gave the
 * register's value, all ones (the BAR was disabled while the access was on its
 * way), and zero (QEMU has nothing at that address). The register's value must
 * be constant, and neither of these.
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
    return cap;
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

int main(int argc, char **argv)
{
    char path[256];
    unsigned pm, command, pmcsr;
    unsigned long rounds, i, offset;
    pthread_t thread;
    char *map;
    int fd;

    if (argc != 5) {
        errx(2, "usage: race BDF BAR OFFSET ROUNDS");
    }
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", argv[1]);
    config = open(path, O_RDWR);
    if (config < 0) {
        err(1, "%s", path);
    }
    command = config_read(PCI_COMMAND, 2) | PCI_COMMAND_MEMORY;
    config_write(PCI_COMMAND, 2, command);
    pm = find_pm();
    if (!pm) {
        errx(1, "the device has no power management capability");
    }
    pmcsr = config_read(pm + PCI_PM_CTRL, 2) & ~3u;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource%s", argv[1],
             argv[2]);
    fd = open(path, O_RDWR);
    if (fd < 0) {
        err(1, "%s", path);
    }
    offset = strtoul(argv[3], NULL, 0);
    map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
               offset & ~4095ul);
    if (map == MAP_FAILED) {
        err(1, "%s", path);
    }
    reg = (volatile uint32_t *)(map + (offset & 4095));
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
        config_write(PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY);
        config_write(PCI_COMMAND, 2, command);
        usleep(i % 300);
        config_write(pm + PCI_PM_CTRL, 2, pmcsr | 3);
        config_write(pm + PCI_PM_CTRL, 2, pmcsr);
        /* a device may lose its settings when it comes back from D3 */
        config_write(PCI_COMMAND, 2, command);
        usleep(i % 300);
    }
    stop = true;
    pthread_join(thread, NULL);
    printf("race: %lu x 0x%x, %lu ones, %lu zero, %lu other\n", answered,
           expected, ones, zero, other);
    return other != 0;
}
