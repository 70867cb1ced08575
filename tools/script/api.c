/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: functions that a script has (vfio-trace-lua(7))
 *
 * Lua raises errors by longjmp(): nothing that GLib has allocated may be held
 * where one can be raised.
 */
#include "tools/script/internal.h"

#include <string.h>

/* --- registration -------------------------------------------------------- */

int script_add_function(lua_State *lua, int index)
{
    Script *script = script_of(lua);

    luaL_checktype(lua, index, LUA_TFUNCTION);
    if (script->handlers == SCRIPT_HANDLERS_MAX) {
        return luaL_error(lua, "a script can have %d functions",
                          SCRIPT_HANDLERS_MAX);
    }
    script->handlers++;
    lua_pushvalue(lua, index);
    return luaL_ref(lua, LUA_REGISTRYINDEX);
}

/* A member of the filter, which stays on the stack */
static const char *filter_text(lua_State *lua, const char *name)
{
    int type = lua_getfield(lua, 1, name);

    if (type != LUA_TNIL && type != LUA_TSTRING) {
        luaL_error(lua, "'%s' must be a text", name);
    }
    return lua_tostring(lua, -1);
}

static unsigned parse_ops(lua_State *lua, const char *op)
{
    static const struct {
        const char *op;
        unsigned ops;
    } table[] = {
        { "r", 1u << MMT_ENTRY_READ },
        { "w", 1u << MMT_ENTRY_WRITE },
        { "rw", 1u << MMT_ENTRY_READ | 1u << MMT_ENTRY_WRITE },
    };
    size_t i;

    for (i = 0; op && i < G_N_ELEMENTS(table); i++) {
        if (!strcmp(op, table[i].op)) {
            return table[i].ops;
        }
    }
    if (op) {
        luaL_error(lua, "'op' must be \"r\", \"w\" or \"rw\"");
    }
    return 0;
}

/* Filter and function in a table; the function's index is returned. */
static int parse_table(lua_State *lua, ScriptFilter *filter)
{
    static const char *const names[] = { "device", "is", "op", "range", "reg",
                                         "width" };
    size_t i;

    lua_settop(lua, 1);
    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        bool known = lua_type(lua, -2) == LUA_TNUMBER;

        for (i = 0; i < G_N_ELEMENTS(names) && !known; i++) {
            known = lua_type(lua, -2) == LUA_TSTRING &&
                    !strcmp(lua_tostring(lua, -2), names[i]);
        }
        if (!known) {
            luaL_error(lua,
                       "a filter has 'device', 'range', 'reg', 'is', 'op', 'width' and the function only");
        }
        lua_pop(lua, 1);
    }
    filter->device = filter_text(lua, "device");
    filter->range = filter_text(lua, "range");
    filter->reg = filter_text(lua, "reg");
    filter->is = filter_text(lua, "is");
    filter->ops = parse_ops(lua, filter_text(lua, "op"));
    lua_getfield(lua, 1, "width");
    filter->width = luaL_optinteger(lua, -1, 0);
    lua_rawgeti(lua, 1, 1);
    return lua_gettop(lua);
}

/* {filter..., f}, or (f), or (device, range, f) */
static int parse_arguments(lua_State *lua, ScriptFilter *filter)
{
    if (lua_istable(lua, 1)) {
        return parse_table(lua, filter);
    }
    if (lua_isfunction(lua, 1)) {
        return 1;
    }
    lua_settop(lua, 3);
    filter->device = luaL_optstring(lua, 1, NULL);
    filter->range = luaL_optstring(lua, 2, NULL);
    return 3;
}

static int add_filtered(lua_State *lua, ScriptWanted *wanted)
{
    ScriptFilter filter = { 0 };
    int index = parse_arguments(lua, &filter);
    int function = script_add_function(lua, index);
    char message[200];

    if (!script_wanted_add(wanted, &filter, function, message,
                           sizeof(message))) {
        return luaL_error(lua, "%s", message);
    }
    script_charge(lua, 1000);
    return 0;
}

static int lua_on_access(lua_State *lua)
{
    return add_filtered(lua, script_of(lua)->wanted);
}

static int lua_on_snapshot(lua_State *lua)
{
    return add_filtered(lua, script_of(lua)->shots);
}

static int add_plain(lua_State *lua, GArray *functions)
{
    int function = script_add_function(lua, 1);

    g_array_append_val(functions, function);
    return 0;
}

static int lua_on_mark(lua_State *lua)
{
    return add_plain(lua, script_of(lua)->marks);
}

static int lua_on_end(lua_State *lua)
{
    return add_plain(lua, script_of(lua)->ends);
}

/* bits(value, low, high) */
static int lua_bits(lua_State *lua)
{
    lua_Unsigned value = luaL_checkinteger(lua, 1);
    lua_Integer low = luaL_checkinteger(lua, 2);
    lua_Integer high = luaL_optinteger(lua, 3, low);

    luaL_argcheck(lua, low >= 0 && low <= 63, 2, "0 to 63 expected");
    luaL_argcheck(lua, high >= low && high <= 63, 3,
                  "a bit from the lower one to 63 expected");
    value = value >> low & (UINT64_MAX >> (63 - (high - low)));
    lua_pushinteger(lua, value);
    return 1;
}

/* --- what functions get -------------------------------------------------- */

void script_set_integer(lua_State *lua, const char *name, uint64_t value)
{
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

void script_set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

void script_set_bytes(lua_State *lua, const char *name, const void *bytes,
                      size_t len)
{
    lua_pushlstring(lua, bytes, len);
    lua_setfield(lua, -2, name);
}

void script_set_place(lua_State *lua, const MmtEntry *entry)
{
    script_set_integer(lua, "line", entry->line);
    script_set_integer(lua, "phase", entry->phase);
    if (entry->flags & MMT_ENTRY_TIMED) {
        script_set_integer(lua, "ns", entry->ns);
        lua_pushnumber(lua, entry->ns / 1e9);
        lua_setfield(lua, -2, "time");
    }
}

static void set_region(lua_State *lua, uint32_t number)
{
    Scripts *all = script_of(lua)->all;
    const MmtRegion *region = mmt_trace_region(all->trace, number);

    if (region) {
        script_set_integer(lua, "regionid", number);
        script_set_text(lua, "region", region->name);
        script_set_text(lua, "device", region->device);
    }
}

static void set_register(lua_State *lua, uint32_t region, uint64_t offset)
{
    Scripts *all = script_of(lua)->all;
    const char *name = all->db ? analysis_db_name(all->db, region, offset)
                               : NULL;

    script_set_integer(lua, "offset", offset);
    if (name) {
        script_set_text(lua, "name", name);
    }
}

int script_push_access(lua_State *lua, void *opaque)
{
    static const char *const ops[] = { "r", "w", "?" };
    const MmtEntry *entry = opaque;

    lua_createtable(lua, 0, 16);
    script_set_text(lua, "op", ops[MIN(entry->kind, MMT_ENTRY_UNKNOWN)]);
    script_set_integer(lua, "width", entry->width);
    script_set_integer(lua, "value", entry->value);
    script_set_integer(lua, "address", entry->address);
    script_set_integer(lua, "pc", entry->pc);
    set_region(lua, entry->region);
    set_register(lua, entry->region, entry->offset);
    script_set_place(lua, entry);
    if (entry->cpu != MMT_NO_CPU) {
        script_set_integer(lua, "cpu", entry->cpu);
    }
    luaL_setmetatable(lua, "access");
    return 1;
}

int script_push_mark(lua_State *lua, void *opaque)
{
    const MmtEntry *entry = opaque;
    size_t len;
    const char *text = mmt_trace_text(script_of(lua)->all->trace, entry,
                                      &len);

    lua_createtable(lua, 0, 8);
    script_set_bytes(lua, "text", text, len);
    script_set_text(lua, "origin", entry->flags & MMT_ENTRY_GUEST ? "guest" :
             entry->flags & MMT_ENTRY_TRACER ? "tracer" : "user");
    script_set_place(lua, entry);
    return 1;
}

int script_push_snapshot(lua_State *lua, void *opaque)
{
    const MmtEntry *entry = opaque;
    Scripts *all = script_of(lua)->all;
    const AnalysisMemoryThing *thing = all->thing;
    const MmtRegion *region = mmt_trace_region(all->trace, all->region);

    lua_createtable(lua, 0, 14);
    set_region(lua, all->region);
    if (region && thing->map) {
        set_register(lua, all->region, thing->addr - region->base);
    }
    script_set_text(lua, "device", all->thing_device);
    script_set_text(lua, "state", thing->state);
    script_set_text(lua, "snapshot", thing->name);
    script_set_text(lua, "on", thing->on);
    script_set_integer(lua, "address", thing->at);
    script_set_integer(lua, "length", thing->len);
    script_set_bytes(lua, "data", thing->bytes->data, thing->bytes->len);
    script_set_place(lua, entry);
    return 1;
}

/* --- opening ------------------------------------------------------------- */

static void open_access(lua_State *lua)
{
    static const luaL_Reg methods[] = {
        { "fields", script_lua_fields },
        { "describe", script_lua_describe },
        { NULL, NULL }
    };

    luaL_newmetatable(lua, "access");
    luaL_newlib(lua, methods);
    lua_setfield(lua, -2, "__index");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

/* The table 'args': KEY=VALUE */
static void open_args(lua_State *lua, char **args)
{
    lua_newtable(lua);
    for (; args && *args; args++) {
        const char *value = strchr(*args, '=');

        lua_pushlstring(lua, *args, value - *args);
        lua_pushstring(lua, value + 1);
        lua_settable(lua, -3);
    }
    lua_setglobal(lua, "args");
}

static int open_protected(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        { "on_access", lua_on_access },
        { "on_cut", script_lua_on_cut },
        { "on_end", lua_on_end },
        { "on_entry", script_lua_on_entry },
        { "on_mark", lua_on_mark },
        { "on_snapshot", lua_on_snapshot },
        { "on_watch", script_lua_on_watch },
        { "emit", script_lua_emit },
        { "print", script_lua_print },
        { "bits", lua_bits },
        { NULL, NULL }
    };

    lua_pushglobaltable(lua);
    luaL_setfuncs(lua, functions, 0);
    lua_newtable(lua);
    luaL_setfuncs(lua, script_lua_regdb, 0);
    lua_setglobal(lua, "regdb");
    lua_newtable(lua);
    luaL_setfuncs(lua, script_lua_memory, 0);
    lua_setglobal(lua, "memory");
    open_access(lua);
    open_args(lua, lua_touserdata(lua, 1));
    return 0;
}

bool script_api_open(Script *script, char **args)
{
    lua_State *lua = script->state->lua;

    lua_settop(lua, 0);
    lua_pushcfunction(lua, open_protected);
    lua_pushlightuserdata(lua, args);
    return lua_pcall(lua, 1, 0, 0) == LUA_OK;
}
