/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a Lua state that withstands its script (see state.h)
 */
#include "tools/script/state.h"

#include <locale.h>
#include <string.h>

#include "tools/script/sandbox.h"

/* Bytes of an error that are shown */
#define MESSAGE_MAX 1000

ScriptState *script_state_new(void *owner)
{
    ScriptState *state = script_limits_new(owner);

    if (!state) {
        return NULL;
    }
    lua_pushcfunction(state->lua, script_sandbox_open);
    if (lua_pcall(state->lua, 0, 0, 0) != LUA_OK) {
        script_state_free(state);
        return NULL;
    }
    return state;
}

void script_state_free(ScriptState *state)
{
    script_limits_free(state);
}

/*
 * Order of texts, classes of characters and forms of numbers are the same for
 * all users; and comparing in an order of the user's language takes long.
 */
static int protected_call(lua_State *lua, int handler)
{
    static locale_t plain;
    locale_t before;
    int status;

    if (!plain) {
        plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    }
    before = uselocale(plain);
    status = lua_pcall(lua, lua_gettop(lua) - 1 - handler, 0, handler);
    uselocale(before);
    return status;
}

/* --- calls --------------------------------------------------------------- */

/* Called where an error is raised, with its value */
static int handle_error(lua_State *lua)
{
    script_limits_trace(script_state(lua));
    return 1;
}

/**
 * struct Call: a call, for call_protected()
 * @function: reference of the function in the registry
 * @push: pushes the arguments, or NULL
 * @opaque: for @push
 */
typedef struct Call {
    int function;
    ScriptPush *push;
    void *opaque;
} Call;

static int call_protected(lua_State *lua)
{
    const Call *call = lua_touserdata(lua, 1);
    int n = 0;

    lua_rawgeti(lua, LUA_REGISTRYINDEX, call->function);
    if (call->push) {
        n = call->push(lua, call->opaque);
    }
    lua_call(lua, n, 0);
    return 0;
}

/* "FILE:", as in the first line of the traceback */
static bool begins_with_place(const ScriptState *state, const char *message)
{
    const char *place = state->trace->pdata[0];

    return !strncmp(message, place, strrchr(place, ':') + 1 - place);
}

static char *error_message(ScriptState *state, int status)
{
    lua_State *lua = state->lua;
    const char *what;
    size_t len;

    if (state->killed) {
        what = state->killed;
    } else if (status == LUA_ERRMEM) {
        what = script_limits_reason(state);
    } else if (lua_type(lua, -1) == LUA_TSTRING) {
        what = lua_tolstring(lua, -1, &len);
    } else {
        what = "the error is not a text";
    }
    if (!state->trace->len || begins_with_place(state, what)) {
        return g_strndup(what, MESSAGE_MAX);
    }
    return g_strdup_printf("%s: %.*s", (char *)state->trace->pdata[0],
                           MESSAGE_MAX, what);
}

bool script_state_call(ScriptState *state, int function, ScriptPush *push,
                       void *opaque, char **message)
{
    Call call = { .function = function, .push = push, .opaque = opaque };
    lua_State *lua = state->lua;
    int status;

    script_limits_begin(state);
    /* none of these allocates */
    lua_settop(lua, 0);
    lua_pushcfunction(lua, handle_error);
    lua_pushcfunction(lua, call_protected);
    lua_pushlightuserdata(lua, &call);
    status = protected_call(lua, 1);
    state->entry_steps += state->steps;
    if (status == LUA_OK && !state->killed) {
        return true;
    }
    *message = error_message(state, status);
    lua_settop(lua, 0);
    return false;
}

/* --- the script ---------------------------------------------------------- */

/**
 * struct Source: a script, for load_protected()
 * @text: its source
 * @len: its length
 * @chunk: "@" and its name
 */
typedef struct Source {
    const char *text;
    size_t len;
    const char *chunk;
} Source;

/* The compiled script is the registry's item 'main'. */
static int load_protected(lua_State *lua)
{
    const Source *source = lua_touserdata(lua, 1);

    if (luaL_loadbufferx(lua, source->text, source->len, source->chunk,
                         "t") != LUA_OK) {
        return lua_error(lua);
    }
    lua_setfield(lua, LUA_REGISTRYINDEX, "main");
    return 0;
}

bool script_state_load(ScriptState *state, const char *text, size_t len,
                       const char *name, char **message)
{
    g_autofree char *chunk = g_strdup_printf("@%s", name);
    Source source = { .text = text, .len = len, .chunk = chunk };
    lua_State *lua = state->lua;
    int status;

    state->entry_steps = SCRIPT_STEPS_ENTRY;
    script_limits_begin(state);
    lua_settop(lua, 0);
    lua_pushcfunction(lua, load_protected);
    lua_pushlightuserdata(lua, &source);
    status = protected_call(lua, 0);
    if (status != LUA_OK) {
        *message = error_message(state, status);
        lua_settop(lua, 0);
    }
    return status == LUA_OK;
}

static int run_main(lua_State *lua)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, "main");
    lua_pushnil(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, "main");
    lua_call(lua, 0, 0);
    return 0;
}

bool script_state_start(ScriptState *state, char **message)
{
    lua_State *lua = state->lua;
    int status;

    state->entry_steps = SCRIPT_STEPS_ENTRY;
    script_limits_begin(state);
    lua_settop(lua, 0);
    lua_pushcfunction(lua, handle_error);
    lua_pushcfunction(lua, run_main);
    status = protected_call(lua, 1);
    if (status == LUA_OK && !state->killed) {
        return true;
    }
    *message = error_message(state, status);
    lua_settop(lua, 0);
    return false;
}
