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

#include "libmmiotrace/unpack.h"

/* The input size that zstd recommends: a block and its header */
#define RAW_BYTES (128u * 1024 + 3)

/*
 * This many bytes tell two logs apart: the clock's mark is among the first
 * lines, with the time of day to the nanosecond.
 */
#define FIRST_BYTES 512

/**
 * struct MmtSource: state of a source
 * @name: the file's name, for messages
 * @fd: the file
 * @close_fd: the source closes @fd
 * @regular: it is a regular file
 * @ended: it is a stream that its other end has closed
 * @id: its device and inode
 * @owner: the file's owner
 * @mode: the file's permissions
 * @known: enough bytes were read to know if it is compressed
 * @unpacker: the decompressor, if it is
 * @unpacker_state: state of the decompressor
 * @in_frame: a compressed frame has begun and not ended
 * @more: the decompressor has more text than there was room for
 * @frame: offset of that frame in the file
 * @settled: enough text was read to know if it is a bundle
 * @bundle: the bundle, if it is one
 * @peek_len: bytes of @peek
 * @peek_pos: how many of them were used
 * @peek: the first bytes of the text, which were read to know that
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
    mode_t mode;
    bool known;
    const MmtUnpacker *unpacker;
    void *unpacker_state;
    bool in_frame;
    bool more;
    uint64_t frame;
    bool settled;
    MmtBundle *bundle;
    size_t peek_len;
    size_t peek_pos;
    char peek[MMT_BUNDLE_MAGIC_LEN];
    uint64_t offset;
    size_t head;
    size_t fill;
    size_t first_len;
    unsigned char first[FIRST_BYTES];
    unsigned char raw[RAW_BYTES];
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
        source->mode = st.st_mode & 07777;
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

MmtSource *mmt_source_open_fd(int fd, const char *name)
{
    return new_source(name, fd, false);
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
    if (source->unpacker) {
        source->unpacker->free(source->unpacker_state);
    }
    mmt_bundle_free(source->bundle);
    g_free(source->name);
    g_free(source);
}

const char *mmt_source_name(const MmtSource *source)
{
    return source->name;
}

bool mmt_source_in_packed(const MmtSource *source)
{
    return source->in_frame || (!source->known && source->fill);
}

bool mmt_source_in_frame(const MmtSource *source)
{
    return source->bundle ? mmt_bundle_in_log(source->bundle)
                          : mmt_source_in_packed(source);
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

/* Return: 1: the format is known; 0: there are no more bytes; -1: error */
static int sniff(MmtSource *source, GError **error)
{
    while (!source->known) {
        ssize_t n = read_file(source, source->raw + source->fill,
                              RAW_BYTES - source->fill, error);
        bool undecided;

        if (n <= 0) {
            return n;
        }
        source->fill += n;
        source->unpacker = mmt_unpack_find(source->raw, source->fill,
                                           &undecided);
        source->known = !undecided;
    }
    if (source->unpacker && !source->unpacker_state) {
        source->unpacker_state = source->unpacker->open();
        if (!source->unpacker_state) {
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

/* Offset in the file of the next byte that the decompressor gets */
static uint64_t unpack_offset(const MmtSource *source)
{
    return source->offset - (source->fill - source->head);
}

static void skip_padding(MmtSource *source)
{
    if (!source->unpacker->padding || source->in_frame) {
        return;
    }
    while (source->head < source->fill && !source->raw[source->head]) {
        source->head++;
    }
    source->frame = unpack_offset(source);
}

static bool check_frame(MmtSource *source, MmtUnpackResult result,
                        const char *why, GError **error)
{
    if (result != MMT_UNPACK_DAMAGED && result != MMT_UNPACK_REFUSED) {
        return true;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s: the %s at byte %" PRIu64 " %s: %s",
                source->name, source->unpacker->frame, source->frame,
                result == MMT_UNPACK_DAMAGED ? "is damaged"
                                             : "can not be decompressed", why);
    return false;
}

/* Decompress some of the bytes of @raw; false on error */
static bool unpack(MmtSource *source, MmtUnpackIo *io, GError **error)
{
    const char *why = NULL;
    MmtUnpackResult result;

    skip_padding(source);
    if (source->head == source->fill && !source->more) {
        return true;
    }
    io->in = source->raw;
    io->in_len = source->fill;
    io->in_pos = source->head;
    result = source->unpacker->step(source->unpacker_state, io, &why);
    if (!check_frame(source, result, why, error)) {
        return false;
    }
    if (io->in_pos > source->head) {
        source->in_frame = true;
        source->head = io->in_pos;
    }
    if (result == MMT_UNPACK_END) {
        source->in_frame = false;
        source->frame = unpack_offset(source);
    }
    source->more = result == MMT_UNPACK_MORE && io->out_pos == io->out_len;
    return true;
}

static ssize_t read_packed(MmtSource *source, char *buf, size_t len,
                           GError **error)
{
    MmtUnpackIo io = { .out = buf, .out_len = len };

    while (!io.out_pos) {
        if (source->head == source->fill && !source->more) {
            ssize_t n = read_file(source, source->raw, RAW_BYTES, error);

            if (n <= 0) {
                return n;
            }
            source->head = 0;
            source->fill = n;
        }
        if (!unpack(source, &io, error)) {
            return -1;
        }
    }
    return io.out_pos;
}

/* Text, or the bytes of the archive that a bundle is */
static ssize_t read_stream(MmtSource *source, char *buf, size_t len,
                           GError **error)
{
    int known = sniff(source, error);

    if (known <= 0) {
        return known;
    }
    return source->unpacker ? read_packed(source, buf, len, error)
                            : read_text(source, buf, len, error);
}

/* As read_stream(), from the first byte on */
static ssize_t read_again(void *opaque, char *buf, size_t len, GError **error)
{
    MmtSource *source = opaque;
    size_t n = MIN(len, source->peek_len - source->peek_pos);

    if (!n) {
        return read_stream(source, buf, len, error);
    }
    memcpy(buf, source->peek + source->peek_pos, n);
    source->peek_pos += n;
    return n;
}

/*
 * No text begins with this name and a NUL.
 * Return: as sniff()
 */
static int settle(MmtSource *source, GError **error)
{
    while (!source->settled) {
        ssize_t n = read_stream(source, source->peek + source->peek_len,
                                MMT_BUNDLE_MAGIC_LEN - source->peek_len,
                                error);

        if (n < 0 || (!n && (!source->peek_len ||
                             (!source->regular && !source->ended)))) {
            return n;
        }
        source->peek_len += n;
        if (!n || memcmp(source->peek, MMT_BUNDLE_MANIFEST,
                         source->peek_len)) {
            source->settled = true;
        } else if (source->peek_len == MMT_BUNDLE_MAGIC_LEN) {
            source->settled = true;
            source->bundle = mmt_bundle_new(source->name, read_again, source);
        }
    }
    return 1;
}

ssize_t mmt_source_read(MmtSource *source, char *buf, size_t len,
                        GError **error)
{
    int settled = settle(source, error);

    if (settled <= 0) {
        return settled;
    }
    return source->bundle ? mmt_bundle_read_log(source->bundle, buf, len, error)
                          : read_again(source, buf, len, error);
}

void mmt_source_drain(MmtSource *source)
{
    if (source->bundle && !source->regular) {
        mmt_bundle_drain(source->bundle);
    }
}

mode_t mmt_source_mode(const MmtSource *source)
{
    return source->mode;
}

bool mmt_source_is_bundle(const MmtSource *source)
{
    return source->bundle;
}

MmtBundleResult mmt_source_next_part(MmtSource *source, GError **error)
{
    return mmt_bundle_next_log(source->bundle, error);
}

MmtBundle *mmt_source_bundle(MmtSource *source, GError **error)
{
    if (settle(source, error) < 0) {
        return NULL;
    }
    if (!source->bundle) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s is not a bundle: 'vfio-trace bundle LOG -o FILE' makes one",
                    source->name);
    }
    return source->bundle;
}

const char *mmt_source_part(const MmtSource *source)
{
    return mmt_bundle_member(source->bundle)->name;
}

bool mmt_source_replaced(const MmtSource *source, bool at_end)
{
    unsigned char now[FIRST_BYTES];
    struct stat st;

    if (!source->regular || source->bundle || fstat(source->fd, &st) < 0) {
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

    if (!source->regular || settle(source, NULL) <= 0 ||
        source->unpacker || source->bundle || fstat(source->fd, &st) < 0) {
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
    source->peek_pos = source->peek_len;
    return true;
}
