/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: logs that come through a socket or a FIFO (see stream.h)
 */
#include "tools/log/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Prefix of file= for a socket; a socket's path alone is also accepted */
#define SOCKET_PREFIX "unix:"

/* Return: a socket, or -1 after an error was printed */
static int call(const Verb *verb, const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof(addr.sun_path)) {
        tool_error(verb,
                   "%s: the path of a socket has at most %zu bytes",
                   path, sizeof(addr.sun_path) - 1);
        return -1;
    }
    strcpy(addr.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        int err = errno;

        tool_error(verb, "%s: can not connect: %s%s", path,
                   g_strerror(err), err == ECONNREFUSED ?
                   "; the QEMU that listened there has ended" : "");
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

int log_stream_open(const Verb *verb, const char **name)
{
    struct stat st;
    int fd;

    if (g_str_has_prefix(*name, SOCKET_PREFIX)) {
        *name += strlen(SOCKET_PREFIX);
        fd = call(verb, *name);
        return fd < 0 ? LOG_STREAM_ERROR : fd;
    }
    if (stat(*name, &st) < 0 || S_ISREG(st.st_mode)) {
        return LOG_STREAM_FILE;
    }
    if (S_ISSOCK(st.st_mode)) {
        fd = call(verb, *name);
        return fd < 0 ? LOG_STREAM_ERROR : fd;
    }
    fd = open(*name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        tool_error(verb, "%s: can not open: %s", *name,
                   g_strerror(errno));
    }
    return fd < 0 ? LOG_STREAM_ERROR : fd;
}
