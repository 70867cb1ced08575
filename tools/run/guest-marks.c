/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: markers of a guest without devices (see guest-marks.h)
 *
 * A guest that writes more than the terminal should show has to wait: the
 * connection is not read meanwhile.  So no more than the markers of one read()
 * wait here.
 */
#include "tools/run/guest-marks.h"

#include "tools/run/argv.h"
#include "tools/run/hand.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#define CHANNEL "marker"
#define PORT "org.vfio-trace.mark.0"

/* Most markers that are shown in a second, and bytes that are read for them */
#define MARKS_MAX 50
#define BYTES_MAX (64 * 1024)
#define PERIOD_MS 1000

static void resume(RunSession *session);

bool run_guest_marks_open(RunSession *session, GError **error)
{
    const RunPlan *plan = session->plan;

    if (!plan->no_device || plan->os == GUEST_OS_OTHER) {
        return true;
    }
    session->marks_fd = run_hand_channel(plan->hand, CHANNEL, error);
    return session->marks_fd >= 0 &&
           g_unix_set_fd_nonblocking(session->marks_fd, TRUE, error);
}

void run_guest_marks_options(const RunPlan *plan, GPtrArray *argv,
                             const char *bus)
{
    int fd = run_hand_fd(plan->hand, CHANNEL);

    if (fd >= 0) {
        run_argv_add(argv, "-chardev", "socket,id=marker,fd=%d", fd);
    } else {
        run_argv_add(argv, "-chardev", "null,id=marker");
    }
    run_argv_add(argv, "-device",
                 "virtserialport,id=marker-port,bus=%s,chardev=marker,name="
                 PORT, bus);
}

static void on_mark(void *opaque, const char *line)
{
    RunSession *session = opaque;

    if (*line) {
        g_queue_push_tail(&session->marks_waiting, g_strdup(line));
    }
}

/* Return: whether more may be shown now */
static bool show_marks(RunSession *session)
{
    while (session->marks_left && session->marks_waiting.length) {
        g_autofree char *line = g_queue_pop_head(&session->marks_waiting);

        run_screen_say(&session->screen, "marker: %s", line);
        session->marks_left--;
    }
    return session->marks_left;
}

/* Return: false at the end, or if there is nothing now */
static bool read_marks(RunSession *session)
{
    char buf[512];
    ssize_t n = read(session->marks_fd, buf, sizeof(buf));

    if (n > 0) {
        run_lines_feed(&session->marks, buf, n, on_mark, session);
        session->marks_bytes += n;
    }
    return n > 0 || (n < 0 && errno == EINTR);
}

static gboolean on_period(gpointer opaque)
{
    RunSession *session = opaque;

    session->marks_source = 0;
    resume(session);
    return G_SOURCE_REMOVE;
}

static gboolean on_marks(G_GNUC_UNUSED gint fd,
                         G_GNUC_UNUSED GIOCondition condition, gpointer opaque)
{
    RunSession *session = opaque;

    errno = 0;
    if (!read_marks(session) && errno != EAGAIN) {
        session->marks_source = 0;
        return G_SOURCE_REMOVE;
    }
    if (show_marks(session) && session->marks_bytes < BYTES_MAX) {
        return G_SOURCE_CONTINUE;
    }
    session->marks_source = g_timeout_add(PERIOD_MS, on_period, session);
    return G_SOURCE_REMOVE;
}

static void resume(RunSession *session)
{
    session->marks_left = MARKS_MAX;
    session->marks_bytes = 0;
    session->marks_source = show_marks(session) ?
        g_unix_fd_add(session->marks_fd, G_IO_IN | G_IO_HUP, on_marks,
                      session) :
        g_timeout_add(PERIOD_MS, on_period, session);
}

void run_guest_marks_watch(RunSession *session)
{
    if (session->marks_fd >= 0) {
        run_lines_init(&session->marks);
        resume(session);
    }
}

void run_guest_marks_close(RunSession *session)
{
    if (session->marks_fd < 0) {
        return;
    }
    if (session->marks_source) {
        g_source_remove(session->marks_source);
        session->marks_source = 0;
    }
    if (session->marks.text) {
        session->marks_left = MARKS_MAX;
        session->marks_bytes = 0;
        while (show_marks(session) && session->marks_bytes < BYTES_MAX &&
               read_marks(session)) {
            /* until there are no more, or too many */
        }
        run_lines_end(&session->marks, on_mark, session);
        show_marks(session);
        g_queue_clear_full(&session->marks_waiting, g_free);
    }
    close(session->marks_fd);
    session->marks_fd = -1;
}
