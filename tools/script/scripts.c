/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Lua scripts that decode (see script.h)
 */
#include "tools/script/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/trace.h"

#include "tools/script/find.h"

/* Longest name of a script that Lua shows as a whole in "FILE:LINE:" */
#define FILE_MAX 50

/* Options that were given */
static GPtrArray *choices;

/* --- options ------------------------------------------------------------- */

const char scripts_script_text[] = {
    "Decode with a Lua script: one that ships (e1000e, hda, nvme, pair, xhci), or a file (vfio-trace-lua(7))"
};

const char scripts_pair_text[] = {
    "Show registers behind an index and a data register: 0:0x60/0x64"
};

static gboolean add_choice(ScriptChoice *choice)
{
    if (!choice) {
        return FALSE;
    }
    if (!choices) {
        choices = g_ptr_array_new_with_free_func(
            (GDestroyNotify)script_choice_free);
    }
    g_ptr_array_add(choices, choice);
    return TRUE;
}

gboolean scripts_option_script(const char *option, const char *value,
                               gpointer data, GError **error)
{
    (void)option;
    (void)data;
    return add_choice(script_choice_parse(value, error));
}

gboolean scripts_option_pair(const char *option, const char *value,
                             gpointer data, GError **error)
{
    (void)option;
    (void)data;
    return add_choice(script_choice_pair(value, error));
}

bool scripts_given(void)
{
    return choices && choices->len;
}

void scripts_reset(void)
{
    g_clear_pointer(&choices, g_ptr_array_unref);
}

/* --- a script that fails ------------------------------------------------- */

static void say(const Script *script, char *message)
{
    tool_error(script->all->verb, "script '%s': %s", script->name,
               tool_printable(message));
}

/* Switch the script off, with a message that is taken over. */
static void fail(Script *script, char *message)
{
    const GPtrArray *trace = script->state->trace;
    guint i;

    script->off = true;
    script->off_line = script->all->entry ? script->all->entry->line : 0;
    say(script, message);
    g_free(message);
    for (i = 1; i < trace->len; i++) {
        g_autofree char *line = g_strdup_printf("    called from %s",
                                                (char *)trace->pdata[i]);

        say(script, line);
    }
}

bool script_call(Script *script, int function, ScriptPush *push, void *opaque)
{
    char *message;

    if (script_state_call(script->state, function, push, opaque, &message)) {
        return true;
    }
    fail(script, message);
    return false;
}

/* --- entries ------------------------------------------------------------- */

void script_call_wanted(Script *script, ScriptWanted *wanted,
                        const MmtEntry *access, ScriptPush *push,
                        const MmtEntry *entry)
{
    const int *functions;
    unsigned n = script_wanted_find(wanted, access, &functions);
    unsigned i;

    for (i = 0; i < n &&
         script_call(script, functions[i], push, (void *)entry); i++) {
        /* a function may have added others: that leaves these */
    }
}

static void take_access(Script *script, const MmtEntry *entry)
{
    script_call_wanted(script, script->wanted, entry, script_push_access,
                       entry);
}

static void take_mark(Script *script, const MmtEntry *entry)
{
    guint i;

    for (i = 0; i < script->marks->len && !script->off; i++) {
        script_call(script, g_array_index(script->marks, int, i), script_push_mark,
             (void *)entry);
    }
}

void script_each(Scripts *all, const MmtEntry *entry,
                 void (*take)(Script *script, const MmtEntry *entry))
{
    guint i;

    for (i = 0; i < all->script->len; i++) {
        Script *script = all->script->pdata[i];

        if (!script->off) {
            script->state->entry_steps = SCRIPT_STEPS_ENTRY;
            take(script, entry);
        }
    }
}

/* Return: is it a mark of guest memory? */
static bool take_memory(Scripts *all, const MmtEntry *entry)
{
    AnalysisMemoryPlace place = {
        .line = entry->line, .ns = entry->ns, .phase = entry->phase,
        .timed = entry->flags & MMT_ENTRY_TIMED,
    };
    MmtSpan text;

    if (entry->kind != MMT_ENTRY_MARK ||
        !(entry->flags & MMT_ENTRY_TRACER)) {
        return false;
    }
    text.p = mmt_trace_text(all->trace, entry, &text.len);
    return analysis_memory_mark(all->guest, text, &place);
}

static void take_other(Scripts *all, const MmtEntry *entry)
{
    if (entry->kind == MMT_ENTRY_LOST) {
        analysis_memory_lost(all->guest);
    } else if (entry->kind == MMT_ENTRY_MARK && !take_memory(all, entry)) {
        script_each(all, entry, take_mark);
    }
}

static bool is_of_tracer(const MmtEntry *entry)
{
    return entry->kind == MMT_ENTRY_MARK &&
           (entry->flags & MMT_ENTRY_TRACER);
}

void scripts_before(Scripts *scripts, const MmtEntry *entry)
{
    if (scripts && is_of_tracer(entry)) {
        MmtSpan text;

        text.p = mmt_trace_text(scripts->trace, entry, &text.len);
        analysis_memory_before(scripts->guest, text);
    } else if (scripts) {
        analysis_memory_other(scripts->guest);
    }
}

void scripts_idle(Scripts *scripts)
{
    if (scripts) {
        analysis_memory_settle(scripts->guest);
    }
}

void scripts_take(Scripts *scripts, const MmtEntry *entry)
{
    if (!scripts) {
        return;
    }
    scripts_before(scripts, entry);
    scripts->entry = entry;
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        scripts->region = entry->region;
        scripts->last_region = entry->region;
        scripts->device_known = false;
        script_each(scripts, entry, take_access);
    } else {
        take_other(scripts, entry);
        scripts->region = MMT_NO_REGION;
    }
    scripts->entry = NULL;
}

/* --- start and end ------------------------------------------------------- */

static void free_script(gpointer p)
{
    Script *script = p;

    g_free(script->name);
    g_free(script->file);
    script_state_free(script->state);
    script_wanted_free(script->wanted);
    script_wanted_free(script->shots);
    script_wishes_clear(script);
    g_array_unref(script->marks);
    g_array_unref(script->ends);
    g_string_free(script->json, TRUE);
    g_string_free(script->text, TRUE);
    g_free(script);
}

static Script *new_script(Scripts *all, const ScriptChoice *choice)
{
    g_autofree char *base = g_path_get_basename(choice->path);
    Script *script = g_new0(Script, 1);

    script->all = all;
    script->name = g_strdup(choice->name);
    script->file = g_strdup(strlen(choice->path) <= FILE_MAX ? choice->path
                                                             : base);
    script->wanted = script_wanted_new(all->trace, all->db);
    script->shots = script_wanted_new(all->trace, all->db);
    script_wishes_init(script);
    script->marks = g_array_new(FALSE, FALSE, sizeof(int));
    script->ends = g_array_new(FALSE, FALSE, sizeof(int));
    script->json = g_string_new(NULL);
    script->text = g_string_new(NULL);
    script->state = script_state_new(script);
    if (!script->state || !script_api_open(script, choice->args)) {
        g_error("no memory for a Lua state");
    }
    return script;
}

static bool load_text(Script *script, const char *text, size_t len)
{
    char *message;

    if (script_state_load(script->state, text, len, script->file, &message)) {
        return true;
    }
    say(script, message);
    g_free(message);
    return false;
}

/* A file may be endless.  Return: its text, or NULL after an error */
static char *read_file(const Script *script, const char *path, size_t *len)
{
    g_autofree char *text = g_malloc(SCRIPT_FILE_MAX + 1);
    FILE *file = fopen(path, "re");

    if (!file) {
        tool_error(script->all->verb, "script '%s': can not open: %s",
                   script->name, g_strerror(errno));
        return NULL;
    }
    *len = fread(text, 1, SCRIPT_FILE_MAX + 1, file);
    if (ferror(file)) {
        tool_error(script->all->verb, "script '%s': can not read: %s",
                   script->name, g_strerror(errno));
    } else if (*len > SCRIPT_FILE_MAX) {
        tool_error(script->all->verb,
                   "script '%s': the file has more than 1 MiB", script->name);
    } else {
        fclose(file);
        return g_steal_pointer(&text);
    }
    fclose(file);
    return NULL;
}

static bool load_file(Script *script, const char *path)
{
    size_t len;
    g_autofree char *text = read_file(script, path, &len);

    return text && load_text(script, text, len);
}

static void start(Script *script)
{
    char *message;

    if (!script_state_start(script->state, &message)) {
        fail(script, message);
    }
}

static Scripts *new_scripts(const Verb *verb, const MmtTrace *trace,
                            AnalysisDb *db, ScriptEmit *emit, void *opaque)
{
    Scripts *all = g_new0(Scripts, 1);

    all->verb = verb;
    all->trace = trace;
    all->db = db;
    all->emit = emit;
    all->opaque = opaque;
    all->script = g_ptr_array_new_with_free_func(free_script);
    all->memory = script_memory_new();
    all->guest = analysis_memory_new(&script_things, all);
    all->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         NULL);
    all->found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                       g_free);
    all->region = MMT_NO_REGION;
    all->last_region = MMT_NO_REGION;
    return all;
}

bool scripts_open(const Verb *verb, const MmtTrace *trace, AnalysisDb *db,
                  ScriptEmit *emit, void *opaque, Scripts **scripts)
{
    g_autoptr(Scripts) all = NULL;
    guint i;

    *scripts = NULL;
    if (!scripts_given()) {
        return true;
    }
    all = new_scripts(verb, trace, db, emit, opaque);
    for (i = 0; i < choices->len; i++) {
        const ScriptChoice *choice = choices->pdata[i];
        Script *script = new_script(all, choice);

        g_ptr_array_add(all->script, script);
        if (!load_file(script, choice->path)) {
            return false;
        }
    }
    for (i = 0; i < all->script->len; i++) {
        start(all->script->pdata[i]);
    }
    *scripts = g_steal_pointer(&all);
    return true;
}

Scripts *scripts_open_text(const Verb *verb, const MmtTrace *trace,
                           AnalysisDb *db, const char *text, size_t len,
                           ScriptEmit *emit, void *opaque)
{
    Scripts *all = new_scripts(verb, trace, db, emit, opaque);
    const ScriptChoice choice = { .path = (char *)"test.lua",
                                  .name = (char *)"test" };
    Script *script = new_script(all, &choice);

    g_ptr_array_add(all->script, script);
    if (!load_text(script, text, len)) {
        scripts_free(all);
        return NULL;
    }
    start(script);
    return all;
}

static void take_end(Script *script, const MmtEntry *entry)
{
    guint i;

    (void)entry;
    for (i = 0; i < script->ends->len && !script->off; i++) {
        script_call(script, g_array_index(script->ends, int, i), NULL, NULL);
    }
}

ToolStatus scripts_end(Scripts *scripts)
{
    ToolStatus status = TOOL_OK;
    guint i;

    if (!scripts) {
        return TOOL_OK;
    }
    analysis_memory_end(scripts->guest, false);
    scripts->entry = NULL;
    script_each(scripts, NULL, take_end);
    for (i = 0; i < scripts->script->len; i++) {
        const Script *script = scripts->script->pdata[i];

        if (!script->off) {
            continue;
        }
        status = TOOL_FAULT;
        if (script->off_line) {
            tool_error(scripts->verb,
                       "script '%s' was switched off at line %" PRIu64
                       ": what follows was decoded without it",
                       script->name, script->off_line);
        } else {
            tool_error(scripts->verb, "script '%s' has failed",
                       script->name);
        }
    }
    return status;
}

void scripts_free(Scripts *scripts)
{
    if (scripts) {
        g_ptr_array_unref(scripts->script);
        script_memory_free(scripts->memory);
        analysis_memory_free(scripts->guest);
        g_hash_table_unref(scripts->devices);
        g_hash_table_unref(scripts->found);
        g_free(scripts);
    }
}
