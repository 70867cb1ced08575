/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: directories of databases
 */
#ifndef LIBREGDB_SEARCH_PATH_H
#define LIBREGDB_SEARCH_PATH_H

/**
 * regdb_search_path() - get the directories of databases
 *
 * VFIO_TRACE_REGDB_PATH, if it is set (colons separate directories; not for
 * programs with the rights of another user); else the user's
 * ~/.local/share/vfio-trace/regdb (XDG_DATA_HOME), then the source's regdb if
 * the program is in its build directory, /usr/local/share/vfio-trace/regdb, the
 * directory that was installed, and /usr/share/vfio-trace/regdb.
 *
 * Return: NULL-terminated, to be freed with g_strfreev()
 */
char **regdb_search_path(void);

/**
 * regdb_search_path_of() - get the directories of other files that ship
 * @variable: the environment's variable, in place of VFIO_TRACE_REGDB_PATH
 * @sub: the name of the directories, in place of "regdb"
 *
 * Return: as of regdb_search_path()
 */
char **regdb_search_path_of(const char *variable, const char *sub);

#endif /* LIBREGDB_SEARCH_PATH_H */
