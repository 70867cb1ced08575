/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: limits of a script
 *
 * Limits.  Memory comes from an allocator that counts.  Each call has a number
 * of steps: instructions are counted by a hook, and functions that are written
 * in C take steps for the work that they do (script_charge()).  A call that has
 * no steps left, or finds no memory again and again, is killed: pcall() does
 * not catch that.  As a last resort, a call may use the processor for so many
 * seconds only.
 */
#ifndef VFIO_TRACE_SCRIPT_LIMITS_H
#define VFIO_TRACE_SCRIPT_LIMITS_H

#include <glib.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdint.h>

/* Memory of a script */
#define SCRIPT_MEMORY_MAX (64u << 20)

/* Bytes of one text in it */
#define SCRIPT_TEXT_MAX (1u << 20)

/* Steps of one call */
#define SCRIPT_STEPS_MAX 10000000

/* Steps of all calls for one entry of a trace */
#define SCRIPT_STEPS_ENTRY (2 * SCRIPT_STEPS_MAX)

/* Processor's time of one call, in nanoseconds */
#define SCRIPT_CPU_MAX INT64_C(5000000000)

/* Bytes of a script's file */
#define SCRIPT_FILE_MAX (1u << 20)

/**
 * struct ScriptState: a state
 * @lua: Lua's
 * @owner: of whoever has made the state
 * @used: bytes in use
 * @steps: steps left of this call
 * @entry_steps: steps left for this entry of the trace
 * @refused: how often there was no memory
 * @refused_text: how often a text would have been too long
 * @killed: why the call was killed, or NULL
 * @began_ns: when the call began
 * @cpu_ns: time of the processor some time after that, or 0
 * @trace: lines that the call which failed came through, innermost first
 */
typedef struct ScriptState {
    lua_State *lua;
    void *owner;
    size_t used;
    int64_t steps;
    int64_t entry_steps;
    unsigned refused;
    unsigned refused_text;
    const char *killed;
    int64_t began_ns;
    int64_t cpu_ns;
    GPtrArray *trace;
} ScriptState;

/**
 * script_limits_new() - make a Lua state with limits
 * @owner: for ScriptState.owner
 *
 * Return: the state, without libraries; NULL if there is no memory
 */
ScriptState *script_limits_new(void *owner);

/**
 * script_limits_free() - free a state
 * @state: the state, or NULL
 */
void script_limits_free(ScriptState *state);

/**
 * script_limits_begin() - begin a call
 * @state: the state
 */
void script_limits_begin(ScriptState *state);

/**
 * script_limits_trace() - remember the lines that a call has come through
 * @state: the state, in the call
 */
void script_limits_trace(ScriptState *state);

/**
 * script_limits_reason() - get why a call has found no memory
 * @state: the state, after the call
 *
 * Return: a constant text
 */
const char *script_limits_reason(const ScriptState *state);

/**
 * script_limits_set() - set limits of a call, for tests
 * @steps: its steps
 * @cpu_ns: nanoseconds of the processor's time
 */
void script_limits_set(int64_t steps, int64_t cpu_ns);

/**
 * script_state() - get the state of a function that Lua calls
 * @lua: Lua's state
 */
ScriptState *script_state(lua_State *lua);

/**
 * script_kill() - end the call; does not return
 * @lua: Lua's state
 * @why: the message, which lives for ever
 */
void script_kill(lua_State *lua, const char *why) G_GNUC_NORETURN;

/**
 * script_charge() - take steps; kills the call if there are not so many
 * @lua: Lua's state
 * @steps: their number
 */
void script_charge(lua_State *lua, uint64_t steps);

#endif /* VFIO_TRACE_SCRIPT_LIMITS_H */
