/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: exceptions in native execution
 *
 * They arrive as signals.  The signals of the one instruction in the calling
 * thread's code page, and of the XRSTOR before it, are handled here; all other
 * signals are passed on to the handlers that were installed before.
 */
#include "libinsn/native-internal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static const int signals[] = { SIGILL, SIGFPE, SIGSEGV, SIGBUS };

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* The handlers that were installed before */
static struct sigaction before[SIGNALS];

/* The current thread's data while its instruction runs, otherwise NULL */
static __thread InsnNativeThread *volatile running;

/* A hardware memory error at any address: not an instruction's exception */
static bool is_memory_error(int sig, const siginfo_t *info)
{
    return sig == SIGBUS && (info->si_code == BUS_MCEERR_AO ||
                             info->si_code == BUS_MCEERR_AR);
}

static bool is_ours(int sig, const siginfo_t *info, ucontext_t *uc)
{
    InsnNativeThread *thread = running;
    greg_t *regs = uc->uc_mcontext.gregs;
    uint64_t rip = regs[REG_RIP];

    /* si_code <= 0: another process or thread has sent the signal */
    if (!thread || info->si_code <= 0 || is_memory_error(sig, info) ||
        (rip != thread->cx.entry && rip != thread->cx.restore)) {
        return false;
    }
    /* An exception of XRSTOR is not an exception of the guest's. */
    thread->trap = rip == thread->cx.entry ? (unsigned)regs[REG_TRAPNO] :
                   INSN_NATIVE_BAD_STATE;
    regs[REG_RIP] = thread->cx.fault;
    return true;
}

/* The kernel's default action; it takes place after this handler returns. */
static void die(int sig, siginfo_t *info)
{
    struct sigaction deflt = { .sa_handler = SIG_DFL };

    sigaction(sig, &deflt, NULL);
    syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid), sig,
            info);
}

/* A signal may be ignored unless an instruction raised it: it can't go on. */
static bool may_be_ignored(int sig, const siginfo_t *info)
{
    return info->si_code <= 0 ||
           (sig == SIGBUS && info->si_code == BUS_MCEERR_AO);
}

static void pass_on(int sig, siginfo_t *info, void *opaque)
{
    const struct sigaction *old = before;

    for (size_t i = 0; i < SIGNALS; i++) {
        if (signals[i] == sig) {
            old = &before[i];
        }
    }
    if (!(old->sa_flags & SA_SIGINFO) && old->sa_handler == SIG_IGN &&
        may_be_ignored(sig, info)) {
        return;
    }
    if (!(old->sa_flags & SA_SIGINFO) &&
        (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN)) {
        die(sig, info);
        return;
    }
    if (old->sa_flags & SA_RESETHAND) {
        struct sigaction deflt = { .sa_handler = SIG_DFL };

        sigaction(sig, &deflt, NULL);
    }
    if (old->sa_flags & SA_SIGINFO) {
        old->sa_sigaction(sig, info, opaque);
    } else {
        old->sa_handler(sig);
    }
}

static void on_signal(int sig, siginfo_t *info, void *opaque)
{
    int saved = errno;

    if (!is_ours(sig, info, opaque)) {
        pass_on(sig, info, opaque);
    }
    errno = saved;
}

/*
 * The handlers are installed only once.  A handler that is installed after ours
 * may pass signals on to ours.  If ours were installed again, they would pass
 * signals on to that handler, and it back to ours, without end.
 */
const char *insn_native_trap_init(void)
{
    static bool done;

    if (done) {
        return NULL;
    }
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction ours = { .sa_sigaction = on_signal };

        if (sigaction(signals[i], NULL, &before[i])) {
            return "can't get the current signal handlers";
        }
        /* The previous handler should see as little difference as possible. */
        ours.sa_mask = before[i].sa_mask;
        ours.sa_flags = SA_SIGINFO | SA_ONSTACK |
                        (before[i].sa_flags & (SA_NODEFER | SA_RESTART));
        if (sigaction(signals[i], &ours, NULL)) {
            return "can't install signal handlers";
        }
    }
    done = true;
    return NULL;
}

void insn_native_trap_run(InsnNativeThread *thread)
{
    thread->trap = INSN_NATIVE_NO_TRAP;
    running = thread;
    insn_native_enter(&thread->cx);
    running = NULL;
}
