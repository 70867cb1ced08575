/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: functions of a script for entries of rings, watches and cuts
 *
 * Lua raises errors by longjmp(): nothing that GLib has allocated may be held
 * where one can be raised.
 */
#include <string.h>

#include "libmmiotrace/trace.h"
#include "tools/script/internal.h"

/* Bytes of a watch that fit into one text, with what Lua adds */
#define WATCH_BYTES_MAX (SCRIPT_TEXT_MAX - 64)

/**
 * struct ScriptWish: a function
 * @function: its reference
 * @device: which device, with * and ?; "" for all
 * @name: which ring or watch, likewise
 */
typedef struct ScriptWish {
    int function;
    char device[ANALYSIS_MEMORY_WORD];
    char name[ANALYSIS_MEMORY_WORD];
} ScriptWish;

/* The filters' names of what @name is; cuts have only a device */
static const char *const names[SCRIPT_THINGS] = {
    [SCRIPT_ENTRY] = "ring",
    [SCRIPT_WATCH] = "watch",
    [SCRIPT_CUT] = "name",
};

void script_wishes_init(Script *script)
{
    int i;

    for (i = 0; i < SCRIPT_THINGS; i++) {
        script->wishes[i] = g_array_new(FALSE, FALSE, sizeof(ScriptWish));
    }
}

void script_wishes_clear(Script *script)
{
    int i;

    for (i = 0; i < SCRIPT_THINGS; i++) {
        g_array_unref(script->wishes[i]);
    }
}

/* --- registration -------------------------------------------------------- */

/* A text of the filter, into ANALYSIS_MEMORY_WORD bytes */
static void take_text(lua_State *lua, const char *key, char *buf)
{
    int type = lua_getfield(lua, 1, key);
    size_t len = 0;
    const char *text = type == LUA_TSTRING ? lua_tolstring(lua, -1, &len)
                                           : NULL;

    if (type != LUA_TNIL && type != LUA_TSTRING) {
        luaL_error(lua, "'%s' must be a text", key);
    }
    if (len >= ANALYSIS_MEMORY_WORD) {
        luaL_error(lua, "'%s' is too long", key);
    }
    memcpy(buf, text ? text : "", len);
    buf[len] = '\0';
    lua_pop(lua, 1);
}

static void check_members(lua_State *lua, const char *name)
{
    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        bool known = lua_type(lua, -2) == LUA_TNUMBER;

        if (lua_type(lua, -2) == LUA_TSTRING) {
            const char *key = lua_tostring(lua, -2);

            known = !strcmp(key, "device") || !strcmp(key, name);
        }
        if (!known) {
            luaL_error(lua,
                       "this filter has 'device', '%s' and the function only",
                       name);
        }
        lua_pop(lua, 1);
    }
}

/* {device = , ring = , f}, or (f) */
static int add(lua_State *lua, ScriptThing kind)
{
    Script *script = script_of(lua);
    ScriptWish wish = { 0 };
    int index = 1;

    lua_settop(lua, 1);
    if (lua_istable(lua, 1)) {
        check_members(lua, names[kind]);
        take_text(lua, "device", wish.device);
        take_text(lua, names[kind], wish.name);
        lua_rawgeti(lua, 1, 1);
        index = 2;
    }
    wish.function = script_add_function(lua, index);
    g_array_append_val(script->wishes[kind], wish);
    script_charge(lua, 1000);
    return 0;
}

int script_lua_on_entry(lua_State *lua)
{
    return add(lua, SCRIPT_ENTRY);
}

int script_lua_on_watch(lua_State *lua)
{
    return add(lua, SCRIPT_WATCH);
}

int script_lua_on_cut(lua_State *lua)
{
    return add(lua, SCRIPT_CUT);
}

/* --- what functions get -------------------------------------------------- */

/* "SQ[3]": the ring is SQ, n is 3 */
static void set_name(lua_State *lua, const char *key, const char *name)
{
    const char *bracket = strchr(name, '[');
    size_t len = bracket ? (size_t)(bracket - name) : strlen(name);

    script_set_text(lua, "name", name);
    script_set_bytes(lua, key, name, len);
    if (bracket) {
        script_set_integer(lua, "n", g_ascii_strtoull(bracket + 1, NULL, 10));
    }
}

static void push_datum(lua_State *lua, const AnalysisMemoryData *data)
{
    lua_createtable(lua, 0, 5);
    script_set_text(lua, "name", data->name);
    script_set_text(lua, "state", data->state);
    script_set_integer(lua, "address", data->at);
    script_set_integer(lua, "of", data->of);
    script_set_bytes(lua, "bytes", data->bytes->data, data->bytes->len);
}

/* A list, and the same by name; of two with a name, the first one has it. */
static void push_data(lua_State *lua, const GPtrArray *data)
{
    guint i;

    lua_createtable(lua, data->len, data->len);
    for (i = 0; i < data->len; i++) {
        const AnalysisMemoryData *datum = data->pdata[i];

        push_datum(lua, datum);
        lua_pushstring(lua, datum->name);
        if (lua_rawget(lua, -3) == LUA_TNIL) {
            lua_pushstring(lua, datum->name);
            lua_pushvalue(lua, -3);
            lua_rawset(lua, -5);
        }
        lua_pop(lua, 1);
        lua_rawseti(lua, -2, i + 1);
    }
}

static void push_entry(lua_State *lua, const AnalysisMemoryThing *thing)
{
    set_name(lua, "ring", thing->name);
    script_set_integer(lua, "index", thing->index);
    script_set_bytes(lua, "bytes", thing->bytes->data, thing->bytes->len);
    if (thing->ring && *thing->ring->layout) {
        script_set_text(lua, "layout", thing->ring->layout);
    }
    push_data(lua, thing->data);
    lua_setfield(lua, -2, "data");
}

static void push_runs(lua_State *lua, const AnalysisMemoryThing *thing)
{
    guint i;

    lua_createtable(lua, thing->runs->len, 0);
    for (i = 0; i < thing->runs->len && thing->contents; i++) {
        const AnalysisMemoryRun *run = &g_array_index(thing->runs,
                                                      AnalysisMemoryRun, i);

        lua_createtable(lua, 0, 2);
        script_set_integer(lua, "offset", run->offset);
        script_set_bytes(lua, "bytes", thing->contents + run->offset,
                         run->len);
        lua_rawseti(lua, -2, i + 1);
    }
}

/* All of it only if all of it is known, and a text may be so long */
static void push_watch(lua_State *lua, const AnalysisMemoryThing *thing)
{
    set_name(lua, "watch", thing->name);
    script_set_text(lua, "on", thing->on);
    script_set_integer(lua, "length", thing->len);
    script_set_integer(lua, "left", thing->left);
    if (thing->whole && thing->len <= WATCH_BYTES_MAX) {
        script_set_bytes(lua, "bytes", thing->contents, thing->len);
    }
    push_runs(lua, thing);
    lua_setfield(lua, -2, "changed");
}

static void push_cut(lua_State *lua, const AnalysisMemoryThing *thing)
{
    script_set_text(lua, "name", thing->name);
    script_set_text(lua, "why", thing->state);
    if (thing->left) {
        script_set_integer(lua, "left", thing->left);
    }
}

static int push_thing(lua_State *lua, void *entry)
{
    Scripts *all = script_of(lua)->all;
    const AnalysisMemoryThing *thing = all->thing;

    lua_createtable(lua, 0, 16);
    script_set_text(lua, "device", all->thing_device);
    script_set_place(lua, entry);
    if (thing->kind == ANALYSIS_MEMORY_CUT) {
        push_cut(lua, thing);
        return 1;
    }
    script_set_text(lua, "state", thing->state);
    script_set_integer(lua, "address", thing->at);
    if (thing->kind == ANALYSIS_MEMORY_ENTRY) {
        push_entry(lua, thing);
    } else {
        push_watch(lua, thing);
    }
    return 1;
}

/* --- calls --------------------------------------------------------------- */

static bool fits(const Scripts *all, const ScriptWish *wish)
{
    const MmtRegionDevice *device = all->region == MMT_NO_REGION ? NULL :
        mmt_regions_device(mmt_trace_table(all->trace), all->region);

    if (*wish->device && !script_glob_fits(wish->device, all->thing_device) &&
        !(device && script_device_fits(wish->device, device))) {
        return false;
    }
    return !*wish->name || script_glob_fits(wish->name, all->thing->name);
}

void script_call_things(Script *script, ScriptThing kind,
                        const MmtEntry *entry)
{
    const GArray *wishes = script->wishes[kind];
    guint i, n = wishes->len;

    /* a function may add others: they are for the next one */
    for (i = 0; i < n && !script->off; i++) {
        ScriptWish wish = g_array_index(wishes, ScriptWish, i);

        if (fits(script->all, &wish)) {
            script_call(script, wish.function, push_thing, (void *)entry);
        }
    }
}
