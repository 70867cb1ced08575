/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a ring that outlives its process
 *
 * The ring lies in a file on a tmpfs that is mapped shared: what a vCPU has
 * stored there survives whatever happens to QEMU, without a system call.
 * A file on a disk would not do: a mapping of it can block in writeback.
 *
 * Its name is in a small file next to the log, the sidecar; for a log without
 * a path of its own (a file descriptor) the ring's file tells the log's name.
 * Both go when the log has been brought to its end.  Whoever works with the
 * ring holds a lock on its file, so that nobody takes a living ring for a
 * dead one.
 *
 * Anybody can make a file with a ring's name, or a sidecar in a directory of
 * his own.  So a ring, its sidecar and its log are only touched if they belong
 * to the user that the process runs as, root as well: who is to complete
 * another user's log must become that user first.  Names are looked up in
 * directories that are held (place.h).
 */
#ifndef LIBMMIOTRACE_RING_FILE_H
#define LIBMMIOTRACE_RING_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/place.h"
#include "libmmiotrace/ring.h"

/* Where rings are if nobody says otherwise */
#define MMT_RING_DIR "/dev/shm"

/* How their names begin and end */
#define MMT_RING_FILE_PREFIX "vfio-trace-"
#define MMT_RING_FILE_SUFFIX ".ring"

/* What is added to a log's name for its sidecar */
#define MMT_RING_SIDECAR_SUFFIX ".ring"

/* "MMTFILE" and a zero byte, little-endian */
#define MMT_RING_FILE_MAGIC   0x00454c4946544d4dULL
#define MMT_RING_FILE_VERSION 1

#define MMT_RING_FILE_PATH_MAX 4096

typedef enum MmtRingFileFlags {
    /* The log's text is in zstd frames. */
    MMT_RING_FILE_ZSTD = 1 << 0,
    /* The log is a pipe or a socket: nothing can be added to it later. */
    MMT_RING_FILE_STREAM = 1 << 1,
    /* The log came as a file descriptor: its name is no path. */
    MMT_RING_FILE_NO_PATH = 1 << 2,
} MmtRingFileFlags;

/**
 * struct MmtRingFileHeader: what the file begins with; the ring follows
 * @magic: MMT_RING_FILE_MAGIC
 * @version: MMT_RING_FILE_VERSION
 * @flags: MmtRingFileFlags
 * @extra: MmtExtra: how the log's lines look
 * @pid: the process that made it, for messages
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
 * @place: where it is; MMT_PLACE_NONE before it has a name
 * @sidecar: where its sidecar is, or MMT_PLACE_NONE if there is none
 * @log: where its log is, if that is not where the header says, or
 *       MMT_PLACE_NONE
 * @fd: the file, locked
 * @sidecar_fd: the sidecar, or -1
 * @bytes: the file's size
 * @header: the begin of the mapping, or of a copy
 * @ring: the ring in it
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
    MMT_RING_FILE_ERROR_SYSTEM, /* the message says what */
    MMT_RING_FILE_ERROR_NONE,   /* nothing tells of a ring */
    MMT_RING_FILE_ERROR_ABSENT, /* what tells of a ring tells of none */
    MMT_RING_FILE_ERROR_IN_USE, /* the process that made it lives */
    MMT_RING_FILE_ERROR_BAD,    /* no ring, or not to be trusted */
} MmtRingFileError;

#define MMT_RING_FILE_ERROR mmt_ring_file_error_quark()
GQuark mmt_ring_file_error_quark(void);

/**
 * mmt_ring_file_create() - make a ring
 * @dir: directory on a tmpfs, made if it is not there; NULL for MMT_RING_DIR
 * @log: the log's path, or its name if @flags has MMT_RING_FILE_NO_PATH
 * @slots: number of slots
 * @flags: MmtRingFileFlags
 * @extra: MmtExtra
 * @error: where to store why not
 *
 * All of its memory is allocated and touched here: no page fault and no full
 * tmpfs can meet a vCPU later.  The sidecar is written unless there is no
 * path; one that is there already is an error.
 *
 * Return: the ring file, to be closed by the caller; NULL on error
 */
MmtRingFile *mmt_ring_file_create(const char *dir, const char *log,
                                  uint32_t slots, uint32_t flags,
                                  uint32_t extra, GError **error);

/**
 * mmt_ring_file_open() - open a ring that a process has left
 * @path: the ring's file
 * @error: where to store why not: MMT_RING_FILE_ERROR
 *
 * The ring is a copy: nothing that is done to it changes the file, so that
 * whoever dies in the middle has not spoilt it, and nothing that is done to the
 * file changes what was validated.  It must be on a tmpfs, have a ring's name,
 * and have all of its blocks: a file that says of itself that it is large takes
 * no memory that it does not take already.
 *
 * Return: the ring file, validated and locked; NULL on error
 */
MmtRingFile *mmt_ring_file_open(const char *path, GError **error);

/**
 * mmt_ring_file_open_log() - open the ring that belongs to a log
 * @log: the log's path
 * @error: where to store why not: MMT_RING_FILE_ERROR; _NONE if the log has no
 *         sidecar, _ABSENT if it has, but the ring is gone
 *
 * Return: as mmt_ring_file_open()
 */
MmtRingFile *mmt_ring_file_open_log(const char *log, GError **error);

/**
 * mmt_ring_file_open_in() - the same for a log in a directory that is held
 * @dir: the directory; the log and its parts are looked for in there
 * @log: the log's path; only its last part counts
 * @error: as mmt_ring_file_open_log()
 *
 * Return: as mmt_ring_file_open()
 */
MmtRingFile *mmt_ring_file_open_in(int dir, const char *log, GError **error);

/**
 * mmt_ring_file_forget() - remove the sidecar of a log whose ring is gone
 * @log: the log's path
 * @error: where to store why not
 */
bool mmt_ring_file_forget(const char *log, GError **error);

/**
 * mmt_ring_file_peek() - what a ring says of itself, in use or not
 * @path: the ring's file
 * @header: filled in; @log is terminated
 *
 * For finding a ring, and for messages: nothing is checked but that the file is
 * the user's own and begins like a ring's.
 */
bool mmt_ring_file_peek(const char *path, MmtRingFileHeader *header);

/**
 * mmt_ring_file_list() - the rings in a directory
 * @dir: the directory, or NULL for MMT_RING_DIR
 * @error: where to store why it can't be read
 *
 * Living ones, too: opening tells them apart.  And those in directories in there
 * whose names begin as rings' do.
 *
 * Return: paths, sorted, to be freed with g_strfreev(); NULL on error
 */
char **mmt_ring_file_list(const char *dir, GError **error);

/**
 * mmt_ring_file_remove() - remove the files, but go on using the memory
 * @rf: the ring file, as created
 */
void mmt_ring_file_remove(MmtRingFile *rf);

/**
 * mmt_ring_file_close() - let go of a ring
 * @rf: the ring file, or NULL; freed
 * @remove: the log is whole: the ring and its sidecar are not needed any more
 */
void mmt_ring_file_close(MmtRingFile *rf, bool remove);

#endif /* LIBMMIOTRACE_RING_FILE_H */
