/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as JSON: its files (see json.h)
 *
 * Only regular files in the directory of the JSON are read: a sequence must not
 * make anybody who looks at it open a device or a file elsewhere.
 */
#include "tools/sequence/json.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/sequence/wrong.h"

/* Room for the text of a pipe */
#define ROOM_FIRST 65536

static bool say_errno(GError **error, const char *name)
{
    int number = errno;

    sequence_wrong(error, "%s: %s", name, g_strerror(number));
    return false;
}

/* Return: bytes read, up to @len; -1 after an error */
static ssize_t read_up_to(int fd, char *buf, size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = read(fd, buf + done, len - done);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (!n) {
            break;
        }
        done += n;
    }
    return done;
}

/* --- files that the JSON names -------------------------------------------- */

static bool check_size(int fd, const char *name, uint64_t size, GError **error)
{
    struct stat st;

    if (fstat(fd, &st)) {
        return say_errno(error, name);
    }
    if (!S_ISREG(st.st_mode)) {
        return sequence_wrong(error, "%s: not a regular file: put the file itself there",
                              name);
    }
    return (uint64_t)st.st_size == size ||
           sequence_wrong(error, "%s: it has %" PRIu64
               " bytes and must have %" PRIu64 ": make the sequence again",
                          name, (uint64_t)st.st_size, size);
}

static GBytes *read_exactly(int fd, const char *name, uint64_t size,
                            GError **error)
{
    g_autofree char *data = NULL;
    ssize_t n;

    if (!check_size(fd, name, size, error)) {
        return NULL;
    }
    data = g_malloc(size + 1);
    n = read_up_to(fd, data, size + 1);
    if (n < 0) {
        say_errno(error, name);
        return NULL;
    }
    if ((uint64_t)n != size) {
        sequence_wrong(error, "%s: its size changes: make the sequence again",
                       name);
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&data), size);
}

static GBytes *open_beside(void *opaque, const char *name, uint64_t size,
                           GError **error)
{
    const int *dir = opaque;
    int fd = openat(*dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
                    O_NOCTTY | O_CLOEXEC);
    GBytes *bytes;

    if (fd < 0 && errno == ELOOP) {
        sequence_wrong(error, "%s: it is a symbolic link: put the file itself there",
                       name);
        return NULL;
    }
    if (fd < 0) {
        say_errno(error, name);
        return NULL;
    }
    bytes = read_exactly(fd, name, size, error);
    close(fd);
    return bytes;
}

/* --- the JSON ------------------------------------------------------------- */

static char *read_text(const char *path, size_t *len, GError **error)
{
    int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    g_autofree char *text = NULL;
    size_t room = ROOM_FIRST;
    ssize_t n;

    if (fd < 0) {
        say_errno(error, path);
        return NULL;
    }
    *len = 0;
    do {
        room *= 2;
        text = g_realloc(text, room);
        n = read_up_to(fd, text + *len, room - *len);
        *len += MAX(n, 0);
    } while (*len == room && room <= SEQUENCE_BYTES_MAX);
    if (n < 0) {
        say_errno(error, path);
    } else if (*len > SEQUENCE_BYTES_MAX) {
        sequence_wrong(error,
                       "%s: it has more than %u bytes: select a shorter part of the trace",
                       path, SEQUENCE_BYTES_MAX);
    }
    close(fd);
    return n < 0 || *len > SEQUENCE_BYTES_MAX ? NULL : g_steal_pointer(&text);
}

Sequence *sequence_read_json(const char *path, GError **error)
{
    g_autofree char *dir_name = g_path_get_dirname(path);
    g_autofree char *text = NULL;
    Sequence *seq;
    size_t len;
    int dir;

    text = read_text(path, &len, error);
    if (!text) {
        return NULL;
    }
    dir = open(dir_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        say_errno(error, dir_name);
        return NULL;
    }
    seq = sequence_parse_json(path, text, len, open_beside, &dir, error);
    close(dir);
    return seq;
}
