/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a Lua state that withstands its script
 *
 * Each script has a state of its own, with its own memory.  Of Lua's library,
 * there is what computes: no files, no modules, no bytecode, no debug library,
 * no coroutines, no finalizers.
 */
#ifndef VFIO_TRACE_SCRIPT_STATE_H
#define VFIO_TRACE_SCRIPT_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/script/limits.h"

/**
 * script_state_new() - make a state
 * @owner: for ScriptState.owner
 *
 * Return: the state, or NULL if there is no memory
 */
ScriptState *script_state_new(void *owner);

/**
 * script_state_load() - compile a script
 * @state: the state
 * @text: the script's source
 * @len: its length
 * @name: its name in messages: "nvme.lua"
 * @message: where to store an error message, to be freed
 *
 * Return: true; script_state_start() runs it
 */
bool script_state_load(ScriptState *state, const char *text, size_t len,
                       const char *name, char **message);

/**
 * typedef ScriptPush - push the arguments of a call
 * @lua: Lua's state; errors may be raised
 * @opaque: the caller's
 *
 * Return: number of arguments
 */
typedef int ScriptPush(lua_State *lua, void *opaque);

/**
 * script_state_call() - call a function of the script
 * @state: the state
 * @function: its reference in Lua's registry
 * @push: pushes the arguments, or NULL
 * @opaque: for @push
 * @message: where to store an error message, to be freed: it begins with
 *           "FILE:LINE: ", if the error has a place; may contain any bytes
 *
 * Return: false if the call has failed; @state->trace has its lines then
 */
bool script_state_call(ScriptState *state, int function, ScriptPush *push,
                       void *opaque, char **message);

/**
 * script_state_start() - run a script that was compiled
 * @state: the state
 * @message: as in script_state_call()
 *
 * Return: as script_state_call()
 */
bool script_state_start(ScriptState *state, char **message);

/**
 * script_state_free() - end a state
 * @state: the state, or NULL
 */
void script_state_free(ScriptState *state);

#endif /* VFIO_TRACE_SCRIPT_STATE_H */
