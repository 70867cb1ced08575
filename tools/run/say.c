/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: messages and signals of a run (see say.h)
 */
#include "tools/run/say.h"

#include <sys/signalfd.h>
#include <unistd.h>

void run_say(void *opaque, const char *text)
{
    RunSession *session = opaque;

    run_screen_say(&session->screen, "%s", text);
}

void run_fail(RunSession *session, const char *text)
{
    run_say(session, text);
    session->failed = true;
}

int run_signal(RunSession *session)
{
    struct signalfd_siginfo info;

    return read(session->signal_fd, &info, sizeof(info)) == sizeof(info) ?
           (int)info.ssi_signo : 0;
}
