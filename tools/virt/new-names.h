/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names in a new domain's XML
 */
#ifndef VFIO_TRACE_VIRT_NEW_NAMES_H
#define VFIO_TRACE_VIRT_NEW_NAMES_H

#include <glib.h>
#include <stdbool.h>

/**
 * virt_new_name_check() - can a text be a name or a path in XML?
 * @what: what it is, for the message
 * @text: the text, or NULL
 * @error: where to store why not
 */
bool virt_new_name_check(const char *what, const char *text, GError **error);

/**
 * virt_new_os_id() - get libosinfo's name of a system
 * @word: its short name ("win11"), or the name itself, which is a URL
 *
 * Return: the name, a URL; or NULL if @word is neither
 */
const char *virt_new_os_id(const char *word);

/**
 * virt_new_os_words() - list the short names that virt_new_os_id() knows
 *
 * Return: the names, separated by commas; to be freed
 */
char *virt_new_os_words(void);

#endif /* VFIO_TRACE_VIRT_NEW_NAMES_H */
