/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of the guest's user space whose physical address is known
 */
#ifndef GUEST_HUGEPAGE_H
#define GUEST_HUGEPAGE_H

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGEPAGE        (2ul << 20)
#define HUGEPAGES_MAX   512
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_FRAME   ((1ull << 55) - 1)

/* Physical address of memory that is present */
static inline uint64_t physical(const void *p)
{
    uint64_t entry, page = sysconf(_SC_PAGESIZE);
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd < 0 || pread(fd, &entry, sizeof(entry),
                        (uintptr_t)p / page * sizeof(entry)) != sizeof(entry)) {
        err(1, "pagemap");
    }
    close(fd);
    if (!(entry & PAGEMAP_PRESENT)) {
        errx(1, "%p is not in memory", p);
    }
    return (entry & PAGEMAP_FRAME) * page + (uintptr_t)p % page;
}

/* A huge page at or above a physical address.  /proc/sys/vm/nr_hugepages says
   how many there are to choose from. */
static inline uint8_t *hugepage_above(uint64_t least)
{
    unsigned i;

    for (i = 0; i < HUGEPAGES_MAX; i++) {
        uint8_t *p = mmap(NULL, HUGEPAGE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

        if (p == MAP_FAILED) {
            break;
        }
        memset(p, 0, HUGEPAGE);
        if (physical(p) >= least) {
            return p;
        }
    }
    errx(1, "none of %u huge pages is at %#llx or above", i,
         (unsigned long long)least);
}

#endif /* GUEST_HUGEPAGE_H */
