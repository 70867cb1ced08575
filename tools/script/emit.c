/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what scripts emit
 *
 * A text is made printable and has a limit.  A table becomes a JSON object with
 * its members in the order of their names, so that the output is the same in
 * each run.
 */
#include "tools/script/internal.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "tools/analysis/json-line.h"

/* Tables in tables */
#define DEPTH_MAX 8

/* What a line costs besides its characters */
#define LINE_STEPS 200

/* --- texts --------------------------------------------------------------- */

/* Replace the line's text by a printable one. */
static void set_text(GString *text, const char *p, size_t len)
{
    static const char cut[] = "...";
    size_t max = SCRIPT_LINE_MAX - strlen(cut);
    size_t n;

    /* a character that is not UTF-8 becomes one of a byte */
    g_string_set_size(text, MIN(len, SCRIPT_LINE_MAX));
    n = mmt_printable(p, MIN(len, SCRIPT_LINE_MAX), text->str,
                      len > SCRIPT_LINE_MAX ? max : SCRIPT_LINE_MAX);
    g_string_truncate(text, n);
    if (len > SCRIPT_LINE_MAX) {
        g_string_append(text, cut);
    }
}

static void send(Script *script, const char *json)
{
    const ScriptLine line = {
        .script = script->name,
        .text = script->text->str,
        .json = json,
        .entry = script->all->entry,
    };
    locale_t before = uselocale(LC_GLOBAL_LOCALE);

    script->all->emit(&line, script->all->opaque);
    uselocale(before);
}

static void emit_text(lua_State *lua, const char *p, size_t len)
{
    Script *script = script_of(lua);

    script_charge(lua, LINE_STEPS + MIN(len, SCRIPT_LINE_MAX));
    set_text(script->text, p, len);
    send(script, NULL);
}

/* --- tables -------------------------------------------------------------- */

/**
 * struct Key: a member's name; the table keeps the text alive
 * @p: the name
 * @len: its length
 */
typedef struct Key {
    const char *p;
    size_t len;
} Key;

static int compare_keys(const void *a, const void *b)
{
    const Key *x = a;
    const Key *y = b;
    int order = memcmp(x->p, y->p, MIN(x->len, y->len));

    return order ? order : x->len < y->len ? -1 : x->len > y->len;
}

/*
 * Push an array of the keys of the table at @index, sorted; Lua frees it.
 * Return: the array
 */
static Key *push_keys(lua_State *lua, int index, size_t *n)
{
    size_t room = 0;
    Key *keys;

    lua_pushnil(lua);
    while (lua_next(lua, index)) {
        lua_pop(lua, 1);
        if (lua_type(lua, -1) != LUA_TSTRING) {
            luaL_error(lua, "a table to emit has names, or is a list");
        }
        room++;
    }
    script_charge(lua, room * 8);
    keys = lua_newuserdatauv(lua, (room + 1) * sizeof(Key), 0);
    *n = 0;
    lua_pushnil(lua);
    while (lua_next(lua, index)) {
        lua_pop(lua, 1);
        keys[*n].p = lua_tolstring(lua, -1, &keys[*n].len);
        (*n)++;
    }
    qsort(keys, *n, sizeof(Key), compare_keys);
    return keys;
}

static void check_size(lua_State *lua, GString *json)
{
    if (json->len > SCRIPT_JSON_MAX) {
        luaL_error(lua, "a table to emit has at most 64 KiB as JSON");
    }
}

static void put_value(lua_State *lua, GString *json, int depth);

static void put_list(lua_State *lua, GString *json, int depth)
{
    int index = lua_gettop(lua);
    lua_Integer n = lua_rawlen(lua, index);
    lua_Integer i;

    g_string_append_c(json, '[');
    for (i = 1; i <= n; i++) {
        if (i > 1) {
            g_string_append(json, ", ");
        }
        lua_rawgeti(lua, index, i);
        put_value(lua, json, depth + 1);
        lua_pop(lua, 1);
    }
    g_string_append_c(json, ']');
}

static void put_object(lua_State *lua, GString *json, int depth)
{
    int index = lua_gettop(lua);
    size_t n;
    const Key *keys = push_keys(lua, index, &n);
    size_t i;

    g_string_append_c(json, '{');
    for (i = 0; i < n; i++) {
        if (i) {
            g_string_append(json, ", ");
        }
        json_line_quote(json, keys[i].p, keys[i].len);
        g_string_append(json, ": ");
        lua_pushlstring(lua, keys[i].p, keys[i].len);
        lua_rawget(lua, index);
        put_value(lua, json, depth + 1);
        lua_pop(lua, 1);
    }
    g_string_append_c(json, '}');
    lua_settop(lua, index);
}

static void put_number(lua_State *lua, GString *json)
{
    char room[G_ASCII_DTOSTR_BUF_SIZE];

    if (lua_isinteger(lua, -1)) {
        g_string_append_printf(json, "%" PRId64,
                               (int64_t)lua_tointeger(lua, -1));
    } else if (isfinite(lua_tonumber(lua, -1))) {
        g_string_append(json, g_ascii_dtostr(room, sizeof(room),
                                             lua_tonumber(lua, -1)));
    } else {
        g_string_append(json, "null");
    }
}

/* Append the value on top of the stack. */
static void put_value(lua_State *lua, GString *json, int depth)
{
    const char *text;
    size_t len;

    script_charge(lua, 4);
    luaL_checkstack(lua, 8, NULL);
    if (depth > DEPTH_MAX) {
        luaL_error(lua, "a table to emit has at most %d tables in each other",
                   DEPTH_MAX);
    }
    check_size(lua, json);
    switch (lua_type(lua, -1)) {
    case LUA_TBOOLEAN:
        g_string_append(json, lua_toboolean(lua, -1) ? "true" : "false");
        break;
    case LUA_TNUMBER:
        put_number(lua, json);
        break;
    case LUA_TSTRING:
        text = lua_tolstring(lua, -1, &len);
        if (len > SCRIPT_JSON_MAX) {
            luaL_error(lua, "a table to emit has at most 64 KiB as JSON");
        }
        script_charge(lua, len / 4);
        json_line_quote(json, text, len);
        break;
    case LUA_TTABLE:
        if (lua_rawlen(lua, -1)) {
            put_list(lua, json, depth);
        } else {
            put_object(lua, json, depth);
        }
        break;
    case LUA_TNIL:
        g_string_append(json, "null");
        break;
    default:
        luaL_error(lua, "a %s can't be emitted", luaL_typename(lua, -1));
    }
}

/* "key=value ...", for people */
static void put_words(lua_State *lua, GString *text)
{
    size_t n;
    const Key *keys = push_keys(lua, 1, &n);
    size_t i;

    for (i = 0; i < n; i++) {
        g_string_append_printf(text, "%s%.*s=", i ? " " : "",
                               (int)MIN(keys[i].len, 100), keys[i].p);
        lua_pushlstring(lua, keys[i].p, keys[i].len);
        if (lua_rawget(lua, 1) == LUA_TSTRING) {
            size_t len;
            const char *p = lua_tolstring(lua, -1, &len);

            g_string_append_len(text, p, MIN(len, SCRIPT_LINE_MAX));
        } else {
            put_value(lua, text, 1);
        }
        lua_pop(lua, 1);
    }
}

static void emit_table(lua_State *lua)
{
    Script *script = script_of(lua);

    if (lua_rawlen(lua, 1)) {
        luaL_error(lua, "a table to emit has names");
    }
    script_charge(lua, LINE_STEPS);
    g_string_truncate(script->json, 0);
    lua_settop(lua, 1);
    put_value(lua, script->json, 0);
    check_size(lua, script->json);
    g_string_truncate(script->text, 0);
    lua_pushliteral(lua, "text");
    if (lua_rawget(lua, 1) == LUA_TSTRING) {
        size_t len;
        const char *p = lua_tolstring(lua, -1, &len);

        set_text(script->text, p, len);
    } else {
        lua_settop(lua, 1);
        put_words(lua, script->text);
        lua_pushlstring(lua, script->text->str, script->text->len);
        set_text(script->text, lua_tostring(lua, -1), script->text->len);
    }
    send(script, script->json->str);
}

/* --- functions for Lua --------------------------------------------------- */

int script_lua_emit(lua_State *lua)
{
    size_t len;
    const char *p;

    if (lua_istable(lua, 1)) {
        emit_table(lua);
        return 0;
    }
    p = luaL_checklstring(lua, 1, &len);
    emit_text(lua, p, len);
    return 0;
}

/* As Lua's print(), to emit() */
int script_lua_print(lua_State *lua)
{
    int n = lua_gettop(lua);
    luaL_Buffer buffer;
    const char *p;
    size_t len;
    int i;

    luaL_buffinit(lua, &buffer);
    for (i = 1; i <= n; i++) {
        if (i > 1) {
            luaL_addchar(&buffer, ' ');
        }
        luaL_tolstring(lua, i, NULL);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    p = lua_tolstring(lua, -1, &len);
    emit_text(lua, p, len);
    return 0;
}

void scripts_put_text(const ScriptLine *line, GString *text)
{
    g_string_append_printf(text, "    %s: %s\n", line->script, line->text);
}

void scripts_put_json(const ScriptLine *line, GString *json)
{
    json_line_begin(json, "script");
    json_line_text(json, "script", line->script);
    if (line->entry) {
        json_line_number(json, "line", line->entry->line);
    }
    if (line->json) {
        g_string_append_printf(json, ", \"data\": %s", line->json);
    } else {
        json_line_text(json, "text", line->text);
    }
}
