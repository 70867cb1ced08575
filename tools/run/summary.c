/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: end-of-run summary (see summary.h)
 */
#include "tools/run/summary.h"

#include "libmmiotrace/reader.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Largest log that is read, which takes a second or so */
#define READ_MAX ((uint64_t)256 << 20)

/* QEMU's last mark in a log; a rotated log has it in its last part. */
#define END_LINES 8
#define END_MARK " vfio-trace: end"

static bool is_end(const MmtLine *line)
{
    return line->len > strlen("MARK " END_MARK) &&
           !strncmp(line->p, "MARK ", 5) &&
           !memcmp(line->p + line->len - strlen(END_MARK), END_MARK,
                   strlen(END_MARK));
}

/* Return: whether all of it was read */
static bool read_log(MmtReader *reader, uint64_t *accesses, bool *complete)
{
    uint64_t bytes = 0;
    MmtLine line;

    while (mmt_reader_next(reader, &line, NULL) == MMT_READ_LINE) {
        bytes += line.len;
        if (bytes > READ_MAX) {
            return false;
        }
        *accesses += line.len > 2 && line.p[1] == ' ' &&
                     (line.p[0] == 'R' || line.p[0] == 'W');
        *complete = is_end(&line);
    }
    return true;
}

char *run_summary(const char *log, bool *complete)
{
    g_autoptr(MmtReader) reader = NULL;
    uint64_t accesses = 0;
    struct stat st;
    bool large;

    *complete = true;
    if (stat(log, &st) || !S_ISREG(st.st_mode)) {
        return NULL;
    }
    reader = mmt_reader_open(log, NULL);
    if (!reader) {
        return NULL;
    }
    large = (uint64_t)st.st_size > READ_MAX;
    if (large) {
        mmt_reader_seek_tail(reader, END_LINES);
    }
    *complete = false;
    if (!read_log(reader, &accesses, complete)) {
        *complete = true;
        large = true;
    }
    return large ? g_strdup_printf("%s: more than %" PRIu64 " MiB of text",
                                   log, READ_MAX >> 20) :
                   g_strdup_printf("%s: %" PRIu64 " accesses", log, accesses);
}

bool run_summary_recover(const char *log)
{
    const char *argv[] = { "/proc/self/exe", "recover", "--", log, NULL };
    int status;

    return g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, NULL, NULL,
                        &status, NULL) &&
           WIFEXITED(status) && !WEXITSTATUS(status);
}
