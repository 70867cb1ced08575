/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracing that is started and stopped under load: tests/common/toggle.py
 * explains the accounts.
 *
 *     toggle load DUT WITNESS ACCOUNTS
 *
 * In L2: a thread on each CPU writes (CPU << 24 | n), n = 1, 2, 3 ..., to edu's
 * register 0x80 of the PCI devices WITNESS and DUT, and keeps account in BAR 2
 * of the PCI device ACCOUNTS, until a word there says stop.
 *
 *     toggle host QMP ACCOUNTS CPUS SECONDS TIMES
 *
 * In L1: starts and stops the tracing of "dut0" through the socket QMP, up to
 * TIMES times within SECONDS; prints a line for each command: its name, DONE of
 * all CPUs before, ISSUED of all CPUs after. Then stops the load and prints
 * "last" and DONE of all CPUs.
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
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "device.h"

enum { REGISTER = 0x80, CONTROL = 0x1000, MAX_CPUS = 16 };
#define STOP (1u << 31)

/* toggle.py's ACCOUNT_BYTES, ISSUED, DONE, STOPPED */
typedef struct Account {
    volatile uint32_t issued;
    volatile uint32_t done;
    volatile uint32_t stopped;
    uint32_t unused[13];
} Account;

static volatile uint32_t *dut, *witness;
static Account *accounts;

static volatile uint32_t *control(void)
{
    return (volatile uint32_t *)((char *)accounts + CONTROL);
}

static void *map_file(const char *path)
{
    struct stat st;
    void *map;
    int fd = open(path, O_RDWR);

    if (fd < 0 || fstat(fd, &st)) {
        err(1, "%s", path);
    }
    map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        err(1, "%s: mmap", path);
    }
    close(fd);
    return map;
}

/* --- L2 ------------------------------------------------------------------ */

static void *map_bar(const char *bdf, unsigned bar)
{
    char path[128];

    enable_memory(bdf);
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource%u", bdf,
             bar);
    return map_file(path);
}

static void *write_all(void *arg)
{
    uint32_t cpu = (uintptr_t)arg;
    Account *account = &accounts[cpu];
    cpu_set_t set;
    uint32_t n;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        err(1, "CPU %u", cpu);
    }
    for (n = 1; n < 1 << 24 && !(*control() & STOP); n++) {
        *witness = cpu << 24 | n;
        account->issued = n;
        *dut = cpu << 24 | n;
        account->done = n;
    }
    account->stopped = 1;
    return NULL;
}

static int load(char **argv)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t thread[MAX_CPUS];
    long i;

    if (cpus > MAX_CPUS) {
        errx(1, "%ld CPUs are too many", cpus);
    }
    dut = (volatile uint32_t *)((char *)map_bar(argv[0], 0) + REGISTER);
    witness = (volatile uint32_t *)((char *)map_bar(argv[1], 0) + REGISTER);
    accounts = map_bar(argv[2], 2);
    for (i = 0; i < cpus; i++) {
        if (pthread_create(&thread[i], NULL, write_all, (void *)i)) {
            errx(1, "no thread");
        }
    }
    for (i = 0; i < cpus; i++) {
        pthread_join(thread[i], NULL);
    }
    return 0;
}

/* --- L1 ------------------------------------------------------------------ */

static FILE *connect_qmp(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    FILE *qmp = NULL;

    snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
        qmp = fdopen(fd, "r+");
    }
    if (!qmp) {
        err(1, "%s", path);
    }
    setvbuf(qmp, NULL, _IONBF, 0);
    return qmp;
}

static void execute(FILE *qmp, const char *command)
{
    char line[4096];

    if (command) {
        dprintf(fileno(qmp), "%s\n", command);
    }
    while (fgets(line, sizeof(line), qmp)) {
        if (strstr(line, "\"error\"")) {
            errx(1, "%s: %s", command, line);
        }
        if (strstr(line, command ? "\"return\"" : "\"QMP\"")) {
            return;
        }
    }
    errx(1, "%s: no answer", command ? command : "QMP");
}

static void toggle(FILE *qmp, const char *name, int cpus)
{
    uint32_t done[MAX_CPUS], issued[MAX_CPUS];
    char command[128];
    int i;

    snprintf(command, sizeof(command), "{\"execute\": \"vfio-trace-%s\", "
             "\"arguments\": {\"device\": \"dut0\"}}", name);
    for (i = 0; i < cpus; i++) {
        done[i] = accounts[i].done;
    }
    execute(qmp, command);
    for (i = 0; i < cpus; i++) {
        issued[i] = accounts[i].issued;
    }
    printf("%s", name);
    for (i = 0; i < cpus; i++) {
        printf(" %u", done[i]);
    }
    for (i = 0; i < cpus; i++) {
        printf(" %u", issued[i]);
    }
    printf("\n");
}

static bool all_stopped(int cpus)
{
    int i;

    for (i = 0; i < cpus; i++) {
        if (!accounts[i].stopped) {
            return false;
        }
    }
    return true;
}

static int host(char **argv)
{
    FILE *qmp = connect_qmp(argv[0]);
    int cpus = atoi(argv[2]);
    time_t end = time(NULL) + atoi(argv[3]);
    long times = atol(argv[4]);
    long i;

    accounts = map_file(argv[1]);
    execute(qmp, NULL);
    execute(qmp, "{\"execute\": \"qmp_capabilities\"}");
    for (i = 0; i < cpus; i++) {
        while (!accounts[i].done) {
            usleep(10000);
        }
    }
    for (i = 0; i < times && time(NULL) < end; i++) {
        toggle(qmp, "start", cpus);
        usleep(i % 4 * 2000);
        toggle(qmp, "stop", cpus);
        usleep(i % 3 * 2000);
    }
    *control() = STOP;
    while (!all_stopped(cpus)) {
        usleep(10000);
    }
    printf("last");
    for (i = 0; i < cpus; i++) {
        printf(" %u", accounts[i].done);
    }
    printf("\n");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "load")) {
        return load(argv + 2);
    }
    if (argc == 7 && !strcmp(argv[1], "host")) {
        return host(argv + 2);
    }
    errx(2, "toggle load DUT WITNESS ACCOUNTS | "
         "toggle host QMP ACCOUNTS CPUS SECONDS TIMES");
}
