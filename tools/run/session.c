/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: takes the devices, runs QEMU, gives them back (see session.h)
 *
 * Theory of operation
 *
 * Before the session's file is written, the signals that ask a program to end
 * are blocked; from then on they are read from a file descriptor.  So only
 * SIGKILL can keep this process from giving the devices back when it ends, for
 * whatever reason.
 */
#include "tools/run/session.h"

#include "tools/host/usb.h"
#include "tools/run/bundle.h"
#include "tools/run/display.h"
#include "tools/common/as-user.h"
#include "tools/common/invoker.h"
#include "tools/run/error.h"
#include "tools/run/events.h"
#include "tools/run/guest-marks.h"
#include "tools/run/hand.h"
#include "tools/run/helper.h"
#include "tools/run/loop.h"
#include "tools/run/net.h"
#include "tools/run/rings.h"
#include "tools/run/say.h"
#include "tools/run/share.h"
#include "tools/run/summary.h"
#include "tools/run/symbols.h"
#include "tools/run/viewer.h"
#include "tools/run/tpm.h"
#include "tools/session/give-back.h"
#include "tools/session/session-file.h"
#include "tools/session/session-log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Add current states: the devices may have changed since they were checked. */
static bool add_states(RunSession *session, const GPtrArray *devices,
                       GError **error)
{
    guint i;

    for (i = 0; i < devices->len; i++) {
        const HostPci *seen = devices->pdata[i];
        g_autoptr(HostPci) dev = host_pci_get(session->plan->root, seen->bdf,
                                              error);

        if (!dev) {
            return false;
        }
        g_ptr_array_add(session->file->devices, bind_state_of(dev));
    }
    return true;
}

/**
 * struct Copy: a file to be written
 * @path: its path
 * @text: its contents
 * @len: number of bytes
 */
typedef struct Copy {
    const char *path;
    const char *text;
    gsize len;
} Copy;

/* Return: 0, or an error number */
static int write_copy(void *opaque)
{
    const Copy *copy = opaque;

    errno = 0;
    return g_file_set_contents_full(copy->path, copy->text, copy->len,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                    NULL) ? 0 : errno ? errno : EIO;
}

static bool copy_file(const char *from, const char *to, GError **error)
{
    g_autofree char *text = NULL;
    Copy copy = { .path = to };
    int failure;

    if (!g_file_get_contents(from, &text, &copy.len, error)) {
        return false;
    }
    copy.text = text;
    return as_user(tool_owner_beside(to), write_copy, &copy, &failure,
                   error) &&
           (!failure || run_error(error, "can't write %s: %s", to,
                                  g_strerror(failure)));
}

/* The session's own directory: sockets, and OVMF's variables. */
static bool make_dir(const RunPlan *plan, GError **error)
{
    return session_file_prepare_dir(plan->dir, error) &&
           (!plan->vars_template || !access(plan->vars, F_OK) ||
            copy_file(plan->vars_template, plan->vars, error));
}

/* Return: false after a signal that asks this program to end */
static bool go_on(RunSession *session, GError **error)
{
    int number = run_signal(session);

    return !number || run_error(error, "%s", strsignal(number));
}

static bool take_devices(RunSession *session, GError **error)
{
    guint i;

    for (i = 0; i < session->file->devices->len; i++) {
        const BindState *state = session->file->devices->pdata[i];
        g_autoptr(HostPci) dev = host_pci_get(session->plan->root, state->bdf,
                                              NULL);

        if (!go_on(session, error)) {
            return false;
        }
        run_screen_say(&session->screen, dev && host_pci_is_vfios(dev)
                       ? "%s is bound to %s already" : "taking %s from %s",
                       state->bdf, state->driver ? state->driver : "no driver");
        if (!bind_take(session->plan->root, state, error)) {
            return false;
        }
    }
    return go_on(session, error);
}

static void block_signals(RunSession *session)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    sigset_t set;
    size_t i;

    sigemptyset(&set);
    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        sigaddset(&set, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    session->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    /* The reader of our messages may end; we may be a background job. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
}

static void hand_back(RunSession *session)
{
    g_autoptr(GError) error = NULL;
    guint i;

    session->file->qemu = (ProcId){ 0, 0 };
    if (!give_back(session->plan->root, session->file, run_say,
                   session, &error)) {
        run_fail(session, error->message);
        run_screen_say(&session->screen,
                       "use 'vfio-trace restore %s' to try again",
                       session->plan->name);
        return;
    }
    for (i = 0; i < session->file->devices->len; i++) {
        const BindState *state = session->file->devices->pdata[i];

        run_screen_say(&session->screen, "%s is given back to %s", state->bdf,
                       state->driver ? state->driver : "no driver");
    }
}

/* Show a summary of the log; after a crash, complete the log from its ring. */
static void sum_up(RunSession *session)
{
    const char *log = session->plan->log;
    bool complete;
    /* If QEMU has not run, the log is not of this run. */
    g_autofree char *text = session->ended && log ?
                            run_summary(log, &complete) : NULL;

    if (!text) {
        return;
    }
    if (!complete && run_summary_recover(log)) {
        g_free(text);
        text = run_summary(log, &complete);
    }
    run_screen_say(&session->screen, "%s, %" G_GUINT64_FORMAT " events lost",
                   text, run_status_lost(session->status));
    if (!complete) {
        run_screen_say(&session->screen,
                       "the log is not complete; 'vfio-trace recover %s' may help",
                       log);
        session->failed = true;
    }
}

static void make_bundle(RunSession *session)
{
    if (!session->plan->bundle || !session->ended) {
        return;
    }
    if (run_bundle_make(session->plan)) {
        run_screen_say(&session->screen, "%s has the log and all that belongs to it",
                       session->plan->bundle);
        return;
    }
    run_screen_say(&session->screen,
                   "there is no bundle; 'vfio-trace bundle %s -o %s' may help",
                   session->plan->log, session->plan->bundle);
    session->failed = true;
}

/* For tools with another current directory; "unix:PATH" is kept. */
static char *absolute_log(const char *log)
{
    return !log || g_str_has_prefix(log, "unix:") ? g_strdup(log) :
           g_canonicalize_filename(log, NULL);
}

/* What QEMU's events, the guest's display and its symbols need */
static bool make_sockets(RunSession *session, RunPlan *plan, GError **error)
{
    if (!run_events_new(session, error)) {
        return false;
    }
    session->viewer_fd = run_viewer_open(plan, error);
    if (!*error) {
        session->symbols = run_symbols_new(plan, error);
    }
    return !*error;
}

static void clear(RunSession *session)
{
    run_guest_marks_close(session);
    qmp_close(session->listener);
    run_symbols_free(session->symbols);
    session_free(session->file);
    g_ptr_array_unref(session->helpers);
    run_status_free(session->status);
    g_main_loop_unref(session->loop);
    close(session->signal_fd);
    g_string_free(session->input.text, TRUE);
}

/* Open the files for QEMU's user before QEMU is started. */
static bool hand_over(RunPlan *plan, GError **error)
{
    plan->hand = plan->uid ? run_hand_new(plan, error) : run_hand_new_empty();
    return plan->hand && run_rings_hand_over(plan, error);
}

/* The session's file must name the work directory before it is made. */
static void choose_log_dir(RunPlan *plan, Session *file)
{
    file->uid = plan->uid;
    if (plan->uid && plan->log && session_log_is_file(plan->log)) {
        plan->log_work = session_log_work(plan->log);
        file->work = g_strdup(plan->log_work);
    }
}

static bool make_log_dir(const RunPlan *plan, GError **error)
{
    return !plan->log_work ||
           session_log_prepare(plan->log, plan->log_work, plan->vm.overwrite,
                               plan->uid, error);
}

/* What other commands, and 'restore', must know of the guest */
static void add_guest(const RunPlan *plan, Session *file)
{
    char *display = run_display_command(plan);
    char *ssh = run_net_command(plan);
    guint i;

    if (display) {
        g_ptr_array_add(file->connect, display);
    }
    if (ssh) {
        g_ptr_array_add(file->connect, ssh);
    }
    for (i = 0; i < plan->usb->len; i++) {
        g_ptr_array_add(file->usb,
                        g_strdup(((HostUsb *)plan->usb->pdata[i])->name));
    }
}

ToolStatus run_session(RunPlan *plan, int lock)
{
    RunSession session = {
        .plan = plan,
        .file = session_new(plan->name, plan->qmp, NULL),
        .loop = g_main_loop_new(NULL, FALSE),
        .message_fd = -1,
        .viewer_fd = -1,
        .marks_fd = -1,
        .helpers = run_helpers_new(),
        .status = run_status_new(),
    };
    g_autoptr(GError) error = NULL;
    bool saved;

    session.file->log = absolute_log(plan->log);
    add_guest(plan, session.file);
    choose_log_dir(plan, session.file);
    run_screen_init(&session.screen);
    run_lines_init(&session.input);
    run_lines_init(&session.messages);
    block_signals(&session);
    saved = add_states(&session, plan->guests, &error) &&
            add_states(&session, plan->others, &error) &&
            session_file_save(session.file, &error);
    if (saved && make_dir(plan, &error) && make_log_dir(plan, &error) &&
        hand_over(plan, &error) && make_sockets(&session, plan, &error) &&
        run_guest_marks_open(&session, &error) &&
        run_tpm_start(&session, &error) && run_share_start(&session, &error) &&
        take_devices(&session, &error)) {
        close(lock);
        run_loop(&session);
    } else {
        close(lock);
        run_fail(&session, error->message);
    }
    run_helpers_end(&session);
    /* When the devices are given back, another run may make this socket. */
    run_viewer_close(&session);
    if (saved) {
        hand_back(&session);
        sum_up(&session);
    }
    g_clear_pointer(&plan->hand, run_hand_free);
    g_clear_pointer(&plan->log_work, g_free);
    if (saved) {
        /* Without @hand, the command line has the names of files. */
        make_bundle(&session);
    }
    clear(&session);
    return session.failed ? TOOL_FAULT : TOOL_OK;
}
