/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log's file
 */
#ifndef HW_VFIO_TRACE_LOG_FILE_H
#define HW_VFIO_TRACE_LOG_FILE_H

#include "libmmiotrace/place.h"

/**
 * vfio_trace_file_open() - open an empty file for a log's exclusive use
 * @place: its directory and name; a symbolic link is not followed
 * @overwrite: empty and use a file that exists
 * @created: set to whether the file was not there before
 * @errp: error with the reason and a hint
 *
 * The file is a regular one of mode 0600, locked against other processes.  It
 * is open for reading and for appending.
 *
 * Return: the file descriptor, or -1 with errno set
 */
int vfio_trace_file_open(const MmtPlace *place, bool overwrite, bool *created,
                         Error **errp);

#endif /* HW_VFIO_TRACE_LOG_FILE_H */
