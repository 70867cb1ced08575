/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: places of the path where the driver may be
 */
#ifndef LIBREPLAY_GUESS_H
#define LIBREPLAY_GUESS_H

#include "libreplay/replay-internal.h"

/**
 * replay_guess_follow() - see which guesses an access of the driver fits
 * @replay: the model
 * @reg: its register
 * @access: the access
 */
void replay_guess_follow(Replay *replay, uint32_t reg,
                         const ReplayAccess *access);

/**
 * replay_guess_sure() - is the driver at one of these places?
 * @replay: the model
 *
 * Return: the step that its last access was; REPLAY_NO_STEP if that is not sure
 */
uint32_t replay_guess_sure(const Replay *replay);

/**
 * replay_guess_likely() - what would this read be at the best of these places?
 * @replay: the model, after replay_guess_follow() of the read
 * @reg: its register
 *
 * Return: the step; REPLAY_NO_STEP if there is no such place
 */
uint32_t replay_guess_likely(const Replay *replay, uint32_t reg);

/**
 * replay_guess_add() - an access was not on the path: where else is it?
 * @replay: the model
 * @reg: its register
 * @access: the access
 */
void replay_guess_add(Replay *replay, uint32_t reg, const ReplayAccess *access);

/**
 * replay_guess_begin() - where does the driver begin?
 * @replay: the model
 * @reg: the register that it accesses first
 * @access: the access
 *
 * Return: the first step of that place; REPLAY_NO_STEP if it fits none
 */
uint32_t replay_guess_begin(const Replay *replay, uint32_t reg,
                            const ReplayAccess *access);

/**
 * replay_guess_next_start() - the next place where the log's driver began
 * @replay: the model
 *
 * Return: its first step; 0 if there is none ahead
 */
uint32_t replay_guess_next_start(const Replay *replay);

#endif /* LIBREPLAY_GUESS_H */
