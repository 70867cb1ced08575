/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: progress of reading, on a terminal (see progress.h)
 */
#include "tools/analysis/progress.h"

#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_US  (2 * G_USEC_PER_SEC)
#define PERIOD_US (G_USEC_PER_SEC / 4)

#define GIGABYTE 1e9
#define MEGABYTE 1e6

/**
 * struct AnalysisProgress: progress of reading a file
 * @verb: name of the verb
 * @size: bytes of text in all, or 0 if not known
 * @begin: when it began
 * @next: when to show it again
 * @shown: there is a line on the terminal
 */
struct AnalysisProgress {
    const char *verb;
    uint64_t size;
    gint64 begin;
    gint64 next;
    bool shown;
};

uint64_t analysis_progress_size(const char *path)
{
    static const char *const magics[] = { "\x28\xb5\x2f\xfd", "\x1f\x8b",
                                          ("\xfd" "7zXZ"),
                                          /* a bundle */ "manifest" };
    char head[8] = "";
    struct stat st;
    uint64_t size = 0;
    size_t i;
    int fd;

    if (!strcmp(path, "-")) {
        return 0;
    }
    /* Nothing must be taken out of a pipe. */
    if (stat(path, &st) || !S_ISREG(st.st_mode)) {
        return 0;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    if (pread(fd, head, sizeof(head), 0) > 0) {
        size = st.st_size;
    }
    close(fd);
    for (i = 0; i < G_N_ELEMENTS(magics); i++) {
        if (!memcmp(head, magics[i], strlen(magics[i]))) {
            return 0;
        }
    }
    return size;
}

AnalysisProgress *analysis_progress_new(const char *verb, const char *path)
{
    AnalysisProgress *progress;

    if (!isatty(STDERR_FILENO)) {
        return NULL;
    }
    progress = g_new0(AnalysisProgress, 1);
    progress->verb = verb;
    progress->size = analysis_progress_size(path);
    progress->begin = g_get_monotonic_time();
    progress->next = progress->begin + FIRST_US;
    return progress;
}

char *analysis_progress_text(const char *verb, const MmtTotals *totals,
                             uint64_t size, double seconds)
{
    double rate = totals->bytes / seconds;
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "vfio-trace %s: %.2f", verb,
                           totals->bytes / GIGABYTE);
    /* A log in parts, or one that grows, is longer than its first file. */
    if (size >= totals->bytes && size) {
        g_string_append_printf(text, " of %.2f GB, %.0f %%", size / GIGABYTE,
                               100.0 * totals->bytes / size);
    } else {
        g_string_append(text, " GB");
    }
    g_string_append_printf(text, ", %" PRIu64 " accesses, %.0f MB/s",
                           totals->accesses, rate / MEGABYTE);
    return g_string_free(text, FALSE);
}

/* Is it time to show something? */
static bool progress_due(AnalysisProgress *progress, gint64 now)
{
    if (now < progress->next) {
        return false;
    }
    progress->next = now + PERIOD_US;
    return true;
}

static void progress_put(AnalysisProgress *progress, const char *text)
{
    /* \033[K: erase the rest of the line */
    fprintf(stderr, "\r%s\033[K", text);
    fflush(stderr);
    progress->shown = true;
}

void analysis_progress_bytes(AnalysisProgress *progress, const char *what,
                             uint64_t bytes)
{
    if (progress && progress_due(progress, g_get_monotonic_time())) {
        g_autofree char *text = g_strdup_printf("vfio-trace %s: %s: %.2f GB",
                                                progress->verb, what,
                                                bytes / GIGABYTE);

        progress_put(progress, text);
    }
}

void analysis_progress_show(AnalysisProgress *progress, const MmtTrace *trace)
{
    gint64 now = g_get_monotonic_time();
    g_autofree char *text = NULL;
    MmtTotals totals = { 0 };

    if (!progress_due(progress, now)) {
        return;
    }
    mmt_trace_totals(trace, &totals);
    text = analysis_progress_text(progress->verb, &totals, progress->size,
                                  (now - progress->begin) /
                                  (double)G_USEC_PER_SEC);
    progress_put(progress, text);
}

void analysis_progress_free(AnalysisProgress *progress)
{
    if (progress && progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    g_free(progress);
}
