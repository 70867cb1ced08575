/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace tail: print the end of a log, and follow it
 *
 * Theory of operation
 *
 * The reader (reader.h) handles growing files, parts and logs that are
 * replaced.  This file prints the last lines first, and then polls for more.
 * A file is polled by time, not by inotify, which does not work on some file
 * systems and would need a watch for parts that do not exist yet.
 *
 * With a selection, the lines come from a trace (trace.h) instead; all of it
 * is read to find the last lines that are selected.
 *
 * Only whole lines are printed: they are collected in a buffer, and a signal
 * that ends the command only takes effect when the buffer is written.
 */
#include "libmmiotrace/parse.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/db.h"
#include "tools/analysis/options.h"
#include "tools/common/tool.h"
#include "tools/log/decoded.h"
#include "tools/log/stream.h"
#include "tools/script/script.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINES_DEFAULT "10"
#define LINES_MAX     1000000000

/* Interval at which a file is polled */
#define POLL_MS 50

/* Size of the buffer at which it is printed */
#define BUF_BYTES (256u * 1024)

/* Surplus lines that are gathered before they are dropped together */
#define DROP_LINES 4096

static char *opt_lines;
static gboolean opt_decode;
static gboolean opt_no_follow;

static const GOptionEntry entries[] = {
    { "decode", 'd', 0, G_OPTION_ARG_NONE, &opt_decode,
      "Print names of registers and fields, as vfio-trace decode does", NULL },
    { "lines", 'n', 0, G_OPTION_ARG_STRING, &opt_lines,
      "Begin with this many last lines (default: 10), or with 'all'", "LINES" },
    { "no-follow", 'F', 0, G_OPTION_ARG_NONE, &opt_no_follow,
      "Do not wait for further lines", NULL },
    SCRIPTS_OPTION_SCRIPT,
    SCRIPTS_OPTION_PAIR,
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static volatile sig_atomic_t interrupted;

static void interrupt(int sig)
{
    interrupted = sig;
}

/**
 * struct Tail: state of the command
 * @name: name of the log
 * @reader: reader of the log
 * @trace: the log as a trace, which owns @reader; NULL if it is any text
 * @db: names of its registers, or NULL
 * @decoded: decodes its entries, or NULL
 * @entries: entries of @trace that were read
 * @count: number of @entries
 * @next: the next one to be taken
 * @replaced: number of times that a trace's file was replaced
 * @stream: file descriptor of a socket or FIFO, or -1 for a regular file
 * @text: whole lines to be printed
 * @room: buffer for a line that is made printable
 * @any: lines have come since the last look
 * @gathering: still reading what the log had at the start
 * @keep: number of last lines wanted from that
 * @lines: number of lines in @text while gathering
 * @ended: the last line taken is the tracer's end mark
 */
typedef struct Tail {
    const char *name;
    MmtReader *reader;
    MmtTrace *trace;
    AnalysisDb *db;
    Decoded *decoded;
    const MmtEntry *entries;
    size_t count;
    size_t next;
    unsigned replaced;
    int stream;
    GString *text;
    GString *room;
    bool any;
    bool gathering;
    uint64_t keep;
    uint64_t lines;
    bool ended;
} Tail;

static bool is_end_mark(const MmtLine *line)
{
    static const char end[] = MMT_MARK_PREFIX "end";
    MmtParseError err;
    MmtEvent ev;

    return line->len && line->p[0] == 'M' &&
           mmt_parse_line(line->p, line->len, &ev, &err) &&
           ev.type == MMT_EVENT_MARK && ev.text.len == strlen(end) &&
           !memcmp(ev.text.p, end, strlen(end));
}

/* Drop the lines before the last lines that are wanted. */
static void drop_lines(Tail *tail)
{
    const char *p = tail->text->str;

    while (tail->lines > tail->keep) {
        p = memchr(p, '\n', tail->text->str + tail->text->len - p) + 1;
        tail->lines--;
    }
    g_string_erase(tail->text, 0, p - tail->text->str);
}

static void stop_gathering(Tail *tail)
{
    if (tail->gathering) {
        drop_lines(tail);
        tail->gathering = false;
    }
}

/* Return: false after an error was printed */
static bool print_text(Tail *tail)
{
    const char *p = tail->text->str;
    size_t left = tail->text->len;

    while (left) {
        ssize_t n = write(STDOUT_FILENO, p, left);

        if (n < 0 && errno == EAGAIN) {
            struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

            poll(&out, 1, -1);
        } else if (n < 0 && errno != EINTR) {
            tool_error(&verb_tail, "can not write the output: %s",
                       g_strerror(errno));
            return false;
        }
        n = MAX(n, 0);
        p += n;
        left -= n;
    }
    g_string_truncate(tail->text, 0);
    return true;
}

static void append_line(Tail *tail, const MmtLine *line)
{
    size_t len = line->len;
    const char *text = tool_shown(line->p, &len, tail->room);

    g_string_append_len(tail->text, text, len);
    if (!line->unterminated) {
        g_string_append_c(tail->text, '\n');
    }
}

/* The line's entry, as decode and scripts show it */
static void append_decoded(Tail *tail, const MmtLine *line)
{
    const MmtEntry *entry = &tail->entries[tail->next - 1];

    decoded_take(tail->decoded, entry, tail->next == tail->count);
    if (!opt_decode) {
        append_line(tail, line);
    }
    decoded_scripts(tail->decoded, entry);
}

static uint64_t count_lines(const GString *text, size_t from)
{
    const char *end = text->str + text->len;
    const char *p = text->str + from;
    uint64_t n = 0;

    while ((p = memchr(p, '\n', end - p))) {
        p++;
        n++;
    }
    return n;
}

static bool take_line(Tail *tail, const MmtLine *line)
{
    size_t before = tail->text->len;

    tail->any = true;
    if (tail->decoded) {
        append_decoded(tail, line);
    } else {
        append_line(tail, line);
    }
    tail->ended = is_end_mark(line);
    if (tail->gathering) {
        tail->lines += tail->decoded ? count_lines(tail->text, before) : 1;
        if (tail->lines > tail->keep + DROP_LINES) {
            drop_lines(tail);
        }
        return true;
    }
    return tail->text->len < BUF_BYTES || print_text(tail);
}

static MmtReadResult next_entry(Tail *tail, MmtLine *line, GError **error)
{
    if (tail->next == tail->count) {
        tail->next = 0;
        tail->count = mmt_trace_next(tail->trace, &tail->entries);
        analysis_db_watch(tail->db, tail->entries, tail->count);
        if (mmt_trace_error(tail->trace)) {
            g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                                mmt_trace_error(tail->trace));
            return MMT_READ_ERROR;
        }
        if (tail->replaced != mmt_trace_replaced(tail->trace)) {
            tail->replaced = mmt_trace_replaced(tail->trace);
            return MMT_READ_REPLACED;
        }
    }
    if (tail->next == tail->count) {
        tail->ended |= mmt_trace_ended(tail->trace);
        return MMT_READ_END;
    }
    *line = (MmtLine) { 0 };
    line->p = mmt_trace_line(tail->trace, &tail->entries[tail->next++],
                             &line->len);
    return MMT_READ_LINE;
}

static MmtReadResult next_line(Tail *tail, MmtLine *line, GError **error)
{
    return tail->trace ? next_entry(tail, line, error)
                       : mmt_reader_next(tail->reader, line, error);
}

/* Take all lines available now.  Return: false after an error was printed */
static bool take_lines(Tail *tail)
{
    g_autoptr(GError) error = NULL;
    MmtReadResult result;
    MmtLine line;

    while (!interrupted && !tail->ended) {
        result = next_line(tail, &line, &error);
        if (result == MMT_READ_ERROR) {
            stop_gathering(tail);
            print_text(tail);
            tool_error(&verb_tail, "%s", error->message);
            return false;
        }
        if (result == MMT_READ_END) {
            break;
        }
        if (result == MMT_READ_REPLACED) {
            if (tail->gathering) {
                g_string_truncate(tail->text, 0);
                tail->lines = 0;
            } else if (!print_text(tail)) {
                return false;
            }
            tool_error(&verb_tail, "%s was replaced by another log; from its start:",
                       tail->name);
            if (tail->decoded) {
                decoded_replaced(tail->decoded);
            }
        } else if (!take_line(tail, &line)) {
            return false;
        }
    }
    stop_gathering(tail);
    return print_text(tail);
}

/* Nothing has come for a while: what scripts wait for is whole. */
static bool take_silence(Tail *tail)
{
    bool silent = !tail->any;

    tail->any = false;
    if (!silent || !tail->decoded) {
        return true;
    }
    decoded_idle(tail->decoded);
    return print_text(tail);
}

/* Return: false if interrupted, or if standard output was closed */
static bool wait_for_more(const Tail *tail)
{
    struct pollfd fds[] = {
        { .fd = STDOUT_FILENO },
        { .fd = tail->stream, .events = POLLIN },
    };

    poll(fds, G_N_ELEMENTS(fds), POLL_MS);
    return !interrupted && !(fds[0].revents & (POLLERR | POLLHUP));
}

static void catch_signals(void)
{
    /* A second signal has its default effect. */
    struct sigaction action = { .sa_handler = interrupt,
                                .sa_flags = SA_RESETHAND };

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/*
 * Text that was already sent can not be read again: print it before closing the
 * stream.  The next reader of a socket gets an incomplete line again from its
 * start; the next reader of a FIFO gets only the rest of it.
 */
static bool hang_up(Tail *tail)
{
    if (shutdown(tail->stream, SHUT_RD) < 0) {
        if (tail->trace) {
            mmt_trace_follow(tail->trace, false);
        } else {
            mmt_reader_follow(tail->reader, false);
        }
    }
    interrupted = 0;
    return take_lines(tail);
}

static ToolStatus follow(Tail *tail)
{
    catch_signals();
    do {
        if (!take_lines(tail) || !take_silence(tail)) {
            return TOOL_TROUBLE;
        }
        if (tail->ended || interrupted || opt_no_follow) {
            break;
        }
        if (mmt_reader_ended(tail->reader)) {
            tool_error(&verb_tail,
                       "%s: the log ends without an end mark: QEMU was killed; try 'vfio-trace recover -o FILE %s'",
                       tail->name, tail->name);
            return TOOL_FAULT;
        }
    } while (wait_for_more(tail));
    if (tail->stream >= 0 && !tail->ended && !hang_up(tail)) {
        return TOOL_TROUBLE;
    }
    return TOOL_OK;
}

/* Follow the log that @tail's reader reads. */
static ToolStatus tail_lines(Tail *tail, uint64_t lines)
{
    if (tail->stream < 0) {
        mmt_reader_follow(tail->reader, true);
        if (lines != UINT64_MAX) {
            mmt_reader_seek_tail(tail->reader, lines);
        }
    }
    return follow(tail);
}

/* What scripts say at the end */
static ToolStatus end_decoded(Tail *tail)
{
    ToolStatus status = TOOL_OK;

    if (tail->decoded) {
        status = decoded_end(tail->decoded);
        status = print_text(tail) ? status : TOOL_TROUBLE;
    }
    return status;
}

/* The same with a selection, or decoded; the reader is freed. */
static ToolStatus tail_selected(Tail *tail)
{
    g_autoptr(MmtTrace) trace = mmt_trace_new(tail->reader);
    g_autoptr(AnalysisDb) db = NULL;
    g_autoptr(Decoded) decoded = NULL;
    ToolStatus status;
    bool failed = false;

    mmt_selection_free(analysis_options_apply(trace));
    db = analysis_db_new(&verb_tail, trace, &failed);
    if (failed) {
        return TOOL_TROUBLE;
    }
    if (opt_decode || scripts_given()) {
        decoded = decoded_new(&verb_tail, trace, db, opt_decode, NULL,
                              tail->text);
        if (!decoded) {
            return TOOL_TROUBLE;
        }
    }
    mmt_trace_keep_head(trace);
    mmt_trace_follow(trace, true);
    tail->trace = trace;
    tail->db = db;
    tail->decoded = decoded;
    status = follow(tail);
    if (status != TOOL_TROUBLE) {
        ToolStatus end = end_decoded(tail);

        status = MAX(status, end);
    }
    if (status == TOOL_OK && opt_no_follow && !mmt_trace_format(trace)) {
        tool_error(&verb_tail,
                   "%s: no line is understood: a selection and --decode need a trace",
                   tail->name);
        status = TOOL_TROUBLE;
    } else if (status == TOOL_OK && (opt_no_follow || tail->ended)) {
        analysis_db_say_unmatched(db, tail->name);
    }
    return status;
}

static ToolStatus tail_log(const char *name, uint64_t lines)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) room = g_string_new(NULL);
    g_autoptr(MmtReader) reader = NULL;
    Tail tail = { .stream = log_stream_open(&verb_tail, &name), .text = text,
                  .room = room };

    if (tail.stream == LOG_STREAM_ERROR) {
        return TOOL_TROUBLE;
    }
    if (tail.stream >= 0 && (opt_lines || opt_no_follow)) {
        tool_error(&verb_tail,
                   "%s is not a file: --lines and --no-follow can not be used",
                   name);
        close(tail.stream);
        return TOOL_TROUBLE;
    }
    reader = tail.stream >= 0 ? mmt_reader_open_stream(tail.stream, name)
                              : mmt_reader_open(name, &error);
    if (!reader) {
        tool_error(&verb_tail, "%s", error->message);
        return TOOL_TROUBLE;
    }
    tail.name = name;
    tail.reader = reader;
    tail.gathering = tail.stream < 0 && lines != UINT64_MAX;
    tail.keep = lines;
    if (analysis_options_given() || opt_decode || scripts_given()) {
        g_steal_pointer(&reader);
        return tail_selected(&tail);
    }
    return tail_lines(&tail, lines);
}

/* "all" or a number.  Return: false if it is neither */
static bool parse_lines(const char *text, uint64_t *lines)
{
    *lines = UINT64_MAX;
    return !strcmp(text, "all") ||
           g_ascii_string_to_unsigned(text, 10, 0, LINES_MAX, lines, NULL);
}

static int tail_verb(int argc, char **argv)
{
    uint64_t lines;

    if (!tool_options_group(&verb_tail, "LOG|SOCKET",
                            "Continues until the log's end mark, or until it is interrupted.  SOCKET is the socket of\n"
                            "a QEMU with file=unix:SOCKET; only text that was not read yet can be read from it.\n\n"
                            "Exit status: 0 for success, 1 QEMU closed a SOCKET before the log's end, 2 the log can't\n"
                            "be read or bad usage.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 2) {
        tool_error(&verb_tail,
                   "one LOG or SOCKET is needed; try 'vfio-trace tail --help'");
        return TOOL_TROUBLE;
    }
    if (!strcmp(argv[1], "-")) {
        tool_error(&verb_tail,
                   "standard input can not be followed; try 'vfio-trace cat -'");
        return TOOL_TROUBLE;
    }
    if (!parse_lines(opt_lines ? opt_lines : LINES_DEFAULT, &lines)) {
        tool_error(&verb_tail, "--lines must be 0 to %d, or 'all'", LINES_MAX);
        return TOOL_TROUBLE;
    }
    return tail_log(argv[1], lines);
}

const Verb verb_tail = {
    .name = "tail",
    .brief = "Print the end of a log, and follow it",
    .run = tail_verb,
};
