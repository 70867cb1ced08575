/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: log reader, line by line (see reader.h)
 *
 * Theory of operation
 *
 * There are three layers.  read_more() fills the buffer from the current
 * part's source; get_line() splits it into lines; mmt_reader_next() decides
 * which lines belong to the log, and continues with the next part.
 *
 * The mark "part N continues" counts only if it is the last line of its part:
 * it is held back until that is known.
 *
 * While a log is followed, another log may be written to the same file.  The
 * source (source.h) detects that the file has changed; a log that `vfio-trace
 * recover` completes changes, too, since it is truncated first.  So the first
 * bytes are compared with those that were read before.  If they are equal, it
 * is the same log, and the text that was already read is skipped.
 */
#include "libmmiotrace/reader.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/parts.h"
#include "libmmiotrace/record.h"
#include "libmmiotrace/source.h"

/* As in source.c: this many bytes tell two logs apart. */
#define FIRST_BYTES 512

/* Bytes of text that a reader holds */
#define BUF_BYTES (4 * MMT_READER_LINE_MAX)

/**
 * struct MmtReader: state of a reader
 * @names: names of the parts read so far
 * @log: the first part; only if the log is followed, and in a later part
 * @source: the current part
 * @follow: keep reading at the end of the file
 * @eof: @source was read to its end
 * @skipping: the line at the front of @buf is too long; skip the rest of it
 * @resyncing: @source was reopened; it must be checked to be the same log
 * @partial: the next line lacks its beginning
 * @header: number of the part whose header is being skipped, or 0
 * @held: the mark that says that part @held_part continues
 * @held_part: number of that part; 0 if no mark is held back
 * @truncated: name of a part that is truncated, or NULL
 * @number: number of the last line
 * @position: bytes of the part's text before the next line
 * @skipped: bytes of that line that were dropped
 * @discard: bytes of the text that are still to be read and dropped
 * @first_len: bytes of @first
 * @first: beginning of the part's text
 * @head: first byte of @buf that is not in a line yet
 * @fill: end of the text in @buf, behind its last byte
 * @buf: text that was read; larger than the longest line.  The last
 *       MMT_READER_SLACK bytes are never filled
 */
struct MmtReader {
    GPtrArray *names;
    MmtSource *log;
    MmtSource *source;
    bool follow;
    bool eof;
    bool skipping;
    bool resyncing;
    bool partial;
    unsigned header;
    GString *held;
    unsigned held_part;
    const char *truncated;
    uint64_t number;
    uint64_t position;
    uint64_t skipped;
    uint64_t discard;
    size_t first_len;
    char first[FIRST_BYTES];
    size_t head;
    size_t fill;
    char buf[4 * MMT_READER_LINE_MAX + MMT_READER_SLACK];
};

static MmtReader *reader_new(MmtSource *source)
{
    MmtReader *reader = g_new0(MmtReader, 1);

    reader->source = source;
    reader->names = g_ptr_array_new_with_free_func(g_free);
    /* with room for what may be read behind it */
    reader->held = g_string_sized_new(MMT_LINE_MAX + MMT_READER_SLACK);
    g_ptr_array_add(reader->names, g_strdup(mmt_source_name(source)));
    return reader;
}

MmtReader *mmt_reader_open(const char *path, GError **error)
{
    MmtSource *source = mmt_source_open(path, error);

    return source ? reader_new(source) : NULL;
}

MmtReader *mmt_reader_open_fd(int fd, const char *name)
{
    return reader_new(mmt_source_open_fd(fd, name));
}

MmtReader *mmt_reader_open_stream(int fd, const char *name)
{
    MmtReader *reader = reader_new(mmt_source_open_stream(fd, name));

    reader->follow = true;
    return reader;
}

bool mmt_reader_ended(const MmtReader *reader)
{
    return mmt_source_ended(reader->source);
}

void mmt_reader_free(MmtReader *reader)
{
    if (!reader) {
        return;
    }
    mmt_source_free(reader->source);
    mmt_source_free(reader->log);
    g_ptr_array_unref(reader->names);
    g_string_free(reader->held, TRUE);
    g_free(reader);
}

bool mmt_reader_is_file(const MmtReader *reader)
{
    return mmt_source_is_file(reader->source);
}

void mmt_reader_follow(MmtReader *reader, bool follow)
{
    reader->follow = follow;
    reader->eof = false;
}

const char *mmt_reader_name(const MmtReader *reader)
{
    return g_ptr_array_index(reader->names, reader->names->len - 1);
}

unsigned mmt_reader_parts(const MmtReader *reader)
{
    return reader->names->len;
}

const char *mmt_reader_truncated(const MmtReader *reader)
{
    return reader->truncated;
}

/* Begin to read the text of a part from its start. */
static void begin_part(MmtReader *reader, MmtSource *source)
{
    if (source != reader->source) {
        mmt_source_free(reader->source);
        reader->source = source;
    }
    reader->eof = false;
    reader->skipping = false;
    reader->resyncing = false;
    reader->partial = false;
    reader->header = 0;
    reader->held_part = 0;
    reader->number = 0;
    reader->position = 0;
    reader->skipped = 0;
    reader->discard = 0;
    reader->first_len = 0;
    reader->head = 0;
    reader->fill = 0;
}

/* Keep bytes of the text's beginning; @p has the bytes at @position. */
static void remember_first(MmtReader *reader, const char *p, size_t n,
                           uint64_t position)
{
    if (position == reader->first_len) {
        n = MIN(n, FIRST_BYTES - reader->first_len);
        memcpy(reader->first + reader->first_len, p, n);
        reader->first_len += n;
    }
}

/* Another log has replaced the one that was followed: read that one. */
static MmtReadResult begin_again(MmtReader *reader, GError **error)
{
    MmtSource *source = mmt_source_open_more(reader->names->pdata[0],
                                             reader->log ?: reader->source,
                                             true, error);

    if (!source) {
        return MMT_READ_ERROR;
    }
    g_clear_pointer(&reader->log, mmt_source_free);
    g_ptr_array_set_size(reader->names, 1);
    begin_part(reader, source);
    return MMT_READ_REPLACED;
}

/* The file has changed: reopen it, to compare it from its start. */
static bool begin_resync(MmtReader *reader, GError **error)
{
    MmtSource *source = mmt_source_open_more(mmt_reader_name(reader),
                                             reader->source,
                                             reader->names->len == 1, error);

    if (!source) {
        return false;
    }
    mmt_source_free(reader->source);
    reader->source = source;
    reader->resyncing = true;
    reader->skipping = false;
    reader->skipped = 0;
    reader->discard = 0;
    reader->head = 0;
    reader->fill = 0;
    return true;
}

/* Return: MMT_READ_LINE if it is the same log, else the caller's result */
static MmtReadResult resync(MmtReader *reader, GError **error)
{
    uint64_t taken;

    while (reader->fill < reader->first_len) {
        ssize_t n = mmt_source_read(reader->source, reader->buf + reader->fill,
                                    BUF_BYTES - reader->fill, error);

        if (mmt_source_replaced(reader->source, n <= 0)) {
            g_clear_error(error);
            if (!begin_resync(reader, error)) {
                return MMT_READ_ERROR;
            }
            continue;
        }
        if (n < 0) {
            return MMT_READ_ERROR;
        }
        reader->fill += n;
        if (memcmp(reader->buf, reader->first,
                   MIN(reader->fill, reader->first_len))) {
            return begin_again(reader, error);
        }
        if (!n) {
            return MMT_READ_END;
        }
    }
    remember_first(reader, reader->buf + reader->first_len,
                   reader->fill - reader->first_len, reader->first_len);
    reader->resyncing = false;
    taken = MIN(reader->fill, reader->position);
    reader->head = taken;
    reader->discard = reader->position - taken;
    return MMT_READ_LINE;
}

/*
 * Read into the buffer from @fill on, where there must be room.
 * Return: MMT_READ_LINE on success, else the caller's result
 */
static MmtReadResult read_more(MmtReader *reader, GError **error)
{
    g_autoptr(GError) why = NULL;
    char *to = reader->buf + reader->fill;
    size_t skip;
    ssize_t n;

    n = mmt_source_read(reader->source, to,
                        BUF_BYTES - reader->fill, &why);
    if (reader->follow && reader->log &&
        mmt_source_replaced(reader->log, n <= 0)) {
        return begin_again(reader, error);
    }
    if (reader->follow && mmt_source_replaced(reader->source, n <= 0)) {
        if (!begin_resync(reader, error)) {
            return MMT_READ_ERROR;
        }
        return resync(reader, error);
    }
    if (n < 0) {
        g_propagate_error(error, g_steal_pointer(&why));
        return MMT_READ_ERROR;
    }
    reader->eof = !n;
    if (reader->discard) {
        skip = MIN(reader->discard, (uint64_t)n);
        reader->discard -= skip;
        n -= skip;
        memmove(to, to + skip, n);
    } else if (!reader->skipping) {
        remember_first(reader, to, n, reader->position + reader->fill -
                       reader->head);
    }
    reader->fill += n;
    return MMT_READ_LINE;
}

/* Drop the rest of a line that is too long. */
static MmtReadResult skip_rest(MmtReader *reader, MmtLine *line,
                               GError **error)
{
    char *const rest = reader->buf + MMT_READER_LINE_MAX;

    for (;;) {
        char *nl = memchr(rest, '\n', reader->buf + reader->fill - rest);
        MmtReadResult result;

        if (nl || (reader->eof && !reader->follow)) {
            line->p = reader->buf;
            line->len = MMT_READER_LINE_MAX;
            line->overlong = true;
            line->unterminated = !nl;
            reader->head = nl ? (size_t)(nl + 1 - reader->buf) : reader->fill;
            reader->position += reader->skipped + reader->head;
            reader->skipped = 0;
            reader->skipping = false;
            return MMT_READ_LINE;
        }
        if (reader->eof) {
            return MMT_READ_END;
        }
        /* The bytes that are kept are at the front: read behind them. */
        reader->skipped += reader->fill - MMT_READER_LINE_MAX;
        reader->fill = MMT_READER_LINE_MAX;
        result = read_more(reader, error);
        if (result != MMT_READ_LINE) {
            return result;
        }
    }
}

/* Get the next line of the current part. */
static MmtReadResult get_line(MmtReader *reader, MmtLine *line,
                              GError **error)
{
    MmtReadResult result;

    for (;;) {
        char *start = reader->buf + reader->head;
        size_t have = reader->fill - reader->head;
        char *nl;

        *line = (MmtLine) { .p = start, .number = reader->number + 1 };
        if (reader->skipping) {
            result = skip_rest(reader, line, error);
            reader->number += result == MMT_READ_LINE;
            return result;
        }
        nl = memchr(start, '\n', have);
        if (nl && nl - start <= (ptrdiff_t)MMT_READER_LINE_MAX) {
            line->len = nl - start;
            reader->head += line->len + 1;
            reader->position += line->len + 1;
            reader->number++;
            return MMT_READ_LINE;
        }
        memmove(reader->buf, start, have);
        reader->head = 0;
        reader->fill = have;
        if (nl || have > MMT_READER_LINE_MAX) {
            reader->skipping = true;
            continue;
        }
        if (reader->eof) {
            if (!have || reader->follow) {
                return MMT_READ_END;
            }
            line->p = reader->buf;
            line->len = have;
            line->unterminated = true;
            reader->head = have;
            reader->position += have;
            reader->number++;
            return MMT_READ_LINE;
        }
        result = read_more(reader, error);
        if (result != MMT_READ_LINE) {
            return result;
        }
    }
}

/* Can there be another part? */
static bool may_continue(const MmtReader *reader)
{
    return mmt_source_is_file(reader->source) ||
           mmt_source_is_bundle(reader->source);
}

/* If the line is the mark "part N continues", hold it back. */
static bool hold_line(MmtReader *reader, const MmtLine *line)
{
    unsigned part;

    if (line->unterminated || line->overlong ||
        mmt_part_mark(line->p, line->len, &part) != MMT_PART_CONTINUES ||
        !may_continue(reader)) {
        return false;
    }
    g_string_truncate(reader->held, 0);
    g_string_append_len(reader->held, line->p, line->len);
    reader->held_part = part;
    return true;
}

static void note_truncation(MmtReader *reader)
{
    if (!reader->truncated && mmt_source_in_frame(reader->source)) {
        reader->truncated = mmt_reader_name(reader);
    }
}

/* As open_next_part() */
static MmtReadResult next_in_bundle(MmtReader *reader, unsigned part,
                                    GError **error)
{
    MmtBundleResult result = mmt_source_next_part(reader->source, error);

    if (result != MMT_BUNDLE_MEMBER) {
        note_truncation(reader);
        return result == MMT_BUNDLE_ERROR ? MMT_READ_ERROR : MMT_READ_END;
    }
    begin_part(reader, reader->source);
    reader->header = part + 1;
    g_ptr_array_add(reader->names,
                    g_strdup_printf("%s:%s", (char *)reader->names->pdata[0],
                                    mmt_source_part(reader->source)));
    return MMT_READ_LINE;
}

/* Return: MMT_READ_LINE if the next part is open, else the caller's result */
static MmtReadResult open_next_part(MmtReader *reader, unsigned part,
                                    GError **error)
{
    const char *name = mmt_reader_name(reader);
    g_autofree char *next = mmt_part_next(name, part);
    g_autoptr(GError) why = NULL;
    MmtSource *source;

    if (mmt_source_is_bundle(reader->source)) {
        return next_in_bundle(reader, part, error);
    }
    if (!next) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "%s: the log continues in its part %u, but this is not a name of part %u: give the parts their original names",
                    name, part + 1,
                    part);
        return MMT_READ_ERROR;
    }
    source = mmt_source_open_more(next, reader->source, false, &why);
    if (!source) {
        if (reader->follow &&
            g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            return MMT_READ_END;
        }
        g_propagate_prefixed_error(error, g_steal_pointer(&why),
                                   "%s continues in another file: ",
                                   name);
        return MMT_READ_ERROR;
    }
    note_truncation(reader);
    if (reader->follow && !reader->log) {
        reader->log = g_steal_pointer(&reader->source);
    }
    begin_part(reader, source);
    reader->header = part + 1;
    g_ptr_array_add(reader->names, g_steal_pointer(&next));
    return MMT_READ_LINE;
}

/*
 * A line is held back.  Return: MMT_READ_LINE if the next part was opened, or
 * with that line in @line if it is not the last one of its part.
 */
static MmtReadResult after_held(MmtReader *reader, MmtLine *line,
                                GError **error)
{
    unsigned part = reader->held_part;
    MmtReadResult result;

    *line = (MmtLine) { 0 };
    while (reader->head == reader->fill) {
        if (reader->eof) {
            return open_next_part(reader, part, error);
        }
        result = read_more(reader, error);
        if (result != MMT_READ_LINE) {
            return result;
        }
    }
    *line = (MmtLine) { .p = reader->held->str, .len = reader->held->len,
                        .number = reader->number };
    reader->held_part = 0;
    return MMT_READ_LINE;
}

/* Skip a line of a later part's header; it may be truncated without loss. */
static bool take_header(MmtReader *reader, const MmtLine *line,
                        GError **error)
{
    unsigned expected = reader->header;
    unsigned part = 0;
    MmtPartMark mark = mmt_part_mark(line->p, line->len, &part);

    if (line->number == 1 || line->unterminated) {
        return true;
    }
    if (line->number == 2 && (mark != MMT_PART_BEGINS || part != expected)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: is not part %u of the log: its second line does not say so",
                    mmt_reader_name(reader), expected);
        return false;
    }
    if (mark == MMT_PART_HEADER_ENDS && part == expected) {
        reader->header = 0;
    }
    return true;
}

MmtReadResult mmt_reader_next(MmtReader *reader, MmtLine *line,
                              GError **error)
{
    MmtReadResult result;

    if (reader->follow) {
        reader->eof = false;
    }
    for (;;) {
        if (reader->resyncing) {
            result = resync(reader, error);
            if (result != MMT_READ_LINE) {
                return result;
            }
        }
        if (reader->held_part) {
            result = after_held(reader, line, error);
            if (result != MMT_READ_LINE || line->p) {
                return result;
            }
        }
        result = get_line(reader, line, error);
        if (result == MMT_READ_END) {
            note_truncation(reader);
            mmt_source_drain(reader->source);
        }
        if (result != MMT_READ_LINE) {
            return result;
        }
        if (reader->partial) {
            reader->partial = false;
        } else if (reader->header) {
            if (!take_header(reader, line, error)) {
                return MMT_READ_ERROR;
            }
        } else if (!hold_line(reader, line)) {
            return MMT_READ_LINE;
        }
    }
}

/* Is the next line one of the log's, which begins in the buffer? */
static bool at_plain_line(const MmtReader *reader)
{
    return !reader->resyncing && !reader->held_part && !reader->partial &&
           !reader->header && !reader->skipping;
}

/*
 * Bytes of the whole lines in the buffer, without a last one that may say that
 * the log continues in another part.
 */
static size_t whole_lines(const MmtReader *reader)
{
    const char *start = reader->buf + reader->head;
    const char *end = memrchr(start, '\n', reader->fill - reader->head);
    const char *last;
    unsigned part;

    if (!end) {
        return 0;
    }
    last = memrchr(start, '\n', end - start);
    last = last ? last + 1 : start;
    if (may_continue(reader) &&
        mmt_part_mark(last, end - last, &part) == MMT_PART_CONTINUES) {
        return last - start;
    }
    return end + 1 - start;
}

MmtReadResult mmt_reader_next_block(MmtReader *reader, MmtBlock *block,
                                    GError **error)
{
    MmtReadResult result;
    MmtLine line;

    *block = (MmtBlock) { 0 };
    if (at_plain_line(reader)) {
        block->len = whole_lines(reader);
        block->p = reader->buf + reader->head;
        block->number = reader->number + 1;
        reader->head += block->len;
        reader->position += block->len;
        if (block->len) {
            return MMT_READ_LINE;
        }
    }
    result = mmt_reader_next(reader, &line, error);
    if (result == MMT_READ_LINE) {
        block->p = line.p;
        block->len = line.len;
        block->number = line.number;
        block->single = true;
        block->unterminated = line.unterminated;
        block->overlong = line.overlong;
    }
    return result;
}

void mmt_reader_count(MmtReader *reader, uint64_t lines)
{
    reader->number += lines;
}

/**
 * struct PartEnd: what is known about an uncompressed file without reading it
 * @part: number of the part, if there is a next one, else 0
 * @header: bytes of its header
 * @size: bytes of the file; 0 if it is not a regular, uncompressed file
 */
typedef struct PartEnd {
    unsigned part;
    uint64_t header;
    uint64_t size;
} PartEnd;

/* Skip the rest of a later part's header. */
static bool leave_header(MmtReader *reader)
{
    MmtLine line;

    while (reader->header) {
        if (get_line(reader, &line, NULL) != MMT_READ_LINE ||
            !take_header(reader, &line, NULL)) {
            return false;
        }
    }
    /* resync() needs to know how it begins. */
    return reader->fill || read_more(reader, NULL) == MMT_READ_LINE;
}

static PartEnd look_at_end(MmtReader *reader)
{
    PartEnd end = { 0 };
    char tail[2 * MMT_LINE_MAX];
    const char *nl;
    size_t n;

    if (!leave_header(reader)) {
        return end;
    }
    n = mmt_source_peek_tail(reader->source, tail, sizeof(tail), &end.size);
    end.header = end.size ? reader->position : 0;
    if (n && tail[n - 1] == '\n') {
        nl = memrchr(tail, '\n', n - 1);
        if (!nl || mmt_part_mark(nl + 1, tail + n - 1 - (nl + 1),
                                 &end.part) != MMT_PART_CONTINUES) {
            end.part = 0;
        }
    }
    return end;
}

/* Go back to an earlier part. */
static bool reopen_part(MmtReader *reader, unsigned i, unsigned part)
{
    MmtSource *source = mmt_source_open_more(reader->names->pdata[i],
                                             reader->source, !i, NULL);

    if (!source) {
        return false;
    }
    begin_part(reader, source);
    reader->header = i ? part : 0;
    g_ptr_array_set_size(reader->names, i + 1);
    if (!i) {
        g_clear_pointer(&reader->log, mmt_source_free);
    }
    return true;
}

void mmt_reader_seek_tail(MmtReader *reader, uint64_t lines)
{
    /* Two more: the first and the last line may be incomplete. */
    uint64_t bytes = (lines + 2) * MMT_LINE_MAX;
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(PartEnd));
    PartEnd end;
    unsigned i;

    while ((end = look_at_end(reader)).part &&
           open_next_part(reader, end.part, NULL) == MMT_READ_LINE) {
        g_array_append_val(ends, end);
    }
    for (i = ends->len; i && end.size - end.header < bytes; i--) {
        bytes -= end.size - end.header;
        end = g_array_index(ends, PartEnd, i - 1);
    }
    if (i < ends->len && !reopen_part(reader, i, end.part)) {
        return;
    }
    if (bytes < end.size && leave_header(reader) &&
        reader->position < end.size - bytes &&
        mmt_source_seek(reader->source, end.size - bytes)) {
        reader->position = end.size - bytes;
        reader->partial = true;
        reader->head = 0;
        reader->fill = 0;
    }
}
