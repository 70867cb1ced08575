/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a log of a text, for libreplay
 */
#ifndef TESTS_UNIT_REPLAY_LOAD_H
#define TESTS_UNIT_REPLAY_LOAD_H

#include <glib.h>
#include <glib/gstdio.h>

#include "libreplay/log.h"

/**
 * replay_load_text() - load a log that is in a file for as long as it is read
 * @text: the log
 * @device: as replay_log_load() takes it
 * @error: where to store why it was refused
 *
 * Return: the log, or NULL
 */
static inline ReplayLog *replay_load_text(const char *text, const char *device,
                                          GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("test-replay-XXXXXX", &path, NULL);
    ReplayLog *log;

    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    log = replay_log_load(path, device, error);
    g_unlink(path);
    return log;
}

#endif /* TESTS_UNIT_REPLAY_LOAD_H */
