/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: functions of the table 'string' whose work is limited
 *
 * They do what Lua's manual says.  Patterns are matched by pattern.c.
 */
#include "tools/script/pattern.h"
#include "tools/script/sandbox.h"
#include "tools/script/limits.h"

#include <string.h>

/* Each call takes so many steps. */
#define CALL_STEPS 8

/**
 * struct Search: a search for a pattern
 * @match: the match
 * @anchored: the pattern began with '^'
 */
typedef struct Search {
    ScriptMatch match;
    bool anchored;
} Search;

static void search_begin(lua_State *lua, Search *search, const char *s,
                         size_t len, const char *p, size_t p_len)
{
    search->anchored = p_len && *p == '^';
    search->match.subject = s;
    search->match.subject_end = s + len;
    search->match.pattern = p + search->anchored;
    search->match.pattern_end = p + p_len;
    script_charge(lua, CALL_STEPS);
}

/* One try.  Return: the end of the match, or NULL */
static const char *try_at(lua_State *lua, Search *search, const char *at)
{
    ScriptState *state = script_state(lua);
    const char *end;

    script_charge(lua, 1);
    search->match.steps = state->steps;
    end = script_match(&search->match, at);
    state->steps = search->match.steps;
    if (search->match.error) {
        luaL_error(lua, "%s", search->match.error);
    }
    if (!search->match.steps) {
        script_charge(lua, 1);
    }
    return end;
}

/* Return: where the next match begins, or NULL; its end is in @end */
static const char *search_from(lua_State *lua, Search *search, const char *at,
                               const char **end)
{
    for (; at <= search->match.subject_end; at++) {
        *end = try_at(lua, search, at);
        if (*end) {
            return at;
        }
        if (search->anchored) {
            break;
        }
    }
    return NULL;
}

/* Push capture @i, or the whole match if the pattern has none. */
static void push_capture(lua_State *lua, const Search *search, unsigned i,
                         const char *start, const char *end)
{
    const ScriptCapture *capture = &search->match.captures[i];

    if (i >= search->match.n) {
        if (i) {
            luaL_error(lua, "invalid capture index %%%d", (int)i + 1);
        }
        lua_pushlstring(lua, start, end - start);
    } else if (capture->len == SCRIPT_CAPTURE_POSITION) {
        lua_pushinteger(lua, capture->start - search->match.subject + 1);
    } else {
        lua_pushlstring(lua, capture->start, capture->len);
    }
}

/* Return: number of values; @whole: without captures, push the match */
static int push_captures(lua_State *lua, const Search *search,
                         const char *start, const char *end, bool whole)
{
    unsigned n = search->match.n ? search->match.n : whole;
    unsigned i;

    luaL_checkstack(lua, n, "too many captures");
    for (i = 0; i < n; i++) {
        push_capture(lua, search, i, start, end);
    }
    return n;
}

/* Where a search begins.  Return: false if that is behind the text */
static bool parse_init(lua_State *lua, int index, size_t len, size_t *init)
{
    lua_Integer i = luaL_optinteger(lua, index, 1);

    if (i < 0) {
        i = -(lua_Unsigned)i > len ? 1 : (lua_Integer)len + i + 1;
    } else if (!i) {
        i = 1;
    }
    *init = i - 1;
    return (lua_Unsigned)i - 1 <= len;
}

static int find_plain(lua_State *lua, const char *s, size_t len, size_t init,
                      const char *p, size_t p_len)
{
    const char *found;

    script_charge(lua, CALL_STEPS + (len - init) / 16);
    found = memmem(s + init, len - init, p, p_len);
    if (!found) {
        lua_pushnil(lua);
        return 1;
    }
    lua_pushinteger(lua, found - s + 1);
    lua_pushinteger(lua, found - s + p_len);
    return 2;
}

static bool has_specials(const char *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (p[i] && strchr("^$*+?.([%-", p[i])) {
            return true;
        }
    }
    return false;
}

static int string_search(lua_State *lua, bool find)
{
    size_t len;
    size_t p_len;
    const char *s = luaL_checklstring(lua, 1, &len);
    const char *p = luaL_checklstring(lua, 2, &p_len);
    const char *start;
    const char *end;
    size_t init;
    Search search;

    if (!parse_init(lua, 3, len, &init)) {
        lua_pushnil(lua);
        return 1;
    }
    if (find && (lua_toboolean(lua, 4) || !has_specials(p, p_len))) {
        return find_plain(lua, s, len, init, p, p_len);
    }
    search_begin(lua, &search, s, len, p, p_len);
    start = search_from(lua, &search, s + init, &end);
    if (!start) {
        lua_pushnil(lua);
        return 1;
    }
    if (!find) {
        return push_captures(lua, &search, start, end, true);
    }
    lua_pushinteger(lua, start - s + 1);
    lua_pushinteger(lua, end - s);
    return 2 + push_captures(lua, &search, start, end, false);
}

static int string_find(lua_State *lua)
{
    return string_search(lua, true);
}

static int string_match(lua_State *lua)
{
    return string_search(lua, false);
}

/* Upvalues: text, pattern, where to go on, end of the last match or -1 */
static int gmatch_next(lua_State *lua)
{
    size_t len;
    size_t p_len;
    const char *s = lua_tolstring(lua, lua_upvalueindex(1), &len);
    const char *p = lua_tolstring(lua, lua_upvalueindex(2), &p_len);
    const char *at = s + lua_tointeger(lua, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(lua, lua_upvalueindex(4));
    const char *start;
    const char *end;
    Search search;

    search_begin(lua, &search, s, len, p, p_len);
    /* here, '^' is a character like others */
    search.match.pattern = p;
    search.anchored = false;
    while ((start = search_from(lua, &search, at, &end))) {
        if (end - s == last) {
            at = start + 1;
            continue;
        }
        lua_pushinteger(lua, end - s);
        lua_copy(lua, -1, lua_upvalueindex(3));
        lua_replace(lua, lua_upvalueindex(4));
        return push_captures(lua, &search, start, end, true);
    }
    lua_pushinteger(lua, len + 1);
    lua_replace(lua, lua_upvalueindex(3));
    return 0;
}

static int string_gmatch(lua_State *lua)
{
    size_t len;
    size_t init;

    luaL_checklstring(lua, 1, &len);
    luaL_checkstring(lua, 2);
    if (!parse_init(lua, 3, len, &init)) {
        init = len + 1;
    }
    lua_settop(lua, 2);
    lua_pushinteger(lua, init);
    lua_pushinteger(lua, -1);
    lua_pushcclosure(lua, gmatch_next, 4);
    return 1;
}

/* A replacement that is a text: %0, %1, ... and %% */
static void add_text(lua_State *lua, luaL_Buffer *buffer, const Search *search,
                     const char *start, const char *end)
{
    size_t len;
    const char *text = lua_tolstring(lua, 3, &len);
    size_t i;

    for (i = 0; i < len; i++) {
        if (text[i] != '%') {
            luaL_addchar(buffer, text[i]);
            continue;
        }
        i++;
        if (i < len && text[i] == '%') {
            luaL_addchar(buffer, '%');
        } else if (i < len && text[i] == '0') {
            luaL_addlstring(buffer, start, end - start);
        } else if (i < len && text[i] >= '1' && text[i] <= '9') {
            push_capture(lua, search, text[i] - '1', start, end);
            luaL_tolstring(lua, -1, NULL);
            lua_remove(lua, -2);
            luaL_addvalue(buffer);
        } else {
            luaL_error(lua, "invalid use of '%%' in replacement string");
        }
    }
    script_charge(lua, len / 16);
}

/* Return: was something replaced? */
static bool add_replacement(lua_State *lua, luaL_Buffer *buffer,
                            const Search *search, const char *start,
                            const char *end)
{
    int n;

    switch (lua_type(lua, 3)) {
    case LUA_TTABLE:
        push_capture(lua, search, 0, start, end);
        lua_gettable(lua, 3);
        break;
    case LUA_TFUNCTION:
        lua_pushvalue(lua, 3);
        n = push_captures(lua, search, start, end, true);
        lua_call(lua, n, 1);
        break;
    default:
        add_text(lua, buffer, search, start, end);
        return true;
    }
    if (!lua_toboolean(lua, -1)) {
        lua_pop(lua, 1);
        luaL_addlstring(buffer, start, end - start);
        return false;
    }
    if (!lua_isstring(lua, -1)) {
        luaL_error(lua, "invalid replacement value (a %s)",
                   luaL_typename(lua, -1));
    }
    luaL_addvalue(buffer);
    return true;
}

static int string_gsub(lua_State *lua)
{
    size_t len;
    size_t p_len;
    const char *s = luaL_checklstring(lua, 1, &len);
    const char *p = luaL_checklstring(lua, 2, &p_len);
    int type = lua_type(lua, 3);
    lua_Integer max = luaL_optinteger(lua, 4, (lua_Integer)len + 1);
    const char *at = s;
    const char *last = NULL;
    lua_Integer n = 0;
    luaL_Buffer buffer;
    Search search;

    luaL_argexpected(lua, type == LUA_TNUMBER || type == LUA_TSTRING ||
                     type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    lua_settop(lua, 3);
    search_begin(lua, &search, s, len, p, p_len);
    luaL_buffinit(lua, &buffer);
    while (n < max) {
        const char *end = try_at(lua, &search, at);

        if (end && end != last) {
            n++;
            add_replacement(lua, &buffer, &search, at, end);
            at = last = end;
        } else if (at < search.match.subject_end) {
            luaL_addchar(&buffer, *at++);
        } else {
            break;
        }
        if (search.anchored) {
            break;
        }
    }
    luaL_addlstring(&buffer, at, search.match.subject_end - at);
    luaL_pushresult(&buffer);
    lua_pushinteger(lua, n);
    return 2;
}

static int string_rep(lua_State *lua)
{
    size_t len;
    size_t between_len;
    const char *s = luaL_checklstring(lua, 1, &len);
    lua_Integer n = luaL_checkinteger(lua, 2);
    const char *between = luaL_optlstring(lua, 3, "", &between_len);
    size_t total = 0;
    luaL_Buffer buffer;
    char *p;

    if (n > 0 && len + between_len > SCRIPT_TEXT_MAX / (lua_Unsigned)n) {
        return luaL_error(lua, "a text has at most 1 MiB");
    }
    if (n > 0 && len + between_len) {
        total = (len + between_len) * n - between_len;
    }
    script_charge(lua, CALL_STEPS + total / 16);
    p = luaL_buffinitsize(lua, &buffer, MAX(total, 1));
    for (; total && n > 0; n--) {
        p = mempcpy(p, s, len);
        if (n > 1) {
            p = mempcpy(p, between, between_len);
        }
    }
    luaL_pushresultsize(&buffer, total);
    return 1;
}

void script_sandbox_strings(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        { "find", string_find },
        { "gmatch", string_gmatch },
        { "gsub", string_gsub },
        { "match", string_match },
        { "rep", string_rep },
        { NULL, NULL }
    };

    luaL_setfuncs(lua, functions, 0);
}
