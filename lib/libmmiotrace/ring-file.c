/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a ring that outlives its process (see ring-file.h)
 */
#include "libmmiotrace/ring-file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SIDECAR_GROUP "vfio-trace ring"
#define SIDECAR_KEY   "path"

GQuark mmt_ring_file_error_quark(void)
{
    return g_quark_from_static_string("mmt-ring-file-error");
}

/* --- making one --------------------------------------------------------- */

static bool on_tmpfs(int fd)
{
    struct statfs fs;

    return fstatfs(fd, &fs) == 0 &&
           (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

/* A name that is free, as far as one can tell. */
static char *free_name(const char *dir)
{
    char *path = NULL;

    do {
        g_free(path);
        path = g_strdup_printf("%s/" MMT_RING_FILE_PREFIX "%08x"
                               MMT_RING_FILE_SUFFIX, dir, g_random_int());
    } while (access(path, F_OK) == 0);
    return path;
}

/*
 * Without a name, at first: whatever has a ring's name is ready and locked.
 */
static bool create_file(MmtRingFile *rf, const char *dir, GError **error)
{
    int err;

    rf->fd = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (rf->fd < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't make the log's ring in '%s': %s; ring-dir= names a "
                    "directory on a tmpfs", dir, g_strerror(errno));
        return false;
    }
    if (!on_tmpfs(rf->fd)) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "'%s' is not on a tmpfs: a ring on a disk would make "
                    "vCPUs wait for it; ring-dir= names another directory",
                    dir);
        return false;
    }
    if (flock(rf->fd, LOCK_EX | LOCK_NB) < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't lock the log's ring in '%s': %s", dir,
                    g_strerror(errno));
        return false;
    }
    err = posix_fallocate(rf->fd, 0, rf->bytes);
    if (err) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't get %zu bytes for the log's ring in '%s': %s; "
                    "ring-size= makes it smaller, ring-dir= puts it elsewhere",
                    rf->bytes, dir, g_strerror(err));
        return false;
    }
    return true;
}

static bool name_file(MmtRingFile *rf, const char *path, GError **error)
{
    g_autofree char *proc = g_strdup_printf("/proc/self/fd/%d", rf->fd);

    if (linkat(AT_FDCWD, proc, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't make the log's ring '%s': %s", path,
                    g_strerror(errno));
        return false;
    }
    rf->path = g_strdup(path);
    return true;
}

/* @fd: the file to map, or -1 for memory that is nobody else's */
static bool map_file(MmtRingFile *rf, int fd, int flags, GError **error)
{
    void *mem = mmap(NULL, rf->bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

    if (mem == MAP_FAILED) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't map the ring '%s': %s",
                    rf->path ? rf->path : "(new)", g_strerror(errno));
        return false;
    }
    rf->header = mem;
    rf->ring = (MmtRing *)(rf->header + 1);
    return true;
}

static bool write_sidecar(MmtRingFile *rf, const char *log, const char *ring,
                          GError **error)
{
    g_autoptr(GKeyFile) kf = g_key_file_new();
    g_autofree char *path = g_strconcat(log, MMT_RING_SIDECAR_SUFFIX, NULL);
    g_autofree char *text = NULL;
    size_t len;
    int fd;
    bool ok;

    g_key_file_set_string(kf, SIDECAR_GROUP, SIDECAR_KEY, ring);
    text = g_key_file_to_data(kf, &len, NULL);

    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "'%s' exists: the log '%s' was not brought to its end; "
                    "'vfio-trace recover' does that", path, log);
        return false;
    }
    if (fd < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't create '%s', which names the log's ring: %s", path,
                    g_strerror(errno));
        return false;
    }
    rf->sidecar = g_steal_pointer(&path);
    ok = write(fd, text, len) == (ssize_t)len;
    if (close(fd) < 0 || !ok) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't write '%s', which names the log's ring: %s",
                    rf->sidecar, g_strerror(errno));
        return false;
    }
    return true;
}

MmtRingFile *mmt_ring_file_create(const char *dir, const char *log,
                                  uint32_t slots, uint32_t flags,
                                  uint32_t extra, GError **error)
{
    g_autofree char *abs_dir = g_canonicalize_filename(dir ?: MMT_RING_DIR,
                                                       NULL);
    g_autofree char *path = free_name(abs_dir);
    MmtRingFile *rf = g_new0(MmtRingFile, 1);

    rf->fd = -1;
    rf->bytes = sizeof(MmtRingFileHeader) + mmt_ring_bytes(slots);
    if (strlen(log) >= MMT_RING_FILE_PATH_MAX) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "the log's path is longer than %d bytes",
                    MMT_RING_FILE_PATH_MAX - 1);
        goto fail;
    }
    if (!create_file(rf, abs_dir, error) ||
        !map_file(rf, rf->fd, MAP_SHARED | MAP_POPULATE, error)) {
        goto fail;
    }

    mmt_ring_init(rf->ring, slots);
    rf->header->version = MMT_RING_FILE_VERSION;
    rf->header->flags = flags;
    rf->header->extra = extra;
    rf->header->pid = getpid();
    strcpy(rf->header->log, log);
    __atomic_store_n(&rf->header->magic, MMT_RING_FILE_MAGIC, __ATOMIC_RELEASE);

    /* First where it will be: no ring must be without somebody who knows. */
    if (!(flags & MMT_RING_FILE_NO_PATH) &&
        !write_sidecar(rf, log, path, error)) {
        goto fail;
    }
    if (!name_file(rf, path, error)) {
        goto fail;
    }
    return rf;

fail:
    mmt_ring_file_close(rf, true);
    return NULL;
}

/* --- finding one that was left ------------------------------------------ */

/*
 * A copy, and no mapping: what was checked must not change afterwards, and
 * whoever owns the file could do that, or cut it off.
 */
static bool read_file(MmtRingFile *rf, GError **error)
{
    size_t at = 0;

    if (!map_file(rf, -1, MAP_PRIVATE | MAP_ANONYMOUS, error)) {
        return false;
    }
    while (at < rf->bytes) {
        ssize_t n = pread(rf->fd, (char *)rf->header + at, rf->bytes - at, at);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                        "can't read '%s': %s", rf->path,
                        n < 0 ? g_strerror(errno) : "it gets shorter");
            return false;
        }
        at += n;
    }
    return true;
}

/* What a sidecar names may be anything: of others' files we take none. */
static bool check_file(MmtRingFile *rf, GError **error)
{
    struct stat st;
    const char *why;

    if (fstat(rf->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' is not a regular file", rf->path);
        return false;
    }
    if (st.st_uid != geteuid() && geteuid() != 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' is another user's file", rf->path);
        return false;
    }
    rf->bytes = st.st_size;
    if (rf->bytes < sizeof(MmtRingFileHeader) + sizeof(MmtRing) ||
        rf->bytes > sizeof(MmtRingFileHeader) +
                    mmt_ring_bytes(MMT_RING_MAX_SLOTS)) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' is no ring, or was not ready yet", rf->path);
        return false;
    }
    if (!read_file(rf, error)) {
        return false;
    }
    if (rf->header->magic != MMT_RING_FILE_MAGIC) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' is no ring, or was not ready yet", rf->path);
        return false;
    }
    if (rf->header->version != MMT_RING_FILE_VERSION) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' is another version's ring file: use the vfio-trace "
                    "that goes with it", rf->path);
        return false;
    }
    if (!memchr(rf->header->log, 0, sizeof(rf->header->log))) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' is damaged: the log's name has no end", rf->path);
        return false;
    }
    why = mmt_ring_valid(rf->ring, rf->bytes - sizeof(MmtRingFileHeader));
    if (why) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' can't be used: %s", rf->path, why);
        return false;
    }
    return true;
}

/* The sidecar of the ring's log, if it is this ring's. */
static void find_sidecar(MmtRingFile *rf)
{
    g_autofree char *sidecar = NULL;
    g_autoptr(GKeyFile) kf = g_key_file_new();
    g_autofree char *named = NULL;

    if (rf->header->flags & MMT_RING_FILE_NO_PATH) {
        return;
    }
    sidecar = g_strconcat(rf->header->log, MMT_RING_SIDECAR_SUFFIX, NULL);
    if (g_key_file_load_from_file(kf, sidecar, G_KEY_FILE_NONE, NULL)) {
        named = g_key_file_get_string(kf, SIDECAR_GROUP, SIDECAR_KEY, NULL);
    }
    if (!g_strcmp0(named, rf->path)) {
        rf->sidecar = g_steal_pointer(&sidecar);
    }
}

MmtRingFile *mmt_ring_file_open(const char *path, GError **error)
{
    MmtRingFile *rf = g_new0(MmtRingFile, 1);

    rf->path = g_canonicalize_filename(path, NULL);
    /* A FIFO that somebody has put there must not hang us. */
    rf->fd = open(rf->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (rf->fd < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR,
                    errno == ENOENT ? MMT_RING_FILE_ERROR_ABSENT
                                    : MMT_RING_FILE_ERROR_SYSTEM,
                    "can't open the ring '%s': %s", rf->path,
                    g_strerror(errno));
        goto fail;
    }
    if (flock(rf->fd, LOCK_EX | LOCK_NB) < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_IN_USE,
                    "the ring '%s' is in use: its QEMU is still there, or it "
                    "is being recovered", rf->path);
        goto fail;
    }
    if (!check_file(rf, error)) {
        goto fail;
    }
    find_sidecar(rf);
    return rf;

fail:
    mmt_ring_file_close(rf, false);
    return NULL;
}

MmtRingFile *mmt_ring_file_open_log(const char *log, GError **error)
{
    g_autofree char *abs_log = g_canonicalize_filename(log, NULL);
    g_autofree char *sidecar = g_strconcat(abs_log, MMT_RING_SIDECAR_SUFFIX,
                                           NULL);
    g_autoptr(GKeyFile) kf = g_key_file_new();
    g_autoptr(GError) local = NULL;
    g_autofree char *path = NULL;
    struct stat st;

    if (!g_file_test(sidecar, G_FILE_TEST_EXISTS)) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_ABSENT,
                    "'%s' has no ring: there is no '%s'", log, sidecar);
        return NULL;
    }
    if (!stat(sidecar, &st) && S_ISREG(st.st_mode) && !st.st_size) {
        /* Killed while it began: the ring is made when this is written. */
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_ABSENT,
                    "'%s' has no ring: '%s' is empty", log, sidecar);
        return NULL;
    }
    if (g_key_file_load_from_file(kf, sidecar, G_KEY_FILE_NONE, &local)) {
        path = g_key_file_get_string(kf, SIDECAR_GROUP, SIDECAR_KEY, &local);
    }
    if (!path) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' does not name a ring: %s", sidecar, local->message);
        return NULL;
    }
    return mmt_ring_file_open(path, error);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **mmt_ring_file_list(const char *dir, GError **error)
{
    const char *where = dir ?: MMT_RING_DIR;
    g_autoptr(GDir) d = g_dir_open(where, 0, error);
    GPtrArray *paths;
    const char *name;

    if (!d) {
        return NULL;
    }
    paths = g_ptr_array_new();
    while ((name = g_dir_read_name(d))) {
        if (g_str_has_prefix(name, MMT_RING_FILE_PREFIX) &&
            g_str_has_suffix(name, MMT_RING_FILE_SUFFIX)) {
            g_ptr_array_add(paths, g_build_filename(where, name, NULL));
        }
    }
    g_ptr_array_sort(paths, by_name);
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}

void mmt_ring_file_remove(MmtRingFile *rf)
{
    /* The sidecar first: one that names nothing would be in the way. */
    if (rf->sidecar) {
        unlink(rf->sidecar);
    }
    if (rf->path) {
        unlink(rf->path);
    }
}

void mmt_ring_file_close(MmtRingFile *rf, bool remove)
{
    if (!rf) {
        return;
    }
    if (rf->header) {
        munmap(rf->header, rf->bytes);
    }
    if (remove) {
        mmt_ring_file_remove(rf);
    }
    if (rf->fd >= 0) {
        close(rf->fd);
    }
    g_free(rf->sidecar);
    g_free(rf->path);
    g_free(rf);
}
