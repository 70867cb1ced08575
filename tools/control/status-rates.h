/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: rates for `vfio-trace status --watch`
 *
 * A sample is an object with QEMU's answer and the rates at which the counts
 * in it grow.
 *
 *   time             seconds since 1970
 *   interval         seconds since the previous sample; absent in the first
 *   logs             the result of query-vfio-trace, with in addition:
 *     events-per-second, bytes-per-second
 *     devices
 *       started      from query-vfio-trace-windows
 *       regions
 *         reads-per-second, writes-per-second
 *         trap-percent, exit-percent, busiest-cpu, busiest-percent
 *
 * Rates are absent if there is no previous count, percent also if the guest has
 * not run meanwhile.
 */
#ifndef VFIO_TRACE_STATUS_RATES_H
#define VFIO_TRACE_STATUS_RATES_H

#include <json-glib/json-glib.h>

/**
 * status_sample() - make a sample
 * @logs: result of query-vfio-trace
 * @windows: result of query-vfio-trace-windows, or NULL
 * @before: the previous sample, or NULL
 * @time: seconds since 1970
 * @interval: seconds since @before
 *
 * Return: the sample, to be freed with json_node_unref(); or NULL if @logs
 *         can not be converted
 */
JsonNode *status_sample(JsonNode *logs, JsonNode *windows, JsonNode *before,
                        double time, double interval);

#endif /* VFIO_TRACE_STATUS_RATES_H */
