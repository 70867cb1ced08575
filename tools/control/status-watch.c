/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: `vfio-trace status --watch` (see status-watch.h)
 *
 * Between two queries, QEMU's socket is free for other verbs.
 */
#include "tools/control/status-watch.h"
#include "tools/common/json-text.h"
#include "tools/control/status-rates.h"
#include "tools/control/status-show.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Size of a terminal that does not report its size */
#define LINES_DEFAULT 24
#define COLUMNS_DEFAULT 80

static void interrupted(int signal_number)
{
    (void)signal_number;
    _exit(TOOL_OK);
}

/*
 * An interrupt ends the command at once while it waits for QEMU or sleeps.
 * While it prints, the interrupt is blocked until the output is complete.
 */
static void hold_interrupts(int how)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(how, &set, NULL);
}

/* Print the first @columns characters of a line. */
static void put_cut(const char *line, size_t columns)
{
    const char *end = line;

    while (*end && columns--) {
        end = g_utf8_next_char(end);
    }
    fwrite(line, 1, end - line, stdout);
}

/*
 * Replace the previous output, which has @drawn lines.  Lines that do not fit
 * on the terminal are omitted, as they would scroll it.
 *
 * Return: number of lines drawn
 */
static unsigned draw(const char *text, unsigned drawn)
{
    g_auto(GStrv) line = g_strsplit(text, "\n", -1);
    struct winsize size = { 0 };
    unsigned n = 0;

    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    if (!size.ws_row || !size.ws_col) {
        size.ws_row = LINES_DEFAULT;
        size.ws_col = COLUMNS_DEFAULT;
    }
    if (drawn) {
        printf("\033[%uF", MIN(drawn, size.ws_row - 1u));
    }
    while (line[n] && *line[n] && n + 1 < size.ws_row) {
        put_cut(line[n], size.ws_col);
        fputs("\033[K\n", stdout);
        n++;
    }
    fputs("\033[J", stdout);
    return n;
}

/* Return: whether the output could be written */
static bool show(JsonNode *sample, bool json, bool terminal, unsigned *drawn)
{
    g_autofree char *text = NULL;

    if (json) {
        text = json_text(sample, FALSE);
        puts(text);
    } else if (terminal) {
        text = status_show_table(json_node_get_object(sample));
        *drawn = draw(text, *drawn);
    } else {
        text = status_show_line(json_node_get_object(sample));
        puts(text);
    }
    return !fflush(stdout);
}

/* An older QEMU does not have this command: continue without its answer. */
static JsonNode *query_windows(Target *target, GError **error)
{
    g_autoptr(GError) local = NULL;
    JsonNode *windows = target_query(target, "query-vfio-trace-windows",
                                     &local);

    if (local && !g_error_matches(local, QMP_ERROR, QMP_ERROR_NO_COMMAND)) {
        g_propagate_error(error, g_steal_pointer(&local));
    }
    return windows;
}

/* Query QEMU; @*looked_at is the time of the previous query, and is updated. */
static JsonNode *look(Target *target, JsonNode *before, gint64 *looked_at,
                      GError **error)
{
    g_autoptr(JsonNode) logs = target_query(target, "query-vfio-trace",
                                            error);
    gint64 now = g_get_monotonic_time();
    g_autoptr(JsonNode) windows = NULL;
    g_autoptr(GError) local = NULL;
    JsonNode *sample = NULL;

    if (logs) {
        windows = query_windows(target, &local);
    }
    target_release(target);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
    } else if (logs) {
        sample = status_sample(logs, windows, before,
                               g_get_real_time() / 1e6,
                               (now - *looked_at) / 1e6);
        if (!sample) {
            g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                        "%s: QEMU's answer can not be converted to JSON",
                        target_name(target));
        }
    }
    *looked_at = now;
    return sample;
}

/*
 * Queries start @seconds apart, regardless of how long each takes.  Queries
 * that were missed, because QEMU was slow or the shell stopped this process,
 * are skipped.
 */
static void wait_until(gint64 *next, double seconds)
{
    gint64 now = g_get_monotonic_time();

    *next = MAX(*next + (gint64)(seconds * G_USEC_PER_SEC), now);
    while (now < *next) {
        struct timespec left = {
            .tv_sec = (*next - now) / G_USEC_PER_SEC,
            .tv_nsec = (*next - now) % G_USEC_PER_SEC * 1000,
        };

        /* Returns early after the shell stops and continues this process. */
        nanosleep(&left, NULL);
        now = g_get_monotonic_time();
    }
}

int status_watch(const Verb *verb, Target *target, double seconds, bool json)
{
    static const struct sigaction action = { .sa_handler = interrupted };
    const char *term = g_getenv("TERM");
    bool terminal = isatty(fileno(stdout)) && g_strcmp0(term, "dumb");
    g_autoptr(JsonNode) before = NULL;
    gint64 looked_at = 0;
    gint64 next = g_get_monotonic_time();
    unsigned drawn = 0;
    bool written;

    sigaction(SIGINT, &action, NULL);
    do {
        g_autoptr(GError) error = NULL;
        JsonNode *sample = look(target, before, &looked_at, &error);

        if (!sample) {
            tool_error(verb, "%s", error->message);
            return TOOL_FAULT;
        }
        g_clear_pointer(&before, json_node_unref);
        before = sample;
        hold_interrupts(SIG_BLOCK);
        written = show(sample, json, terminal, &drawn);
        hold_interrupts(SIG_UNBLOCK);
        wait_until(&next, written ? seconds : 0);
    } while (written);
    return tool_finish(verb, TOOL_OK);
}
