/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: signals that ask this program to end (see stop.h)
 */
#include "tools/play/stop.h"

#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND 1000000000u

/* Longest wait that poll() is asked for */
#define LONG_SECONDS (365 * 86400)

void play_stop_init(PlayStop *stop)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    sigset_t set;
    size_t i;

    sigemptyset(&set);
    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        sigaddset(&set, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    stop->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    stop->number = 0;
    /* The reader of our messages may end; we may be a background job. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    /* The log may become too large: writing it fails then. */
    signal(SIGXFSZ, SIG_IGN);
}

bool play_stop_came(PlayStop *stop)
{
    struct signalfd_siginfo info;

    if (!stop->number &&
        read(stop->fd, &info, sizeof(info)) == sizeof(info)) {
        stop->number = info.ssi_signo;
    }
    return stop->number;
}

bool play_stop_wait(PlayStop *stop, int fd, uint64_t ns)
{
    struct pollfd files[] = {
        { .fd = stop->fd, .events = POLLIN },
        { .fd = fd, .events = POLLIN },
    };
    uint64_t seconds = ns / NS_PER_SECOND;
    struct timespec ts = {
        .tv_sec = MIN(seconds, LONG_SECONDS),
        .tv_nsec = ns % NS_PER_SECOND,
    };

    if (play_stop_came(stop)) {
        return false;
    }
    ppoll(files, G_N_ELEMENTS(files), &ts, NULL);
    play_stop_came(stop);
    return fd >= 0 && files[1].revents;
}
