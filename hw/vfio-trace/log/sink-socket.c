/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: log sink: UNIX socket (see sink-socket.h)
 */
#include "qemu/osdep.h"
#include <sys/un.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/sockets.h"
#include "hw/vfio-trace/log/sink-socket.h"

static ssize_t log_sink_socket_write(VFIOTraceSink *s, const char *buf,
                                     size_t len)
{
    ssize_t n;

    if (s->fd < 0) {
        s->fd = accept4(s->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (s->fd < 0) {
            /* Whatever the error, another reader may connect later. */
            return -EAGAIN;
        }
    }
    n = send(s->fd, buf, len, MSG_NOSIGNAL);
    if (n >= 0) {
        return n;
    }
    if (errno == EAGAIN || errno == EINTR) {
        return -errno;
    }
    close(s->fd);
    s->fd = -1;
    return -EPIPE;
}

static void log_sink_socket_close(VFIOTraceSink *s)
{
    unlinkat(s->dir.dir, s->dir.name, 0);
    close(s->listen_fd);
    s->listen_fd = -1;
}

static const VFIOTraceSinkOps log_sink_socket_ops = {
    .write = log_sink_socket_write,
    .close = log_sink_socket_close,
};

/* A socket that refuses connections was left by a process that died. */
static bool log_sink_socket_is_dead(const struct sockaddr_un *addr)
{
    int fd = qemu_socket(AF_UNIX, SOCK_STREAM, 0);
    struct stat st;
    bool dead;

    if (fd < 0) {
        return false;
    }
    if (lstat(addr->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode) ||
        st.st_uid != geteuid()) {
        close(fd);
        return false;
    }
    dead = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 &&
           errno == ECONNREFUSED;
    close(fd);
    return dead;
}

bool vfio_trace_socket_open(VFIOTraceSink *s, const char *path, bool overwrite,
                            Error **errp)
{
    ERRP_GUARD();
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd;
    int ret;

    s->ops = &log_sink_socket_ops;
    s->stream = true;
    if (strlen(path) >= sizeof(addr.sun_path)) {
        error_setg(errp,
                   "trace log: the path of socket '%s' is longer than %zu bytes",
                   path, sizeof(addr.sun_path) - 1);
        return false;
    }
    pstrcpy(addr.sun_path, sizeof(addr.sun_path), path);

    fd = qemu_socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    /* On Linux bind() gives the socket's mode to its file. */
    if (fd < 0 || fchmod(fd, 0600) < 0) {
        error_setg_errno(errp, errno, "trace log: can't create a socket");
        goto fail;
    }
    ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
    if (ret < 0 && errno == EADDRINUSE && overwrite &&
        log_sink_socket_is_dead(&addr)) {
        unlink(path);
        ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
    }
    if (ret < 0) {
        int saved = errno;

        error_setg_errno(errp, saved, "trace log: can't create socket '%s'",
                         path);
        if (saved == EADDRINUSE) {
            error_append_hint(errp,
                              "Remove it, or set overwrite=on (trace-overwrite=on on vfio-pci-trace) if no process listens there any more.\n");
        }
        goto fail;
    }
    if (listen(fd, 1) < 0) {
        error_setg_errno(errp, errno, "trace log: can't listen at '%s'", path);
        unlink(path);
        goto fail;
    }
    s->listen_fd = fd;
    return true;

fail:
    if (fd >= 0) {
        close(fd);
    }
    return false;
}
