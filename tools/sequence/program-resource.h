/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: the files with the fixed parts of programs
 */
#ifndef VFIO_TRACE_SEQUENCE_PROGRAM_RESOURCE_H
#define VFIO_TRACE_SEQUENCE_PROGRAM_RESOURCE_H

#include <gio/gio.h>

/**
 * sequence_programs_get_resource() - get the files
 *
 * glib-compile-resources makes this function.
 */
GResource *sequence_programs_get_resource(void);

#endif /* VFIO_TRACE_SEQUENCE_PROGRAM_RESOURCE_H */
