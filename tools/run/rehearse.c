/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: rehearsal (see rehearse.h)
 *
 * Theory of operation
 *
 * The rehearsal's files are in a directory on a tmpfs, where the log's ring can
 * be, too.  If QEMU has its own user and the log is a file, part of that
 * directory is mounted over the log's directory, as the work directory is in
 * the run.  So nothing of the rehearsal is left, whatever QEMU does.
 */
#include "tools/run/rehearse.h"

#include "libmmiotrace/ring-file.h"
#include "tools/common/tool.h"
#include "tools/qemu/qmp.h"
#include "tools/run/ask.h"
#include "tools/run/child.h"
#include "tools/run/device-opts.h"
#include "tools/run/error.h"
#include "tools/run/hand.h"
#include "tools/run/kvm.h"
#include "tools/run/qemu.h"
#include "tools/run/stand-in.h"
#include "tools/run/user.h"
#include "tools/session/session-log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Time for QEMU to make its machine, and then to end */
#define START_US (60 * G_USEC_PER_SEC)
#define END_US (10 * G_USEC_PER_SEC)

/* When the user is told what is going on */
#define PATIENCE_US (3 * G_USEC_PER_SEC)

#define TICK_US (G_USEC_PER_SEC / 50)
#define QMP_TIMEOUT_MS 500

/* A directory that is older is of a program that was killed. */
#define STALE_S 600

#define DIR_PREFIX "vfio-trace-rehearsal-"
#define LOG_DIR "log"

/* More of QEMU's messages is not kept, nor read at once. */
#define MESSAGES_MAX 16384
#define READS_MAX 64

/**
 * struct Rehearsal
 * @plan: the run's plan, with the rehearsal's files
 * @dir: directory of these files
 * @log_dir: the log's directory in @dir
 * @user: QEMU's user, or NULL
 * @pid: QEMU's process; 0 once it has ended
 * @status: as returned by waitpid(), valid once @pid is 0
 * @fd: QEMU's standard error
 * @messages: what was read from it
 * @answered: QEMU has answered by QMP: its machine is complete
 */
typedef struct Rehearsal {
    RunPlan plan;
    char *dir;
    char *log_dir;
    RunUser *user;
    GPid pid;
    int status;
    int fd;
    GString *messages;
    bool answered;
} Rehearsal;

static void remove_files(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        g_unlink(path);
    }
    g_rmdir(dir);
}

static void clean(Rehearsal *r)
{
    if (r->fd >= 0) {
        close(r->fd);
    }
    if (r->log_dir) {
        remove_files(r->log_dir);
    }
    if (r->dir) {
        remove_files(r->dir);
    }
    g_clear_pointer(&r->plan.hand, run_hand_free);
    run_user_free(r->user);
    g_string_free(r->messages, TRUE);
    g_free(r->plan.own_qmp);
    g_free(r->plan.qmp);
    g_free(r->plan.log);
    g_free(r->plan.vm.log_opts);
    g_free(r->plan.vars);
    g_free(r->dir);
    g_free(r->log_dir);
}

/* Others can't replace a directory that is this user's, below MMT_RING_DIR. */
static void sweep(const char *parent)
{
    g_autoptr(GDir) entries = g_dir_open(parent, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *dir = g_build_filename(parent, name, NULL);
        g_autofree char *log = g_build_filename(dir, LOG_DIR, NULL);
        struct stat st;

        if (g_str_has_prefix(name, DIR_PREFIX) && !lstat(dir, &st) &&
            S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
            st.st_mtime < time(NULL) - STALE_S) {
            remove_files(log);
            remove_files(dir);
        }
    }
}

/* QEMU's user must reach its log in the directory, but not list the latter. */
static bool make_dirs(Rehearsal *r, GError **error)
{
    const char *parent = g_file_test(MMT_RING_DIR, G_FILE_TEST_IS_DIR) ?
                         MMT_RING_DIR : g_get_tmp_dir();

    if (!strcmp(parent, MMT_RING_DIR)) {
        sweep(parent);
    }
    r->dir = g_build_filename(parent, DIR_PREFIX "XXXXXX", NULL);
    if (!g_mkdtemp(r->dir)) {
        run_error(error, "can't make a directory in %s: %s", parent,
                  g_strerror(errno));
        g_clear_pointer(&r->dir, g_free);
        return false;
    }
    r->log_dir = g_build_filename(r->dir, LOG_DIR, NULL);
    if (chmod(r->dir, 0711) || mkdir(r->log_dir, 0700) ||
        (r->plan.uid && chown(r->log_dir, r->plan.uid, r->plan.uid))) {
        return run_error(error, "%s: %s", r->log_dir, g_strerror(errno));
    }
    return true;
}

/* The log's path stays, if its directory can be mounted over. */
static void choose_log(Rehearsal *r, const RunPlan *plan, const char *mounted)
{
    bool file = session_log_is_file(plan->log);
    g_autofree char *name = file ? g_path_get_basename(plan->log) :
                            g_strdup("log.mmt");
    const char *dir = mounted ? mounted : r->log_dir;
    g_auto(GStrv) parts = g_strsplit(dir, ",", -1);
    g_autofree char *value = g_strjoinv(",,", parts);
    const char *opts = plan->vm.log_opts;
    bool ring = opts && (g_str_has_prefix(opts, "ring-dir=") ||
                         strstr(opts, ",ring-dir="));

    r->plan.log = g_build_filename(dir, name, NULL);
    r->plan.vm.log_opts = ring ? g_strdup(opts) :
        g_strdup_printf("%s%sring-dir=%s", opts ? opts : "", opts ? "," : "",
                        value);
}

static bool copy_vars(Rehearsal *r, const RunPlan *plan, GError **error)
{
    const char *from = plan->vars && !access(plan->vars, F_OK) ? plan->vars :
                       plan->vars_template;
    g_autofree char *text = NULL;
    gsize len;

    if (!plan->vars) {
        return true;
    }
    r->plan.vars = g_build_filename(r->dir, "vars.fd", NULL);
    return from && g_file_get_contents(from, &text, &len, error) &&
           g_file_set_contents(r->plan.vars, text, len, error);
}

/* Replace the plan's files by those of the rehearsal. */
static bool set_up(Rehearsal *r, const RunPlan *plan, GError **error)
{
    bool mounted = r->plan.uid && plan->log && session_log_is_file(plan->log);
    g_autofree char *log = g_canonicalize_filename(plan->log ? plan->log : "",
                                                   NULL);
    g_autofree char *dir = mounted ? g_path_get_dirname(log) : NULL;

    if (!make_dirs(r, error) || !copy_vars(r, plan, error)) {
        return false;
    }
    r->plan.own_qmp = g_build_filename(r->dir, "run.sock", NULL);
    r->plan.qmp = g_build_filename(r->dir, "qmp.sock", NULL);
    if (plan->log) {
        choose_log(r, plan, dir);
    }
    if (!r->plan.uid) {
        return true;
    }
    r->user = run_user_new(&r->plan, dir, dir ? r->log_dir : NULL, error);
    r->plan.hand = r->user ? run_hand_new(&r->plan, error) : NULL;
    return r->plan.hand;
}

static bool read_messages(Rehearsal *r)
{
    char buffer[4096];
    ssize_t n = read(r->fd, buffer, sizeof(buffer));

    if (n > 0 && r->messages->len < MESSAGES_MAX) {
        g_string_append_len(r->messages, buffer, n);
    }
    return n > 0;
}

/* A QEMU that never stops talking must not defeat the limits of time. */
static void read_all(Rehearsal *r)
{
    unsigned i;

    for (i = 0; i < READS_MAX && read_messages(r); i++) {
        /* until there are no more */
    }
}

/* Return: whether QEMU still runs */
static bool runs(Rehearsal *r)
{
    read_all(r);
    if (r->pid && waitpid(r->pid, &r->status, WNOHANG) == r->pid) {
        r->pid = 0;
        read_all(r);
    }
    return r->pid;
}

/* Has the user asked this program to end?  The signal stays pending. */
static bool is_asked_to_end(void)
{
    sigset_t pending;

    return !sigpending(&pending) &&
           (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) ||
            sigismember(&pending, SIGHUP) || sigismember(&pending, SIGQUIT));
}

/* Return: a connection to QEMU, which has made its machine; or NULL */
static QmpClient *wait_for_qmp(Rehearsal *r)
{
    gint64 start = g_get_monotonic_time();
    bool told = false;

    while (runs(r) && !is_asked_to_end() &&
           g_get_monotonic_time() - start < START_US) {
        QmpClient *qmp = access(r->plan.own_qmp, F_OK) ? NULL :
                         qmp_connect(r->plan.own_qmp, QMP_TIMEOUT_MS, NULL);

        if (qmp) {
            return qmp;
        }
        if (!told && g_get_monotonic_time() - start > PATIENCE_US) {
            told = true;
            tool_error(&verb_run,
                       "QEMU is starting for a rehearsal%s", r->plan.no_device ?
                       "" : "; no device is taken from its driver yet");
        }
        g_usleep(TICK_US);
    }
    return NULL;
}

static void wait_for_end(Rehearsal *r)
{
    gint64 end = g_get_monotonic_time() + END_US;

    while (runs(r) && !is_asked_to_end() && g_get_monotonic_time() < end) {
        g_usleep(TICK_US);
    }
}

static bool start(Rehearsal *r, char **words, GError **error)
{
    if (!run_child_start(words, r->user, r->plan.hand, &r->pid, &r->fd,
                         error)) {
        return false;
    }
    g_unix_set_fd_nonblocking(r->fd, TRUE, NULL);
    run_hand_over(r->plan.hand);
    return true;
}

static void follow(Rehearsal *r)
{
    QmpClient *qmp = wait_for_qmp(r);
    JsonNode *answer;

    if (qmp) {
        answer = qmp_execute(qmp, "quit", NULL, NULL);
        g_clear_pointer(&answer, json_node_unref);
        r->answered = true;
        wait_for_end(r);
        qmp_close(qmp);
    }
    if (r->pid) {
        kill(r->pid, SIGKILL);
        waitpid(r->pid, &r->status, 0);
    }
}

/* Return: QEMU's errors in one line, to be freed */
static char *join_messages(const Rehearsal *r)
{
    g_auto(GStrv) lines = g_strsplit(r->messages->str, "\n", -1);
    GString *text = g_string_new(NULL);
    size_t i;

    for (i = 0; lines[i]; i++) {
        const char *line = g_strstrip(lines[i]);

        if (*line && !strstr(line, "warning:")) {
            g_string_append_printf(text, "%s%s", text->len ? "; " : "", line);
        }
    }
    return g_string_free(text, FALSE);
}

static const char *untouched(const Rehearsal *r)
{
    return r->plan.no_device ? "" :
           "no device was taken from its driver, since ";
}

static bool judge(Rehearsal *r, GError **error)
{
    g_autofree char *messages = join_messages(r);
    g_autofree char *verdict = NULL;

    if (r->answered) {
        return true;
    }
    if (r->pid) {
        return run_error(error,
                         "%sQEMU did not answer within %d seconds in a rehearsal (--no-rehearsal starts QEMU without one): %s",
                         untouched(r),
                         (int)(START_US / G_USEC_PER_SEC),
                         *messages ? messages : "it prints nothing");
    }
    verdict = run_child_verdict(r->status, false);
    return run_error(error,
                     "%sQEMU refuses its command line in a rehearsal: %s",
                     untouched(r),
                     *messages ? messages :
                     verdict ? verdict : "it has ended at once");
}

static bool rehearse(Rehearsal *r, const RunPlan *plan, const char *help,
                     const char **untried, GError **error)
{
    g_auto(GStrv) argv = NULL;
    g_auto(GStrv) words = NULL;

    if (!set_up(r, plan, error)) {
        return false;
    }
    argv = run_qemu_command(&r->plan);
    words = run_stand_in(argv, help, untried);
    if (!words) {
        return true;
    }
    if (!start(r, words, error)) {
        return false;
    }
    follow(r);
    return judge(r, error);
}

static bool chooses_accelerator(const RunPlan *plan)
{
    size_t i;

    for (i = 0; plan->vm.qemu_args && plan->vm.qemu_args[i]; i++) {
        if (strstr(plan->vm.qemu_args[i], "accel=")) {
            return true;
        }
    }
    return run_qemu_has_option(plan->vm.qemu_args, "accel");
}

static bool has_kvm(const RunPlan *plan)
{
    int kvm = run_kvm_open(plan->root);

    if (kvm >= 0) {
        close(kvm);
    }
    return kvm >= 0;
}

/* Return: QEMU's devices, displays and options, to be freed; or NULL */
static char *ask_for_help(const RunPlan *plan)
{
    static const char *const questions[][3] = {
        { "-device", "help" },
        { "-display", "help" },
        { "-h" },
    };
    g_autoptr(GString) help = g_string_new(NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(questions); i++) {
        g_autofree char *text = NULL;

        if (!run_ask(plan, questions[i], &text, NULL)) {
            return NULL;
        }
        g_string_append_printf(help, "%s\n", text);
    }
    return strstr(help->str, "pcie-root-port") ? g_strdup(help->str) : NULL;
}

/* Return: why QEMU can't be asked, a constant text; or NULL */
static const char *cannot_try(const RunPlan *plan)
{
    return plan->no_rehearsal ? "--no-rehearsal was given" :
           plan->tcg || chooses_accelerator(plan) || has_kvm(plan) ? NULL :
           "KVM can't be used here";
}

/* With --dry-run, QEMU gets its own user only where that has no effects. */
static bool has_own_user(const RunPlan *plan)
{
    return plan->uid && !geteuid() && (!plan->dry_run || plan->no_device ||
                                       g_file_test("/dev/vfio",
                                                   G_FILE_TEST_IS_DIR));
}

bool run_rehearse(const RunPlan *plan, const char **untried, GError **error)
{
    Rehearsal r = {
        .plan = *plan,
        .fd = -1,
        .messages = g_string_new(NULL),
    };
    g_autofree char *help = NULL;
    sigset_t set;
    sigset_t old;
    bool ok = true;

    r.plan.rehearsal = true;
    r.plan.uid = has_own_user(plan) ? plan->uid : 0;
    r.plan.own_qmp = r.plan.qmp = r.plan.log = r.plan.vars = NULL;
    r.plan.vm.log_opts = NULL;
    r.plan.hand = NULL;
    r.plan.log_work = NULL;
    *untried = cannot_try(plan);
    help = *untried ? NULL : ask_for_help(plan);
    if (!help && !*untried) {
        *untried = "QEMU does not list its devices";
    }
    if (help) {
        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGHUP);
        sigaddset(&set, SIGQUIT);
        sigprocmask(SIG_BLOCK, &set, &old);
        ok = rehearse(&r, plan, help, untried, error);
    }
    clean(&r);
    if (help) {
        /* A signal that has come meanwhile ends this program now. */
        sigprocmask(SIG_SETMASK, &old, NULL);
        signal(SIGPIPE, SIG_DFL);
    }
    return ok;
}
