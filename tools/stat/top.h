/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: the groups with the most accesses
 */
#ifndef VFIO_TRACE_STAT_TOP_H
#define VFIO_TRACE_STAT_TOP_H

#include "tools/stat/count.h"

/**
 * stat_top() - get the groups with the most accesses, in this order
 * @result: what was counted
 * @max: number of groups; 0: all
 *
 * Groups with as many accesses are in the order of their first one.
 *
 * Return: an array of StatGroup *, to be freed with g_ptr_array_unref()
 */
GPtrArray *stat_top(const StatResult *result, uint32_t max);

#endif /* VFIO_TRACE_STAT_TOP_H */
