/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: may a program with root's rights read this file?
 */
#ifndef LIBREGDB_TRUST_H
#define LIBREGDB_TRUST_H

#include <stdbool.h>

/**
 * regdb_trusted() - could only root have made a file?
 * @dir: a directory, without symbolic links
 * @path: @dir, or a file or directory below it, without symbolic links
 * @why: where to store why not: "/home/u belongs to another user", to be freed
 *       with g_free()
 *
 * Root reads a database that is found only if no other user could have put it
 * there, or changes it meanwhile.  Who owns the program itself could have
 * changed that as well.  All others may read what they want.
 */
bool regdb_trusted(const char *dir, const char *path, char **why);

#endif /* LIBREGDB_TRUST_H */
