/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of one file's text, compressed or not (see source.h)
 */
#include "libmmiotrace/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

/* The input size that zstd recommends: a block and its header. */
#define RAW_BYTES (128u * 1024 + 3)

/*
 * This many bytes tell two logs apart: the clock's mark is among the first
 * lines, with the time of day to the nanosecond.
 */
#define FIRST_BYTES 512

typedef enum Format {
    FORMAT_UNKNOWN,     /* too few bytes were read */
    FORMAT_TEXT,
    FORMAT_ZSTD,
    FORMAT_GZIP,
} Format;

/**
 * struct MmtSource: state of a source
 * @name: the file's name, for messages
 * @fd: the file
 * @close_fd: the source closes @fd
 * @regular: it is a regular file
 * @ended: it is a stream that its other end has closed
 * @id: its device and inode
 * @owner: the file's owner
 * @format: format of its contents
 * @zstd: the decompressor
 * @in_frame: a compressed frame has begun and not ended
 * @more: @zstd has more text than there was room for
 * @frame: offset of that frame in the file
 * @offset: bytes read from the file
 * @head: first byte of @raw that was not used
 * @fill: end of the bytes in @raw
 * @first_len: bytes of @first
 * @first: beginning of the file when it was read
 * @raw: bytes that were read
 */
struct MmtSource {
    char *name;
    int fd;
    bool close_fd;
    bool regular;
    bool ended;
    struct { dev_t dev; ino_t ino; } id;
    uid_t owner;
    Format format;
    ZSTD_DStream *zstd;
    bool in_frame;
    bool more;
    uint64_t frame;
    uint64_t offset;
    size_t head;
    size_t fill;
    size_t first_len;
    unsigned char first[FIRST_BYTES];
    unsigned char raw[RAW_BYTES];
};

static const struct {
    unsigned char magic[4];
    unsigned char mask;     /* mask of the first byte */
    unsigned char len;
    Format format;
} formats[] = {
    { { 0x28, 0xb5, 0x2f, 0xfd }, 0xff, 4, FORMAT_ZSTD },
    /* Skippable frames; some compressors begin with one. */
    { { 0x50, 0x2a, 0x4d, 0x18 }, 0xf0, 4, FORMAT_ZSTD },
    { { 0x1f, 0x8b }, 0xff, 2, FORMAT_GZIP },
};

static void set_errno_error(GError **error, const char *name,
                            const char *what, int err)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                "%s: can not %s: %s", name, what, g_strerror(err));
}

static MmtSource *new_source(const char *name, int fd, bool close_fd)
{
    MmtSource *source = g_new0(MmtSource, 1);
    struct stat st;

    source->name = g_strdup(name);
    source->fd = fd;
    source->close_fd = close_fd;
    if (close_fd && !fstat(fd, &st) && S_ISREG(st.st_mode)) {
        source->regular = true;
        source->id.dev = st.st_dev;
        source->id.ino = st.st_ino;
        source->owner = st.st_uid;
    }
    return source;
}

MmtSource *mmt_source_open(const char *path, GError **error)
{
    bool is_stdin = !strcmp(path, "-");
    int fd = is_stdin ? STDIN_FILENO
                      : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        set_errno_error(error, path, "open", errno);
        if (errno == EACCES) {
            g_prefix_error(error, "a log belongs to the user who ran QEMU: ");
        }
        return NULL;
    }
    return new_source(is_stdin ? "<stdin>" : path, fd, !is_stdin);
}

MmtSource *mmt_source_open_more(const char *path, const MmtSource *first,
                                bool follow, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
                  (follow ? 0 : O_NOFOLLOW));
    MmtSource *source;

    if (fd < 0) {
        set_errno_error(error, path, "open", errno);
        return NULL;
    }
    source = new_source(path, fd, true);
    if (!source->regular || (first->regular && source->owner &&
                             source->owner != first->owner)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "%s %s", path,
                    source->regular ?
                    "does not belong to the owner of the file before it" :
                    "is not a regular file");
        mmt_source_free(source);
        return NULL;
    }
    return source;
}

MmtSource *mmt_source_open_stream(int fd, const char *name)
{
    MmtSource *source = g_new0(MmtSource, 1);

    source->name = g_strdup(name);
    source->fd = fd;
    source->close_fd = true;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return source;
}

void mmt_source_free(MmtSource *source)
{
    if (!source) {
        return;
    }
    if (source->close_fd) {
        close(source->fd);
    }
    ZSTD_freeDStream(source->zstd);
    g_free(source->name);
    g_free(source);
}

const char *mmt_source_name(const MmtSource *source)
{
    return source->name;
}

bool mmt_source_in_frame(const MmtSource *source)
{
    return source->in_frame ||
           (source->format == FORMAT_UNKNOWN && source->fill);
}

bool mmt_source_ended(const MmtSource *source)
{
    return source->ended;
}

bool mmt_source_is_file(const MmtSource *source)
{
    return source->regular;
}

static void remember_first(MmtSource *source, const void *p, size_t n)
{
    if (source->offset == source->first_len) {
        n = MIN(n, FIRST_BYTES - source->first_len);
        memcpy(source->first + source->first_len, p, n);
        source->first_len += n;
    }
}

static ssize_t read_file(MmtSource *source, void *buf, size_t len,
                         GError **error)
{
    ssize_t n;

    do {
        n = read(source->fd, buf, len);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN) {
        return 0;
    }
    if (n < 0) {
        set_errno_error(error, source->name, "read", errno);
        return -1;
    }
    source->ended = !n && !source->regular;
    remember_first(source, buf, n);
    source->offset += n;
    return n;
}

static Format find_format(const unsigned char *p, size_t len)
{
    bool undecided = false;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        size_t n = MIN(len, formats[i].len);

        if (n && (p[0] & formats[i].mask) == formats[i].magic[0] &&
            !memcmp(p + 1, formats[i].magic + 1, n - 1)) {
            if (n == formats[i].len) {
                return formats[i].format;
            }
            undecided = true;
        }
    }
    return undecided || !len ? FORMAT_UNKNOWN : FORMAT_TEXT;
}

/* Return: 1: the format is known; 0: there are no more bytes; -1: error */
static int sniff(MmtSource *source, GError **error)
{
    while (source->format == FORMAT_UNKNOWN) {
        ssize_t n = read_file(source, source->raw + source->fill,
                              RAW_BYTES - source->fill, error);

        if (n <= 0) {
            return n;
        }
        source->fill += n;
        source->format = find_format(source->raw, source->fill);
    }
    if (source->format == FORMAT_GZIP) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: compressed with gzip: pipe it through 'gzip -dc' and name '-' as the file",
                    source->name);
        return -1;
    }
    if (source->format == FORMAT_ZSTD && !source->zstd) {
        source->zstd = ZSTD_createDStream();
        if (!source->zstd) {
            set_errno_error(error, source->name, "decompress", ENOMEM);
            return -1;
        }
    }
    return 1;
}

static ssize_t read_text(MmtSource *source, char *buf, size_t len,
                         GError **error)
{
    size_t n = MIN(len, source->fill - source->head);

    if (!n) {
        return read_file(source, buf, len, error);
    }
    memcpy(buf, source->raw + source->head, n);
    source->head += n;
    return n;
}

static ssize_t read_zstd(MmtSource *source, char *buf, size_t len,
                         GError **error)
{
    ZSTD_outBuffer out = { .dst = buf, .size = len };

    while (!out.pos) {
        ZSTD_inBuffer in = { .src = source->raw };
        size_t result;

        if (source->head == source->fill && !source->more) {
            ssize_t n = read_file(source, source->raw, RAW_BYTES, error);

            if (n <= 0) {
                return n;
            }
            source->head = 0;
            source->fill = n;
        }
        in.size = source->fill;
        in.pos = source->head;
        result = ZSTD_decompressStream(source->zstd, &out, &in);
        if (ZSTD_isError(result)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "%s: the compressed frame at byte %" PRIu64 " is damaged: %s",
                        source->name, source->frame,
                        ZSTD_getErrorName(result));
            return -1;
        }
        if (!result) {
            source->in_frame = false;
            source->frame = source->offset - (source->fill - in.pos);
        } else if (in.pos > source->head) {
            source->in_frame = true;
        }
        source->head = in.pos;
        source->more = result && out.pos == out.size;
    }
    return out.pos;
}

ssize_t mmt_source_read(MmtSource *source, char *buf, size_t len,
                        GError **error)
{
    int known = sniff(source, error);

    if (known <= 0) {
        return known;
    }
    return source->format == FORMAT_ZSTD
        ? read_zstd(source, buf, len, error)
        : read_text(source, buf, len, error);
}

bool mmt_source_replaced(const MmtSource *source, bool at_end)
{
    unsigned char now[FIRST_BYTES];
    struct stat st;

    if (!source->regular || fstat(source->fd, &st) < 0) {
        return false;
    }
    if ((uint64_t)st.st_size < source->offset ||
        pread(source->fd, now, source->first_len, 0) !=
        (ssize_t)source->first_len ||
        memcmp(now, source->first, source->first_len)) {
        return true;
    }
    return at_end && !stat(source->name, &st) &&
           (st.st_dev != source->id.dev || st.st_ino != source->id.ino);
}

/* Return: its size; 0 if it is not a regular file, or not text */
static uint64_t text_size(MmtSource *source)
{
    struct stat st;

    if (!source->regular || sniff(source, NULL) <= 0 ||
        source->format != FORMAT_TEXT || fstat(source->fd, &st) < 0) {
        return 0;
    }
    return st.st_size;
}

size_t mmt_source_peek_tail(MmtSource *source, char *buf, size_t len,
                            uint64_t *size)
{
    ssize_t n;

    *size = text_size(source);
    len = MIN(len, *size);
    n = pread(source->fd, buf, len, *size - len);
    return n == (ssize_t)len ? len : 0;
}

bool mmt_source_seek(MmtSource *source, uint64_t offset)
{
    if (offset <= source->offset || offset > text_size(source) ||
        lseek(source->fd, offset, SEEK_SET) < 0) {
        return false;
    }
    source->offset = offset;
    source->head = source->fill;
    return true;
}
