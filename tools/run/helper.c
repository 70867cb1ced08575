/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: other programs that the guest needs (see helper.h)
 */
#include "tools/run/helper.h"

#include "tools/common/as-user.h"
#include "tools/run/error.h"
#include "tools/run/say.h"
#include "tools/session/session-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* QEMU's end, of which the program's end is a consequence, may show later. */
#define JUDGE_MS 1000

/* Time to end by itself, and after SIGTERM */
#define END_US (2 * G_USEC_PER_SEC)
#define POLL_US 10000

/**
 * struct RunHelper: a program
 * @session: the run
 * @name: its name
 * @purpose: what the guest has by it
 * @pid: its process
 * @fd: its standard error; -1 once that is closed
 * @messages: lines of it
 * @ended: it has ended
 * @status: as returned by waitpid(), valid once @ended
 * @watch: the event source for its end
 * @reader: the event source for its messages
 * @judge: the event source that looks whether QEMU has ended, too
 * @end: ends QEMU
 */
typedef struct RunHelper {
    RunSession *session;
    char *name;
    char *purpose;
    GPid pid;
    int fd;
    RunLines messages;
    bool ended;
    int status;
    guint watch;
    guint reader;
    guint judge;
    void (*end)(RunSession *session);
} RunHelper;

/* --- its start ----------------------------------------------------------- */

/**
 * struct Start: data for the child
 * @parent: this process
 * @spec: how to start it
 */
typedef struct Start {
    pid_t parent;
    const RunHelperSpec *spec;
} Start;

static G_GNUC_NORETURN void die(const char *what)
{
    const char *why = strerrordesc_np(errno);
    const char *texts[] = { "can't ", what, ": ", why ? why : "", "\n" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (write(STDERR_FILENO, texts[i], strlen(texts[i])) < 0) {
            break;
        }
    }
    _exit(127);
}

/*
 * The current directory moves to the new namespace, a descriptor does not.
 *
 * Return: 0, or -1 with errno set
 */
static int mount_dir(const RunHelperSpec *spec)
{
    if ((!spec->is_tree && fchdir(spec->dir_fd) < 0) ||
        unshare(CLONE_NEWNS) < 0 ||
        mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) {
        return -1;
    }
    if (spec->is_tree) {
        return move_mount(spec->dir_fd, "", AT_FDCWD, spec->over,
                          MOVE_MOUNT_F_EMPTY_PATH);
    }
    return mount(".", spec->over, NULL, MS_BIND, NULL) < 0 || chdir("/") < 0
           ? -1 : 0;
}

/* Between fork() and exec(): only what POSIX calls async-signal-safe. */
static void set_up(gpointer opaque)
{
    static const int defaults[] = { SIGPIPE, SIGTTIN, SIGTTOU };
    const Start *start = opaque;
    const RunHelperSpec *spec = start->spec;
    sigset_t none;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(defaults); i++) {
        signal(defaults[i], SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    dup2(STDERR_FILENO, STDOUT_FILENO);
    if (spec->dir_fd >= 0 && mount_dir(spec) < 0) {
        die("mount its directory");
    }
    if (spec->uid && as_user_drop(spec->uid, spec->uid) < 0) {
        die("become another user");
    }
    for (i = 0; i < RUN_HELPER_FDS; i++) {
        if (spec->fds[i] >= 0) {
            fcntl(spec->fds[i], F_SETFD, 0);
        }
    }
    /* The kernel clears this signal when the user changes, so set it now. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start->parent) {
        _exit(127);
    }
}

static void helper_free(gpointer opaque)
{
    RunHelper *helper = opaque;

    if (helper->fd >= 0) {
        close(helper->fd);
    }
    g_string_free(helper->messages.text, TRUE);
    g_free(helper->name);
    g_free(helper->purpose);
    g_free(helper);
}

GPtrArray *run_helpers_new(void)
{
    return g_ptr_array_new_with_free_func(helper_free);
}

bool run_helper_start(RunSession *session, const RunHelperSpec *spec,
                      GError **error)
{
    Start start = { getpid(), spec };
    RunHelper *helper = g_new0(RunHelper, 1);
    ProcId id;

    helper->session = session;
    helper->name = g_strdup(spec->name);
    helper->purpose = g_strdup(spec->purpose);
    helper->fd = -1;
    run_lines_init(&helper->messages);
    if (!g_spawn_async_with_pipes(NULL, spec->argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD |
                                  G_SPAWN_SEARCH_PATH, set_up, &start,
                                  &helper->pid, NULL, NULL, &helper->fd,
                                  error)) {
        helper_free(helper);
        return false;
    }
    g_unix_set_fd_nonblocking(helper->fd, TRUE, NULL);
    g_ptr_array_add(session->helpers, helper);
    /* With its ID in the file, 'vfio-trace restore' can end it. */
    id = proc_id_of(helper->pid);
    if (id.pid) {
        g_array_append_val(session->file->helpers, id);
    }
    return session_file_save(session->file, error);
}

/* --- while it runs ------------------------------------------------------- */

static void on_line(void *opaque, const char *line)
{
    RunHelper *helper = opaque;

    if (*line) {
        run_screen_say(&helper->session->screen, "%s: %s", helper->name, line);
    }
}

/* Return: false at the end */
static bool read_messages(RunHelper *helper)
{
    char buf[4096];
    ssize_t n = read(helper->fd, buf, sizeof(buf));

    if (n > 0) {
        run_lines_feed(&helper->messages, buf, n, on_line, helper);
    }
    return n > 0 || (n < 0 && errno == EINTR);
}

static gboolean on_messages(G_GNUC_UNUSED gint fd,
                            G_GNUC_UNUSED GIOCondition condition,
                            gpointer opaque)
{
    RunHelper *helper = opaque;

    if (read_messages(helper) || errno == EAGAIN) {
        return G_SOURCE_CONTINUE;
    }
    close(helper->fd);
    helper->fd = -1;
    helper->reader = 0;
    return G_SOURCE_REMOVE;
}

static gboolean on_judge(gpointer opaque)
{
    RunHelper *helper = opaque;
    RunSession *session = helper->session;
    g_autofree char *text = NULL;

    helper->judge = 0;
    if (session->ended || session->stage != RUN_END_NOT) {
        return G_SOURCE_REMOVE;
    }
    text = WIFSIGNALED(helper->status) ?
           g_strdup_printf("%s was ended by signal %d (%s)", helper->name,
                           WTERMSIG(helper->status),
                           strsignal(WTERMSIG(helper->status))) :
           g_strdup_printf("%s has ended with status %d", helper->name,
                           WEXITSTATUS(helper->status));
    run_screen_say(&session->screen,
                   "%s: without %s, the guest can't go on; ending QEMU", text,
                   helper->purpose);
    session->failed = true;
    helper->end(session);
    return G_SOURCE_REMOVE;
}

static void on_end(G_GNUC_UNUSED GPid pid, gint status, gpointer opaque)
{
    RunHelper *helper = opaque;

    helper->ended = true;
    helper->status = status;
    helper->watch = 0;
    helper->judge = g_timeout_add(JUDGE_MS, on_judge, helper);
}

void run_helpers_watch(RunSession *session, void (*end)(RunSession *session))
{
    guint i;

    for (i = 0; i < session->helpers->len; i++) {
        RunHelper *helper = session->helpers->pdata[i];

        helper->end = end;
        helper->watch = g_child_watch_add(helper->pid, on_end, helper);
        helper->reader = g_unix_fd_add(helper->fd, G_IO_IN | G_IO_HUP,
                                       on_messages, helper);
    }
}

/* --- its end ------------------------------------------------------------- */

static bool wait_for(RunHelper *helper, gint64 time)
{
    gint64 end = g_get_monotonic_time() + time;

    while (!helper->ended && g_get_monotonic_time() < end) {
        if (waitpid(helper->pid, &helper->status, WNOHANG)) {
            helper->ended = true;
        } else {
            g_usleep(POLL_US);
        }
    }
    return helper->ended;
}

static void end_helper(RunHelper *helper)
{
    if (helper->watch) {
        g_source_remove(helper->watch);
    }
    if (helper->reader) {
        g_source_remove(helper->reader);
    }
    if (helper->judge) {
        g_source_remove(helper->judge);
    }
    helper->watch = helper->reader = helper->judge = 0;
    if (!wait_for(helper, helper->session->ended ? END_US : 0)) {
        kill(helper->pid, SIGTERM);
    }
    if (!wait_for(helper, END_US)) {
        kill(helper->pid, SIGKILL);
        waitpid(helper->pid, &helper->status, 0);
        helper->ended = true;
    }
    while (helper->fd >= 0 && read_messages(helper)) {
        /* until there are no more */
    }
    run_lines_end(&helper->messages, on_line, helper);
    run_lines_init(&helper->messages);
}

void run_helpers_end(RunSession *session)
{
    guint i;

    for (i = 0; i < session->helpers->len; i++) {
        end_helper(session->helpers->pdata[i]);
    }
    if (session->file->helpers->len) {
        g_array_set_size(session->file->helpers, 0);
    }
}
