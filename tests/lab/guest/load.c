/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts load on an ivshmem device from Linux until it is unplugged.
 *
 *     load BDF
 *
 * Does the same as tests/qemu/guest/load.S, access by access, with the same
 * values in the same places of BAR2 (see tests/common/loadguest.py), one thread
 * for each processor; so the same checks apply. It uses /dev/mem, like a driver
 * that does not know that its device is being unplugged: the mapping of a
 * resource file would end earlier. A thread ends when it reads all ones, or
 * zero, which QEMU returns for an unassigned address.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BAR_SIZE (1 << 20)
#define CONTROL 0
#define BOOT 0x80
#define SHARED 0x84
#define SLOTS 0x10000
#define SLOT_BYTES 0x10000
#define SLOTS_EACH 4096
#define ALL_ONES 0xffffffff
#define STOP (1u << 31)

static volatile uint32_t *bar;
static uint32_t last[8];

static void *load(void *arg)
{
    uintptr_t cpu = (uintptr_t)arg;
    volatile uint32_t *slots = bar + (SLOTS + cpu * SLOT_BYTES) / 4;
    uint32_t upper = cpu << 29 | (bar[BOOT / 4] & 15) << 25;
    uint32_t n, value, seen;
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        err(1, "CPU %u", (unsigned)cpu);
    }
    for (n = 1; n < 1 << 25; n++) {
        value = upper | n;
        slots[n % SLOTS_EACH] = value;
        if (n % 16) {
            continue;
        }
        bar[SHARED / 4] = value;
        /* another one may have written there meanwhile */
        seen = bar[SHARED / 4];
        (void)seen;
        seen = slots[n % SLOTS_EACH];
        if (seen == ALL_ONES || !seen) {
            break;
        }
        if (seen != value) {
            errx(1, "CPU %u has written 0x%x and read 0x%x", (unsigned)cpu,
                 value, seen);
        }
        if (bar[CONTROL / 4 + cpu] & STOP) {
            break;
        }
    }
    last[cpu] = n;
    return NULL;
}

/* Returns BAR2's address, and enables memory decoding */
static uint64_t find(const char *bdf)
{
    unsigned long long start = 0, end, flags;
    char path[128];
    FILE *f;
    int i;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/enable", bdf);
    f = fopen(path, "w");
    if (!f || fputs("1", f) < 0 || fclose(f)) {
        err(1, "%s", path);
    }
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", bdf);
    f = fopen(path, "r");
    if (!f) {
        err(1, "%s", path);
    }
    for (i = 0; i <= 2; i++) {
        if (fscanf(f, "%llx %llx %llx", &start, &end, &flags) != 3) {
            errx(1, "%s: no BAR2", path);
        }
    }
    fclose(f);
    return start;
}

int main(int argc, char **argv)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t threads[8];
    void *p;
    int fd;
    long i;

    if (argc != 2 || cpus < 1 || cpus > 8) {
        errx(2, "usage: load BDF, on at most 8 processors");
    }
    fd = open("/dev/mem", O_RDWR | O_SYNC);
    if (fd < 0) {
        err(1, "/dev/mem");
    }
    p = mmap(NULL, BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
             find(argv[1]));
    if (p == MAP_FAILED) {
        err(1, "mmap of /dev/mem");
    }
    bar = p;
    bar[BOOT / 4] = bar[BOOT / 4] + 1;
    for (i = 0; i < cpus; i++) {
        if (pthread_create(&threads[i], NULL, load, (void *)i)) {
            errx(1, "no thread");
        }
    }
    for (i = 0; i < cpus; i++) {
        pthread_join(threads[i], NULL);
        printf("load: CPU %ld has written up to %u\n", i, last[i]);
    }
    return 0;
}
