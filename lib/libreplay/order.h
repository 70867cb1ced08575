/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: when the device has written what the log has of memory
 *
 * The log has an entry behind what made the tracer look.  Where the device
 * writes a ring, and the driver has told by a write how far it is, the entry
 * was there before that write.
 */
#ifndef LIBREPLAY_ORDER_H
#define LIBREPLAY_ORDER_H

#include "libreplay/rings.h"
#include "libreplay/replay.h"

/**
 * replay_order() - put memory where the device has written it
 * @replay: the model, which has learnt all and is not ready yet
 * @memory: its memory
 * @rings: its rings
 */
void replay_order(Replay *replay, ReplayMemory *memory,
                  const ReplayRings *rings);

#endif /* LIBREPLAY_ORDER_H */
