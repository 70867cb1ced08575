/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: accesses that were not on the path
 */
#ifndef LIBREPLAY_DEPARTURE_H
#define LIBREPLAY_DEPARTURE_H

#include "libreplay/replay-internal.h"

/**
 * replay_departure_add() - keep a departure, if it is one of the first
 * @replay: the model
 * @access: the access, with its value
 */
void replay_departure_add(Replay *replay, const ReplayAccess *access);

#endif /* LIBREPLAY_DEPARTURE_H */
