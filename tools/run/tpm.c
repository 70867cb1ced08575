/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's TPM (see tpm.h)
 */
#include "tools/run/tpm.h"

#include "tools/run/argv.h"
#include "tools/run/ask.h"
#include "tools/run/error.h"
#include "tools/run/hand.h"
#include "tools/run/helper.h"
#include "tools/run/say.h"
#include "tools/session/session-file.h"
#include "tools/session/session-tpm.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROGRAM "swtpm"

/* Name of the connection between the two */
#define CHANNEL "tpm"

/* Where swtpm sees its state if it has another user than this program */
#define OVER "/tmp"

/* Time until the user is told of the wait for swtpm, and until it is given up */
#define PATIENCE_US (3 * G_USEC_PER_SEC)
#define LIMIT_US (60 * G_USEC_PER_SEC)

bool run_tpm(RunPlan *plan, GError **error)
{
    g_autofree char *program = NULL;

    if (!strcmp(plan->vm.tpm, GUEST_NO)) {
        return true;
    }
    program = g_find_program_in_path(PROGRAM);
    if (!program) {
        if (!plan->dry_run) {
            return run_error(error,
                             "--tpm: there is no program swtpm: install the package swtpm, or use --no-tpm%s",
                             plan->os == GUEST_OS_WINDOWS ?
                             ", without which Windows 11 can't be installed"
                             : "");
        }
        run_note("--tpm: there is no program swtpm");
    }
    plan->tpm = g_build_filename(plan->dir, "tpm.sock", NULL);
    plan->tpm_dir = !strcmp(plan->vm.tpm, GUEST_YES) ?
                    g_build_filename(plan->dir, "tpm", NULL) :
                    g_canonicalize_filename(plan->vm.tpm, NULL);
    return true;
}

bool run_tpm_check(RunPlan *plan, GError **error)
{
    return !plan->tpm || run_ask_device(plan, plan->board->tpm) ||
           run_error(error,
                     "--tpm: %s has no TPM (%s): use another QEMU, or --no-tpm",
                     plan->vm.qemu, plan->board->tpm);
}

char **run_tpm_command(const RunPlan *plan, int fd)
{
    const char *dir = fd >= 0 && plan->uid ? OVER : plan->tpm_dir;
    GPtrArray *argv = g_ptr_array_new();

    g_ptr_array_add(argv, g_strdup(PROGRAM));
    g_ptr_array_add(argv, g_strdup("socket"));
    g_ptr_array_add(argv, g_strdup("--tpm2"));
    g_ptr_array_add(argv, g_strdup("--tpmstate"));
    g_ptr_array_add(argv, g_strdup_printf("dir=%s,mode=0600", dir));
    g_ptr_array_add(argv, g_strdup("--ctrl"));
    g_ptr_array_add(argv, fd >= 0 ?
                    g_strdup_printf("type=unixio,clientfd=%d", fd) :
                    g_strdup_printf("type=unixio,path=%s", plan->tpm));
    g_ptr_array_add(argv, g_strdup("--terminate"));
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

void run_tpm_options(const RunPlan *plan, GPtrArray *argv)
{
    int fd = run_hand_fd(plan->hand, CHANNEL);
    g_autofree char *path = plan->tpm ? run_argv_value(plan->tpm) : NULL;

    if (!path) {
        return;
    }
    if (fd >= 0) {
        run_argv_add(argv, "-chardev", "socket,id=tpm,fd=%d", fd);
    } else {
        run_argv_add(argv, "-chardev", "socket,id=tpm,path=%s", path);
    }
    run_argv_add(argv, "-tpmdev", "emulator,id=tpm,chardev=tpm");
    run_argv_add(argv, "-device", "%s,tpmdev=tpm", plan->board->tpm);
}

static bool start(RunSession *session, int dir, uid_t owner, GError **error)
{
    const RunPlan *plan = session->plan;
    int fd = run_hand_channel(plan->hand, CHANNEL, error);
    g_auto(GStrv) argv = run_tpm_command(plan, fd);
    RunHelperSpec spec = {
        .name = PROGRAM,
        .purpose = "its TPM",
        .argv = argv,
        /* As root, QEMU's files are root's; those of others stay theirs. */
        .uid = plan->uid ? plan->uid : geteuid() ? 0 : owner,
        .fds = { fd, -1 },
        .dir_fd = plan->uid ? dir : -1,
        .over = OVER,
    };
    bool ok = fd >= 0 && run_helper_start(session, &spec, error);

    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* The session's file says what was lent before it is lent. */
static bool lend(RunSession *session, int dir, uid_t owner, GError **error)
{
    const RunPlan *plan = session->plan;

    if (!plan->uid) {
        return true;
    }
    session->file->tpm = g_strdup(plan->tpm_dir);
    session->file->tpm_owner = owner;
    return session_file_save(session->file, error) &&
           session_tpm_lend(dir, plan->tpm_dir, plan->uid, error);
}

/* Return: whether there is something to read before the time has come */
static bool wait_until(int fd, int signal_fd, gint64 time)
{
    struct pollfd fds[] = { { fd, POLLIN, 0 }, { signal_fd, POLLIN, 0 } };
    gint64 left = time - g_get_monotonic_time();

    return left > 0 &&
           poll(fds, G_N_ELEMENTS(fds), (left + 999) / 1000) > 0;
}

bool run_tpm_await(RunSession *session, int fd, gint64 limit_us,
                   GError **error)
{
    /* CMD_GET_CAPABILITY, with which QEMU begins, too; the answer is 64 bits */
    static const uint8_t command[] = { 0, 0, 0, 1 };
    gint64 start = g_get_monotonic_time();
    uint8_t answer[8];
    ssize_t n;

    send(fd, command, sizeof(command), MSG_NOSIGNAL);
    if (!wait_until(fd, session->signal_fd,
                    start + MIN(limit_us, PATIENCE_US))) {
        run_say(session, "waiting for swtpm to answer");
        if (!wait_until(fd, session->signal_fd, start + limit_us)) {
            return run_error(error,
                             "--tpm: swtpm does not answer: end what has stopped it, or use --no-tpm");
        }
    }
    n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
    if (n == sizeof(answer)) {
        return true;
    }
    return run_error(error, n < 0 && errno == EAGAIN ?
                     "ended while it waited for swtpm" :
                     "--tpm: swtpm has ended, or is not one: see its messages, or use --no-tpm");
}

bool run_tpm_start(RunSession *session, GError **error)
{
    const RunPlan *plan = session->plan;
    uid_t owner = 0;
    bool ok;
    int dir;

    if (!plan->tpm) {
        return true;
    }
    if (!plan->uid && strchr(plan->tpm_dir, ',')) {
        return run_error(error,
                         "--tpm: swtpm can't have a directory with a comma in its path: %s",
                         plan->tpm_dir);
    }
    dir = session_tpm_open(plan->tpm_dir, &owner, error);
    if (dir < 0) {
        return false;
    }
    ok = lend(session, dir, owner, error) &&
         start(session, dir, owner, error) &&
         run_tpm_await(session, run_hand_fd(plan->hand, CHANNEL), LIMIT_US,
                       error);
    close(dir);
    return ok;
}
