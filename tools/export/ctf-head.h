/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: what the metadata says of the trace
 *
 * The metadata is complete before the first event: what is in the log's head,
 * before its first access, can be in it.
 */
#ifndef VFIO_TRACE_EXPORT_CTF_HEAD_H
#define VFIO_TRACE_EXPORT_CTF_HEAD_H

#include "tools/ctf/module.h"
#include "tools/export/format.h"

/**
 * ctf_head_offset() - find out when a log's times are 0
 * @job: the job
 * @entry: an entry, which may be the log's clock mark
 *
 * Return: nanoseconds of the epoch, or -1 if the entry does not say it
 */
int64_t ctf_head_offset(const ExportJob *job, const MmtEntry *entry);

/**
 * ctf_head_env() - make the environment
 * @job: the job
 *
 * Return: for CtfHead.env, to be freed with g_strfreev()
 */
char **ctf_head_env(const ExportJob *job);

/**
 * ctf_head_region() - name a region, in names of events
 * @region: the region, or NULL
 *
 * Return: "dut0:bar0", in letters, digits and ".:_-@#" only; to be freed
 */
char *ctf_head_region(const MmtRegion *region);

#endif /* VFIO_TRACE_EXPORT_CTF_HEAD_H */
