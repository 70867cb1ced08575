/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: names of registers for a database
 */
#ifndef VFIO_TRACE_PROFILE_NAMES_H
#define VFIO_TRACE_PROFILE_NAMES_H

#include "tools/profile/items.h"

/**
 * profile_name() - make a name for an item: "STATUS_8"
 * @report: the report
 * @item: a register or a window
 *
 * A register that has a name in a database keeps it.
 *
 * Return: the name, which is unique in its region, to be freed
 */
char *profile_name(const ProfileReport *report, const ProfileItem *item);

/**
 * profile_doc() - what an item is, and why
 * @item: a register or a window
 *
 * Return: a text of printable ASCII, to be freed
 */
char *profile_doc(const ProfileItem *item);

/**
 * profile_access() - how an item was accessed
 * @item: a register or a window
 *
 * Return: "r", "w" or "rw"
 */
const char *profile_access(const ProfileItem *item);

/**
 * profile_word() - turn a text into a word that is a name everywhere
 * @text: the text; characters other than ASCII's letters and digits become '_'
 *
 * Return: the word, to be freed
 */
char *profile_word(const char *text);

#endif /* VFIO_TRACE_PROFILE_NAMES_H */
