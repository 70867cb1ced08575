/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a new domain's PCI devices that are not of tracing
 */
#ifndef VFIO_TRACE_VIRT_NEW_OPTIONS_H
#define VFIO_TRACE_VIRT_NEW_OPTIONS_H

#include "tools/virt/new-guest.h"

/**
 * virt_new_options_parse() - take vfio-pci's properties from --device-opts
 * @words: values of --device-opts, terminated by NULL; or NULL
 * @first: address of the device that a value without an address is for, or NULL
 * @rest: where to store what is left for tracing, terminated by NULL; to be
 *        freed with g_strfreev()
 * @error: where to store the error
 *
 * Return: VirtProperty, to be freed with g_ptr_array_unref(); or NULL
 */
GPtrArray *virt_new_options_parse(char **words, const char *first, char ***rest,
                                  GError **error);

#endif /* VFIO_TRACE_VIRT_NEW_OPTIONS_H */
