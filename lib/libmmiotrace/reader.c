/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a log, line by line (see reader.h)
 */
#include "libmmiotrace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/**
 * struct MmtReader
 * @name: for messages
 * @fd: the file
 * @close_fd: it is ours to close
 * @eof: read() has said so
 * @number: of the line last returned
 * @head: first byte of @buf that no line has taken
 * @fill: behind the last byte of @buf
 * @buf: what was read; one line of the longest kind fits, and then some
 */
struct MmtReader {
    char *name;
    int fd;
    bool close_fd;
    bool eof;
    uint64_t number;
    size_t head;
    size_t fill;
    char buf[4 * MMT_READER_LINE_MAX];
};

static const unsigned char zstd_magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
static const unsigned char gzip_magic[] = { 0x1f, 0x8b };

MmtReader *mmt_reader_open(const char *path, GError **error)
{
    bool is_stdin = !strcmp(path, "-");
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    MmtReader *reader;

    if (fd < 0) {
        int err = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                    "%s: can not open: %s", path, g_strerror(err));
        return NULL;
    }
    reader = g_new(MmtReader, 1);
    reader->name = g_strdup(is_stdin ? "<stdin>" : path);
    reader->fd = fd;
    reader->close_fd = !is_stdin;
    reader->eof = false;
    reader->number = 0;
    reader->head = 0;
    reader->fill = 0;
    return reader;
}

void mmt_reader_free(MmtReader *reader)
{
    if (!reader) {
        return;
    }
    if (reader->close_fd) {
        close(reader->fd);
    }
    g_free(reader->name);
    g_free(reader);
}

const char *mmt_reader_name(const MmtReader *reader)
{
    return reader->name;
}

static bool is_compressed(const MmtReader *reader, const char **program)
{
    if (reader->fill >= sizeof(zstd_magic) &&
        !memcmp(reader->buf, zstd_magic, sizeof(zstd_magic))) {
        *program = "zstd";
        return true;
    }
    if (reader->fill >= sizeof(gzip_magic) &&
        !memcmp(reader->buf, gzip_magic, sizeof(gzip_magic))) {
        *program = "gzip";
        return true;
    }
    return false;
}

static bool fill_buffer(MmtReader *reader, GError **error)
{
    const char *program;
    ssize_t n;

    if (reader->head) {
        memmove(reader->buf, reader->buf + reader->head,
                reader->fill - reader->head);
        reader->fill -= reader->head;
        reader->head = 0;
    }
    do {
        n = read(reader->fd, reader->buf + reader->fill,
                 sizeof(reader->buf) - reader->fill);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        int err = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                    "%s: can not read: %s", reader->name, g_strerror(err));
        return false;
    }
    reader->eof = n == 0;
    reader->fill += n;
    if (reader->number == 0 && is_compressed(reader, &program)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: is compressed; pipe it through '%s -dc' and name '-'",
                    reader->name, program);
        return false;
    }
    return true;
}

/* Throw away what is left of a line that is too long. */
static bool skip_rest(MmtReader *reader, MmtLine *line, GError **error)
{
    for (;;) {
        char *nl = memchr(reader->buf + reader->head, '\n',
                          reader->fill - reader->head);

        if (nl) {
            reader->head = nl + 1 - reader->buf;
            return true;
        }
        if (reader->eof) {
            reader->head = reader->fill;
            line->unterminated = true;
            return true;
        }
        /* The line's kept bytes are at the front: read behind them. */
        reader->head = MMT_READER_LINE_MAX;
        reader->fill = MMT_READER_LINE_MAX;
        do {
            ssize_t n = read(reader->fd, reader->buf + reader->fill,
                             sizeof(reader->buf) - reader->fill);

            if (n >= 0) {
                reader->eof = n == 0;
                reader->fill += n;
                break;
            }
            if (errno != EINTR) {
                int err = errno;

                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                            "%s: can not read: %s", reader->name,
                            g_strerror(err));
                return false;
            }
        } while (true);
    }
}

MmtReadResult mmt_reader_next(MmtReader *reader, MmtLine *line,
                              GError **error)
{
    size_t scanned = 0;

    for (;;) {
        char *start = reader->buf + reader->head;
        size_t have = reader->fill - reader->head;
        char *nl = memchr(start + scanned, '\n', have - scanned);

        *line = (MmtLine) { .p = start, .number = reader->number + 1 };
        if (nl && nl - start <= (ptrdiff_t)MMT_READER_LINE_MAX) {
            line->len = nl - start;
            reader->head += line->len + 1;
            break;
        }
        if (nl || have > MMT_READER_LINE_MAX) {
            line->len = MMT_READER_LINE_MAX;
            line->overlong = true;
            memmove(reader->buf, start, have);
            reader->fill = have;
            line->p = reader->buf;
            reader->head = MMT_READER_LINE_MAX;
            if (!skip_rest(reader, line, error)) {
                return MMT_READ_ERROR;
            }
            break;
        }
        if (reader->eof) {
            if (!have) {
                return MMT_READ_END;
            }
            line->len = have;
            line->unterminated = true;
            reader->head = reader->fill;
            break;
        }
        scanned = have;
        if (!fill_buffer(reader, error)) {
            return MMT_READ_ERROR;
        }
    }
    reader->number++;
    return MMT_READ_LINE;
}
