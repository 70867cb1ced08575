/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All CPUs write to registers of several devices at once, each value once.
 *
 *     order COUNT BDF:BAR:OFFSET:REGISTERS...
 *
 * One thread on each CPU writes COUNT values to each of the devices: 32 bits,
 * the CPU in the upper 8, a number that counts up from 0 in the others. It
 * takes the 8-byte REGISTERS from OFFSET on in turn. Which device comes first
 * differs from CPU to CPU, so that each order of two writes is possible.
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
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"


enum { MAX_DEVICES = 8, MAX_CPUS = 16, STRIDE = 8 };

typedef struct Target {
    char *registers;
    unsigned count;
} Target;

static Target targets[MAX_DEVICES];
static unsigned n_targets;
static uint32_t writes;
static pthread_barrier_t start;

static void add_target(const char *spec)
{
    char bdf[16], path[128];
    unsigned bar, offset;
    Target *t = &targets[n_targets++];
    struct stat st;
    void *map;
    int fd;

    if (n_targets > MAX_DEVICES ||
        sscanf(spec, "%12s:%u:%x:%u", bdf, &bar, &offset, &t->count) != 4) {
        errx(2, "what is %s?", spec);
    }
    enable_memory(bdf);
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource%u", bdf,
             bar);
    fd = open(path, O_RDWR);
    if (fd < 0 || fstat(fd, &st)) {
        err(1, "%s", path);
    }
    map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        err(1, "%s: mmap", path);
    }
    close(fd);
    t->registers = (char *)map + offset;
}

static void *write_all(void *arg)
{
    unsigned cpu = (uintptr_t)arg;
    cpu_set_t set;
    uint32_t n;
    unsigned i;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        err(1, "CPU %u", cpu);
    }
    pthread_barrier_wait(&start);
    for (n = 0; n < writes; n++) {
        for (i = 0; i < n_targets; i++) {
            Target *t = &targets[(i + cpu) % n_targets];

            *(volatile uint32_t *)(t->registers + n % t->count * STRIDE) =
                cpu << 24 | n;
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    unsigned cpus = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t threads[MAX_CPUS];
    unsigned i;

    if (argc < 3) {
        errx(2, "usage: order COUNT BDF:BAR:OFFSET:REGISTERS...");
    }
    writes = strtoul(argv[1], NULL, 0);
    for (i = 2; i < (unsigned)argc; i++) {
        add_target(argv[i]);
    }
    if (cpus > MAX_CPUS || pthread_barrier_init(&start, NULL, cpus)) {
        errx(1, "%u CPUs", cpus);
    }
    for (i = 0; i < cpus; i++) {
        if (pthread_create(&threads[i], NULL, write_all,
                           (void *)(uintptr_t)i)) {
            errx(1, "no thread");
        }
    }
    for (i = 0; i < cpus; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%u CPUs, %u devices\n", cpus, n_targets);
    return 0;
}
