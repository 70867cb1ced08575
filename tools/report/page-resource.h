/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the resource with the page
 */
#ifndef VFIO_TRACE_REPORT_PAGE_RESOURCE_H
#define VFIO_TRACE_REPORT_PAGE_RESOURCE_H

#include <gio/gio.h>

/**
 * report_page_get_resource() - get the resource
 *
 * glib-compile-resources makes this function.
 */
GResource *report_page_get_resource(void);

#endif /* VFIO_TRACE_REPORT_PAGE_RESOURCE_H */
