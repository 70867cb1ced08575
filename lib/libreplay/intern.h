/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: numbers of registers
 */
#ifndef LIBREPLAY_INTERN_H
#define LIBREPLAY_INTERN_H

#include "libreplay/replay-internal.h"

/**
 * replay_intern_valid() - can this be an access?
 * @access: the access
 */
bool replay_intern_valid(const ReplayAccess *access);

/**
 * replay_intern_find() - find a register
 * @replay: the model
 * @region: its region
 * @offset: its offset
 * @width: its width
 *
 * Return: its number, or REPLAY_NO_REG
 */
uint32_t replay_intern_find(const Replay *replay, unsigned region,
                            uint64_t offset, unsigned width);

/**
 * replay_intern() - find a register, or add it
 * @replay: a model that is not ready yet
 * @access: a valid access to the register
 *
 * Return: its number
 */
uint32_t replay_intern(Replay *replay, const ReplayAccess *access);

/**
 * replay_intern_place() - get the place of a register
 * @reg: the register
 * @access: where to store region, offset and width
 */
void replay_intern_place(const ReplayReg *reg, ReplayAccess *access);

#endif /* LIBREPLAY_INTERN_H */
