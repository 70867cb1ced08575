/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings: rings files themselves, without a trace
 */
#ifndef VFIO_TRACE_RINGS_H
#define VFIO_TRACE_RINGS_H

#include "tools/common/subverb.h"

extern const SubVerb rings_list;
extern const SubVerb rings_check;
extern const SubVerb rings_add;
extern const SubVerb rings_remove;

#endif /* VFIO_TRACE_RINGS_H */
