/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses a BAR by instructions whose addresses are known.
 *
 *     pc BDF CPU      access the device once by each kind of instruction, on
 *                     that CPU, and print
 *                         NAME START NEXT
 *                     the address of the instruction, and of the next
 *     pc frames BDF   read the device two function calls deep, and print the
 *                     return addresses
 *     pc ADDRESS      print the byte of the kernel before that address, and
 *                     the one at it
 *
 * The device is an e1000e; the multicast table in its BAR0 is 512 bytes that
 * hold their last values.  (Ports are left out: QEMU's emulated SVM lets
 * no program use them.)
 */
#define _GNU_SOURCE
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BAR_SIZE    0x20000
#define TABLE       0x5200

/* The address of an instruction, and of the next one */
typedef struct Place {
    void *at;
    void *next;
} Place;

/* to: rdi, from: rsi, count: rcx */
#define PROBE(name, insn, to, from)                                         \
    static Place do_##name(void *mem)                                       \
    {                                                                       \
        char buf[16] = { 0 };                                               \
        void *di = to, *si = from;                                          \
        unsigned long n = 4;                                                \
        Place place;                                                        \
                                                                            \
        (void)buf;                                                          \
        (void)mem;                                                          \
        asm volatile("leaq 1f(%%rip), %[at]\n"                              \
                     "leaq 2f(%%rip), %[next]\n"                            \
                     "1: " insn "\n2:\n"                                    \
                     : [at] "=&r" (place.at), [next] "=&r" (place.next),    \
                       "+D" (di), "+S" (si), "+c" (n) : "a" (1)             \
                     : "memory", "xmm0", "rbx", "cc");                      \
        return place;                                                       \
    }

PROBE(read, "movl (%%rsi), %%ebx", NULL, mem)
PROBE(write, "movl %%eax, (%%rdi)", mem, NULL)
PROBE(modify, "addl $1, (%%rdi)", mem, NULL)
PROBE(load16, "movups (%%rsi), %%xmm0", NULL, mem)
PROBE(store16, "movups %%xmm0, (%%rdi)", mem, NULL)
PROBE(stos, "rep stosb", mem, NULL)
PROBE(movs_from, "rep movsb", buf, mem)
PROBE(movs_to, "rep movsb", mem, buf)

static const struct {
    const char *name;
    Place (*run)(void *mem);
} probes[] = {
    { "read", do_read }, { "write", do_write }, { "modify", do_modify },
    { "load16", do_load16 }, { "store16", do_store16 }, { "stos", do_stos },
    { "movs_from", do_movs_from }, { "movs_to", do_movs_to },
};

#define FRAMED \
    __attribute__((noinline, noclone, optimize("no-omit-frame-pointer")))

static FRAMED void *read_framed(uint8_t *mem)
{
    uint32_t value;

    asm volatile("movl (%1), %0" : "=r" (value) : "r" (mem));
    return __builtin_return_address(0);
}

static FRAMED void *call_framed(uint8_t *mem, void **inner)
{
    *inner = read_framed(mem);
    asm volatile("" : : : "memory");
    return __builtin_return_address(0);
}

static uint8_t *map_bar(const char *bdf)
{
    char path[128];
    void *p;
    int fd;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0", bdf);
    fd = open(path, O_RDWR);
    if (fd < 0) {
        err(1, "%s", path);
    }
    p = mmap(NULL, BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        err(1, "%s: mmap", path);
    }
    close(fd);
    return p;
}

static void access_device(const char *bdf, int cpu)
{
    uint8_t *bar = map_bar(bdf);
    cpu_set_t set;
    size_t i;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        err(1, "CPU %d", cpu);
    }
    for (i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
        Place place = probes[i].run(bar + TABLE);

        printf("%s %p %p\n", probes[i].name, place.at, place.next);
    }
}

static void print_frames(const char *bdf)
{
    void *inner;
    void *outer = call_framed(map_bar(bdf) + TABLE, &inner);

    printf("%p %p\n", inner, outer);
}

/* /proc/kcore is the kernel's memory as an ELF file. */
static void print_text(uint64_t addr)
{
    uint8_t byte[2];
    Elf64_Ehdr head;
    Elf64_Phdr part;
    int fd = open("/proc/kcore", O_RDONLY);
    int i;

    if (fd < 0 || pread(fd, &head, sizeof(head), 0) != sizeof(head)) {
        err(1, "/proc/kcore");
    }
    for (i = 0; i < head.e_phnum; i++) {
        if (pread(fd, &part, sizeof(part),
                  head.e_phoff + i * sizeof(part)) != sizeof(part)) {
            err(1, "/proc/kcore");
        }
        if (part.p_type == PT_LOAD && addr - 1 >= part.p_vaddr &&
            addr - part.p_vaddr < part.p_memsz) {
            if (pread(fd, byte, 2, part.p_offset + (addr - 1 - part.p_vaddr))
                != 2) {
                err(1, "/proc/kcore at 0x%lx", (unsigned long)addr);
            }
            printf("%02x %02x\n", byte[0], byte[1]);
            close(fd);
            return;
        }
    }
    errx(1, "the kernel has no memory at 0x%lx", (unsigned long)addr);
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "frames")) {
        print_frames(argv[2]);
    } else if (argc == 3) {
        access_device(argv[1], atoi(argv[2]));
    } else if (argc == 2) {
        print_text(strtoull(argv[1], NULL, 16));
    } else {
        errx(1, "usage: pc BDF CPU | pc frames BDF | pc ADDRESS");
    }
    return 0;
}
