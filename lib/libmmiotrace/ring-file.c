/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: ring in a file, which outlives its process (see ring-file.h)
 */
#include "libmmiotrace/ring-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SIDECAR_GROUP "vfio-trace ring"
#define SIDECAR_KEY   "path"
#define SIDECAR_FINISHED "finished"

/* A sidecar has one path; GLib may write each byte of it as "\\x". */
#define SIDECAR_MAX (2 * PATH_MAX + 96)

GQuark mmt_ring_file_error_quark(void)
{
    return g_quark_from_static_string("mmt-ring-file-error");
}

/* --- creating a ring ----------------------------------------------------- */

static bool on_tmpfs(int fd)
{
    struct statfs fs;

    return fstatfs(fd, &fs) == 0 &&
           (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

/* A name that no file has at the moment. */
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
 * Create the directory on a tmpfs, which loses the domains' directories at each
 * reboot.  A directory of another user, except root, is refused.
 */
static bool prepare_dir(const char *dir, GError **error)
{
    g_autofree char *above = g_path_get_dirname(dir);
    int fd = open(above, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat st;

    /* If this fails, opening the directory reports the error. */
    if (fd >= 0) {
        if (on_tmpfs(fd)) {
            (void)!mkdir(dir, 0700);
        }
        close(fd);
    }
    if (!stat(dir, &st) && st.st_uid != geteuid() && st.st_uid != 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "'%s' belongs to another user: name another directory with ring-dir=",
                    dir);
        return false;
    }
    return true;
}

/* The file has no name at first: all files with a ring's name are locked. */
static bool create_file(MmtRingFile *rf, const char *dir, GError **error)
{
    int err;

    if (!prepare_dir(dir, error)) {
        return false;
    }
    rf->fd = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (rf->fd < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't create the log's ring in '%s': %s; name a directory on a tmpfs with ring-dir=",
                    dir, g_strerror(errno));
        return false;
    }
    if (!on_tmpfs(rf->fd)) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "'%s' is not on a tmpfs: vCPUs would wait for a ring on a disk; name another directory with ring-dir=",
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
                    "can't allocate %zu bytes for the log's ring in '%s': %s; set a smaller ring-size= or another ring-dir=",
                    rf->bytes, dir, g_strerror(err));
        return false;
    }
    return true;
}

static bool name_file(MmtRingFile *rf, const char *path, GError **error)
{
    g_autofree char *proc = g_strdup_printf("/proc/self/fd/%d", rf->fd);

    if (!mmt_place_take(&rf->place, path) ||
        linkat(AT_FDCWD, proc, rf->place.dir, rf->place.name,
               AT_SYMLINK_FOLLOW) < 0) {
        mmt_place_free(&rf->place);
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't create the log's ring '%s': %s", path,
                    g_strerror(errno));
        return false;
    }
    rf->path = g_strdup(path);
    return true;
}

/* @fd: the file to map, or -1 for private memory */
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

    g_key_file_set_string(kf, SIDECAR_GROUP, SIDECAR_KEY, ring);
    text = g_key_file_to_data(kf, &len, NULL);

    if (mmt_place_take(&rf->sidecar, path)) {
        rf->sidecar_fd = openat(rf->sidecar.dir, rf->sidecar.name,
                                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
                                O_CLOEXEC, 0600);
    }
    if (rf->sidecar_fd < 0 && errno == EEXIST) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "'%s' exists: the log '%s' is not complete; complete it with 'vfio-trace recover'",
                    path, log);
        return false;
    }
    if (rf->sidecar_fd < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't create '%s', which names the log's ring: %s", path,
                    g_strerror(errno));
        return false;
    }
    if (fchmod(rf->sidecar_fd, 0600) < 0 ||
        write(rf->sidecar_fd, text, len) != (ssize_t)len) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't write '%s', which names the log's ring: %s", path,
                    g_strerror(errno));
        return false;
    }
    return true;
}

static MmtRingFile *new_ring_file(void)
{
    MmtRingFile *rf = g_new0(MmtRingFile, 1);

    rf->fd = -1;
    rf->sidecar_fd = -1;
    rf->place = MMT_PLACE_NONE;
    rf->sidecar = MMT_PLACE_NONE;
    rf->log = MMT_PLACE_NONE;
    return rf;
}

MmtRingFile *mmt_ring_file_create(const char *dir, const char *log,
                                  uint32_t slots, uint32_t flags,
                                  uint32_t extra, GError **error)
{
    g_autofree char *abs_dir = g_canonicalize_filename(dir ?: MMT_RING_DIR,
                                                       NULL);
    g_autofree char *path = free_name(abs_dir);
    MmtRingFile *rf = new_ring_file();

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

    /* The sidecar comes first: every ring with a name must have a sidecar. */
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

/* --- opening a ring that was left ---------------------------------------- */

/*
 * The file is copied, not mapped: the checked contents must not change, and the
 * file's owner could change or truncate it.
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
                        n < 0 ? g_strerror(errno) : "it was truncated");
            return false;
        }
        at += n;
    }
    return true;
}

static bool bad(GError **error, const char *path, const char *what)
{
    g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD, "'%s' %s",
                path, what);
    return false;
}

static const char *header_fault(const MmtRingFileHeader *header)
{
    if (header->magic == GUINT64_SWAP_LE_BE(MMT_RING_FILE_MAGIC)) {
        return "is a ring of a machine with the other byte order: recover its log there";
    }
    if (header->magic != MMT_RING_FILE_MAGIC) {
        return "is not a ring, or was not initialized yet";
    }
    if (header->version != MMT_RING_FILE_VERSION) {
        return "is a ring file of another version: use the vfio-trace of that version";
    }
    if (!memchr(header->log, 0, sizeof(header->log))) {
        return "is damaged: the log's name is not terminated";
    }
    if (!mmt_extra_fits(header->extra)) {
        return "is damaged: no record has all of its optional fields";
    }
    return NULL;
}

/*
 * The header is checked first.  Memory for the ring is allocated only if the
 * header is valid, the file has the size of that ring, and it has no holes.
 */
static bool check_file(MmtRingFile *rf, GError **error)
{
    struct {
        MmtRingFileHeader file;
        MmtRing ring;
    } *head = g_malloc(sizeof(*head));
    const char *why = NULL;
    struct stat st;
    size_t want;

    if (fstat(rf->fd, &st) < 0 || !on_tmpfs(rf->fd)) {
        why = "is not on a tmpfs: it is not a ring";
    } else if (pread(rf->fd, head, sizeof(*head), 0) != sizeof(*head)) {
        why = "is not a ring, or was not initialized yet";
    } else {
        why = header_fault(&head->file);
    }
    if (!why && (head->file.flags & MMT_RING_FILE_FINISHED)) {
        rf->bytes = sizeof(head->file);
    } else if (!why) {
        want = mmt_ring_bytes(head->ring.slots);
        rf->bytes = st.st_size;
        if (!want || rf->bytes != sizeof(MmtRingFileHeader) + want) {
            why = "is damaged: its size does not match the ring's";
        } else if ((uint64_t)st.st_blocks * 512 < rf->bytes) {
            why = "is damaged: it has holes";
        }
    }
    g_free(head);
    if (why) {
        return bad(error, rf->path, why);
    }
    if (!read_file(rf, error)) {
        return false;
    }
    if (mmt_ring_file_finished(rf)) {
        rf->ring = NULL;
        return true;
    }
    /* The file may have changed in the meantime. */
    why = header_fault(rf->header);
    if (why) {
        return bad(error, rf->path, why);
    }
    why = mmt_ring_valid(rf->ring, rf->bytes - sizeof(MmtRingFileHeader));
    if (why) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_BAD,
                    "'%s' can't be used: %s", rf->path, why);
        return false;
    }
    return true;
}

/* --- sidecars ------------------------------------------------------------ */

typedef enum SidecarState {
    SIDECAR_IN_USE,     /* or its QEMU has died */
    SIDECAR_EMPTY,
    SIDECAR_DONE,       /* the log is complete */
} SidecarState;

/* No error message quotes the file's contents: it may not be a sidecar. */
static char *read_sidecar(int fd, SidecarState *state)
{
    g_autofree char *text = g_malloc(SIDECAR_MAX + 1);
    g_autoptr(GKeyFile) kf = g_key_file_new();
    ssize_t len = pread(fd, text, SIDECAR_MAX + 1, 0);

    *state = len ? SIDECAR_IN_USE : SIDECAR_EMPTY;
    if (len <= 0 || len > SIDECAR_MAX ||
        !g_key_file_load_from_data(kf, text, len, G_KEY_FILE_NONE, NULL)) {
        return NULL;
    }
    if (g_key_file_get_boolean(kf, SIDECAR_GROUP, SIDECAR_FINISHED, NULL)) {
        *state = SIDECAR_DONE;
    }
    return g_key_file_get_string(kf, SIDECAR_GROUP, SIDECAR_KEY, NULL);
}

static void forget_place(MmtPlace *place, int *fd)
{
    mmt_place_free(place);
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* Find the sidecar of the ring's log, if it names this ring. */
static void find_sidecar(MmtRingFile *rf)
{
    g_autofree char *path = NULL;
    g_autofree char *named = NULL;
    SidecarState state;
    const char *why;

    if ((rf->header->flags & MMT_RING_FILE_NO_PATH) ||
        !g_path_is_absolute(rf->header->log)) {
        return;
    }
    path = g_strconcat(rf->header->log, MMT_RING_SIDECAR_SUFFIX, NULL);
    if (mmt_place_take(&rf->sidecar, path)) {
        rf->sidecar_fd = mmt_place_open(&rf->sidecar, O_RDONLY, &why);
    }
    if (rf->sidecar_fd >= 0) {
        named = read_sidecar(rf->sidecar_fd, &state);
    }
    if (g_strcmp0(named, rf->path)) {
        forget_place(&rf->sidecar, &rf->sidecar_fd);
    }
}

static bool has_ring_name(const char *name)
{
    return g_str_has_prefix(name, MMT_RING_FILE_PREFIX) &&
           g_str_has_suffix(name, MMT_RING_FILE_SUFFIX);
}

static bool open_ring(MmtRingFile *rf, GError **error)
{
    const char *why = NULL;

    if (mmt_place_take(&rf->place, rf->path)) {
        rf->fd = mmt_place_open(&rf->place, O_RDWR, &why);
    }
    if (rf->fd >= 0) {
        return true;
    }
    if (why) {
        return bad(error, rf->path, why);
    }
    g_set_error(error, MMT_RING_FILE_ERROR,
                errno == ENOENT ? MMT_RING_FILE_ERROR_ABSENT
                                : MMT_RING_FILE_ERROR_SYSTEM,
                "can't open the ring '%s': %s", rf->path, g_strerror(errno));
    return false;
}

MmtRingFile *mmt_ring_file_open(const char *path, GError **error)
{
    MmtRingFile *rf = new_ring_file();

    rf->path = g_canonicalize_filename(path, NULL);
    if (!has_ring_name(strrchr(rf->path, '/') + 1)) {
        bad(error, rf->path, "is not a ring: rings have names like "
            MMT_RING_FILE_PREFIX "*" MMT_RING_FILE_SUFFIX);
        goto fail;
    }
    if (!open_ring(rf, error)) {
        goto fail;
    }
    if (flock(rf->fd, LOCK_EX | LOCK_NB) < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_IN_USE,
                    "the ring '%s' is in use: its QEMU is still running, or it is being recovered",
                    rf->path);
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

bool mmt_ring_file_peek(const char *path, MmtRingFileHeader *header)
{
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    MmtPlace place = MMT_PLACE_NONE;
    const char *why;
    int fd = -1;
    bool ok;

    if (mmt_place_take(&place, absolute)) {
        fd = mmt_place_open(&place, O_RDONLY, &why);
    }
    mmt_place_free(&place);
    if (fd < 0) {
        return false;
    }
    ok = pread(fd, header, sizeof(*header), 0) == sizeof(*header) &&
         header->magic == MMT_RING_FILE_MAGIC;
    header->log[MMT_RING_FILE_PATH_MAX - 1] = '\0';
    close(fd);
    return ok;
}

/*
 * @in: the directory, or NULL: the one in the path
 *
 * Return: a descriptor of the sidecar; -1: there is none, or it is refused
 */
static int open_sidecar(MmtPlace *place, const MmtPlace *in, const char *log,
                        GError **error)
{
    g_autofree char *abs_log = g_canonicalize_filename(log, NULL);
    g_autofree char *path = g_strconcat(abs_log, MMT_RING_SIDECAR_SUFFIX,
                                        NULL);
    const char *why = NULL;
    int fd = -1;

    if (in ? mmt_place_beside(place, in, path) : mmt_place_take(place, path)) {
        fd = mmt_place_open(place, O_RDONLY, &why);
    }
    if (fd < 0 && why) {
        bad(error, path, why);
    } else if (fd < 0 && errno == ENOENT) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_NONE,
                    "'%s' has no ring: there is no '%s'", log, path);
    } else if (fd < 0) {
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't open '%s', which names the log's ring: %s", path,
                    g_strerror(errno));
    }
    return fd;
}

static MmtRingFile *open_by_sidecar(const MmtPlace *in, const char *log,
                                    GError **error)
{
    MmtPlace place = MMT_PLACE_NONE;
    g_autofree char *path = NULL;
    MmtRingFile *rf = NULL;
    SidecarState state;
    int fd = open_sidecar(&place, in, log, error);

    if (fd < 0) {
        mmt_place_free(&place);
        return NULL;
    }
    path = read_sidecar(fd, &state);
    if (path) {
        rf = mmt_ring_file_open(path, error);
        if (!rf && state == SIDECAR_DONE &&
            g_error_matches(*error, MMT_RING_FILE_ERROR,
                            MMT_RING_FILE_ERROR_ABSENT)) {
            (*error)->code = MMT_RING_FILE_ERROR_FINISHED;
        }
    } else if (state == SIDECAR_EMPTY) {
        /* QEMU died before it wrote the sidecar: the ring has no name yet. */
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_ABSENT,
                    "'%s' has no ring: '%s' is empty", log, place.path);
    } else {
        bad(error, place.path, "does not name a ring");
    }
    if (rf && in) {
        /* Use the directory that the caller named, not the header's path. */
        forget_place(&rf->sidecar, &rf->sidecar_fd);
        if (mmt_place_beside(&rf->log, in, rf->header->log)) {
            rf->sidecar = place;
            rf->sidecar_fd = fd;
            return rf;
        }
        g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                    "can't keep the directory of '%s' open: %s", log,
                    g_strerror(errno));
        mmt_ring_file_close(rf, false);
        rf = NULL;
    }
    forget_place(&place, &fd);
    return rf;
}

MmtRingFile *mmt_ring_file_open_log(const char *log, GError **error)
{
    return open_by_sidecar(NULL, log, error);
}

MmtRingFile *mmt_ring_file_open_in(int dir, const char *log, GError **error)
{
    const MmtPlace in = { .dir = dir };

    return open_by_sidecar(&in, log, error);
}

bool mmt_ring_file_forget(const char *log, GError **error)
{
    MmtPlace place = MMT_PLACE_NONE;
    int fd = open_sidecar(&place, NULL, log, error);
    bool ok = false;

    if (fd >= 0) {
        ok = mmt_place_remove(&place, fd);
        if (!ok) {
            g_set_error(error, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_SYSTEM,
                        "can't remove '%s': %s", place.path,
                        g_strerror(errno));
        }
        close(fd);
    }
    mmt_place_free(&place);
    return ok;
}

/* ------------------------------------------------------------------------- */

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* @depth: levels of subdirectories with a ring's prefix, as domains have */
static bool list_dir(const char *where, unsigned depth, GPtrArray *paths,
                     GError **error)
{
    g_autoptr(GDir) d = g_dir_open(where, 0, error);
    const char *name;

    if (!d) {
        return false;
    }
    while ((name = g_dir_read_name(d))) {
        g_autofree char *path = g_build_filename(where, name, NULL);
        struct stat st;

        if (has_ring_name(name)) {
            g_ptr_array_add(paths, g_steal_pointer(&path));
        } else if (depth && g_str_has_prefix(name, MMT_RING_FILE_PREFIX) &&
                   !lstat(path, &st) && S_ISDIR(st.st_mode)) {
            list_dir(path, depth - 1, paths, NULL);
        }
    }
    return true;
}

char **mmt_ring_file_list(const char *dir, GError **error)
{
    GPtrArray *paths = g_ptr_array_new();

    if (!list_dir(dir ?: MMT_RING_DIR, 1, paths, error)) {
        g_ptr_array_unref(paths);
        return NULL;
    }
    g_ptr_array_sort(paths, by_name);
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}

/* --- removing a ring ----------------------------------------------------- */

/* As a file, since an opened ring is a copy. */
static void mark_ring(MmtRingFile *rf)
{
    uint32_t flags = rf->header->flags | MMT_RING_FILE_FINISHED;

    /* The file's page is there: this can't fail. */
    (void)!pwrite(rf->fd, &flags, sizeof(flags),
                  offsetof(MmtRingFileHeader, flags));
}

/* Only the process that has written the sidecar can do this. */
static bool mark_sidecar(MmtRingFile *rf)
{
    static const char line[] = SIDECAR_FINISHED "=true\n";
    off_t end = lseek(rf->sidecar_fd, 0, SEEK_END);

    if (write(rf->sidecar_fd, line, strlen(line)) == (ssize_t)strlen(line)) {
        return true;
    }
    /* The disk is full: leave no part of the line. */
    (void)!ftruncate(rf->sidecar_fd, end);
    return false;
}

/* Return: whether the file has no such name any more */
static bool remove_place(const MmtPlace *place, int fd)
{
    return mmt_place_remove(place, fd) || errno == ENOENT || errno == ESTALE;
}

/* A vCPU may still read the header of the ring, and store into its slots. */
static void give_memory_back(MmtRingFile *rf)
{
    off_t keep = sizeof(MmtRingFileHeader) + sysconf(_SC_PAGESIZE);

    if (rf->bytes > (size_t)keep) {
        (void)!fallocate(rf->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                         keep, rf->bytes - keep);
    }
}

/*
 * A sidecar that is not marked must not stay without its ring, or the log would
 * be taken for an incomplete one.  A ring must not stay without its sidecar, or
 * the next log of that name would not find it.
 */
bool mmt_ring_file_remove(MmtRingFile *rf)
{
    bool has_sidecar = rf->sidecar_fd >= 0;
    bool marked;
    bool ok = true;

    if (rf->place.dir < 0) {
        return !has_sidecar || remove_place(&rf->sidecar, rf->sidecar_fd);
    }
    mark_ring(rf);
    marked = has_sidecar && mark_sidecar(rf);
    if (has_sidecar && !marked) {
        ok = remove_place(&rf->sidecar, rf->sidecar_fd);
    }
    ok = ok && remove_place(&rf->place, rf->fd);
    if (!ok) {
        give_memory_back(rf);
    }
    if (marked) {
        ok = ok && remove_place(&rf->sidecar, rf->sidecar_fd);
    }
    return ok;
}

/* ------------------------------------------------------------------------- */

void mmt_ring_file_close(MmtRingFile *rf, bool remove)
{
    if (!rf) {
        return;
    }
    if (remove) {
        mmt_ring_file_remove(rf);
    }
    if (rf->header) {
        munmap(rf->header, rf->bytes);
    }
    if (rf->fd >= 0) {
        close(rf->fd);
    }
    if (rf->sidecar_fd >= 0) {
        close(rf->sidecar_fd);
    }
    mmt_place_free(&rf->sidecar);
    mmt_place_free(&rf->log);
    mmt_place_free(&rf->place);
    g_free(rf->path);
    g_free(rf);
}
