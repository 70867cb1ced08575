/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's side of the lab bench: loops of accesses to registers
 *
 *     guest-loop [-r ROUNDS] [-t MILLISECONDS] [-j THREADS,...] [-H HOOK]
 *                CASE...
 *
 * A CASE is NAME=BDF[,BDF...][@OFFSET][~|^][!]: 32-bit accesses to BAR 0 of the
 * device; with a `~`, accesses of 32 bytes by an instruction that KVM can't
 * emulate (VMOVDQU); with a `^`, an instruction of which only the processor
 * knows what it does (FXSAVE), as reads and as writes.  Thread n runs on CPU n
 * and takes the device n modulo their number.  With several numbers of THREADS,
 * all cases are run with each of them.  With a `!`, HOOK is run with the
 * arguments `NAME on` before and `NAME off` after each of the case's slices.
 *
 * All cases take turns in each round, each round beginning with another case,
 * so that other load on the machine affects all of them alike.  A slice has as
 * many accesses as take about the time that -t gives, in BATCHES batches.  Each
 * slice prints
 *
 *     slice NAME r|w ROUND THREADS ACCESSES NANOSECONDS MEDIAN
 *
 * with the accesses of all threads, the time from the first one's start to the
 * last one's end, and the picoseconds that an access took in the median batch
 * of the first thread: where a CPU is shared with other work, most batches are
 * still undisturbed.  The values written are (thread << 24) + a count that
 * goes up by one with each write of the thread to the device, from 1; at the
 * end
 *
 *     wrote BDF THREAD COUNT
 *
 * says how far it came: a log of these must have all of them, in order.
 */
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
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

#define CASES_MAX   16
#define DEVICES_MAX 16
#define THREADS_MAX 16
#define PAGE        4096
#define CPU_SHIFT   24
#define PROBE       64          /* accesses timed to size a slice */
#define BATCHES     32
#define ACCESSES_MAX 1024000

#define PCI_COMMAND 4
#define PCI_COMMAND_MEMORY 2

typedef struct Device {
    char bdf[32];
    volatile uint8_t *map;
    uint64_t size;
    uint32_t written[THREADS_MAX];
} Device;

/* How a case accesses its devices */
typedef enum How {
    HOW_MOV,
    HOW_VECTOR,
    HOW_SAVE,
} How;

typedef struct Case {
    const char *name;
    How how;
    Device *device[DEVICES_MAX];
    unsigned devices;
    uint32_t offset;
    bool hook;
    /* a thread's slice, by number of threads: reads, writes */
    uint32_t accesses[THREADS_MAX + 1][2];
} Case;

typedef struct Thread {
    pthread_t thread;
    pthread_barrier_t *start;
    unsigned n;
    const Case *c;
    bool write;
    uint32_t accesses;
    uint64_t ns[BATCHES + 1];   /* when each batch began, and the last ended */
} Thread;

static const uint32_t HOW_BYTES[] = {
    [HOW_MOV] = 4, [HOW_VECTOR] = 32, [HOW_SAVE] = 512,
};

static Device devices[DEVICES_MAX];
static unsigned n_devices;
static Case cases[CASES_MAX];
static unsigned n_cases;

static unsigned counts[THREADS_MAX] = { 1 };
static unsigned n_counts = 1;
static const char *hook;

static int open_sysfs(const char *bdf, const char *name)
{
    char path[128];
    int fd;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, name);
    fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        err(1, "%s", path);
    }
    return fd;
}

/* No driver is bound that would have enabled the device. */
static void enable_memory(const char *bdf)
{
    int fd = open_sysfs(bdf, "config");
    uint16_t command;

    if (pread(fd, &command, 2, PCI_COMMAND) != 2) {
        err(1, "%s: config", bdf);
    }
    command |= PCI_COMMAND_MEMORY;
    if (pwrite(fd, &command, 2, PCI_COMMAND) != 2) {
        err(1, "%s: config", bdf);
    }
    close(fd);
}

static Device *device_of(const char *bdf)
{
    struct stat st;
    Device *d;
    unsigned i;
    int fd;

    for (i = 0; i < n_devices; i++) {
        if (!strcmp(devices[i].bdf, bdf)) {
            return &devices[i];
        }
    }
    if (n_devices == DEVICES_MAX || strlen(bdf) >= sizeof(d->bdf)) {
        errx(2, "%s: too many devices, or no device", bdf);
    }
    d = &devices[n_devices++];
    strcpy(d->bdf, bdf);
    enable_memory(bdf);
    fd = open_sysfs(bdf, "resource0");
    if (fstat(fd, &st)) {
        err(1, "%s: BAR 0", bdf);
    }
    d->size = st.st_size;
    d->map = mmap(NULL, d->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (d->map == MAP_FAILED) {
        err(1, "%s: BAR 0", bdf);
    }
    close(fd);
    return d;
}

static void parse_case(char *text)
{
    Case *c = &cases[n_cases];
    char *bdf, *rest;

    if (n_cases++ == CASES_MAX) {
        errx(2, "too many cases");
    }
    c->name = strsep(&text, "=");
    if (!text) {
        errx(2, "%s: invalid case: use NAME=BDF...", c->name);
    }
    rest = strchr(text, '!');
    if (rest) {
        c->hook = true;
        *rest = '\0';
    }
    rest = strpbrk(text, "~^");
    if (rest) {
        c->how = *rest == '~' ? HOW_VECTOR : HOW_SAVE;
        *rest = '\0';
    }
    rest = strchr(text, '@');
    if (rest) {
        *rest = '\0';
        c->offset = strtoul(rest + 1, NULL, 0);
    }
    while ((bdf = strsep(&text, ","))) {
        if (c->devices == DEVICES_MAX) {
            errx(2, "%s: too many devices", c->name);
        }
        c->device[c->devices++] = device_of(bdf);
        if (c->offset + HOW_BYTES[c->how] > c->device[c->devices - 1]->size) {
            errx(2, "%s: 0x%x is outside of BAR 0", c->name, c->offset);
        }
    }
}

static void run_batch_vector(volatile uint32_t *reg, bool write,
                             uint32_t accesses)
{
    uint32_t i;

    for (i = 0; i < accesses; i++) {
        if (write) {
            asm volatile("vpxor %%xmm0, %%xmm0, %%xmm0; vmovdqu %%ymm0, (%0)"
                         : : "r"(reg) : "xmm0", "memory");
        } else {
            asm volatile("vmovdqu (%0), %%ymm0" : : "r"(reg) : "xmm0");
        }
    }
}

static void run_batch_save(volatile uint32_t *reg, uint32_t accesses)
{
    uint32_t i;

    for (i = 0; i < accesses; i++) {
        asm volatile("fxsave (%0)" : : "r"(reg) : "memory");
    }
}

static void run_batch(Thread *t, Device *d, volatile uint32_t *reg,
                      uint32_t accesses)
{
    uint32_t i;

    if (t->c->how == HOW_VECTOR) {
        run_batch_vector(reg, t->write, accesses);
    } else if (t->c->how == HOW_SAVE) {
        run_batch_save(reg, accesses);
    } else if (t->write) {
        uint32_t base = (t->n << CPU_SHIFT) + d->written[t->n];

        for (i = 1; i <= accesses; i++) {
            *reg = base + i;
        }
        d->written[t->n] += accesses;
    } else {
        for (i = 0; i < accesses; i++) {
            (void)*reg;
        }
    }
}

static void run_accesses(Thread *t)
{
    Device *d = t->c->device[t->n % t->c->devices];
    volatile uint32_t *reg = (volatile uint32_t *)(d->map + t->c->offset);
    unsigned i;

    t->ns[0] = now_ns();
    for (i = 0; i < BATCHES; i++) {
        run_batch(t, d, reg, t->accesses / BATCHES);
        t->ns[i + 1] = now_ns();
    }
}

static void *thread_main(void *opaque)
{
    Thread *t = opaque;
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(t->n, &set);
    if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set)) {
        errx(1, "there is no CPU %u", t->n);
    }
    pthread_barrier_wait(t->start);
    run_accesses(t);
    return NULL;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static uint64_t median_ps(const Thread *t)
{
    uint64_t ns[BATCHES];
    unsigned i;

    for (i = 0; i < BATCHES; i++) {
        ns[i] = t->ns[i + 1] - t->ns[i];
    }
    qsort(ns, BATCHES, sizeof(ns[0]), compare_u64);
    return (ns[BATCHES / 2 - 1] + ns[BATCHES / 2]) * 500 /
           (t->accesses / BATCHES);
}

/* One slice on all threads; nanoseconds from the first start to the last end */
static uint64_t run_slice(const Case *c, unsigned threads, bool write,
                          uint32_t accesses, uint64_t *median)
{
    Thread all[THREADS_MAX];
    pthread_barrier_t start;
    uint64_t first = UINT64_MAX, last = 0;
    unsigned i;

    pthread_barrier_init(&start, NULL, threads);
    for (i = 0; i < threads; i++) {
        all[i] = (Thread) {
            .start = &start, .n = i, .c = c, .write = write,
            .accesses = accesses,
        };
        if (pthread_create(&all[i].thread, NULL, thread_main, &all[i])) {
            errx(1, "can't make a thread");
        }
    }
    for (i = 0; i < threads; i++) {
        pthread_join(all[i].thread, NULL);
        first = all[i].ns[0] < first ? all[i].ns[0] : first;
        last = all[i].ns[BATCHES] > last ? all[i].ns[BATCHES] : last;
    }
    pthread_barrier_destroy(&start);
    *median = median_ps(&all[0]);
    return last - first;
}

/*
 * The number of accesses in a thread's slice.  The first ones warm things up.
 * Several threads slow each other down: what counts is wall-clock time.
 */
static uint32_t measure_slice(const Case *c, unsigned threads, bool write,
                              uint64_t slice_ns)
{
    uint64_t accesses, ns, ps;

    run_slice(c, threads, write, PROBE, &ps);
    ns = run_slice(c, threads, write, PROBE, &ps);
    if (threads > 1) {
        ps = ns * 1000 / PROBE;
    }
    accesses = slice_ns * 1000 / (ps + 1) / BATCHES * BATCHES;
    accesses = accesses < ACCESSES_MAX ? accesses : ACCESSES_MAX;
    return accesses > BATCHES ? accesses : BATCHES;
}

static void run_case(Case *c, unsigned threads, unsigned round,
                     uint64_t slice_ns)
{
    unsigned write;

    if (c->hook) {
        run_hook(hook, c->name, "on");
    }
    for (write = 0; write < 2; write++) {
        uint32_t *accesses = &c->accesses[threads][write];
        uint64_t ns, median;

        if (!*accesses) {
            *accesses = measure_slice(c, threads, write, slice_ns);
        }
        ns = run_slice(c, threads, write, *accesses, &median);
        printf("slice %s %c %u %u %u %llu %llu\n", c->name, "rw"[write],
               round, threads, *accesses * threads, (unsigned long long)ns,
               (unsigned long long)median);
    }
    if (c->hook) {
        run_hook(hook, c->name, "off");
    }
    fflush(stdout);
}

static void print_written(void)
{
    unsigned i, thread;

    for (i = 0; i < n_devices; i++) {
        for (thread = 0; thread < THREADS_MAX; thread++) {
            if (devices[i].written[thread]) {
                printf("wrote %s %u %u\n", devices[i].bdf, thread,
                       devices[i].written[thread]);
            }
        }
    }
}

static void parse_counts(char *text)
{
    char *word;

    for (n_counts = 0; (word = strsep(&text, ",")); n_counts++) {
        unsigned n = strtoul(word, NULL, 10);

        if (!n || n > THREADS_MAX || n_counts == THREADS_MAX) {
            errx(2, "-j: numbers from 1 to %u", THREADS_MAX);
        }
        counts[n_counts] = n;
    }
}

int main(int argc, char **argv)
{
    unsigned rounds = 10, slice_ms = 50;
    unsigned round, count, i;
    int option;

    while ((option = getopt(argc, argv, "r:t:j:H:")) != -1) {
        switch (option) {
        case 'r':
            rounds = strtoul(optarg, NULL, 10);
            break;
        case 't':
            slice_ms = strtoul(optarg, NULL, 10);
            break;
        case 'j':
            parse_counts(optarg);
            break;
        case 'H':
            hook = optarg;
            break;
        default:
            return 2;
        }
    }
    if (optind == argc) {
        errx(2, "usage: guest-loop [-r ROUNDS] [-t MILLISECONDS] "
             "[-j THREADS,...] [-H HOOK] "
             "NAME=BDF[,BDF...][@OFFSET][~|^][!]...");
    }
    for (; optind < argc; optind++) {
        parse_case(argv[optind]);
    }
    for (round = 0; round < rounds; round++) {
        for (count = 0; count < n_counts; count++) {
            for (i = 0; i < n_cases; i++) {
                run_case(&cases[(round + i) % n_cases], counts[count], round,
                         slice_ms * 1000000ull);
            }
        }
    }
    print_written();
    return 0;
}
