/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: signals that ask this program to end
 */
#ifndef VFIO_TRACE_PLAY_STOP_H
#define VFIO_TRACE_PLAY_STOP_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct PlayStop: the signals
 * @fd: a signalfd
 * @number: the first signal that came, or 0
 */
typedef struct PlayStop {
    int fd;
    int number;
} PlayStop;

/**
 * play_stop_init() - block the signals; from now on, only SIGKILL ends us
 * @stop: to be initialised
 */
void play_stop_init(PlayStop *stop);

/**
 * play_stop_came() - has a signal come?
 * @stop: the signals
 */
bool play_stop_came(PlayStop *stop);

/**
 * play_stop_wait() - wait until a signal comes, or a file can be read
 * @stop: the signals
 * @fd: the file, or -1
 * @ns: how long, or UINT64_MAX
 *
 * Return: whether the file can be read
 */
bool play_stop_wait(PlayStop *stop, int fd, uint64_t ns);

#endif /* VFIO_TRACE_PLAY_STOP_H */
