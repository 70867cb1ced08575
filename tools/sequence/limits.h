/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a sequence may use at most
 */
#ifndef VFIO_TRACE_SEQUENCE_LIMITS_H
#define VFIO_TRACE_SEQUENCE_LIMITS_H

#include <stdint.h>

/*
 * Operations carried out, those in loops and in uploads each time, and those
 * with bytes once more for each SEQUENCE_DATA_MAX of them
 */
#define SEQUENCE_STEPS_MAX (UINT64_C(1) << 32)

/* Waiting time of one operation, in all rounds together */
#define SEQUENCE_WAIT_MAX_NS (UINT64_C(3600) * 1000000000)

/* A buffer, and all of them */
#define SEQUENCE_BUFFER_MAX (UINT64_C(64) << 20)
#define SEQUENCE_BUFFERS_MAX (UINT64_C(256) << 20)

/* All files together */
#define SEQUENCE_FILES_MAX (UINT64_C(256) << 20)

/* Bytes that operations have themselves, all together: twice that in JSON */
#define SEQUENCE_DATAS_MAX (UINT64_C(64) << 20)

/* Vectors that a device's MSI-X table may have */
#define SEQUENCE_VECTORS 2048

/* A register's name, a mark's text */
#define SEQUENCE_TEXT_MAX 4096

#endif /* VFIO_TRACE_SEQUENCE_LIMITS_H */
