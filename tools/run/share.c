/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: directories of the host that the guest gets (see share.h)
 */
#include "tools/run/share.h"

#include "tools/common/as-user.h"
#include "tools/common/invoker.h"
#include "tools/guest/share.h"
#include "tools/host/virtiofsd.h"
#include "tools/run/argv.h"
#include "tools/run/ask.h"
#include "tools/run/error.h"
#include "tools/run/hand.h"
#include "tools/run/helper.h"
#include "tools/run/idmap.h"
#include "tools/run/slot.h"
#include "tools/run/user.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The functions of one slot */
#define SHARES_MAX 8

/* Where virtiofsd sees the directory if it has another user than this program */
#define OVER "/tmp"

/* Enough for all of a guest's IDs */
#define ALL_IDS "4294967295"

static void share_free(gpointer opaque)
{
    RunShare *share = opaque;

    if (share->tree >= 0) {
        close(share->tree);
    }
    g_free(share->dir);
    g_free(share->tag);
    g_free(share);
}

/* --- plan ---------------------------------------------------------------- */

static bool check_dir(const RunShare *share, GError **error)
{
    struct stat st;

    if (lstat(share->dir, &st)) {
        return run_error(error, "--share %s: %s", share->dir,
                         g_strerror(errno));
    }
    return S_ISDIR(st.st_mode) ||
           run_error(error, "--share %s: it is not a directory%s", share->dir,
                     S_ISLNK(st.st_mode) ?
                     " but a link: name the directory that it leads to" : "");
}

static bool has_tag(const RunPlan *plan, const char *tag)
{
    guint i;

    for (i = 0; i < plan->shares->len; i++) {
        const RunShare *share = plan->shares->pdata[i];

        if (!strcmp(share->tag, tag)) {
            return true;
        }
    }
    return false;
}

static bool add_share(RunPlan *plan, const char *word, GError **error)
{
    RunShare *share = g_new0(RunShare, 1);
    bool twice;

    share->tree = -1;
    if (!guest_share_parse(word, &share->dir, &share->tag, error) ||
        !check_dir(share, error)) {
        share_free(share);
        return false;
    }
    twice = has_tag(plan, share->tag);
    g_ptr_array_add(plan->shares, share);
    return !twice ||
           run_error(error,
                     "--share %s: another directory has the name %s already: give one another name, as DIR:NAME",
                     word, share->tag);
}

bool run_share_plan(RunPlan *plan, GError **error)
{
    size_t i;

    plan->shares = g_ptr_array_new_with_free_func(share_free);
    for (i = 0; plan->vm.shares && plan->vm.shares[i]; i++) {
        if (!add_share(plan, plan->vm.shares[i], error)) {
            return false;
        }
    }
    if (!i) {
        return true;
    }
    if (i > SHARES_MAX) {
        return run_error(error,
                         "--share is given %zu times, and a guest can have %d directories",
                         i, SHARES_MAX);
    }
    if (plan->vm.as_root) {
        return run_error(error,
                         "--share: with --as-root, the guest would have root's rights in the directory: leave one of them out");
    }
    plan->virtiofsd = host_virtiofsd_find(plan->root);
    return plan->virtiofsd || plan->os != GUEST_OS_WINDOWS ||
           run_error(error,
                     "--share: Windows needs virtiofs (and its driver and WinFsp), and there is no virtiofsd that needs no privileges: install the package virtiofsd (Debian 13)");
}

/* Return: whose files they are: that of the caller, or of the directory */
static uid_t owner_of(const RunShare *share)
{
    uid_t invoker = tool_invoker();
    struct stat st;

    return invoker ? invoker : stat(share->dir, &st) ? 0 : st.st_uid;
}

static int can_read(void *dir)
{
    return access(dir, R_OK | X_OK) ? errno : 0;
}

static bool is_open_to_all(const RunShare *share)
{
    struct stat st;

    return !stat(share->dir, &st) && (st.st_mode & 05) == 05;
}

/* The guest gets what the files' owner has, or, of root's, what all have. */
static bool check_rights(const RunPlan *plan, RunShare *share, GError **error)
{
    uid_t owner = owner_of(share);
    int failure = 0;

    if (!plan->uid || geteuid()) {
        return true;
    }
    if (!owner) {
        return is_open_to_all(share) ||
               run_error(error,
                         "--share %s: it is root's and closed to other users, and the guest must not have root's rights there",
                         share->dir);
    }
    return as_user(owner, can_read, share->dir, &failure, error) &&
           (!failure || run_error(error, "--share %s: user %u can't read it: %s",
                                  share->dir, (unsigned)owner,
                                  g_strerror(failure)));
}

bool run_share_check(RunPlan *plan, GError **error)
{
    const char *device = plan->virtiofsd ? "vhost-user-fs-pci"
                                         : "virtio-9p-pci";
    g_autofree char *help = g_strdup_printf("%s,help", device);
    const char *args[] = { "-device", help, NULL };

    guint i;

    for (i = 0; i < plan->shares->len; i++) {
        if (!check_rights(plan, plan->shares->pdata[i], error)) {
            return false;
        }
    }
    return !plan->shares->len || run_ask(plan, args, NULL, NULL) ||
           run_error(error, "--share: %s has no device %s: use another QEMU",
                     plan->vm.qemu, device);
}

char *run_share_path(const RunPlan *plan, guint i)
{
    return g_strdup_printf("%s/share%u", run_user_node_dir(plan), i);
}

/* --- mounts -------------------------------------------------------------- */

/* Root's files are as other users see them. */
static bool make_mount(const RunPlan *plan, RunShare *share, GError **error)
{
    uid_t owner = owner_of(share);
    g_autoptr(GError) local = NULL;

    if (owner) {
        share->tree = run_idmap_mount(share->dir, owner, plan->uid, false,
                                      &local);
    }
    if (share->tree >= 0) {
        return true;
    }
    share->read_only = true;
    if (local && !is_open_to_all(share)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (local) {
        run_note(
            "%s (mapped to user %u); the guest can only read there, and only what all users can",
            local->message, (unsigned)owner);
    } else {
        run_note(
            "--share %s: it is root's, so the guest can only read there, and only what all users can",
            share->dir);
    }
    share->tree = run_idmap_mount(share->dir, 0, 0, true, error);
    return share->tree >= 0;
}

/* --- virtiofsd ----------------------------------------------------------- */

static char *channel(guint i)
{
    return g_strdup_printf("share%u", i);
}

/* Return: a listening socket, and the first connection to it; or -1 */
static int listen_at(const char *path, int *client, GError **error)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
    unlink(path);
    if (fd < 0 || *client < 0 ||
        bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1) ||
        connect(*client, (struct sockaddr *)&addr, sizeof(addr))) {
        run_error(error, "can't make the socket %s: %s", path,
                  g_strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        if (*client >= 0) {
            close(*client);
        }
        fd = -1;
    }
    unlink(path);
    return fd;
}

/* All of the guest's users are the one that virtiofsd has. */
char **run_share_command(const RunPlan *plan, guint i, int fd)
{
    const RunShare *share = plan->shares->pdata[i];
    uid_t uid = plan->uid ? plan->uid : geteuid();
    gid_t gid = plan->uid ? plan->uid : getegid();
    GPtrArray *argv;
    size_t k;

    if (!plan->virtiofsd) {
        return NULL;
    }
    argv = g_ptr_array_new();
    g_ptr_array_add(argv, g_strdup(plan->virtiofsd));
    g_ptr_array_add(argv, g_strdup_printf("--fd=%d", fd));
    g_ptr_array_add(argv, g_strdup_printf("--shared-dir=%s", share->tree >= 0 ?
                                          OVER : share->dir));
    g_ptr_array_add(argv, g_strdup("--sandbox=namespace"));
    g_ptr_array_add(argv, g_strdup("--log-level=error"));
    for (k = 0; k < 2; k++) {
        const char *kind = k ? "gid" : "uid";
        unsigned id = k ? gid : uid;

        g_ptr_array_add(argv, g_strdup_printf(
            "--translate-%s=squash-guest:0:%u:" ALL_IDS, kind, id));
        g_ptr_array_add(argv, g_strdup_printf("--translate-%s=host:%u:0:1",
                                              kind, id));
    }
    if (share->read_only) {
        g_ptr_array_add(argv, g_strdup("--readonly"));
    }
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

static bool start_virtiofsd(RunSession *session, RunShare *share, guint i,
                            GError **error)
{
    const RunPlan *plan = session->plan;
    g_autofree char *name = channel(i);
    g_autofree char *path = g_strdup_printf("%s/%s.sock", plan->dir, name);
    int client;
    int fd = listen_at(path, &client, error);
    g_auto(GStrv) argv = run_share_command(plan, i, fd);
    RunHelperSpec spec = {
        .name = "virtiofsd",
        .purpose = "a directory of the host",
        .argv = argv,
        .uid = plan->uid,
        .fds = { fd, -1 },
        .dir_fd = share->tree,
        .is_tree = true,
        .over = OVER,
    };
    bool ok;

    if (fd < 0) {
        return false;
    }
    run_hand_add_fd(plan->hand, name, client);
    ok = run_helper_start(session, &spec, error);
    close(fd);
    return ok;
}

bool run_share_start(RunSession *session, GError **error)
{
    const RunPlan *plan = session->plan;
    guint i;

    for (i = 0; i < plan->shares->len; i++) {
        RunShare *share = plan->shares->pdata[i];

        if ((plan->uid && !make_mount(plan, share, error)) ||
            (plan->virtiofsd && !start_virtiofsd(session, share, i, error))) {
            return false;
        }
    }
    return true;
}

/* --- QEMU's command line ------------------------------------------------- */

static char *place(const RunPlan *plan, guint i)
{
    return g_strdup_printf(RUN_SLOT_SHARE ".%u%s", i,
                           i == 0 && plan->shares->len > 1 ?
                           ",multifunction=on" : "");
}

static void add_9p(const RunPlan *plan, GPtrArray *argv, guint i)
{
    const RunShare *share = plan->shares->pdata[i];
    g_autofree char *own = run_share_path(plan, i);
    g_autofree char *path = run_argv_value(share->tree >= 0 ? own
                                                            : share->dir);
    g_autofree char *at = place(plan, i);

    run_argv_add(argv, "-fsdev",
                 "local,id=share%u,path=%s,security_model=mapped-xattr%s", i,
                 path, share->read_only ? ",readonly=on" : "");
    run_argv_add(argv, "-device",
                 "virtio-9p-pci,fsdev=share%u,mount_tag=%s,addr=%s", i,
                 share->tag, at);
}

static void add_virtiofs(const RunPlan *plan, GPtrArray *argv, guint i)
{
    const RunShare *share = plan->shares->pdata[i];
    g_autofree char *name = channel(i);
    g_autofree char *dir = run_argv_value(plan->dir);
    g_autofree char *at = place(plan, i);
    int fd = run_hand_fd(plan->hand, name);

    if (fd >= 0) {
        run_argv_add(argv, "-chardev", "socket,id=%s,fd=%d", name, fd);
    } else {
        run_argv_add(argv, "-chardev", "socket,id=%s,path=%s/%s.sock", name,
                     dir, name);
    }
    run_argv_add(argv, "-device", "vhost-user-fs-pci,chardev=%s,tag=%s,addr=%s",
                 name, share->tag, at);
    /* Before 6.11, Linux does not tell programs the tag. */
    run_argv_add(argv, "-fw_cfg", "name=opt/org.vfio-trace/%s,string=%s", name,
                 share->tag);
}

void run_share_options(const RunPlan *plan, GPtrArray *argv)
{
    guint i;

    if (plan->shares->len && plan->virtiofsd) {
        /* virtiofsd sees the guest's memory. */
        run_argv_add(argv, "-object",
                     "memory-backend-memfd,id=memory,size=%s,share=on",
                     plan->vm.memory);
        run_argv_add(argv, "-machine", "memory-backend=memory");
    }
    for (i = 0; i < plan->shares->len; i++) {
        if (plan->virtiofsd) {
            add_virtiofs(plan, argv, i);
        } else {
            add_9p(plan, argv, i);
        }
    }
}

void run_share_say(RunSession *session)
{
    const RunPlan *plan = session->plan;
    guint i;

    for (i = 0; i < plan->shares->len; i++) {
        const RunShare *share = plan->shares->pdata[i];

        run_screen_say(&session->screen, plan->virtiofsd ?
                       "the guest gets %s: mount -t virtiofs %s /mnt" :
                       "the guest gets %s: mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 %s /mnt",
                       share->dir, share->tag);
    }
}
