/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: recovery of the log of a QEMU that died
 *
 * The ring records up to which offset the log's file is complete (ring.h: the
 * commit), and holds all records after that.  So the file is truncated to that
 * offset, and the ring's records are appended.  Nothing is removed from the
 * ring: if recovery is interrupted, it can be repeated with the same result.
 */
#ifndef LIBMMIOTRACE_RECOVER_H
#define LIBMMIOTRACE_RECOVER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/ring-file.h"

/**
 * struct MmtRecovered: result of a recovery
 * @file: the file that was written, to be freed with g_free()
 * @records: number of records from the ring
 * @pending: number of those that were still waiting for the device's answer
 * @lost: number of records that found no room in the ring, in the whole run
 * @cut: bytes behind the last commit that were removed from the file first;
 *       they are among the records
 * @offset: bytes of the log, or of its part, before the first of the records;
 *          bytes that a pipe's reader received beyond that are repeated
 * @part: number of the part, from 1 up
 * @finished: the log was complete, and its QEMU could not remove the ring:
 *            nothing was written, and the numbers are 0
 */
typedef struct MmtRecovered {
    char *file;
    uint64_t records;
    uint64_t pending;
    uint64_t lost;
    uint64_t cut;
    uint64_t offset;
    uint64_t part;
    bool finished;
} MmtRecovered;

/**
 * struct MmtRecoverOutput: a file for the missing end of a log
 * @fd: the file, empty, open for writing; the caller closes it
 * @name: its name: compressed if it ends in .zst
 */
typedef struct MmtRecoverOutput {
    int fd;
    const char *name;
} MmtRecoverOutput;

typedef enum MmtRecoverError {
    MMT_RECOVER_ERROR_SYSTEM,
    /*
     * There is no file to append to: the log was a pipe or a socket, or its
     * file is gone.  An output file is needed.
     */
    MMT_RECOVER_ERROR_NEEDS_OUTPUT,
    MMT_RECOVER_ERROR_BAD,      /* the log does not belong to the ring */
} MmtRecoverError;

#define MMT_RECOVER_ERROR mmt_recover_error_quark()
GQuark mmt_recover_error_quark(void);

/**
 * mmt_recover() - append the records in a ring to its log
 * @rf: the ring, opened with mmt_ring_file_open*(); afterwards it can only be
 *      passed to mmt_ring_file_close()
 * @output: write the missing end to this new file; NULL: append it to the log
 * @done: where to store the result
 * @error: where to store the error: MMT_RECOVER_ERROR; the ring is not changed,
 *         and recovery can be tried again
 *
 * The log must be a regular file of the effective user, as the ring is, and not
 * in use.  When this returns, the text is on stable storage.
 *
 * Return: true if the log is complete now
 */
bool mmt_recover(MmtRingFile *rf, const MmtRecoverOutput *output,
                 MmtRecovered *done, GError **error);

#endif /* LIBMMIOTRACE_RECOVER_H */
