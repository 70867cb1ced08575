/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: what a device repeats of a driver's entries
 *
 * A driver gives each of its commands a number of its own, and the device's
 * answer has it again.  Another driver uses others.  The log does not say where
 * these numbers are: it is where the answers have what the entries before them
 * had.
 */
#ifndef LIBREPLAY_ECHO_H
#define LIBREPLAY_ECHO_H

#include "libreplay/rings.h"

/**
 * replay_echo_learn() - find out which entries of the device answer which ones
 * @memory: the memory of a log; who writes its pieces is known
 * @rings: its rings
 */
void replay_echo_learn(ReplayMemory *memory, const ReplayRings *rings);

#endif /* LIBREPLAY_ECHO_H */
