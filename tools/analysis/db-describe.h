/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which database a device has, and why, for db.c
 */
#ifndef VFIO_TRACE_ANALYSIS_DB_DESCRIBE_H
#define VFIO_TRACE_ANALYSIS_DB_DESCRIBE_H

#include "tools/analysis/db-device.h"

/**
 * analysis_db_device_describe() - say what was chosen
 * @device: the device
 * @line: called with each line
 * @opaque: for @line
 */
void analysis_db_device_describe(const AnalysisDbDevice *device,
                                 void (*line)(const char *text, void *opaque),
                                 void *opaque);

#endif /* VFIO_TRACE_ANALYSIS_DB_DESCRIBE_H */
