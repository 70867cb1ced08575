/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: from an access to an operation
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_ACCESS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_ACCESS_H

#include "tools/sequence/compile-internal.h"

/**
 * compile_access() - append the operation of an access
 * @c: the state
 * @entry: the access
 */
void compile_access(Compile *c, const MmtEntry *entry);

/**
 * compile_upload() - append an upload
 * @c: the state
 * @entry: its first access
 * @upload: the upload
 *
 * Return: false if its place is none of a sequence: compile its accesses
 */
bool compile_upload(Compile *c, const MmtEntry *entry,
                    const CompileUpload *upload);

/**
 * compile_poll() - append a poll
 * @c: the state
 * @entry: its first read
 * @poll: the poll
 */
void compile_poll(Compile *c, const MmtEntry *entry, const CompilePoll *poll);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_ACCESS_H */
