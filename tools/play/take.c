/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: takes the device, plays, gives it back (see take.h)
 *
 * Theory of operation
 *
 * The order is that of 'vfio-trace run' (tools/run/session.c): the sessions'
 * lock, devices of killed runs, the checks, then the session's file, and only
 * then the device is changed.  Signals that ask this program to end are blocked
 * before and read from a file descriptor, so that only SIGKILL can keep it from
 * giving the device back; 'vfio-trace restore' does so then.
 */
#include "tools/play/take.h"
#include "tools/play/ask.h"
#include "tools/play/buffers.h"
#include "tools/play/device.h"
#include "tools/play/engine.h"
#include "tools/play/say.h"
#include "tools/play/vfio.h"

#include "tools/common/outfile.h"
#include "tools/session/bind.h"
#include "tools/session/give-back.h"
#include "tools/session/session-file.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/**
 * struct Taking: state of a session
 * @plan: the plan
 * @session: the session, whose file remains if this process is killed
 * @stop: signals that ask this program to end
 * @log: the log's file, or NULL
 */
typedef struct Taking {
    PlayPlan *plan;
    Session *session;
    PlayStop stop;
    OutFile *log;
} Taking;

static void tell(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

static void tell(const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    tool_error(&verb_play, "%s", text);
}

static ToolStatus trouble(const GError *error)
{
    tell("%s", error->message);
    return TOOL_TROUBLE;
}

/* A failed check has several lines, of which only the first is the error. */
static void say_result(const Sequence *seq, const PlayResult *result)
{
    g_autofree char *text = play_say(seq, result);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    size_t i;

    if (result->end == PLAY_END_DONE) {
        tool_print("%s\n", text);
        return;
    }
    tell("%s", lines[0]);
    for (i = 1; lines[i]; i++) {
        fprintf(stderr, "%s\n", tool_printable(lines[i]));
    }
}

static PlayAnswer ask(void *opaque, uint32_t i)
{
    Taking *taking = opaque;

    return play_ask_step(taking->plan->seq, i, &taking->stop);
}

static const void *bytes_of(const void *vfio, uint32_t i)
{
    return play_vfio_buffer(vfio, i);
}

/* What the device has done is saved whether the sequence failed or not. */
static bool save_results(Taking *taking, PlayVfio *vfio, PlayLog *log,
                         GError **error)
{
    PlayBackend *backend = play_vfio_backend(vfio);
    bool ok = play_buffers_save(taking->plan, bytes_of, vfio, error);

    play_log_end(log, backend->now(backend));
    if (play_log_error(log)) {
        return play_error(ok ? error : NULL, "%s: can not write: %s",
                          taking->plan->log,
                          g_strerror(play_log_error(log)));
    }
    return (!taking->log ||
            outfile_commit(taking->log, ok ? error : NULL)) && ok;
}

static ToolStatus status_of(PlayEnd end)
{
    return end == PLAY_END_DONE ? TOOL_OK :
           end == PLAY_END_BROKEN ? TOOL_TROUBLE : TOOL_FAULT;
}

/*
 * The log has its name from now on: it is the more important the worse what
 * comes ends.
 *
 * Return: false if it can't be written
 */
static bool begin_log(Taking *taking, PlayBackend *backend, PlayLog **log,
                      GError **error)
{
    *log = NULL;
    if (!taking->log) {
        return true;
    }
    *log = play_log_new(outfile_stream(taking->log),
                        play_plan_device(taking->plan),
                        backend->now(backend));
    if (!outfile_show(taking->log, error)) {
        play_log_free(*log);
        return false;
    }
    return true;
}

static ToolStatus play_open(Taking *taking, PlayVfio *vfio, PlayLog *log)
{
    const PlayPlan *plan = taking->plan;
    PlayBackend *backend = play_vfio_backend(vfio);
    const PlayJob job = {
        .seq = plan->seq, .backend = backend, .log = log,
        .first = plan->first, .end = plan->end, .limit_ns = plan->limit_ns,
        .ask = plan->step ? ask : NULL, .opaque = taking,
    };
    g_autoptr(GError) error = NULL;
    PlayResult result;
    ToolStatus status;

    if (!play_vfio_was_reset(vfio)) {
        tell(
            "note: %s can't be reset, so it begins in the state in which its driver left it",
            play_plan_device(plan)->bdf);
    }
    play_run(&job, &result);
    play_vfio_quiet(vfio);
    say_result(plan->seq, &result);
    status = status_of(result.end);
    if (!save_results(taking, vfio, log, &error)) {
        status = trouble(error);
    }
    g_clear_error(&result.error);
    return status;
}

static ToolStatus play_taken(Taking *taking)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PlayVfio) vfio = play_vfio_open(taking->plan, &taking->stop,
                                              &error);
    PlayLog *log = NULL;
    ToolStatus status;

    if (!vfio || !begin_log(taking, play_vfio_backend(vfio), &log, &error)) {
        return trouble(error);
    }
    status = play_open(taking, vfio, log);
    play_log_free(log);
    return status;
}

/* Add current states: the devices may have changed since they were checked. */
static bool add_states(Taking *taking, const GPtrArray *devices,
                       GError **error)
{
    guint i;

    for (i = 0; i < devices->len; i++) {
        const HostPci *seen = devices->pdata[i];
        g_autoptr(HostPci) dev = host_pci_get(taking->plan->host.root,
                                              seen->bdf, error);

        if (!dev) {
            return false;
        }
        g_ptr_array_add(taking->session->devices, bind_state_of(dev));
    }
    return true;
}

static bool take_devices(Taking *taking, GError **error)
{
    guint i;

    for (i = 0; i < taking->session->devices->len; i++) {
        const BindState *state = taking->session->devices->pdata[i];

        if (play_stop_came(&taking->stop)) {
            return play_error(error, "%s", strsignal(taking->stop.number));
        }
        tell("taking %s from %s", state->bdf,
             state->driver ? state->driver : "no driver");
        if (!bind_take(taking->plan->host.root, state, error)) {
            return false;
        }
    }
    return true;
}

static bool hand_back(Taking *taking)
{
    g_autoptr(GError) error = NULL;
    guint i;

    if (!give_back(taking->plan->host.root, taking->session, tool_say,
                   (void *)&verb_play, &error)) {
        tell("%s; use 'vfio-trace restore %s' to try again", error->message,
             taking->session->name);
        return false;
    }
    for (i = 0; i < taking->session->devices->len; i++) {
        const BindState *state = taking->session->devices->pdata[i];

        tell("%s is given back to %s", state->bdf,
             state->driver ? state->driver : "no driver");
    }
    return true;
}

static ToolStatus play_session(PlayPlan *plan, OutFile *log, int lock)
{
    Taking taking = {
        .plan = plan,
        .session = session_new(play_plan_device(plan)->bdf, NULL, NULL),
        .log = log,
    };
    g_autoptr(Session) session = taking.session;
    g_autoptr(GError) error = NULL;
    ToolStatus status;
    bool saved;

    play_stop_init(&taking.stop);
    saved = add_states(&taking, plan->host.guests, &error) &&
            add_states(&taking, plan->host.others, &error) &&
            session_file_save(session, &error);
    status = saved && take_devices(&taking, &error) ? TOOL_OK
                                                    : trouble(error);
    close(lock);
    if (status == TOOL_OK) {
        status = play_taken(&taking);
    }
    if (saved && !hand_back(&taking)) {
        status = TOOL_TROUBLE;
    }
    close(taking.stop.fd);
    return status;
}

/*
 * Read the device again: giving back leftovers has changed its state, and there
 * may be another one at this address since the user was asked.
 */
static bool look_again(PlayPlan *plan, GError **error)
{
    HostPci *old = play_plan_device(plan);
    HostPci *now = host_pci_get(plan->host.root, old->bdf, error);

    if (!now) {
        return false;
    }
    plan->host.guests->pdata[0] = now;
    host_pci_free(old);
    return play_device_fits(plan, error);
}

static bool give_back_killed(const PlayPlan *plan, GError **error)
{
    g_autoptr(GPtrArray) group = host_pci_group(plan->host.root,
                                                play_plan_device(plan));

    return give_back_leftovers(plan->host.root, group, tool_say,
                               (void *)&verb_play, error);
}

ToolStatus play_take(PlayPlan *plan)
{
    g_autoptr(OutFile) log = NULL;
    g_autoptr(GError) error = NULL;
    bool ok;
    int lock;

    if (!play_buffers_check(plan, &error) || !play_ask_start(plan, &error)) {
        return trouble(error);
    }
    lock = session_file_lock(&error);
    if (lock < 0) {
        return trouble(error);
    }
    ok = give_back_killed(plan, &error) && look_again(plan, &error) &&
         play_device_check(plan, &error) &&
         bind_load_driver(plan->host.root, &error);
    if (ok && plan->log) {
        log = outfile_open(plan->log, plan->force, &error);
        ok = log;
    }
    if (!ok) {
        close(lock);
        return trouble(error);
    }
    return play_session(plan, log, lock);
}
