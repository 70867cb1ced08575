/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a simulated QEMU with QMP (see fake-qemu.h)
 */
#include "fake-qemu.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "run-tool.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"

/* A reply that begins with this is an error; the rest is its message. */
#define ERROR "error "

/**
 * struct FakeQemu
 * @thread: the server's thread
 * @path: its socket
 * @fd: listening
 * @stop: an eventfd that tells the thread to end
 * @replies: the table
 * @used: number of uses of each row
 * @asked: the commands received
 */
struct FakeQemu {
    pthread_t thread;
    char *path;
    int fd;
    int stop;
    const FakeReply *replies;
    unsigned used[64];
    GString *asked;
};

static bool wait_for(FakeQemu *qemu, int fd)
{
    struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
                            { .fd = qemu->stop, .events = POLLIN } };

    while (poll(fds, 2, -1) < 0) {
        g_assert_cmpint(errno, ==, EINTR);
    }
    /* Process what was sent before the end. */
    return fds[0].revents;
}

static void say(int fd, const char *text)
{
    size_t left = strlen(text);
    ssize_t n;

    while (left && (n = send(fd, text, left, MSG_NOSIGNAL)) > 0) {
        text += n;
        left -= n;
    }
}

/* The row for a command: the first unused one, or the last one. */
static const FakeReply *find_reply(FakeQemu *qemu, const char *command)
{
    const FakeReply *found = NULL;
    size_t i;

    for (i = 0; qemu->replies[i].command; i++) {
        g_assert_cmpuint(i, <, G_N_ELEMENTS(qemu->used));
        if (!strcmp(qemu->replies[i].command, command)) {
            found = &qemu->replies[i];
            if (!qemu->used[i]++) {
                break;
            }
        }
    }
    return found;
}

/* Return: false if it ends without an answer */
static bool answer(FakeQemu *qemu, int fd, const char *command, gint64 id)
{
    const FakeReply *reply = find_reply(qemu, command);
    g_autofree char *text = NULL;

    if (!strcmp(command, "qmp_capabilities")) {
        text = g_strdup_printf("{\"return\": {}, \"id\": %" G_GINT64_FORMAT
                               "}\r\n", id);
    } else if (!reply) {
        text = g_strdup_printf("{\"error\": {\"class\": \"CommandNotFound\", "
                               "\"desc\": \"The command %s has not been "
                               "found\"}, \"id\": %" G_GINT64_FORMAT "}\r\n",
                               command, id);
    } else if (!reply->reply) {
        return false;
    } else if (g_str_has_prefix(reply->reply, ERROR)) {
        text = g_strdup_printf("{\"error\": {\"class\": \"GenericError\", "
                               "\"desc\": \"%s\"}, \"id\": %" G_GINT64_FORMAT
                               "}\r\n", reply->reply + strlen(ERROR), id);
    } else {
        text = g_strdup_printf("{\"return\": %s, \"id\": %" G_GINT64_FORMAT
                               "}\r\n", reply->reply, id);
    }
    say(fd, text);
    return true;
}

static bool handle_line(FakeQemu *qemu, int fd, const char *line)
{
    g_autoptr(JsonNode) node = json_from_string(line, NULL);
    JsonObject *object;
    const char *command;

    g_assert_nonnull(node);
    object = json_node_get_object(node);
    command = json_object_get_string_member(object, "execute");
    if (strcmp(command, "qmp_capabilities")) {
        g_string_append(qemu->asked, command);
        if (json_object_has_member(object, "arguments")) {
            g_autofree char *arguments = json_to_string(
                json_object_get_member(object, "arguments"), FALSE);

            g_string_append_printf(qemu->asked, " %s", arguments);
        }
        g_string_append_c(qemu->asked, '\n');
    }
    return answer(qemu, fd, command,
                  json_object_get_int_member(object, "id"));
}

/* Return: false if QEMU ends */
static bool serve(FakeQemu *qemu, int fd)
{
    FILE *in = fdopen(dup(fd), "r");
    g_autofree char *line = NULL;
    size_t size = 0;
    bool go_on = true;

    g_assert_nonnull(in);
    setvbuf(in, NULL, _IONBF, 0);
    say(fd, GREETING);
    while (go_on && wait_for(qemu, fd) && getline(&line, &size, in) > 0) {
        go_on = handle_line(qemu, fd, line);
    }
    fclose(in);
    return go_on;
}

static void *fake_qemu_thread(void *opaque)
{
    FakeQemu *qemu = opaque;
    bool go_on = true;

    while (go_on && wait_for(qemu, qemu->fd)) {
        int fd = accept(qemu->fd, NULL, NULL);

        g_assert_cmpint(fd, >=, 0);
        go_on = serve(qemu, fd);
        if (!go_on) {
            unlink(qemu->path);
        }
        close(fd);
    }
    return NULL;
}

FakeQemu *fake_qemu_start(const FakeReply *replies)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    static unsigned number;
    FakeQemu *qemu = g_new0(FakeQemu, 1);

    qemu->replies = replies;
    qemu->asked = g_string_new(NULL);
    qemu->path = g_strdup_printf("%s/qemu%u", temp_dir(), number++);
    qemu->stop = eventfd(0, EFD_CLOEXEC);
    qemu->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpuint(strlen(qemu->path), <, sizeof(address.sun_path));
    strcpy(address.sun_path, qemu->path);
    g_assert_cmpint(bind(qemu->fd, (struct sockaddr *)&address,
                         sizeof(address)), ==, 0);
    g_assert_cmpint(listen(qemu->fd, 1), ==, 0);
    g_assert_cmpint(pthread_create(&qemu->thread, NULL, fake_qemu_thread,
                                   qemu), ==, 0);
    return qemu;
}

const char *fake_qemu_path(const FakeQemu *qemu)
{
    return qemu->path;
}

char *fake_qemu_stop(FakeQemu *qemu)
{
    char *asked;

    g_assert_cmpint(eventfd_write(qemu->stop, 1), ==, 0);
    pthread_join(qemu->thread, NULL);
    close(qemu->fd);
    close(qemu->stop);
    unlink(qemu->path);
    g_free(qemu->path);
    asked = g_string_free(qemu->asked, FALSE);
    g_free(qemu);
    return asked;
}
