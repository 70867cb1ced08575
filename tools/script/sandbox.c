/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a script has of Lua's library (see sandbox.h)
 *
 * Functions in C run without the hook that counts instructions.  So those whose
 * work has no bound are removed, or replaced by ones that take steps first:
 *
 * - Functions of tables go by a table's length, which a metamethod may
 *   pretend: a table with metamethods is refused.
 * - A finalizer (__gc) runs with hooks switched off: setmetatable() refuses it.
 * - pcall() passes on that the call is killed.
 * - Patterns: strings.c.
 */
#include "tools/script/sandbox.h"
#include "tools/script/limits.h"

#include <string.h>

static int base_pcall(lua_State *lua)
{
    int status;

    luaL_checkany(lua, 1);
    script_charge(lua, 10);
    status = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0);
    if (script_state(lua)->killed) {
        script_kill(lua, script_state(lua)->killed);
    }
    luaL_checkstack(lua, 1, NULL);
    lua_pushboolean(lua, status == LUA_OK);
    lua_insert(lua, 1);
    return lua_gettop(lua);
}

static int base_setmetatable(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_argexpected(lua, lua_isnoneornil(lua, 2) || lua_istable(lua, 2), 2,
                     "nil or table");
    lua_settop(lua, 2);
    if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(lua, "cannot change a protected metatable");
    }
    if (lua_istable(lua, 2)) {
        lua_pushliteral(lua, "__gc");
        if (lua_rawget(lua, 2) != LUA_TNIL) {
            return luaL_error(lua, "scripts have no finalizers (__gc)");
        }
        lua_pop(lua, 1);
    }
    lua_setmetatable(lua, 1);
    return 1;
}

/* --- tables -------------------------------------------------------------- */

/* Lua's function is the upvalue. */
static int call_original(lua_State *lua)
{
    int n = lua_gettop(lua);

    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, n, LUA_MULTRET);
    return lua_gettop(lua);
}

/* Takes steps for each item of the table @index. */
static void charge_table(lua_State *lua, int index, unsigned steps)
{
    static const char *const refused[] = { "__len", "__index", "__newindex" };
    size_t i;

    luaL_checktype(lua, index, LUA_TTABLE);
    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (luaL_getmetafield(lua, index, refused[i]) != LUA_TNIL) {
            luaL_error(lua, "the table has a metamethod %s", refused[i]);
        }
    }
    script_charge(lua, (lua_rawlen(lua, index) + 1) * steps);
}

static int table_any(lua_State *lua)
{
    charge_table(lua, 1, 1);
    return call_original(lua);
}

static bool is_plain_table(lua_State *lua, int index)
{
    if (!lua_istable(lua, index)) {
        return false;
    }
    if (lua_getmetatable(lua, index)) {
        lua_pop(lua, 1);
        return false;
    }
    return true;
}

/* The last item is free of charge: nothing is moved. */
static int table_insert(lua_State *lua)
{
    if (lua_gettop(lua) == 2 && is_plain_table(lua, 1)) {
        lua_rawseti(lua, 1, lua_rawlen(lua, 1) + 1);
        return 0;
    }
    return table_any(lua);
}

static int table_remove(lua_State *lua)
{
    if (lua_gettop(lua) == 1 && is_plain_table(lua, 1)) {
        return call_original(lua);
    }
    return table_any(lua);
}

/* Comparing texts takes time by their lengths.  The upvalue: by what, or nil */
static int sort_compare(lua_State *lua)
{
    size_t len = 0;

    if (lua_type(lua, 1) == LUA_TSTRING && lua_type(lua, 2) == LUA_TSTRING) {
        len = MIN(lua_rawlen(lua, 1), lua_rawlen(lua, 2));
    }
    script_charge(lua, 1 + len / 64);
    lua_settop(lua, 2);
    if (lua_isnil(lua, lua_upvalueindex(1))) {
        lua_pushboolean(lua, lua_compare(lua, 1, 2, LUA_OPLT));
    } else {
        lua_pushvalue(lua, lua_upvalueindex(1));
        lua_insert(lua, 1);
        lua_call(lua, 2, 1);
    }
    return 1;
}

/* A function in Lua is counted by the hook. */
static int table_sort(lua_State *lua)
{
    charge_table(lua, 1, 8);
    luaL_argexpected(lua, lua_isnoneornil(lua, 2) || lua_isfunction(lua, 2), 2,
                     "function");
    lua_settop(lua, 2);
    if (lua_isnil(lua, 2) || lua_iscfunction(lua, 2)) {
        lua_pushcclosure(lua, sort_compare, 1);
    }
    return call_original(lua);
}

static int table_move(lua_State *lua)
{
    lua_Integer from = luaL_checkinteger(lua, 2);
    lua_Integer end = luaL_checkinteger(lua, 3);

    charge_table(lua, 1, 1);
    if (!lua_isnoneornil(lua, 5)) {
        charge_table(lua, 5, 1);
    }
    if (end >= from) {
        script_charge(lua, (uint64_t)end - (uint64_t)from);
    }
    return call_original(lua);
}

static void replace_table(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        { "concat", table_any },
        { "insert", table_insert },
        { "move", table_move },
        { "remove", table_remove },
        { "sort", table_sort },
        { "unpack", table_any },
        { NULL, NULL }
    };
    const luaL_Reg *f;

    for (f = functions; f->name; f++) {
        lua_getfield(lua, -1, f->name);
        lua_pushcclosure(lua, f->func, 1);
        lua_setfield(lua, -2, f->name);
    }
}

/* --- opening ------------------------------------------------------------- */

static void open_base(lua_State *lua)
{
    static const char *const removed[] = {
        "collectgarbage", "dofile", "load", "loadfile", "print", "warn",
        "xpcall",
    };
    size_t i;

    luaL_requiref(lua, LUA_GNAME, luaopen_base, 1);
    for (i = 0; i < G_N_ELEMENTS(removed); i++) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, removed[i]);
    }
    lua_pushcfunction(lua, base_pcall);
    lua_setfield(lua, -2, "pcall");
    lua_pushcfunction(lua, base_setmetatable);
    lua_setfield(lua, -2, "setmetatable");
    lua_pop(lua, 1);
}

static void open_string(lua_State *lua)
{
    luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 1);
    lua_pushnil(lua);
    lua_setfield(lua, -2, "dump");
    script_sandbox_strings(lua);
    lua_pop(lua, 1);
    /* the metatable of all texts, which scripts must not change */
    lua_pushliteral(lua, "");
    if (lua_getmetatable(lua, -1)) {
        lua_pushboolean(lua, 0);
        lua_setfield(lua, -2, "__metatable");
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

/* The same numbers in each run */
static void open_math(lua_State *lua)
{
    luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 1);
    lua_getfield(lua, -1, "randomseed");
    lua_pushinteger(lua, 1);
    lua_call(lua, 1, 0);
    lua_pop(lua, 1);
}

int script_sandbox_open(lua_State *lua)
{
    open_base(lua);
    open_string(lua);
    open_math(lua);
    luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 1);
    replace_table(lua);
    luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    lua_settop(lua, 0);
    return 0;
}
