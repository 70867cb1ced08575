/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: main loop, from QEMU's start to its end (see loop.h)
 *
 * Theory of operation
 *
 * GLib's main loop waits for QEMU's end, QEMU's standard error, our standard
 * input, signals, and a timer.
 *
 * There are three steps to end QEMU: QMP's "quit", SIGTERM and SIGKILL.  Each is
 * taken END_SECONDS after the one before, or at once when the user asks again.
 */
#include "tools/run/loop.h"

#include "tools/run/child.h"
#include "tools/run/device-opts.h"
#include "tools/run/events.h"
#include "tools/run/guest-marks.h"
#include "tools/run/hand.h"
#include "tools/run/helper.h"
#include "tools/run/monitor.h"
#include "tools/run/qemu.h"
#include "tools/run/say.h"
#include "tools/run/share.h"
#include "tools/run/symbols.h"
#include "tools/run/viewer.h"
#include "tools/session/session-file.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Periods of the timer: until QEMU's first answer, and afterwards */
#define CONNECT_TICK_MS 100
#define TICK_MS 1000

/* Time until the user is told that QEMU has not answered yet */
#define SILENT_SECONDS 30

/* Period of status lines if there is no terminal */
#define PLAIN_STATUS_SECONDS 10

/* QEMU completes its log when it ends; the disk may be slow. */
#define END_SECONDS 10

static void end_qemu(RunSession *session);

static gboolean end_qemu_again(gpointer opaque)
{
    RunSession *session = opaque;

    session->end_timer = 0;
    end_qemu(session);
    return G_SOURCE_REMOVE;
}

/* Take the next step to end QEMU. */
static void end_qemu(RunSession *session)
{
    if (session->ended) {
        return;
    }
    if (session->stage == RUN_END_KILL) {
        run_say(session,
                "QEMU does not end even after SIGKILL: the kernel's log may say why (dmesg); waiting");
        return;
    }
    session->stage++;
    if (session->stage == RUN_END_QUIT && !run_monitor_quit(session)) {
        session->stage = RUN_END_TERM;
    }
    if (session->stage == RUN_END_TERM) {
        kill(session->pid, SIGTERM);
    } else if (session->stage == RUN_END_KILL) {
        run_say(session, "QEMU does not end: killing it");
        kill(session->pid, SIGKILL);
    }
    g_clear_handle_id(&session->end_timer, g_source_remove);
    session->end_timer = g_timeout_add_seconds(END_SECONDS, end_qemu_again,
                                               session);
}

static gboolean on_signal(G_GNUC_UNUSED gint fd,
                          G_GNUC_UNUSED GIOCondition condition,
                          gpointer opaque)
{
    RunSession *session = opaque;
    int number = run_signal(session);

    if (number) {
        if (session->screen.prompt) {
            run_screen_end(&session->screen);
        }
        run_screen_say(&session->screen, session->stage == RUN_END_NOT ?
                       "%s: ending QEMU" : "%s: ending QEMU by force",
                       strsignal(number));
        end_qemu(session);
    }
    return G_SOURCE_CONTINUE;
}

/* Has a device a token that VFIO could refuse? */
static bool has_token(const RunPlan *plan)
{
    guint i;

    for (i = 0; i < plan->guests->len; i++) {
        g_autofree char *token = run_device_opt(plan, plan->guests->pdata[i],
                                                "vf-token");

        if (token) {
            return true;
        }
    }
    return false;
}

static void on_message(void *opaque, const char *line)
{
    RunSession *session = opaque;

    if (*line) {
        run_screen_say(&session->screen, "QEMU: %s", line);
    }
    if (strstr(line, "error getting device from group") &&
        strstr(line, "Permission denied") && has_token(session->plan)) {
        run_say(session,
                "VFIO refuses vf-token: it must be the UUID that the user of the physical function has set (dmesg has more)");
    }
}

/* Return: false at the end of the file */
static bool read_into(int fd, RunLines *lines, RunLine *fn, RunSession *session)
{
    char buf[4096];
    ssize_t n = read(fd, buf, sizeof(buf));

    if (n > 0) {
        run_lines_feed(lines, buf, n, fn, session);
    }
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static gboolean on_message_fd(gint fd, G_GNUC_UNUSED GIOCondition condition,
                              gpointer opaque)
{
    RunSession *session = opaque;

    if (read_into(fd, &session->messages, on_message, session)) {
        return G_SOURCE_CONTINUE;
    }
    close(fd);
    session->message_fd = -1;
    return G_SOURCE_REMOVE;
}

/* An empty line opens or closes the prompt for a marker. */
static void on_input(void *opaque, const char *line)
{
    RunSession *session = opaque;
    bool open_prompt = !*line && session->screen.terminal &&
                       !session->screen.prompt;

    run_screen_prompt(&session->screen, open_prompt);
    if (!*line) {
        return;
    }
    if (session->qmp) {
        run_monitor_mark(session, line);
    } else {
        run_screen_say(&session->screen,
                       "no marker was written: QEMU does not answer");
    }
}

static gboolean on_input_fd(gint fd, G_GNUC_UNUSED GIOCondition condition,
                            gpointer opaque)
{
    RunSession *session = opaque;

    if (read_into(fd, &session->input, on_input, session)) {
        return G_SOURCE_CONTINUE;
    }
    if (session->input.text->len) {
        on_input(session, session->input.text->str);
    }
    return G_SOURCE_REMOVE;
}

/* A background job must not read from the terminal. */
static void watch_input(RunSession *session)
{
    if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) == getpgrp()) {
        g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input_fd, session);
    }
}

static void show_status(RunSession *session)
{
    gint64 now = g_get_monotonic_time();
    g_autofree char *line = NULL;

    if (session->stage || !session->plan->log || (!session->screen.terminal &&
        now - session->last_status < PLAIN_STATUS_SECONDS * G_USEC_PER_SEC)) {
        return;
    }
    line = run_status_line(session->failures < 2 ? session->status : NULL,
                           (now - session->start) / G_USEC_PER_SEC,
                           run_screen_columns(&session->screen),
                           session->screen.colour);
    run_screen_status(&session->screen, line);
    session->last_status = now;
}

static gboolean on_tick(gpointer opaque)
{
    RunSession *session = opaque;

    run_monitor_connect(session, false);
    run_monitor_query(session);
    run_symbols_tick(session);
    show_status(session);
    return G_SOURCE_CONTINUE;
}

static void say_connect(RunSession *session)
{
    const GPtrArray *commands = session->file->connect;
    guint i;

    for (i = 0; i < commands->len; i++) {
        run_screen_say(&session->screen, "connect to the guest with: %s",
                       (char *)commands->pdata[i]);
    }
}

static gboolean on_connect_tick(gpointer opaque)
{
    RunSession *session = opaque;

    if (run_monitor_connect(session, true)) {
        run_screen_say(&session->screen,
                       "QEMU is running; its QMP socket for other tools is %s",
                       session->plan->qmp);
        if (session->screen.terminal) {
            run_screen_say(&session->screen, session->plan->log ?
                           "press Enter to write a marker, Ctrl-C to end" :
                           "press Ctrl-C to end");
        }
        if (session->plan->log) {
            watch_input(session);
        }
        run_viewer_watch(session);
        say_connect(session);
        run_share_say(session);
        run_monitor_query(session);
        g_timeout_add(TICK_MS, on_tick, session);
    }
    show_status(session);
    return session->qmp || session->stage ? G_SOURCE_REMOVE :
                                            G_SOURCE_CONTINUE;
}

static gboolean on_silent(gpointer opaque)
{
    RunSession *session = opaque;

    if (!session->qmp && !session->stage) {
        run_say(session,
                "QEMU does not answer yet: it takes time to pin a large memory; it may also wait for a file or for another program; Ctrl-C ends it");
    }
    return G_SOURCE_REMOVE;
}

static void on_end(GPid pid, gint status, gpointer opaque)
{
    RunSession *session = opaque;

    session->ended = true;
    session->exit_status = status;
    g_spawn_close_pid(pid);
    g_main_loop_quit(session->loop);
}

/* QEMU's last messages may still be in the pipe. */
static void drain_messages(RunSession *session)
{
    if (session->message_fd >= 0) {
        do {
            errno = 0;
        } while (read_into(session->message_fd, &session->messages, on_message,
                           session) && !errno);
        close(session->message_fd);
        session->message_fd = -1;
    }
    run_lines_end(&session->messages, on_message, session);
}

static bool start_qemu(RunSession *session, GError **error)
{
    const RunPlan *plan = session->plan;
    g_auto(GStrv) argv = run_qemu_command(plan);
    g_autofree char *log_dir = plan->log_work ?
                               g_path_get_dirname(plan->log_work) : NULL;
    g_autoptr(RunUser) user = NULL;

    if (plan->uid) {
        user = run_user_new(plan, log_dir, plan->log_work, error);
        if (!user) {
            return false;
        }
    }
    if (!run_child_start(argv, user, plan->hand, &session->pid,
                         &session->message_fd, error)) {
        return false;
    }
    session->start = g_get_monotonic_time();
    session->last_status = session->start;
    g_unix_set_fd_nonblocking(session->message_fd, TRUE, NULL);
    session->file->qemu = proc_id_of(session->pid);
    /* With QEMU's ID in the file, 'vfio-trace restore' can end QEMU. */
    if (!session_file_save(session->file, error)) {
        return false;
    }
    run_hand_over(plan->hand);
    run_events_start(session);
    run_symbols_start(session);
    return true;
}

void run_loop(RunSession *session)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *verdict = NULL;

    if (!start_qemu(session, &error)) {
        run_fail(session, error->message);
        if (session->pid) {
            kill(session->pid, SIGKILL);
            waitpid(session->pid, NULL, 0);
        }
        return;
    }
    g_child_watch_add(session->pid, on_end, session);
    g_unix_fd_add(session->signal_fd, G_IO_IN, on_signal, session);
    g_unix_fd_add(session->message_fd, G_IO_IN | G_IO_HUP, on_message_fd,
                  session);
    g_timeout_add(CONNECT_TICK_MS, on_connect_tick, session);
    g_timeout_add_seconds(SILENT_SECONDS, on_silent, session);
    run_helpers_watch(session, end_qemu);
    run_guest_marks_watch(session);
    g_main_loop_run(session->loop);
    run_screen_end(&session->screen);
    drain_messages(session);
    run_guest_marks_close(session);
    run_events_end(session);
    g_clear_pointer(&session->qmp, qmp_close);
    run_symbols_end(session);
    verdict = run_child_verdict(session->exit_status,
                                session->stage >= RUN_END_TERM);
    if (verdict) {
        run_fail(session, verdict);
    } else {
        run_say(session, "QEMU has ended");
    }
}
