/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: model of a register
 */
#ifndef LIBREPLAY_REGISTER_H
#define LIBREPLAY_REGISTER_H

#include "libreplay/replay-internal.h"

/**
 * replay_register_learn() - find out how a register behaves
 * @replay: the model, with its path
 * @reg: the register
 */
void replay_register_learn(Replay *replay, uint32_t reg);

/**
 * replay_register_value() - get its value by the model
 * @replay: the model
 * @reg: the register
 * @now: the time
 */
uint64_t replay_register_value(Replay *replay, uint32_t reg, uint64_t now);

/**
 * replay_register_step() - get its value at a read of the path
 * @replay: the model
 * @reg: the register
 * @step: the read
 * @now: the time
 *
 * It is the log's, but for bits of what the driver has written.
 */
uint64_t replay_register_step(Replay *replay, uint32_t reg, uint32_t step,
                              uint64_t now);

/**
 * replay_register_write() - the driver writes it
 * @replay: the model
 * @reg: the register
 * @value: the value
 */
void replay_register_write(Replay *replay, uint32_t reg, uint64_t value);

/**
 * replay_register_wrote() - was this the last value that was written to it?
 * @replay: the model
 * @reg: the register
 * @value: the value
 */
bool replay_register_wrote(const Replay *replay, uint32_t reg, uint64_t value);

/**
 * replay_register_overlap() - access a place that the log has in other widths
 * @replay: the model
 * @access: a valid access; the value of a read is set
 */
void replay_register_overlap(Replay *replay, ReplayAccess *access);

#endif /* LIBREPLAY_REGISTER_H */
