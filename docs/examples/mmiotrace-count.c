/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Example of libmmiotrace: count the reads and writes of each register
 *
 *      cc mmiotrace-count.c $(pkg-config --cflags --libs libmmiotrace)
 *      ./a.out gpu.mmt | sort -k2nr | head
 */
#define _GNU_SOURCE /* for twalk_r() */
#include <inttypes.h>
#include <mmiotrace.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Register {
    uint32_t region;
    uint64_t offset, reads, writes;
} Register;

static int compare(const void *p, const void *q)
{
    const Register *a = p, *b = q;

    return a->region != b->region ? (a->region < b->region ? -1 : 1)
           : (a->offset > b->offset) - (a->offset < b->offset);
}

static void count(void **registers, const MmtEntry *entry)
{
    Register key = { .region = entry->region, .offset = entry->offset };
    Register **found = tsearch(&key, registers, compare);

    if (*found == &key) {
        *found = malloc(sizeof(key));
        **found = key;
    }
    (*found)->reads += entry->kind == MMT_ENTRY_READ;
    (*found)->writes += entry->kind == MMT_ENTRY_WRITE;
}

static void print(const void *node, VISIT visit, void *trace)
{
    const Register *r = *(Register *const *)node;
    const MmtRegion *region = mmt_trace_region(trace, r->region);

    if (visit == postorder || visit == leaf) {
        printf("%s:%s+0x%" PRIx64 " %" PRIu64 " %" PRIu64 "\n", region->device,
               region->name, r->offset, r->reads, r->writes);
    }
}

int main(int argc, char **argv)
{
    void *registers = NULL;
    char *message = NULL;
    const MmtEntry *entries;
    size_t n, i;
    MmtTrace *trace = mmt_trace_open(argc > 1 ? argv[1] : "-", &message);

    if (!trace) {
        fprintf(stderr, "%s\n", message);
        return EXIT_FAILURE;
    }
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            if (entries[i].kind <= MMT_ENTRY_UNKNOWN) {
                count(&registers, &entries[i]);
            }
        }
    }
    twalk_r(registers, print, trace);
    tdestroy(registers, free);
    if (mmt_trace_error(trace)) {
        fprintf(stderr, "%s\n", mmt_trace_error(trace));
        return EXIT_FAILURE;
    }
    mmt_trace_free(trace);
    return EXIT_SUCCESS;
}
