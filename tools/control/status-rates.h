/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what happened between two looks at QEMU
 *
 * A sample is an object: what QEMU says, and beside its counts how fast they
 * grow.
 *
 *   time             seconds since 1970
 *   interval         seconds since the sample before; absent in the first
 *   logs             what query-vfio-trace returns; in addition
 *     events-per-second, bytes-per-second
 *     devices
 *       started      as query-vfio-trace-windows has it
 *       regions
 *         reads-per-second, writes-per-second
 *
 * Rates are absent where there is nothing to compare with.
 */
#ifndef VFIO_TRACE_STATUS_RATES_H
#define VFIO_TRACE_STATUS_RATES_H

#include <json-glib/json-glib.h>

/**
 * status_sample() - make a sample
 * @logs: what query-vfio-trace returned
 * @windows: what query-vfio-trace-windows returned, or NULL
 * @before: the sample before, or NULL
 * @time: seconds since 1970
 * @interval: seconds since @before
 *
 * Return: the sample, to be freed with json_node_unref(); or NULL if @logs
 *         can not be made one
 */
JsonNode *status_sample(JsonNode *logs, JsonNode *windows, JsonNode *before,
                        double time, double interval);

#endif /* VFIO_TRACE_STATUS_RATES_H */
