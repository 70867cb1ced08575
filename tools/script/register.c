/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the table 'regdb' of a script: registers by place and by name
 */
#include "tools/script/internal.h"

#include <inttypes.h>
#include <string.h>

#include "libregdb/text.h"
#include "tools/analysis/register.h"

/* Looking for a name goes through all of a database. */
#define FIND_STEPS 20000

/* Names that are remembered, and bytes of one */
#define FOUND_MAX 4096
#define NAME_MAX_BYTES 256

/* Domains of a region that are looked at */
#define DOMAINS_MAX 64

/**
 * struct RegisterPlace: where a register is
 * @region: its region, or MMT_NO_REGION if there is no such register
 * @offset: its offset in the region
 */
typedef struct RegisterPlace {
    uint32_t region;
    uint64_t offset;
} RegisterPlace;

void script_put_register(const Scripts *scripts, uint32_t region,
                         uint64_t offset, GString *text)
{
    const char *name = scripts->db
                       ? analysis_db_name(scripts->db, region, offset) : NULL;
    AnalysisNames names = { .trace = scripts->trace };

    if (name) {
        g_string_append(text, name);
    } else {
        analysis_put_register(&names, region, offset, text);
    }
}

/* --- by name ------------------------------------------------------------- */

static bool take_match(const RegDbMatch *match, void *opaque)
{
    *(uint64_t *)opaque = match->offset;
    return false;
}

/* Return: does the region have the register? */
static bool find_in_region(AnalysisDb *db, uint32_t region, const char *name,
                           uint64_t *offset)
{
    uint64_t at = 0;
    unsigned i;

    for (i = 0; i < DOMAINS_MAX; i++) {
        uint64_t base;
        uint64_t end;
        RegDbView *view = analysis_db_view(db, region, at, &base, &end);

        if (view && !regdb_view_each(view, name, take_match, offset)) {
            *offset += base;
            return true;
        }
        if (end <= at) {
            break;
        }
        at = end;
    }
    return false;
}

static RegisterPlace look_for(Scripts *all, const char *name)
{
    RegisterPlace place = { .region = MMT_NO_REGION };
    uint32_t n = mmt_trace_regions(all->trace);
    uint32_t i;

    /* that of the access first: another device may be of the same kind */
    if (all->region < n &&
        find_in_region(all->db, all->region, name, &place.offset)) {
        place.region = all->region;
        return place;
    }
    for (i = 0; i < MIN(n, 256); i++) {
        if (find_in_region(all->db, i, name, &place.offset)) {
            place.region = i;
            break;
        }
    }
    return place;
}

static RegisterPlace find_name(lua_State *lua, int index)
{
    Scripts *all = script_of(lua)->all;
    size_t len;
    const char *name = luaL_checklstring(lua, index, &len);
    RegisterPlace *place;
    unsigned changes;

    if (!all->db || len > NAME_MAX_BYTES || strlen(name) != len) {
        return (RegisterPlace) { .region = MMT_NO_REGION };
    }
    changes = analysis_db_changes(all->db);
    if (changes != all->found_changes ||
        g_hash_table_size(all->found) >= FOUND_MAX) {
        g_hash_table_remove_all(all->found);
        all->found_changes = changes;
    }
    place = g_hash_table_lookup(all->found, name);
    if (!place) {
        script_charge(lua, FIND_STEPS);
        place = g_new(RegisterPlace, 1);
        *place = look_for(all, name);
        g_hash_table_insert(all->found, g_strdup(name), place);
    }
    return *place;
}

static int regdb_find(lua_State *lua)
{
    RegisterPlace place = find_name(lua, 1);
    const MmtRegion *region = mmt_trace_region(script_of(lua)->all->trace,
                                               place.region);

    if (!region) {
        luaL_pushfail(lua);
        return 1;
    }
    lua_pushstring(lua, region->name);
    lua_pushinteger(lua, place.offset);
    return 2;
}

/* --- by place ------------------------------------------------------------ */

/* A region by its name, of the device that the script is called for at best */
static uint32_t find_region(Scripts *all, const char *name)
{
    const MmtRegion *here = mmt_trace_region(all->trace, all->region);
    uint32_t n = MIN(mmt_trace_regions(all->trace), 4096);
    uint32_t found = MMT_NO_REGION;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const MmtRegion *region = mmt_trace_region(all->trace, i);

        if (strcmp(region->name, name)) {
            continue;
        }
        if (here && !strcmp(here->device, region->device)) {
            return i;
        }
        if (found == MMT_NO_REGION) {
            found = i;
        }
    }
    return found;
}

/* An access: its region.  Return: false if the value is something else */
static bool take_access(lua_State *lua, int index, RegisterPlace *place,
                        uint64_t *value)
{
    if (!lua_istable(lua, index)) {
        return false;
    }
    lua_pushliteral(lua, "regionid");
    lua_rawget(lua, index);
    lua_pushliteral(lua, "offset");
    lua_rawget(lua, index);
    lua_pushliteral(lua, "value");
    lua_rawget(lua, index);
    luaL_argcheck(lua, lua_isinteger(lua, -3) && lua_isinteger(lua, -2),
                  index, "an access, or the name of a register, expected");
    place->region = lua_tointeger(lua, -3);
    place->offset = lua_tointeger(lua, -2);
    *value = lua_tointeger(lua, -1);
    lua_pop(lua, 3);
    return true;
}

/* name(region, offset), name(access) */
static int regdb_name(lua_State *lua)
{
    Scripts *all = script_of(lua)->all;
    RegisterPlace place;
    const char *name;
    uint64_t value;

    script_charge(lua, 20);
    if (!take_access(lua, 1, &place, &value)) {
        place.region = find_region(all, luaL_checkstring(lua, 1));
        place.offset = luaL_checkinteger(lua, 2);
    }
    name = all->db && mmt_trace_region(all->trace, place.region)
           ? analysis_db_name(all->db, place.region, place.offset) : NULL;
    if (!name) {
        luaL_pushfail(lua);
        return 1;
    }
    lua_pushstring(lua, name);
    return 1;
}

/* --- values -------------------------------------------------------------- */

/**
 * struct Meaning: a value and the register that it is of
 * @view: the register's view, or NULL if there is none
 * @reg: the register
 * @value: the value
 */
typedef struct Meaning {
    RegDbView *view;
    const RegDbRegister *reg;
    uint64_t value;
} Meaning;

/* Arguments (access), or (name of a register, value) */
static bool get_meaning(lua_State *lua, Meaning *meaning)
{
    Scripts *all = script_of(lua)->all;
    RegisterPlace place;
    uint64_t base;
    uint64_t end;

    script_charge(lua, 20);
    if (!take_access(lua, 1, &place, &meaning->value)) {
        place = find_name(lua, 1);
        meaning->value = luaL_checkinteger(lua, 2);
    } else if (!lua_isnoneornil(lua, 2)) {
        meaning->value = luaL_checkinteger(lua, 2);
    }
    if (!all->db || !mmt_trace_region(all->trace, place.region)) {
        return false;
    }
    meaning->view = analysis_db_view(all->db, place.region, place.offset,
                                     &base, &end);
    if (!meaning->view) {
        return false;
    }
    meaning->reg = regdb_view_find(meaning->view, place.offset - base,
                                   REGDB_READ_WRITE);
    if (!meaning->reg || !meaning->reg->type || !meaning->reg->bits) {
        return false;
    }
    meaning->value &= UINT64_MAX >> (64 - meaning->reg->bits);
    return true;
}

/* The tables of values and names are below. */
static void take_field(const RegDbField *field, uint64_t value,
                       const char *name, void *opaque)
{
    lua_State *lua = opaque;

    if (!field) {
        return;
    }
    lua_pushstring(lua, field->name);
    lua_pushinteger(lua, value);
    lua_rawset(lua, -4);
    if (name) {
        lua_pushstring(lua, field->name);
        lua_pushstring(lua, name);
        lua_rawset(lua, -3);
    }
}

int script_lua_fields(lua_State *lua)
{
    Meaning meaning;

    if (!get_meaning(lua, &meaning)) {
        luaL_pushfail(lua);
        return 1;
    }
    lua_newtable(lua);
    lua_newtable(lua);
    if (!regdb_each_field(meaning.view, meaning.reg->type, meaning.value,
                          UINT64_MAX >> (64 - meaning.reg->bits), take_field,
                          lua)) {
        luaL_pushfail(lua);
        return 1;
    }
    return 2;
}

int script_lua_describe(lua_State *lua)
{
    Script *script = script_of(lua);
    Meaning meaning;

    if (!get_meaning(lua, &meaning)) {
        luaL_pushfail(lua);
        return 1;
    }
    g_string_truncate(script->text, 0);
    regdb_put_value(meaning.view, meaning.reg->type, meaning.value,
                    meaning.reg->bits, &regdb_no_colors, script->text);
    lua_pushlstring(lua, script->text->str, script->text->len);
    return 1;
}

/* behind(domain, index[, value]): of a domain behind an index register */
static int regdb_behind(lua_State *lua)
{
    Scripts *all = script_of(lua)->all;
    const char *domain = luaL_checkstring(lua, 1);
    uint64_t offset = luaL_checkinteger(lua, 2);
    const RegDbRegister *reg;
    RegDbView *view;

    script_charge(lua, 50);
    lua_settop(lua, 3);
    view = all->db
           ? analysis_db_domain_view(all->db, all->region, domain) : NULL;
    reg = view ? regdb_view_find(view, offset, REGDB_READ_WRITE) : NULL;
    if (!reg) {
        luaL_pushfail(lua);
        return 1;
    }
    lua_pushstring(lua, reg->name);
    if (lua_isnil(lua, 3) || !reg->type || !reg->bits) {
        return 1;
    }
    g_string_truncate(script_of(lua)->text, 0);
    regdb_put_value(view, reg->type, luaL_checkinteger(lua, 3), reg->bits,
                    &regdb_no_colors, script_of(lua)->text);
    lua_pushlstring(lua, script_of(lua)->text->str,
                    script_of(lua)->text->len);
    return 2;
}

const luaL_Reg script_lua_regdb[] = {
    { "behind", regdb_behind },
    { "describe", script_lua_describe },
    { "fields", script_lua_fields },
    { "find", regdb_find },
    { "name", regdb_name },
    { NULL, NULL }
};
