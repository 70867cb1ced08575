/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's user (see user.h)
 */
#include "tools/run/user.h"

#include "tools/common/as-user.h"
#include "tools/host/fs.h"
#include "tools/run/error.h"
#include "tools/session/session-file.h"
#include "tools/session/session-uid.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define VFIO_DIR "/dev/vfio"

/*
 * Where the nodes are made if there is no VFIO, which a guest without devices
 * does not need.  The memory of a log is there, but such a guest has no log.
 */
#define OTHER_DIR "/dev/shm"

/* Nodes in the private directory that are mounted over nodes elsewhere */
#define KVM_NODE   ".kvm"
#define IOMMU_NODE ".iommu"

/**
 * struct RunNode: a device node
 * @path: the path by which QEMU opens it, or from which it is mounted
 * @over: the path that it is mounted over, or NULL
 * @dev: the device number
 */
typedef struct RunNode {
    char *path;
    const char *over;
    dev_t dev;
} RunNode;

/**
 * struct RunUser
 * @uid: its ID
 * @locks: VFIO locks the guest's memory
 * @node_dir: the directory that becomes private, and has the nodes
 * @nodes: RunNode: in the order of creation
 * @shares: RunShare: mounts for the private directory, or NULL
 * @dir: the log's directory
 * @closed: the first directory on the path of @dir that this user can't search,
 *          or NULL
 * @work: the log's work directory, which is mounted over @dir, or NULL
 * @dir_st: stat() of @dir, to recognize it later
 * @work_st: likewise of @work
 * @cwd: this process's current directory
 */
struct RunUser {
    uid_t uid;
    bool locks;
    const char *node_dir;
    GArray *nodes;
    const GPtrArray *shares;
    char *dir;
    char *closed;
    char *work;
    struct stat dir_st;
    struct stat work_st;
    char *cwd;
};

/* --- choice of a user ---------------------------------------------------- */

static void add_users_of_sessions(GHashTable *users)
{
    g_auto(GStrv) names = session_file_names();
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autoptr(Session) session = session_file_load(names[i], NULL);

        if (session && session->uid) {
            g_hash_table_add(users, GUINT_TO_POINTER(session->uid));
        }
    }
}

bool run_user_choose(uid_t *uid, GError **error)
{
    g_autoptr(GHashTable) taken = session_uid_of_processes();
    unsigned n = SESSION_UID_LAST - SESSION_UID_FIRST + 1;
    /* Random, so that a user does not get the leftovers of the last one. */
    unsigned first = g_random_int_range(0, n);
    unsigned i;

    add_users_of_sessions(taken);
    for (i = 0; i < n; i++) {
        uid_t candidate = SESSION_UID_FIRST + (first + i) % n;

        if (!getpwuid(candidate) && !getgrgid(candidate) &&
            !g_hash_table_contains(taken, GUINT_TO_POINTER(candidate))) {
            *uid = candidate;
            return true;
        }
    }
    return run_error(error,
                     "no user ID from %u to %u is free for QEMU; use --as-root to run it as root",
                     SESSION_UID_FIRST, SESSION_UID_LAST);
}

typedef struct Question {
    const char *path;
    int mode;
} Question;

static int ask(void *opaque)
{
    const Question *q = opaque;

    return access(q->path, q->mode) ? 1 : 0;
}

bool run_user_may(uid_t uid, const char *path, int mode)
{
    Question q = { path, mode };
    int result;

    return as_user(uid, ask, &q, &result, NULL) && !result;
}

/* Is a path a directory, or below it? */
static bool is_in(const char *path, const char *dir)
{
    size_t len = strlen(dir);

    return !strcmp(dir, "/") || (!strncmp(path, dir, len) &&
                                 (!path[len] || path[len] == '/'));
}

bool run_user_check_log(const RunPlan *plan, GError **error)
{
    static const char *const needed[] = {
        "/dev/shm", "/etc", "/lib", "/lib64", "/proc", "/sys", "/usr/lib",
        "/usr/share",
    };
    g_autofree char *dir = g_path_get_dirname(plan->log);
    g_autofree char *real = realpath(dir, NULL);
    g_autofree char *qemu = realpath(plan->vm.qemu, NULL);
    size_t i;

    if (!real) {
        return run_error(error, "the log's directory %s: %s", dir,
                         g_strerror(errno));
    }
    for (i = 0; i < G_N_ELEMENTS(needed) + 1; i++) {
        const char *path = i < G_N_ELEMENTS(needed) ? needed[i] : qemu;

        if (path && is_in(path, real)) {
            return run_error(error,
                             "QEMU needs files in %s, but its user sees only the log in the log's directory: choose another directory with -o, or use --as-root",
                             real);
        }
    }
    return true;
}

/* --- files of the user --------------------------------------------------- */

static bool add_node(RunUser *user, const char *real, const char *path,
                     const char *over, GError **error)
{
    RunNode node = { .over = over };
    struct stat st;

    if (stat(real, &st) || !S_ISCHR(st.st_mode)) {
        return run_error(error, "%s: %s", real, errno == ENOENT ?
                         "it does not exist" : "it is not a device");
    }
    node.path = g_strdup(path);
    node.dev = st.st_rdev;
    g_array_append_val(user->nodes, node);
    return true;
}

/* With iommufd, a device has its own node, if the kernel supports that. */
static bool add_device_node(RunUser *user, const char *root, const HostPci *dev,
                            GError **error)
{
    g_autofree char *dir = g_build_filename(dev->path, "vfio-dev", NULL);
    g_auto(GStrv) names = host_fs_names(dir);
    g_autofree char *path = NULL;
    g_autofree char *real = NULL;

    if (!names[0]) {
        return true;
    }
    path = g_strdup_printf(VFIO_DIR "/devices/%s", names[0]);
    real = host_fs_path(root, "%s", path);
    return access(real, F_OK) || add_node(user, real, path, NULL, error);
}

static bool add_group_node(RunUser *user, const char *root, const HostPci *dev,
                           GError **error)
{
    g_autofree char *path = g_strdup_printf(VFIO_DIR "/%d", dev->iommu_group);
    g_autofree char *real = host_fs_path(root, "%s", path);
    guint i;

    for (i = 0; i < user->nodes->len; i++) {
        if (!strcmp(g_array_index(user->nodes, RunNode, i).path, path)) {
            return true;
        }
    }
    return add_node(user, real, path, NULL, error);
}

static bool add_nodes(RunUser *user, const RunPlan *plan, GError **error)
{
    g_autofree char *vfio = host_fs_path(plan->root, VFIO_DIR "/vfio");
    g_autofree char *kvm = host_fs_path(plan->root, "/dev/kvm");
    g_autofree char *iommu = host_fs_path(plan->root, "/dev/iommu");
    g_autofree char *kvm_node = g_build_filename(user->node_dir, KVM_NODE,
                                                 NULL);
    g_autofree char *iommu_node = g_build_filename(user->node_dir, IOMMU_NODE,
                                                   NULL);
    guint i;

    if (!access(kvm, F_OK) || !(plan->rehearsal || plan->tcg)) {
        if (!add_node(user, kvm, kvm_node, "/dev/kvm", error)) {
            return false;
        }
    }
    if (plan->rehearsal || plan->no_device) {
        return true;
    }
    if (!add_node(user, vfio, VFIO_DIR "/vfio", NULL, error) ||
        (!access(iommu, F_OK) &&
         !add_node(user, iommu, iommu_node, "/dev/iommu", error))) {
        return false;
    }
    for (i = 0; i < plan->guests->len; i++) {
        if (!add_group_node(user, plan->root, plan->guests->pdata[i], error) ||
            !add_device_node(user, plan->root, plan->guests->pdata[i],
                             error)) {
            return false;
        }
    }
    return true;
}

/* Return: the first directory of the path that @uid can't search, or NULL */
static char *find_closed(uid_t uid, const char *dir)
{
    size_t n;

    for (n = 1; ; n++) {
        g_autofree char *part = NULL;

        n += strcspn(dir + n, "/");
        part = g_strndup(dir, n);
        if (!run_user_may(uid, part, X_OK)) {
            return g_steal_pointer(&part);
        }
        if (!dir[n]) {
            return NULL;
        }
    }
}

const char *run_user_node_dir(const RunPlan *plan)
{
    return plan->no_device && !g_file_test(VFIO_DIR, G_FILE_TEST_IS_DIR) ?
           OTHER_DIR : VFIO_DIR;
}

RunUser *run_user_new(const RunPlan *plan, const char *dir, const char *work,
                      GError **error)
{
    g_autoptr(RunUser) user = g_new0(RunUser, 1);

    user->uid = plan->uid;
    user->locks = !plan->no_device;
    user->node_dir = run_user_node_dir(plan);
    user->shares = plan->rehearsal || plan->virtiofsd ? NULL : plan->shares;
    user->nodes = g_array_new(FALSE, FALSE, sizeof(RunNode));
    user->work = g_strdup(work);
    user->dir = g_strdup(dir);
    user->cwd = g_get_current_dir();
    if (work && (stat(user->dir, &user->dir_st) ||
                 lstat(user->work, &user->work_st))) {
        run_error(error, "%s: %s", user->work, g_strerror(errno));
        return NULL;
    }
    if (work && (!S_ISDIR(user->work_st.st_mode) ||
                 user->work_st.st_uid != user->uid)) {
        run_error(error,
                  "%s was replaced: it is not the directory that was made for the log",
                  user->work);
        return NULL;
    }
    user->closed = work ? find_closed(user->uid, user->dir) : NULL;
    return add_nodes(user, plan, error) ? g_steal_pointer(&user) : NULL;
}

void run_user_free(RunUser *user)
{
    guint i;

    if (!user) {
        return;
    }
    for (i = 0; i < user->nodes->len; i++) {
        g_free(g_array_index(user->nodes, RunNode, i).path);
    }
    g_array_unref(user->nodes);
    g_free(user->dir);
    g_free(user->closed);
    g_free(user->work);
    g_free(user->cwd);
    g_free(user);
}

/* --- becoming the user, after fork() ------------------------------------- */

static void put(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        /* The error can't be reported. */
        return;
    }
}

static G_GNUC_NORETURN void die(const char *what, const char *path)
{
    /* glibc's strerrordesc_np() is safe here, strerror() is not. */
    const char *why = strerrordesc_np(errno);

    put("QEMU can't get its own user here: ");
    put(what);
    put(path ? path : "");
    put(": ");
    put(why ? why : "unknown error");
    put("; use --as-root to run it as root\n");
    _exit(127);
}

static void make_nodes(const RunUser *user)
{
    bool vfio = !strcmp(user->node_dir, VFIO_DIR);
    mode_t mask = umask(0);
    guint i;

    if (mount("vfio-trace", user->node_dir, "tmpfs", MS_NOSUID | MS_NOEXEC,
              "mode=0755,size=64k") < 0) {
        die("can't mount ", user->node_dir);
    }
    if (vfio && mkdir(VFIO_DIR "/devices", 0755) < 0) {
        die("can't make ", VFIO_DIR "/devices");
    }
    for (i = 0; i < user->nodes->len; i++) {
        const RunNode *node = &g_array_index(user->nodes, RunNode, i);

        if (mknod(node->path, S_IFCHR | 0600, node->dev) < 0 ||
            chown(node->path, user->uid, user->uid) < 0) {
            die("can't make ", node->path);
        }
        if (node->over && mount(node->path, node->over, NULL, MS_BIND,
                                NULL) < 0) {
            die("can't mount ", node->over);
        }
    }
    umask(mask);
}

/* They are in the order of their numbers: see run_share_path(). */
static void mount_shares(const RunUser *user)
{
    char path[] = "share0";
    guint i;

    if (!user->shares || !user->shares->len) {
        return;
    }
    if (chdir(user->node_dir) < 0) {
        die("can't change to ", user->node_dir);
    }
    for (i = 0; i < user->shares->len; i++) {
        const RunShare *share = user->shares->pdata[i];

        path[sizeof(path) - 2] = '0' + i;
        if (mkdir(path, 0755) < 0 ||
            move_mount(share->tree, "", AT_FDCWD, path,
                       MOVE_MOUNT_F_EMPTY_PATH) < 0) {
            die("can't mount ", share->dir);
        }
    }
}

/* The owner of the directory may have replaced it since. */
static bool is_same(int fd, const struct stat *want)
{
    struct stat st;

    return fd >= 0 && !fstat(fd, &st) && st.st_dev == want->st_dev &&
           st.st_ino == want->st_ino;
}

/* "/proc/self/fd/N"; sprintf() is not safe here. */
static void fd_path(char *path, unsigned fd)
{
    char digits[16];
    size_t n = 0;

    strcpy(path, "/proc/self/fd/");
    path += strlen(path);
    do {
        digits[n++] = '0' + fd % 10;
        fd /= 10;
    } while (fd);
    while (n) {
        *path++ = digits[--n];
    }
    *path = '\0';
}

/*
 * Mount a file system over the directory that the user can't search; it has
 * only the directories that lead to the log.
 */
static void open_the_way(const RunUser *user)
{
    char path[PATH_MAX];
    size_t n = strlen(user->closed);

    if (mount("vfio-trace", user->closed, "tmpfs",
              MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755,size=64k") < 0) {
        die("can't mount ", user->closed);
    }
    while (user->dir[n]) {
        n++;
        while (user->dir[n] && user->dir[n] != '/') {
            n++;
        }
        if (n >= sizeof(path)) {
            errno = ENAMETOOLONG;
            die("can't make the path of ", user->dir);
        }
        memcpy(path, user->dir, n);
        path[n] = '\0';
        if (mkdir(path, 0755) < 0) {
            die("can't make ", path);
        }
    }
}

static void mount_log(const RunUser *user)
{
    char from[64];
    char to[64];
    int dir = open(user->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int work = open(user->work, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (!is_same(dir, &user->dir_st) || !is_same(work, &user->work_st)) {
        die("can't open the log's directory ", user->dir);
    }
    if (user->closed) {
        open_the_way(user);
        dir = open(user->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    fd_path(from, work);
    fd_path(to, dir);
    if (mount(from, to, NULL, MS_BIND, NULL) < 0) {
        die("can't mount ", user->dir);
    }
}

void run_user_become(const RunUser *user)
{
    static const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

    if (user->locks && setrlimit(RLIMIT_MEMLOCK, &all) < 0) {
        die("can't raise the limit of locked memory", NULL);
    }
    /* Unmounts of the host take effect here, too; our mounts stay private. */
    if (unshare(CLONE_NEWNS) < 0 ||
        mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) {
        die("can't make a mount namespace", NULL);
    }
    make_nodes(user);
    mount_shares(user);
    if (user->work) {
        mount_log(user);
    }
    if (as_user_drop(user->uid, user->uid) < 0) {
        die("can't become another user", NULL);
    }
    /* The current directory may be hidden by a mount, or closed to the user. */
    if (chdir(user->cwd) < 0 && chdir("/") < 0) {
        die("can't change to ", "/");
    }
}
