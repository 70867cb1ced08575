/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how long accesses took, of logs with extra=latency
 */
#ifndef VFIO_TRACE_ANALYSIS_LATENCY_H
#define VFIO_TRACE_ANALYSIS_LATENCY_H

#include <stddef.h>
#include <stdint.h>

/* A latency that is not known */
#define ANALYSIS_NO_LATENCY UINT32_MAX

/**
 * analysis_latency() - find an access's latency in its line
 * @line: the line, of mmt_trace_line()
 * @len: its bytes
 *
 * The time of a read is when it was answered, that of a write when it began.
 *
 * Return: nanoseconds, or ANALYSIS_NO_LATENCY
 */
uint32_t analysis_latency(const char *line, size_t len);

#endif /* VFIO_TRACE_ANALYSIS_LATENCY_H */
