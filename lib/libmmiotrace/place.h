/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a file's name in a directory that is held
 *
 * Who owns a directory can put another one in its place between two system
 * calls that take a path.  So a directory is opened once, and all that is done
 * to a file is done by its name in there: what was checked is what is changed
 * or removed, wherever the path leads meanwhile.
 *
 * What is opened here belongs to the process's effective user, is a regular
 * file, and can be written by nobody else; nothing is done to it before that is
 * known: to open a tape or a watchdog is to use it, to open a FIFO is to wait.
 */
#ifndef LIBMMIOTRACE_PLACE_H
#define LIBMMIOTRACE_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

/**
 * struct MmtPlace: where a file is, or may be
 * @dir: its directory, open with O_PATH; -1: there is no place
 * @path: the whole path, for messages
 * @name: the last part of it
 */
typedef struct MmtPlace {
    int dir;
    char *path;
    const char *name;
} MmtPlace;

#define MMT_PLACE_NONE ((MmtPlace) { .dir = -1 })

/**
 * mmt_place_take() - hold a directory
 * @place: to be filled in; mmt_place_free() it in each case
 * @path: an absolute path, canonical but for links
 *
 * Return: true, or false with errno set
 */
bool mmt_place_take(MmtPlace *place, const char *path);

/**
 * mmt_place_beside() - another name in the same directory
 * @place: to be filled in; mmt_place_free() it in each case
 * @other: a place
 * @path: its path with another last part
 *
 * Return: true, or false with errno set
 */
bool mmt_place_beside(MmtPlace *place, const MmtPlace *other, const char *path);

/**
 * mmt_place_open() - open a file of the user's
 * @place: where it should be
 * @flags: O_RDONLY, O_RDWR or O_WRONLY, and what else open() takes for a file
 *         that exists; O_CLOEXEC comes by itself
 * @why: where to store what is wrong with it; NULL if errno says it
 *
 * Return: a descriptor, or -1: errno is ENOENT if nothing is there
 */
int mmt_place_open(const MmtPlace *place, int flags, const char **why);

/**
 * mmt_place_is_own() - is it a regular file of the effective user's?
 * @st: what fstat() says
 *
 * Return: NULL if it is, else what it is, to follow a name
 */
const char *mmt_place_is_own(const struct stat *st);

/**
 * mmt_place_remove() - remove a file's name
 * @place: the place
 * @fd: the file; if its name is another file's by now, that stays
 *
 * Return: true, or false with errno set; ESTALE: it is another file
 */
bool mmt_place_remove(const MmtPlace *place, int fd);

/**
 * mmt_place_free() - let the directory go
 * @place: the place; is MMT_PLACE_NONE afterwards
 */
void mmt_place_free(MmtPlace *place);

#endif /* LIBMMIOTRACE_PLACE_H */
