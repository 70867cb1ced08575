/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings: what a rings file says, for people and as JSON
 */
#ifndef VFIO_TRACE_RINGS_SUMMARY_H
#define VFIO_TRACE_RINGS_SUMMARY_H

#include "libguestmem/model.h"

/* rings_summary_text() - print a summary of a file */
void rings_summary_text(const char *path, const GmemFile *file);

/**
 * rings_summary_json() - print a line of JSON
 * @path: path of the file
 * @file: the file; NULL: it is not valid
 * @error: why not
 */
void rings_summary_json(const char *path, const GmemFile *file,
                        const GError *error);

#endif /* VFIO_TRACE_RINGS_SUMMARY_H */
