/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a script has of Lua's library
 */
#ifndef VFIO_TRACE_SCRIPT_SANDBOX_H
#define VFIO_TRACE_SCRIPT_SANDBOX_H

#include <lua.h>

/**
 * script_sandbox_open() - open the libraries; a function for Lua
 * @lua: Lua's state
 */
int script_sandbox_open(lua_State *lua);

/**
 * script_sandbox_strings() - replace functions of the table 'string'
 * @lua: Lua's state, with the table on top
 */
void script_sandbox_strings(lua_State *lua);

#endif /* VFIO_TRACE_SCRIPT_SANDBOX_H */
