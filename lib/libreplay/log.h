/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: learning a device from a log
 */
#ifndef LIBREPLAY_LOG_H
#define LIBREPLAY_LOG_H

#include "libreplay/device.h"

/**
 * replay_log_load() - learn a device from a log
 * @path: the log, in any format that is read
 * @device: which device of the log, as for --device; NULL if it has only one
 * @error: where to store the error
 *
 * A log without a PCIDEV line gets BARs where its accesses are, if these are
 * few places; the file is then read twice.
 *
 * Return: what the log has, or NULL
 */
ReplayLog *replay_log_load(const char *path, const char *device,
                           GError **error);

/**
 * replay_log_free() - free it, with the model
 * @log: what replay_log_load() has returned, or NULL
 */
void replay_log_free(ReplayLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReplayLog, replay_log_free)

#endif /* LIBREPLAY_LOG_H */
