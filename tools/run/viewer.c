/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: socket for viewers of the guest's display (see viewer.h)
 */
#include "tools/run/viewer.h"

#include "tools/common/invoker.h"
#include "tools/run/display.h"
#include "tools/run/error.h"
#include "tools/run/monitor.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

/* A directory in which only root can make, rename and remove files */
static bool make_dir(const char *path, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(path);
    struct stat st;

    if (geteuid()) {
        return true;
    }
    if (mkdir(dir, 0711) && errno != EEXIST) {
        return run_error(error, "%s: %s", dir, g_strerror(errno));
    }
    if (lstat(dir, &st) || !S_ISDIR(st.st_mode) || st.st_uid ||
        (st.st_mode & 022)) {
        return run_error(error,
                         "%s is not a directory that only root can write to: remove it",
                         dir);
    }
    return true;
}

static bool bind_to(int fd, const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    uid_t uid = tool_invoker();

    if (strlen(path) >= sizeof(addr.sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(addr.sun_path, path);
    unlink(path);
    return !fchmod(fd, 0600) &&
           !bind(fd, (struct sockaddr *)&addr, sizeof(addr)) &&
           (geteuid() || !lchown(path, uid, -1)) && !listen(fd, BACKLOG);
}

int run_viewer_open(const RunPlan *plan, GError **error)
{
    int fd;

    if (!run_display_has_viewers(plan) ||
        !make_dir(plan->viewer_socket, error)) {
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind_to(fd, plan->viewer_socket)) {
        return fd;
    }
    run_error(error, "can't make the socket %s: %s", plan->viewer_socket,
              g_strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static gboolean on_viewer(gint listener, G_GNUC_UNUSED GIOCondition condition,
                          gpointer opaque)
{
    RunSession *session = opaque;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0) {
        run_monitor_add_viewer(session, run_display_protocol(session->plan),
                               fd);
        close(fd);
    }
    return G_SOURCE_CONTINUE;
}

void run_viewer_watch(RunSession *session)
{
    if (session->viewer_fd >= 0) {
        g_unix_fd_add(session->viewer_fd, G_IO_IN, on_viewer, session);
    }
}

void run_viewer_close(RunSession *session)
{
    if (session->viewer_fd >= 0) {
        close(session->viewer_fd);
        session->viewer_fd = -1;
        unlink(session->plan->viewer_socket);
    }
}
