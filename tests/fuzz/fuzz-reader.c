/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the reader: arbitrary bytes as a log's file; and logs in all the
 * shapes that we write, truncated or damaged
 *
 * Uncompressed text comes back unchanged, line by line, however small the
 * pieces in which the kernel delivers it.  Compressed, or in two parts, it
 * reads the same.  Of a truncated file the whole lines are read; a damaged one
 * is read unchanged or gives an error.
 */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmmiotrace/frame.h"
#include "libmmiotrace/parts.h"
#include "libmmiotrace/reader.h"
#include "scratch.h"
#include "wrap.h"

/* More than the reader's own buffer, but quick to read. */
#define FILE_MAX (320u * 1024)

/* A small file may expand to many lines: stop after this many. */
#define LINES_MAX 100000

/* Maximum calls of read() for one file, to bound the time. */
#define PIECES_MAX 256

/* Maximum number of frames, for the same reason. */
#define FRAMES_MAX 32

/* Flags in the input's first byte. */
enum {
    MODE_SHAPED = 1 << 0,       /* one of our shapes, else arbitrary bytes */
    MODE_COMPRESSED = 1 << 1,
    MODE_TWO_PARTS = 1 << 2,
    MODE_CUT = 1 << 3,
    MODE_DAMAGED = 1 << 4,
    MODE_TAIL = 1 << 5,         /* begin near the end */
    MODE_FOLLOW = 1 << 6,
};

/*
 * How read() behaves: the most bytes that it delivers, or 0 for all; and the
 * number of calls between signals, or 1 for no signals.
 */
static size_t read_piece;
static unsigned read_signal;
static unsigned read_calls;

ssize_t __wrap_read(int fd, void *buf, size_t n)
{
    if (read_signal > 1 && ++read_calls % read_signal == 0) {
        errno = EINTR;
        return -1;
    }
    return __real_read(fd, buf, read_piece && n > read_piece ? read_piece : n);
}

/**
 * struct Bytes: a file's content
 */
typedef struct Bytes {
    char *p;
    size_t len;
    size_t room;
} Bytes;

static void append(Bytes *bytes, const void *p, size_t len)
{
    if (bytes->len + len >= bytes->room) {
        bytes->room = 2 * (bytes->len + len) + 64;
        bytes->p = realloc(bytes->p, bytes->room);
    }
    if (len) {
        memcpy(bytes->p + bytes->len, p, len);
    }
    bytes->len += len;
}

/* The rest of the input, several times: long lines out of short inputs. */
static Bytes take_text(FuzzInput *in)
{
    size_t repeat = 1 + fuzz_take(in, 1) * fuzz_take(in, 1);
    size_t cut = fuzz_take(in, 1);
    Bytes text = { 0 };

    while (in->left && repeat-- && text.len + in->left <= FILE_MAX) {
        append(&text, in->p, in->left);
    }
    append(&text, "", 0);
    /* and lines of any length in the middle of others */
    if (cut) {
        text.len -= MIN(text.len, cut - 1);
        append(&text, "\n", 1);
        append(&text, in->p, in->left);
    }
    return text;
}

/* The expected next line, straight from the definition. */
static MmtLine next_line(const char **p, const char *end)
{
    const char *nl = memchr(*p, '\n', end - *p);
    MmtLine line = {
        .p = *p, .len = (nl ? nl : end) - *p, .unterminated = !nl,
    };

    if (line.len > MMT_READER_LINE_MAX) {
        line.len = MMT_READER_LINE_MAX;
        line.overlong = true;
    }
    *p = nl ? nl + 1 : end;
    return line;
}

static bool same_line(const MmtLine *a, const MmtLine *b)
{
    return a->len == b->len && a->unterminated == b->unterminated &&
           a->overlong == b->overlong && !memcmp(a->p, b->p, a->len);
}

static MmtReader *open_reader(const char *path)
{
    g_autoptr(GError) error = NULL;
    MmtReader *reader = mmt_reader_open(path, &error);

    fuzz_check(reader, "%s", error->message);
    return reader;
}

/* Does the text hold a mark that may refer to another part? */
static bool has_part_marks(const Bytes *text)
{
    return memmem(text->p, text->len, MMT_MARK_PREFIX "part ",
                  strlen(MMT_MARK_PREFIX "part "));
}

/* --- arbitrary bytes ------------------------------------------------------ */

static bool looks_compressed(const Bytes *file)
{
    static const struct {
        const char *magic;
        size_t len;
        uint8_t mask;
    } formats[] = {
        { "\x28\xb5\x2f\xfd", 4, 0xff },
        { "\x50\x2a\x4d\x18", 4, 0xf0 },
        { "\x1f\x8b", 2, 0xff },
        { "manifest.json", 14, 0xff },  /* a bundle */
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        size_t n = MIN(file->len, formats[i].len);

        /* or too short to tell */
        if (n && (file->p[0] & formats[i].mask) == formats[i].magic[0] &&
            !memcmp(file->p + 1, formats[i].magic + 1, n - 1)) {
            return true;
        }
    }
    return false;
}

/* Reading ends, each line is one line, and nothing follows the end. */
static void read_anything(MmtReader *reader)
{
    g_autoptr(GError) error = NULL;
    MmtReadResult result;
    size_t n = 0;
    MmtLine line;

    while ((result = mmt_reader_next(reader, &line, &error)) ==
           MMT_READ_LINE && ++n < LINES_MAX) {
        fuzz_check(line.len <= MMT_READER_LINE_MAX, "%zu bytes", line.len);
        fuzz_check(!memchr(line.p, '\n', line.len), "a newline in a line");
    }
    fuzz_check((result == MMT_READ_ERROR) == (error != NULL),
               "result %d, error: %s", result, error ? error->message : "none");
    fuzz_check(result != MMT_READ_REPLACED, "reported as replaced");
}

/* Return: lines read, all of which were those of @text */
static size_t read_same(MmtReader *reader, const Bytes *text, bool *all,
                        GError **error)
{
    const char *end = text->p + text->len;
    const char *p = text->p;
    size_t n = 0;
    MmtLine got;

    while (mmt_reader_next(reader, &got, error) == MMT_READ_LINE) {
        MmtLine want;

        fuzz_check(p < end, "line %zu: there is none", n + 1);
        want = next_line(&p, end);
        n++;
        /* the last line of a truncated file may be truncated as well */
        if (got.unterminated && !same_line(&got, &want)) {
            fuzz_check(got.len <= want.len && !memcmp(got.p, want.p, got.len),
                       "line %zu, cut off, differs", n);
            p = end - 1;
            continue;
        }
        fuzz_check(same_line(&got, &want), "line %zu differs", n);
    }
    *all = p == end;
    return n;
}

static void check_whole(MmtReader *reader, const Bytes *text)
{
    g_autoptr(GError) error = NULL;
    MmtLine line;
    bool all;

    read_same(reader, text, &all, &error);
    fuzz_check(all && !error, "not all lines were read: %s",
               error ? error->message : "end");
    fuzz_check(mmt_reader_next(reader, &line, NULL) == MMT_READ_END,
               "no end after the end");
    fuzz_check(!mmt_reader_truncated(reader), "reported as truncated");
}

static void check_bytes(unsigned mode, const Bytes *file)
{
    g_autoptr(MmtReader) reader = NULL;

    scratch_write(scratch_path("log"), file->p, file->len);
    reader = open_reader(scratch_path("log"));
    if (mode & MODE_FOLLOW) {
        mmt_reader_follow(reader, true);
    }
    if (mode & MODE_TAIL) {
        mmt_reader_seek_tail(reader, 3);
    }
    if ((mode & (MODE_FOLLOW | MODE_TAIL)) || looks_compressed(file) ||
        has_part_marks(file)) {
        read_anything(reader);
    } else {
        check_whole(reader, file);
    }
}

/* --- our own shapes ------------------------------------------------------- */

/**
 * struct Shape: a file that we made
 * @file: its bytes
 * @whole: bytes of its text that can be read if it is cut off or damaged
 *         at @at
 * @at: where that is
 */
typedef struct Shape {
    Bytes file;
    size_t whole;
    size_t at;
} Shape;

/* Frames of whole lines, as the writer makes them. */
static Shape compress(const Bytes *text, size_t frame_max, uint64_t at)
{
    static MmtFramer *framer;
    size_t frames = 0;
    Shape shape = { 0 };
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(size_t));
    size_t done = 0;
    size_t i;

    if (!framer) {
        framer = mmt_framer_new(FILE_MAX);
    }
    frame_max = MAX(frame_max, text->len / FRAMES_MAX);
    while (done < text->len) {
        size_t n = MIN(frame_max, text->len - done);
        const char *nl = memchr(text->p + done + n - 1, '\n',
                                text->len - done - n + 1);
        const char *out;
        size_t len;

        n = nl ? (size_t)(nl + 1 - (text->p + done)) : text->len - done;
        len = mmt_framer_frame(framer, text->p + done, n, &out);
        append(&shape.file, out, len);
        done += n;
        g_array_append_val(ends, shape.file.len);
        g_array_append_val(texts, done);
        frames++;
    }
    shape.at = shape.file.len ? at % shape.file.len : 0;
    for (i = 0; i < frames && g_array_index(ends, size_t, i) <= shape.at;
         i++) {
        shape.whole = g_array_index(texts, size_t, i);
    }
    return shape;
}

static size_t count_lines(const char *p, size_t len)
{
    const char *end = p + len;
    size_t n = 0;

    while (p < end) {
        next_line(&p, end);
        n++;
    }
    return n;
}

static void check_cut_off(const Bytes *text, const Shape *shape)
{
    g_autoptr(MmtReader) reader = open_reader(scratch_path("log"));
    g_autoptr(GError) error = NULL;
    bool all;
    size_t n = read_same(reader, text, &all, &error);

    fuzz_check(!error, "%s", error->message);
    fuzz_check(n >= count_lines(text->p, shape->whole),
               "%zu lines of intact frames are missing",
               count_lines(text->p, shape->whole) - n);
    fuzz_check(all || mmt_reader_truncated(reader) || n ==
               count_lines(text->p, shape->whole),
               "lines are missing without an error");
}

static void check_damaged(const Bytes *text, const Shape *shape)
{
    g_autoptr(MmtReader) reader = open_reader(scratch_path("log"));
    g_autoptr(GError) error = NULL;
    const char *end = text->p + text->len;
    const char *p = text->p;
    MmtReadResult result;
    bool same = true;
    size_t n = 0;
    MmtLine got;

    while ((result = mmt_reader_next(reader, &got, &error)) ==
           MMT_READ_LINE) {
        MmtLine want = next_line(&p, end);

        same = same && same_line(&got, &want);
        n += same;
    }
    fuzz_check(n >= count_lines(text->p, shape->whole),
               "lines before the damage are missing");
    fuzz_check(result == MMT_READ_ERROR || mmt_reader_truncated(reader) ||
               (same && p == end), "undetected damage");
}

static void check_compressed(FuzzInput *in, unsigned mode)
{
    size_t frame_max = 1 + fuzz_take(in, 2);
    uint64_t at = fuzz_take(in, 4);
    uint8_t damage = fuzz_take(in, 1);
    Bytes text = take_text(in);
    Shape shape = compress(&text, frame_max, at);
    const char *path = scratch_path("log");

    if (has_part_marks(&text)) {
        mode &= ~(MODE_CUT | MODE_DAMAGED);
    }
    if (!shape.file.len) {
        append(&shape.file, "", 0);
    } else if (mode & MODE_CUT) {
        scratch_write(path, shape.file.p, shape.at);
        check_cut_off(&text, &shape);
    } else if ((mode & MODE_DAMAGED) && damage && shape.at >= 4) {
        /* the first four bytes say that it is compressed */
        shape.file.p[shape.at] ^= damage;
        scratch_write(path, shape.file.p, shape.file.len);
        check_damaged(&text, &shape);
    } else {
        g_autoptr(MmtReader) reader = NULL;

        scratch_write(path, shape.file.p, shape.file.len);
        reader = open_reader(path);
        if (has_part_marks(&text)) {
            read_anything(reader);
        } else {
            check_whole(reader, &text);
        }
    }
    free(shape.file.p);
    free(text.p);
}

static void append_line(Bytes *bytes, const char *line)
{
    append(bytes, line, strlen(line));
    append(bytes, "\n", 1);
}

static void append_mark(Bytes *bytes, MmtPartMark mark, unsigned part)
{
    g_autofree char *text = mmt_part_mark_text(mark, part);
    g_autofree char *line = g_strconcat("MARK 1.000000 ", text, NULL);

    append_line(bytes, line);
}

static void write_part(const char *name, const Bytes *part, bool compressed)
{
    if (compressed && part->len) {
        Shape shape = compress(part, 1 + part->len / 3, 0);

        scratch_write(scratch_path(name), shape.file.p, shape.file.len);
        free(shape.file.p);
    } else {
        scratch_write(scratch_path(name), part->p, part->len);
    }
}

/* The text in two parts reads as if it were in one. */
static void check_two_parts(FuzzInput *in, unsigned mode)
{
    uint64_t at = fuzz_take(in, 4);
    Bytes text = take_text(in);
    Bytes first = { 0 };
    Bytes second = { 0 };
    const char *nl;
    size_t split;

    at = text.len ? at % text.len : 0;
    nl = memchr(text.p + at, '\n', text.len - at);
    split = nl ? (size_t)(nl + 1 - text.p) : 0;

    if (!has_part_marks(&text) && !looks_compressed(&text)) {
        g_autoptr(MmtReader) reader = NULL;

        append(&first, text.p, split);
        append_mark(&first, MMT_PART_CONTINUES, 1);
        append_line(&second, MMT_VERSION_LINE);
        append_mark(&second, MMT_PART_BEGINS, 2);
        append_line(&second, "PCIDEV 0010 80860f31 0 0 0 0 0 0 0 0 0 0 0 0 0 "
                    "0 0 x");
        append_mark(&second, MMT_PART_HEADER_ENDS, 2);
        append(&second, text.p + split, text.len - split);
        write_part("log", &first, mode & MODE_COMPRESSED);
        write_part("log.1", &second, mode & MODE_COMPRESSED);

        reader = open_reader(scratch_path("log"));
        check_whole(reader, &text);
        fuzz_check(mmt_reader_parts(reader) == 2, "%u parts",
                   mmt_reader_parts(reader));
        unlink(scratch_path("log.1"));
    }
    free(first.p);
    free(second.p);
    free(text.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    unsigned mode = fuzz_take(&in, 1);

    read_piece = fuzz_take(&in, 2);
    read_signal = 1 + fuzz_take(&in, 1);
    read_calls = 0;
    if (read_piece) {
        read_piece = MAX(read_piece, in.left / PIECES_MAX);
    }

    if (!(mode & MODE_SHAPED)) {
        Bytes file = take_text(&in);

        if (read_piece) {
            read_piece = MAX(read_piece, file.len / PIECES_MAX);
        }
        check_bytes(mode, &file);
        free(file.p);
    } else if (mode & MODE_TWO_PARTS) {
        check_two_parts(&in, mode);
    } else {
        check_compressed(&in, mode);
    }
    return 0;
}
