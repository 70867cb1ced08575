/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log's file
 */
#ifndef HW_VFIO_TRACE_LOG_FILE_H
#define HW_VFIO_TRACE_LOG_FILE_H

/**
 * vfio_trace_file_open() - an empty file for a log, and for nobody else
 * @path: its path; a symbolic link is not followed
 * @overwrite: take a file that exists, and empty it
 * @created: set to whether the file was not there before
 * @errp: error that says why not, and what to do
 *
 * The file is a regular one of mode 0600, locked against other processes, and
 * open for reading, and for writing at its end.
 *
 * Return: the file descriptor, or -1 with errno set
 */
int vfio_trace_file_open(const char *path, bool overwrite, bool *created,
                         Error **errp);

/**
 * vfio_trace_file_remove() - unlink a log
 * @fd: the open file
 * @path: where it was created; nothing happens if another file is there now
 */
void vfio_trace_file_remove(int fd, const char *path);

#endif /* HW_VFIO_TRACE_LOG_FILE_H */
