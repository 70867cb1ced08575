/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: the exceptions of an instruction on the host's processor
 *
 * They arrive as signals.  Ours are those of the one instruction in the
 * calling thread's code page, or of the XRSTOR before it; whatever else comes
 * goes where it would have gone without us.
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

/* Who had them before */
static struct sigaction before[SIGNALS];

/* The thread whose instruction runs, in that thread */
static __thread InsnNativeThread *volatile running;

/* Broken memory, wherever it is: no exception of an instruction's */
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

    /* Not one that somebody has sent */
    if (!thread || info->si_code <= 0 || is_memory_error(sig, info) ||
        (rip != thread->cx.entry && rip != thread->cx.restore)) {
        return false;
    }
    /* What XRSTOR has to say is no exception of the guest's. */
    thread->trap = rip == thread->cx.entry ? (unsigned)regs[REG_TRAPNO] :
                   INSN_NATIVE_BAD_STATE;
    regs[REG_RIP] = thread->cx.fault;
    return true;
}

/* What the kernel does where there is no handler: it comes after this one. */
static void die(int sig, siginfo_t *info)
{
    struct sigaction deflt = { .sa_handler = SIG_DFL };

    sigaction(sig, &deflt, NULL);
    syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid), sig,
            info);
}

/* Ignoring them is possible only if it is no instruction that can't go on. */
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
 * Once: whoever takes them after us has our handler to pass on to, and if we
 * took them again he would be told to pass on to himself.
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
            return "can't look at signal handlers";
        }
        /* As little as possible is to be different for the other one. */
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
