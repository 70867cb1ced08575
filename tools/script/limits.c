/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: limits of a script (see limits.h)
 */
#include "tools/script/limits.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Instructions between two looks at the limits */
#define HOOK_STEPS 256

/* Steps of a function in C that looks at the time */
#define LONG_STEPS 1000

static int64_t steps_max = SCRIPT_STEPS_MAX;
static int64_t cpu_max_ns = SCRIPT_CPU_MAX;

/* A call is killed when it has found no memory so often. */
#define REFUSED_MAX 10

/* More memory for a call that was killed: it is left with an error. */
#define MEMORY_RESERVE (256u << 10)

/* A step for so many bytes of a text */
#define TEXT_BYTES_STEP 64

/* Lua's header of a text, and its NUL */
#define TEXT_OVERHEAD 64

/* Lines of a traceback */
#define TRACE_MAX 10

static const char killed_steps[] = {
    "it does not come to an end: a call may run 10,000,000 instructions; look for a loop without end, or do less for each access"
};
static const char killed_time[] = {
    "it does not come to an end: a call may take 5 seconds of the processor's time; do less for each access"
};
static const char killed_memory[] = {
    "it needs more than 64 MiB of memory; forget what is no longer used, or look for a function that calls itself without end"
};
static const char killed_text[] = {
    "it makes a text of more than 1 MiB; emit texts instead of collecting them"
};

static int64_t now_ns(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

void script_limits_trace(ScriptState *state)
{
    lua_State *lua = state->lua;
    lua_Debug frame;
    int level;

    g_ptr_array_set_size(state->trace, 0);
    for (level = 0; state->trace->len < TRACE_MAX &&
         lua_getstack(lua, level, &frame); level++) {
        lua_getinfo(lua, "Sl", &frame);
        if (frame.currentline > 0) {
            g_ptr_array_add(state->trace,
                            g_strdup_printf("%s:%d", frame.short_src,
                                            frame.currentline));
        }
    }
}

/*
 * Lua asks for a text's memory with LUA_TSTRING in place of the old size; texts
 * have a limit of their own, since C functions go through them.
 */
static bool is_refused(ScriptState *state, bool is_text, size_t old,
                       size_t new)
{
    size_t limit = SCRIPT_MEMORY_MAX + (state->killed ? MEMORY_RESERVE : 0);

    if (is_text && new > SCRIPT_TEXT_MAX + TEXT_OVERHEAD) {
        state->refused_text++;
    } else if (new > old && (state->used > limit ||
                             new - old > limit - state->used)) {
        state->refused++;
    } else {
        return false;
    }
    return true;
}

static void *allocate(void *opaque, void *p, size_t old, size_t new)
{
    ScriptState *state = opaque;
    bool is_text = !p && old == LUA_TSTRING;
    void *result;

    old = p ? old : 0;
    if (!new) {
        state->used -= old;
        free(p);
        return NULL;
    }
    if (is_refused(state, is_text, old, new)) {
        /* Lua calls no message handler when there is no memory. */
        if (state->lua) {
            script_limits_trace(state);
        }
        return NULL;
    }
    result = realloc(p, new);
    if (result) {
        state->used += new - old;
    }
    if (is_text) {
        /* for making it; the hook looks at what is left */
        state->steps -= new / TEXT_BYTES_STEP;
    }
    return result;
}

ScriptState *script_state(lua_State *lua)
{
    return *(ScriptState **)lua_getextraspace(lua);
}

void script_kill(lua_State *lua, const char *why)
{
    ScriptState *state = script_state(lua);

    if (!state->killed) {
        state->killed = why;
    }
    luaL_error(lua, "%s", state->killed);
    g_assert_not_reached();
}

/* The processor's time costs a system call: it is looked at late. */
static void check_time(lua_State *lua, ScriptState *state)
{
    if (now_ns(CLOCK_MONOTONIC_COARSE) - state->began_ns < cpu_max_ns / 4) {
        return;
    }
    if (!state->cpu_ns) {
        state->cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    } else if (now_ns(CLOCK_THREAD_CPUTIME_ID) - state->cpu_ns > cpu_max_ns) {
        script_kill(lua, killed_time);
    }
}

void script_charge(lua_State *lua, uint64_t steps)
{
    ScriptState *state = script_state(lua);

    if (state->killed || steps > INT64_MAX / 2 ||
        (int64_t)steps > state->steps) {
        state->steps = 0;
        script_kill(lua, killed_steps);
    }
    state->steps -= steps;
    if (steps >= LONG_STEPS) {
        /* it may take as long as many instructions between two hooks */
        check_time(lua, state);
    }
}

static void hook(lua_State *lua, lua_Debug *debug)
{
    ScriptState *state = script_state(lua);

    (void)debug;
    script_charge(lua, HOOK_STEPS);
    if (state->refused >= REFUSED_MAX) {
        script_kill(lua, killed_memory);
    }
    if (state->refused_text >= REFUSED_MAX) {
        script_kill(lua, killed_text);
    }
    check_time(lua, state);
}

/* All errors are caught: this is not called. */
static int panic(lua_State *lua)
{
    (void)lua;
    return 0;
}

ScriptState *script_limits_new(void *owner)
{
    ScriptState *state = g_new0(ScriptState, 1);
    lua_State *lua = lua_newstate(allocate, state);

    if (!lua) {
        g_free(state);
        return NULL;
    }
    state->lua = lua;
    state->owner = owner;
    state->trace = g_ptr_array_new_with_free_func(g_free);
    *(ScriptState **)lua_getextraspace(lua) = state;
    lua_atpanic(lua, panic);
    lua_sethook(lua, hook, LUA_MASKCOUNT, HOOK_STEPS);
    state->entry_steps = SCRIPT_STEPS_ENTRY;
    script_limits_begin(state);
    return state;
}

void script_limits_free(ScriptState *state)
{
    if (state) {
        lua_close(state->lua);
        g_ptr_array_unref(state->trace);
        g_free(state);
    }
}

void script_limits_begin(ScriptState *state)
{
    state->steps = CLAMP(state->entry_steps, 0, steps_max);
    state->entry_steps -= state->steps;
    state->killed = NULL;
    state->refused = 0;
    state->refused_text = 0;
    state->cpu_ns = 0;
    state->began_ns = now_ns(CLOCK_MONOTONIC_COARSE);
    g_ptr_array_set_size(state->trace, 0);
}

const char *script_limits_reason(const ScriptState *state)
{
    return state->refused_text ? killed_text : killed_memory;
}

void script_limits_set(int64_t steps, int64_t cpu_ns)
{
    steps_max = steps;
    cpu_max_ns = cpu_ns;
}
