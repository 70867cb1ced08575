/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: what the metadata says of the trace
 *
 * It is what is known when the first entries were read: the head of the log is
 * among them.
 */
#ifndef VFIO_TRACE_EXPORT_CTF_HEAD_H
#define VFIO_TRACE_EXPORT_CTF_HEAD_H

#include "tools/ctf/module.h"
#include "tools/export/format.h"

/**
 * ctf_head_offset() - find out when a log's times are 0
 * @job: the job
 * @entries: the first entries, in which the log's clock mark may be
 * @n: number of them
 *
 * Return: nanoseconds of the epoch, or -1 if the log does not say it
 */
int64_t ctf_head_offset(const ExportJob *job, const MmtEntry *entries,
                        size_t n);

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
