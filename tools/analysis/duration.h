/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: durations for people
 */
#ifndef VFIO_TRACE_ANALYSIS_DURATION_H
#define VFIO_TRACE_ANALYSIS_DURATION_H

#include <glib.h>
#include <stdint.h>

/**
 * analysis_put_duration() - append a duration in the unit that fits: "1.25 ms"
 * @text: where to append it
 * @ns: the duration in nanoseconds
 */
void analysis_put_duration(GString *text, uint64_t ns);

#endif /* VFIO_TRACE_ANALYSIS_DURATION_H */
