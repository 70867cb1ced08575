/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: ring in a file, which outlives its process
 *
 * The ring is in a file on a tmpfs that is mapped shared: data that a vCPU has
 * stored there survive a crash of QEMU, without a system call.  A file on a
 * disk is not suitable: stores to its mapping can block in writeback.
 *
 * A small file next to the log, the sidecar, has the ring's name; for a log
 * without a path (a file descriptor), only the ring's file has the log's name.
 * A process that uses the ring holds a lock on its file, so that no other
 * process takes the ring of a running QEMU for a ring that was left.
 *
 * Ring and sidecar are removed when the log is complete.  A process that has
 * become another user since can't do that.  So both are marked as finished
 * first, through descriptors from before: whoever finds them later removes them
 * and leaves the log alone.
 *
 * Any user can create a file with a ring's name, or a sidecar in a directory of
 * their own.  So a ring, its sidecar and its log are accessed only if they
 * belong to the effective user, even if that is root: a process that completes
 * another user's log must switch to that user first.  Names are looked up in
 * directories that are kept open (place.h).
 */
#ifndef LIBMMIOTRACE_RING_FILE_H
#define LIBMMIOTRACE_RING_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/place.h"
#include "libmmiotrace/ring.h"

/* Default directory of rings */
#define MMT_RING_DIR "/dev/shm"

/* Prefix and suffix of their names */
#define MMT_RING_FILE_PREFIX "vfio-trace-"
#define MMT_RING_FILE_SUFFIX ".ring"

/* Suffix of a sidecar's name, after the log's name */
#define MMT_RING_SIDECAR_SUFFIX ".ring"

/* "MMTFILE" and a zero byte, in the order of a little-endian machine */
#define MMT_RING_FILE_MAGIC   0x00454c4946544d4dULL
#define MMT_RING_FILE_VERSION 1

#define MMT_RING_FILE_PATH_MAX 4096

typedef enum MmtRingFileFlags {
    /* The log's text is in zstd frames. */
    MMT_RING_FILE_ZSTD = 1 << 0,
    /* The log is a pipe or a socket: nothing can be appended later. */
    MMT_RING_FILE_STREAM = 1 << 1,
    /* The log was passed as a file descriptor: its name is not a path. */
    MMT_RING_FILE_NO_PATH = 1 << 2,
    /* The log is complete: the ring has nothing that the log lacks. */
    MMT_RING_FILE_FINISHED = 1 << 3,
} MmtRingFileFlags;

/**
 * struct MmtRingFileHeader: header of the file; the ring follows
 * @magic: MMT_RING_FILE_MAGIC
 * @version: MMT_RING_FILE_VERSION
 * @flags: MmtRingFileFlags
 * @extra: MmtExtra: optional fields in the log's lines
 * @pid: the process that created it, for messages
 * @log: path of the log, absolute; or its name if MMT_RING_FILE_NO_PATH
 */
typedef struct MmtRingFileHeader {
    uint64_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t extra;
    uint32_t pid;
    uint64_t spare[5];
    char log[MMT_RING_FILE_PATH_MAX];
    char pad[4096 - 64];
} MmtRingFileHeader;

static_assert(sizeof(MmtRingFileHeader) == 8192, "the header is two pages");

/**
 * struct MmtRingFile: an open ring file
 * @path: its path
 * @place: place of the file; MMT_PLACE_NONE before it has a name
 * @sidecar: place of its sidecar, or MMT_PLACE_NONE if there is none
 * @log: place of its log, if it is not at the header's path, or MMT_PLACE_NONE
 * @fd: the file, locked
 * @sidecar_fd: the sidecar, or -1
 * @bytes: the file's size
 * @header: the header, at the start of the mapping or of the copy
 * @ring: the ring in it; NULL if the ring was opened and is finished
 */
typedef struct MmtRingFile {
    char *path;
    MmtPlace place;
    MmtPlace sidecar;
    MmtPlace log;
    int fd;
    int sidecar_fd;
    size_t bytes;
    MmtRingFileHeader *header;
    MmtRing *ring;
} MmtRingFile;

typedef enum MmtRingFileError {
    MMT_RING_FILE_ERROR_SYSTEM, /* other errors: see the message */
    MMT_RING_FILE_ERROR_NONE,   /* the log has no sidecar */
    MMT_RING_FILE_ERROR_ABSENT, /* there is a sidecar, but no ring */
    MMT_RING_FILE_ERROR_FINISHED,   /* the same, and the log is complete */
    MMT_RING_FILE_ERROR_IN_USE, /* another process has locked the ring */
    MMT_RING_FILE_ERROR_BAD,    /* not a ring, or not to be trusted */
} MmtRingFileError;

#define MMT_RING_FILE_ERROR mmt_ring_file_error_quark()
GQuark mmt_ring_file_error_quark(void);

/**
 * mmt_ring_file_create() - create a ring
 * @dir: directory on a tmpfs, created if missing; NULL for MMT_RING_DIR
 * @log: the log's path, or its name if @flags has MMT_RING_FILE_NO_PATH
 * @slots: number of slots
 * @flags: MmtRingFileFlags
 * @extra: MmtExtra
 * @error: where to store the error
 *
 * All of its memory is allocated and touched here, so that later a vCPU can
 * meet neither a page fault nor a full tmpfs.  The sidecar is written unless
 * the log has no path; it is an error if it exists.
 *
 * Return: the ring file, to be closed by the caller; NULL on error
 */
MmtRingFile *mmt_ring_file_create(const char *dir, const char *log,
                                  uint32_t slots, uint32_t flags,
                                  uint32_t extra, GError **error);

/**
 * mmt_ring_file_open() - open a ring that a process has left
 * @path: the ring's file
 * @error: where to store the error: MMT_RING_FILE_ERROR
 *
 * The ring is a copy: changes to it do not change the file, so that a process
 * that dies while it uses the ring does not damage it, and changes to the file
 * do not change what was validated.  The file must be on a tmpfs, have a ring's
 * name, and have all of its blocks: so a file that claims to be large takes no
 * more memory than it already does.  Of a ring that is finished, only the
 * header is read: see mmt_ring_file_finished().
 *
 * Return: the ring file, validated and locked; NULL on error
 */
MmtRingFile *mmt_ring_file_open(const char *path, GError **error);

/**
 * mmt_ring_file_open_log() - open the ring that belongs to a log
 * @log: the log's path
 * @error: where to store the error: MMT_RING_FILE_ERROR; _NONE if the log has
 *         no sidecar, _ABSENT if it has one, but the ring is gone, _FINISHED if
 *         in addition the sidecar says that the log is complete
 *
 * Return: as mmt_ring_file_open()
 */
MmtRingFile *mmt_ring_file_open_log(const char *log, GError **error);

/**
 * mmt_ring_file_open_in() - open the ring of a log in an open directory
 * @dir: the directory, in which the log and its parts are looked up
 * @log: the log's path; only its last component is used
 * @error: as mmt_ring_file_open_log()
 *
 * Return: as mmt_ring_file_open()
 */
MmtRingFile *mmt_ring_file_open_in(int dir, const char *log, GError **error);

/**
 * mmt_ring_file_forget() - remove the sidecar of a log whose ring is gone
 * @log: the log's path
 * @error: where to store the error
 */
bool mmt_ring_file_forget(const char *log, GError **error);

/**
 * mmt_ring_file_peek() - read the header of a ring, in use or not
 * @path: the ring's file
 * @header: filled in; @log is terminated
 *
 * For finding a ring, and for messages: it is only checked that the file
 * belongs to the effective user and begins like a ring.
 *
 * Return: true, or false if the header can't be read or is not a ring's
 */
bool mmt_ring_file_peek(const char *path, MmtRingFileHeader *header);

/**
 * mmt_ring_file_list() - list the rings in a directory
 * @dir: the directory, or NULL for MMT_RING_DIR
 * @error: where to store why it can't be read
 *
 * Rings in use are listed, too: mmt_ring_file_open() tells them apart.  So are
 * rings in subdirectories whose names begin with MMT_RING_FILE_PREFIX.
 *
 * Return: paths, sorted, to be freed with g_strfreev(); NULL on error
 */
char **mmt_ring_file_list(const char *dir, GError **error);

/**
 * mmt_ring_file_finished() - is the log of an opened ring complete already?
 * @rf: the ring file
 *
 * If so, it has no ring, and can be passed to mmt_recover(), which does
 * nothing, and to mmt_ring_file_close().
 */
static inline bool mmt_ring_file_finished(const MmtRingFile *rf)
{
    return (rf->header->flags & MMT_RING_FILE_FINISHED) != 0;
}

/**
 * mmt_ring_file_remove() - remove ring and sidecar, but keep using the memory
 * @rf: the ring file; its log is complete
 *
 * What can't be removed is marked as finished, and the ring's file gives its
 * memory back; the memory stays mapped and keeps the ring's header.
 *
 * Return: true, or false if the ring or the sidecar could not be removed
 */
bool mmt_ring_file_remove(MmtRingFile *rf);

/**
 * mmt_ring_file_close() - close a ring
 * @rf: the ring file, or NULL; freed
 * @remove: the log is complete: remove the ring and its sidecar
 */
void mmt_ring_file_close(MmtRingFile *rf, bool remove);

#endif /* LIBMMIOTRACE_RING_FILE_H */
