/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a file name in a directory that is kept open
 *
 * Between two system calls that take a path, the owner of a directory can
 * replace it by another one.  So the directory is opened once, and the file is
 * accessed by its name in that directory: the file that was checked is the file
 * that is changed or removed, even if the path leads elsewhere by then.
 *
 * Only regular files are opened that belong to the process's effective user and
 * that no other user can write.  This is checked before the file is opened:
 * opening a tape or a watchdog uses it, and opening a FIFO waits.
 */
#ifndef LIBMMIOTRACE_PLACE_H
#define LIBMMIOTRACE_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

/**
 * struct MmtPlace: the location of a file, which need not exist
 * @dir: its directory, open with O_PATH; -1: no location
 * @path: the whole path, for messages
 * @name: the last component of @path
 */
typedef struct MmtPlace {
    int dir;
    char *path;
    const char *name;
} MmtPlace;

#define MMT_PLACE_NONE ((MmtPlace) { .dir = -1 })

/**
 * mmt_place_take() - open a file's directory and keep it open
 * @place: filled in; to be freed with mmt_place_free(), also on failure
 * @path: the file's path, absolute, and canonical except for links
 *
 * Return: true, or false with errno set
 */
bool mmt_place_take(MmtPlace *place, const char *path);

/**
 * mmt_place_beside() - get a place for another name in the same directory
 * @place: filled in; to be freed with mmt_place_free(), also on failure
 * @other: a place in that directory
 * @path: path whose last component is the name; the rest is for messages
 *
 * Return: true, or false with errno set
 */
bool mmt_place_beside(MmtPlace *place, const MmtPlace *other, const char *path);

/**
 * mmt_place_open() - open a file that belongs to the effective user
 * @place: the file's place
 * @flags: O_RDONLY, O_RDWR or O_WRONLY, and other flags of open() for existing
 *         files; O_CLOEXEC is added
 * @why: where to store why the file is refused; NULL if errno has the reason
 *
 * Return: a descriptor, or -1: errno is ENOENT if there is no file
 */
int mmt_place_open(const MmtPlace *place, int flags, const char **why);

/**
 * mmt_place_is_own() - is it a regular file that only its owner, the effective
 * user, can write?
 * @st: the result of fstat()
 *
 * Return: NULL if it is, otherwise the reason, for a message after the name
 */
const char *mmt_place_is_own(const struct stat *st);

/**
 * mmt_place_remove() - remove a file's name
 * @place: the place
 * @fd: the file; if another file has its name by now, that file stays
 *
 * Return: true, or false with errno set; ESTALE: it is another file
 */
bool mmt_place_remove(const MmtPlace *place, int fd);

/**
 * mmt_place_free() - close the directory and free the path
 * @place: the place; is MMT_PLACE_NONE afterwards
 */
void mmt_place_free(MmtPlace *place);

#endif /* LIBMMIOTRACE_PLACE_H */
