/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: the path, and where the driver is on it
 *
 * The driver has done all steps before Replay.at, and some of those from there
 * up to Replay.reached.  A bit for each of the latter says which ones.
 */
#ifndef LIBREPLAY_PATH_H
#define LIBREPLAY_PATH_H

#include "libreplay/chain.h"

/**
 * replay_path_find() - find the step that an access of the driver is
 * @replay: the model
 * @reg: the register
 * @access: the access; @value of a read has no meaning
 * @step: where to store the step; REPLAY_NO_STEP if it is only a repetition
 *
 * Return: REPLAY_DEPARTED if there is none; nothing is changed
 */
ReplayOutcome replay_path_find(const Replay *replay, uint32_t reg,
                               const ReplayAccess *access, uint32_t *step);

/**
 * replay_path_take() - the driver does a step
 * @replay: the model
 * @reg: its register
 * @access: the driver's access
 * @step: the step
 */
void replay_path_take(Replay *replay, uint32_t reg, const ReplayAccess *access,
                      uint32_t step);

/**
 * replay_path_again() - the driver reads a register once more
 * @replay: the model
 * @reg: the register
 */
void replay_path_again(Replay *replay, uint32_t reg);

/**
 * replay_path_go() - the driver is at another place
 * @replay: the model
 * @step: all steps before this one count as done
 */
void replay_path_go(Replay *replay, uint32_t step);

/**
 * replay_path_distance() - get the distance of a step ahead of the driver
 * @replay: the model
 * @from: a step, or the number of steps
 * @to: a step
 *
 * Return: the difference of their ranks, 0 if @to is before @from
 */
uint32_t replay_path_distance(const Replay *replay, uint32_t from, uint32_t to);

/**
 * replay_path_done() - has the driver done this step?
 * @replay: the model
 * @step: the step
 */
bool replay_path_done(const Replay *replay, uint32_t step);

#endif /* LIBREPLAY_PATH_H */
