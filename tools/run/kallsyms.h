/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: what a guest sends as its /proc/kallsyms
 *
 * The guest may be hostile: everything is bounded, and only lines of the right
 * form are kept, which have no characters that control a terminal.
 */
#ifndef VFIO_TRACE_RUN_KALLSYMS_H
#define VFIO_TRACE_RUN_KALLSYMS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Maximum size, both as the guest has sent it and decompressed */
#define RUN_KALLSYMS_MAX (64u << 20)

/**
 * struct RunKallsyms: the result
 * @fd: a file in memory with the text; to be closed
 * @symbols: number of symbols
 * @modules: number of symbols that are in modules
 * @base: address of the kernel's _text, or 0
 */
typedef struct RunKallsyms {
    int fd;
    uint64_t symbols;
    uint64_t modules;
    uint64_t base;
} RunKallsyms;

/* Time that reading may take: hundred times what a Linux of today needs */
#define RUN_KALLSYMS_US (20 * G_USEC_PER_SEC)

typedef struct RunKallsymsReader RunKallsymsReader;

/**
 * run_kallsyms_start() - begin to decompress and filter what the guest has sent
 * @fd: a file with it, read from its beginning; may be closed then
 * @uid: the user whose rights are sufficient for that; 0: those of this process
 * @error: where to store why not
 *
 * Return: the process that does it, to be passed to run_kallsyms_finish(); or
 * NULL
 */
RunKallsymsReader *run_kallsyms_start(int fd, uid_t uid, GError **error);

/**
 * run_kallsyms_may_finish() - would run_kallsyms_finish() return at once?
 * @reader: the process
 */
bool run_kallsyms_may_finish(RunKallsymsReader *reader);

/**
 * run_kallsyms_finish() - get the result
 * @reader: the process; it is ended and freed
 * @wait_us: how long to wait for it, but no longer than RUN_KALLSYMS_US in all
 * @result: where to store the result
 * @error: where to store why there is none
 */
bool run_kallsyms_finish(RunKallsymsReader *reader, gint64 wait_us,
                         RunKallsyms *result, GError **error);

#endif /* VFIO_TRACE_RUN_KALLSYMS_H */
