/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: complete the log of a QEMU that died
 *
 * The ring tells how far the log's file is good (ring.h: the commit) and
 * holds everything after that.  So the file is cut off there and what the
 * ring holds is appended.  Nothing is taken out of the ring: if this is
 * interrupted it can be done again, with the same result.
 */
#ifndef LIBMMIOTRACE_RECOVER_H
#define LIBMMIOTRACE_RECOVER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/ring-file.h"

/**
 * struct MmtRecovered: what was done
 * @file: the file that was written, to be freed with g_free()
 * @records: records that came out of the ring
 * @pending: how many of them were still waiting for the device's answer
 * @lost: records that found no room in the ring, in the whole run
 * @cut: bytes behind the last commit that were taken off the file first;
 *       they are among the records
 * @offset: bytes of the log, or of its part, before the first of the records;
 *          what a pipe's reader has got beyond is repeated
 * @part: number of the part, from 1 up
 */
typedef struct MmtRecovered {
    char *file;
    uint64_t records;
    uint64_t pending;
    uint64_t lost;
    uint64_t cut;
    uint64_t offset;
    uint64_t part;
} MmtRecovered;

/**
 * struct MmtRecoverOutput: a file for what a log lacks
 * @fd: the file, empty, open for writing; stays the caller's
 * @name: its name: compressed if it ends in .zst
 */
typedef struct MmtRecoverOutput {
    int fd;
    const char *name;
} MmtRecoverOutput;

typedef enum MmtRecoverError {
    MMT_RECOVER_ERROR_SYSTEM,
    /*
     * There is nothing to append to: the log was a pipe or a socket, or its
     * file has gone.  An output file is needed.
     */
    MMT_RECOVER_ERROR_NEEDS_OUTPUT,
    MMT_RECOVER_ERROR_BAD,      /* the log is not the ring's */
} MmtRecoverError;

#define MMT_RECOVER_ERROR mmt_recover_error_quark()
GQuark mmt_recover_error_quark(void);

/**
 * mmt_recover() - bring what a ring holds into its log
 * @rf: the ring, opened with mmt_ring_file_open*(); it is of no use for
 *      anything but mmt_ring_file_close() afterwards
 * @output: write what is missing into this new file instead; NULL: into the log
 * @done: where to store what was done
 * @error: where to store why not: MMT_RECOVER_ERROR; the ring stays as it
 *         was, and another try can be made
 *
 * The log must be a regular file of the user's, as the ring is, and not in use.
 * When this returns the text is on stable storage.
 *
 * Return: whether the log is whole now
 */
bool mmt_recover(MmtRingFile *rf, const MmtRecoverOutput *output,
                 MmtRecovered *done, GError **error);

#endif /* LIBMMIOTRACE_RECOVER_H */
