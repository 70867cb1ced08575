/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the user who has called this program
 */
#ifndef VFIO_TRACE_INVOKER_H
#define VFIO_TRACE_INVOKER_H

#include <glib.h>
#include <sys/types.h>

/**
 * tool_invoker() - get the user who has called this program
 *
 * Return: for root, the user that sudo has come from, if it has an account; in
 *         all other cases the effective user
 */
uid_t tool_invoker(void);

/**
 * tool_invoker_home() - get the home directory of that user
 *
 * Return: its path, to be freed; or NULL if the user has none
 */
char *tool_invoker_home(void);

/**
 * tool_owner_beside() - choose the owner of a file that is made
 * @path: the file's path
 *
 * Return: the user who has called this program, if the directory is theirs;
 *         otherwise the effective user
 */
uid_t tool_owner_beside(const char *path);

#endif /* VFIO_TRACE_INVOKER_H */
