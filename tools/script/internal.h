/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: scripts, for the files of this folder
 */
#ifndef VFIO_TRACE_SCRIPT_INTERNAL_H
#define VFIO_TRACE_SCRIPT_INTERNAL_H

#include "tools/analysis/memory.h"
#include "tools/script/memory.h"
#include "tools/script/script.h"
#include "tools/script/state.h"
#include "tools/script/wanted.h"

/* Functions that a script may register */
#define SCRIPT_HANDLERS_MAX 256

/* Bytes of a line that a script emits, and of a table as JSON */
#define SCRIPT_LINE_MAX 4096
#define SCRIPT_JSON_MAX 65536

/* Kinds of things in guest memory for which scripts have functions */
typedef enum ScriptThing {
    SCRIPT_ENTRY,
    SCRIPT_WATCH,
    SCRIPT_CUT,
    SCRIPT_THINGS,
} ScriptThing;

/**
 * struct Script: a script
 * @all: all scripts
 * @name: its name in the output
 * @file: its name in messages
 * @state: its state
 * @off: it has failed
 * @off_line: line of the trace where it did, or 0
 * @wanted: functions for accesses
 * @marks: references of its functions for marks
 * @snapshots: likewise for snapshots; their filters are in @shots
 * @ends: references of its functions for the end
 * @handlers: number of all these
 * @json: a table that is emitted
 * @text: a line that is emitted
 */
typedef struct Script {
    Scripts *all;
    char *name;
    char *file;
    ScriptState *state;
    bool off;
    uint64_t off_line;
    ScriptWanted *wanted;
    GArray *marks;
    ScriptWanted *shots;
    GArray *wishes[SCRIPT_THINGS];
    GArray *ends;
    unsigned handlers;
    GString *json;
    GString *text;
} Script;

/**
 * struct Scripts: all scripts of a verb
 * @verb: the verb
 * @trace: the trace
 * @db: its databases, or NULL
 * @emit: takes what is emitted
 * @opaque: for @emit
 * @script: the scripts
 * @memory: guest memory
 * @guest: puts things in it together
 * @thing: the one that scripts are called for
 * @thing_device: its device, as accesses have it
 * @devices: names of the devices that had such; their numbers
 * @entry: the entry that scripts are called for, or NULL
 * @region: region of the entry or thing, or MMT_NO_REGION
 * @last_region: region of the last access
 * @device: number of the device for @memory, if @device_known
 * @device_known: else, it is that of @last_region
 * @found: registers by name: RegisterPlace, see register.c
 * @found_changes: analysis_db_changes() when they were found
 */
struct Scripts {
    const Verb *verb;
    const MmtTrace *trace;
    AnalysisDb *db;
    ScriptEmit *emit;
    void *opaque;
    GPtrArray *script;
    ScriptMemory *memory;
    AnalysisMemory *guest;
    const AnalysisMemoryThing *thing;
    char thing_device[ANALYSIS_MEMORY_WORD];
    GHashTable *devices;
    const MmtEntry *entry;
    uint32_t region;
    uint32_t last_region;
    unsigned device;
    bool device_known;
    GHashTable *found;
    unsigned found_changes;
};

/* The script of a function that Lua calls */
static inline Script *script_of(lua_State *lua)
{
    return script_state(lua)->owner;
}

/* scripts.c: call a function.  Return: false if the script was switched off */
bool script_call(Script *script, int function, ScriptPush *push,
                 void *opaque);

/* scripts.c: call the functions that want an access */
void script_call_wanted(Script *script, ScriptWanted *wanted,
                        const MmtEntry *access, ScriptPush *push,
                        const MmtEntry *entry);

/* scripts.c: hand an entry to all scripts that are not switched off */
void script_each(Scripts *all, const MmtEntry *entry,
                 void (*take)(Script *script, const MmtEntry *entry));

/* things.c: number of the device that scripts are called for, for @memory */
unsigned script_device(Scripts *scripts);

/* things.c: takes what is in guest memory, for the scripts */
extern const AnalysisMemoryUser script_things;

/* entry.c: functions for entries, watches and cuts */
void script_wishes_init(Script *script);
void script_wishes_clear(Script *script);

/* entry.c: call those that want the thing */
void script_call_things(Script *script, ScriptThing kind,
                        const MmtEntry *entry);

/* entry.c: functions for Lua */
int script_lua_on_entry(lua_State *lua);
int script_lua_on_watch(lua_State *lua);
int script_lua_on_cut(lua_State *lua);

/* api.c: keep the function at an index, one of so many that there can be */
int script_add_function(lua_State *lua, int index);

/* api.c: members of the table on top of the stack */
void script_set_integer(lua_State *lua, const char *name, uint64_t value);
void script_set_text(lua_State *lua, const char *name, const char *text);
void script_set_bytes(lua_State *lua, const char *name, const void *bytes,
                      size_t len);

/* api.c: where an entry is: line, time, phase */
void script_set_place(lua_State *lua, const MmtEntry *entry);

/* api.c: push a table with what an access is: a ScriptPush */
int script_push_access(lua_State *lua, void *entry);

/* api.c: likewise of a mark */
int script_push_mark(lua_State *lua, void *entry);

/* api.c: likewise of the last snapshot */
int script_push_snapshot(lua_State *lua, void *entry);

/* api.c: make the functions that a script has; args: KEY=VALUE, ... or NULL */
bool script_api_open(Script *script, char **args);

/* emit.c: functions for Lua */
int script_lua_emit(lua_State *lua);
int script_lua_print(lua_State *lua);

/* register.c: functions of the table 'regdb' */
extern const luaL_Reg script_lua_regdb[];

/* register.c: fields and text of an access, for a method of it */
int script_lua_fields(lua_State *lua);
int script_lua_describe(lua_State *lua);

/* register.c: append "bar0+0x10", or the name that a database has */
void script_put_register(const Scripts *scripts, uint32_t region,
                         uint64_t offset, GString *text);

/* guest.c: functions of the table 'memory' */
extern const luaL_Reg script_lua_memory[];

#endif /* VFIO_TRACE_SCRIPT_INTERNAL_H */
