/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: values of a leaf
 */
#ifndef VFIO_TRACE_ANALYSIS_FOLD_VALUES_H
#define VFIO_TRACE_ANALYSIS_FOLD_VALUES_H

#include "tools/analysis/fold-types.h"

/**
 * fold_values_init() - begin with one value
 * @values: to be filled in
 * @value: the value
 */
void fold_values_init(FoldValues *values, uint64_t value);

/**
 * fold_values_append() - add values that come later in the trace
 * @values: the first ones
 * @later: the later ones; may be changed, is still to be cleared
 */
void fold_values_append(FoldValues *values, FoldValues *later);

/**
 * fold_values_clear() - free what the values have allocated
 * @values: the values
 */
void fold_values_clear(FoldValues *values);

/**
 * fold_distinct() - count different values
 * @values: values of a leaf
 * @exact: set to false if the result is an estimate
 */
uint64_t fold_distinct(const FoldValues *values, bool *exact);

/**
 * fold_list() - get different values in the order in which they appeared
 * @values: values of a leaf
 * @list: room for FOLD_LIST_MAX of them
 *
 * Return: their number, or 0 if there are more than FOLD_LIST_MAX
 */
unsigned fold_list(const FoldValues *values, uint64_t *list);

#endif /* VFIO_TRACE_ANALYSIS_FOLD_VALUES_H */
