/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how an access gets to the device
 */
#ifndef HW_VFIO_TRACE_WAY_H
#define HW_VFIO_TRACE_WAY_H

/**
 * enum VFIOTraceWay: how an access gets to the device
 * @VFIO_TRACE_WAY_MEMORY: by memory
 * @VFIO_TRACE_WAY_PORT: by an I/O port; by memory where there are none
 * @VFIO_TRACE_WAY_CONFIG: to config space: by ports, memory, or a call
 */
typedef enum VFIOTraceWay {
    VFIO_TRACE_WAY_MEMORY,
    VFIO_TRACE_WAY_PORT,
    VFIO_TRACE_WAY_CONFIG,
} VFIOTraceWay;

#endif /* HW_VFIO_TRACE_WAY_H */
