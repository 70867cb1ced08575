/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the table 'memory' of a script: guest memory in snapshots
 */
#include "tools/script/internal.h"

/* Bytes that memory.bytes() gives at once */
#define BYTES_MAX 65536

static bool get(lua_State *lua, lua_Integer address, uint8_t *bytes,
                size_t len)
{
    Scripts *all = script_of(lua)->all;

    script_charge(lua, 4 + len / 4);
    return script_memory_get(all->memory, script_device(all), address, bytes,
                             len);
}

static int push_number(lua_State *lua, size_t len)
{
    lua_Integer address = luaL_checkinteger(lua, 1);
    uint8_t bytes[8];
    uint64_t value = 0;

    if (!get(lua, address, bytes, len)) {
        luaL_pushfail(lua);
        return 1;
    }
    while (len) {
        value = value << 8 | bytes[--len];
    }
    lua_pushinteger(lua, value);
    return 1;
}

static int memory_u8(lua_State *lua)
{
    return push_number(lua, 1);
}

static int memory_u16(lua_State *lua)
{
    return push_number(lua, 2);
}

static int memory_u32(lua_State *lua)
{
    return push_number(lua, 4);
}

static int memory_u64(lua_State *lua)
{
    return push_number(lua, 8);
}

static size_t check_length(lua_State *lua)
{
    lua_Integer len = luaL_checkinteger(lua, 2);

    luaL_argcheck(lua, len >= 0 && len <= BYTES_MAX, 2,
                  "0 to 65536 bytes expected");
    return len;
}

static int memory_known(lua_State *lua)
{
    lua_Integer address = luaL_checkinteger(lua, 1);

    lua_pushboolean(lua, get(lua, address, NULL, check_length(lua)));
    return 1;
}

static int memory_bytes(lua_State *lua)
{
    lua_Integer address = luaL_checkinteger(lua, 1);
    size_t len = check_length(lua);
    luaL_Buffer buffer;
    char *bytes = luaL_buffinitsize(lua, &buffer, MAX(len, 1));

    if (!get(lua, address, (uint8_t *)bytes, len)) {
        luaL_pushfail(lua);
        return 1;
    }
    luaL_pushresultsize(&buffer, len);
    return 1;
}

const luaL_Reg script_lua_memory[] = {
    { "bytes", memory_bytes },
    { "known", memory_known },
    { "u8", memory_u8 },
    { "u16", memory_u16 },
    { "u32", memory_u32 },
    { "u64", memory_u64 },
    { NULL, NULL }
};
