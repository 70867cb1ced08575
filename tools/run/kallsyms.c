/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: what a guest sends as its /proc/kallsyms (see kallsyms.h)
 *
 * Decompressing is left to a process with the rights of QEMU's user, which the
 * guest may have taken over anyway.  What that process says is not trusted to
 * be more than a text of limited size, nor that it ends.
 */
#include "tools/run/kallsyms.h"

#include "libmmiotrace/source.h"
#include "tools/common/as-user.h"
#include "tools/run/error.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Longer than any symbol's line: KSYM_NAME_LEN is 512. */
#define LINE_MAX_BYTES 1024

/* Time between two looks whether it has ended */
#define POLL_US 2000

/* Results of the other process */
enum { DONE, DAMAGED, TOO_LARGE, NO_MEMORY };

static const char *const reasons[] = {
    [DAMAGED] = "it is cut off, or its compression is damaged",
    [TOO_LARGE] = "it has more than 64 MiB",
    [NO_MEMORY] = "there is no memory for it",
};

static const char zeros[] =
    "all addresses are 0: read it as root, with kernel.kptr_restrict 0 or 1";

/**
 * struct Counts: counts, in memory that both processes share
 * @lines: number of lines that were kept
 * @modules: number of these that have a module
 * @zeros: number of these whose address is 0
 * @dropped: number of lines that were not
 * @base: address of _text, or 0
 */
typedef struct Counts {
    uint64_t lines;
    uint64_t modules;
    uint64_t zeros;
    uint64_t dropped;
    uint64_t base;
} Counts;

/**
 * struct Filter: state of the other process
 * @parent: the process that has started it
 * @in: what the guest has sent
 * @out: where to write the text
 * @counts: the counts
 * @text: lines to be written
 * @line: the line that is being read
 * @size: number of bytes read
 */
typedef struct Filter {
    pid_t parent;
    int in;
    int out;
    Counts *counts;
    GString *text;
    GString *line;
    uint64_t size;
} Filter;

/**
 * struct RunKallsymsReader: the other process, as this one sees it
 * @filter: what it does
 * @pid: its ID; 0: it has ended
 * @status: as returned by waitpid(), then
 * @start: when it was started
 */
struct RunKallsymsReader {
    Filter filter;
    pid_t pid;
    int status;
    gint64 start;
};

/* "ADDRESS TYPE NAME" and, for a module, TAB "[MODULE]" */
static bool is_symbol(const char *line, uint64_t *addr, const char **name)
{
    size_t digits = strspn(line, "0123456789abcdefABCDEF");
    const char *end = line + digits;

    *addr = g_ascii_strtoull(line, NULL, 16);
    if (!digits || digits > 16 || end[0] != ' ' ||
        !(g_ascii_isalpha(end[1]) || end[1] == '?') || end[2] != ' ' ||
        !g_ascii_isgraph(end[3])) {
        return false;
    }
    *name = end + 3;
    for (end += 3; *end; end++) {
        if (!g_ascii_isgraph(*end) && *end != ' ' && *end != '\t') {
            return false;
        }
    }
    return true;
}

static bool flush(Filter *filter)
{
    const char *p = filter->text->str;
    size_t left = filter->text->len;

    while (left) {
        ssize_t n = write(filter->out, p, left);

        if (n < 0) {
            return false;
        }
        p += n;
        left -= n;
    }
    g_string_truncate(filter->text, 0);
    return true;
}

static void take_line(Filter *filter)
{
    Counts *counts = filter->counts;
    const char *name;
    uint64_t addr;

    if (filter->line->len >= LINE_MAX_BYTES ||
        strlen(filter->line->str) != filter->line->len ||
        !is_symbol(filter->line->str, &addr, &name)) {
        counts->dropped += filter->line->len > 0;
        g_string_truncate(filter->line, 0);
        return;
    }
    counts->lines++;
    counts->zeros += !addr;
    counts->modules += strchr(name, '\t') != NULL;
    if (!counts->base && !strcmp(name, "_text")) {
        counts->base = addr;
    }
    g_string_append_len(filter->text, filter->line->str, filter->line->len);
    g_string_append_c(filter->text, '\n');
    g_string_truncate(filter->line, 0);
}

static bool take(Filter *filter, const char *p, size_t len)
{
    const char *end = p + len;

    while (p < end) {
        const char *newline = memchr(p, '\n', end - p);
        size_t n = (newline ? newline : end) - p;

        /* The rest of a line that is too long is not kept. */
        if (filter->line->len < LINE_MAX_BYTES) {
            g_string_append_len(filter->line, p, MIN(n, LINE_MAX_BYTES));
        }
        p += n;
        if (newline) {
            take_line(filter);
            p++;
        }
    }
    return flush(filter);
}

static int read_all(Filter *filter, MmtSource *source)
{
    char buf[65536];
    ssize_t n;

    while ((n = mmt_source_read(source, buf, sizeof(buf), NULL)) > 0) {
        filter->size += n;
        if (filter->size > RUN_KALLSYMS_MAX) {
            return TOO_LARGE;
        }
        if (!take(filter, buf, n)) {
            return NO_MEMORY;
        }
    }
    /* A last line without an end is cut off. */
    return n < 0 || mmt_source_in_frame(source) || filter->line->len ? DAMAGED
                                                                     : DONE;
}

static int filter_all(void *opaque)
{
    Filter *filter = opaque;
    g_autoptr(MmtSource) source = mmt_source_open_fd(filter->in, "kallsyms");
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) line = g_string_new(NULL);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != filter->parent) {
        return NO_MEMORY;
    }
    filter->text = text;
    filter->line = line;
    return read_all(filter, source);
}

/* Return: what is wrong, or NULL */
static const char *judge(int result, const Counts *counts)
{
    if (result != DONE) {
        return (unsigned)result < G_N_ELEMENTS(reasons) ? reasons[result] :
               "its reader has failed";
    }
    if (!counts->lines) {
        return "it has no symbols";
    }
    return counts->zeros == counts->lines ? zeros : NULL;
}

static void reader_free(RunKallsymsReader *reader)
{
    if (reader->filter.out >= 0) {
        close(reader->filter.out);
    }
    if (reader->filter.counts != MAP_FAILED) {
        munmap(reader->filter.counts, sizeof(Counts));
    }
    g_free(reader);
}

RunKallsymsReader *run_kallsyms_start(int fd, uid_t uid, GError **error)
{
    RunKallsymsReader *reader = g_new0(RunKallsymsReader, 1);

    reader->start = g_get_monotonic_time();
    reader->filter.in = fd;
    reader->filter.parent = getpid();
    reader->filter.counts = mmap(NULL, sizeof(Counts), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    reader->filter.out = memfd_create("vfio-trace-kallsyms", MFD_CLOEXEC);
    lseek(fd, 0, SEEK_SET);
    if (reader->filter.counts == MAP_FAILED || reader->filter.out < 0) {
        run_error(error, "%s", reasons[NO_MEMORY]);
    } else {
        reader->pid = as_user_start(uid ? uid : geteuid(), filter_all,
                                    &reader->filter, error);
        if (reader->pid > 0) {
            return reader;
        }
    }
    reader_free(reader);
    return NULL;
}

/* Return: whether the process has ended; then its ID is 0 */
static bool has_ended(RunKallsymsReader *reader)
{
    if (reader->pid && waitpid(reader->pid, &reader->status, WNOHANG)) {
        reader->pid = 0;
    }
    return !reader->pid;
}

bool run_kallsyms_may_finish(RunKallsymsReader *reader)
{
    return has_ended(reader) ||
           g_get_monotonic_time() - reader->start >= RUN_KALLSYMS_US;
}

/* Return: what is wrong, or NULL */
static const char *wait_for_end(RunKallsymsReader *reader, gint64 wait_us)
{
    gint64 end = MIN(g_get_monotonic_time() + wait_us,
                     reader->start + RUN_KALLSYMS_US);

    while (!has_ended(reader)) {
        if (g_get_monotonic_time() >= end) {
            kill(reader->pid, SIGKILL);
            waitpid(reader->pid, NULL, 0);
            return "reading them takes too long";
        }
        g_usleep(POLL_US);
    }
    return judge(WIFEXITED(reader->status) ? WEXITSTATUS(reader->status) : -1,
                 reader->filter.counts);
}

bool run_kallsyms_finish(RunKallsymsReader *reader, gint64 wait_us,
                         RunKallsyms *result, GError **error)
{
    const Counts *counts = reader->filter.counts;
    const char *wrong = wait_for_end(reader, wait_us);
    struct stat st;

    if (!wrong && (fstat(reader->filter.out, &st) ||
                   st.st_size > RUN_KALLSYMS_MAX)) {
        wrong = reasons[TOO_LARGE];
    }
    if (wrong) {
        run_error(error, "%s", wrong);
    } else {
        *result = (RunKallsyms) {
            .fd = reader->filter.out,
            .symbols = counts->lines,
            .modules = counts->modules,
            .base = counts->base,
        };
        reader->filter.out = -1;
    }
    reader_free(reader);
    return !wrong;
}
