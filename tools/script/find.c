/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where scripts are (see find.h)
 */
#include "tools/script/find.h"

#include <string.h>

#include "tools/common/tool.h"

#define SUFFIX ".lua"
#define SUBDIR "vfio-trace/scripts"

static bool is_name_of_key(const char *p, const char *end)
{
    if (p == end || !(g_ascii_isalpha(*p) || *p == '_')) {
        return false;
    }
    for (; p < end; p++) {
        if (!g_ascii_isalnum(*p) && *p != '_' && *p != '-') {
            return false;
        }
    }
    return true;
}

static bool is_file(const char *text, const char *end)
{
    g_autofree char *path = g_strndup(text, end - text);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/*
 * The ':' before the arguments, or the end of the text.  A file's name may have
 * colons, too: that of a file that exists is taken.
 */
static const char *find_arguments(const char *text)
{
    const char *end = text + strlen(text);
    const char *first = NULL;
    const char *p;

    if (is_file(text, end)) {
        return end;
    }
    for (p = strchr(text, ':'); p; p = strchr(p + 1, ':')) {
        const char *equals = strchr(p, '=');

        if (equals && is_name_of_key(p + 1, equals)) {
            if (is_file(text, p)) {
                return p;
            }
            first = first ? first : p;
        }
    }
    return first ? first : end;
}

/* --- places -------------------------------------------------------------- */

static char *try_place(const char *dir, const char *sub, const char *file)
{
    g_autofree char *path = g_build_filename(dir, sub, file, NULL);

    return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&path)
                                                     : NULL;
}

/* In the build tree, and if the installed tree was moved */
static char *find_own(const char *file)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *bin = g_path_get_dirname(self ? self : ".");
    g_autofree char *top = g_path_get_dirname(bin);
    g_autofree char *ninja = g_build_filename(top, "build.ninja", NULL);

    return g_file_test(ninja, G_FILE_TEST_EXISTS)
           ? try_place(top, "lua", file)
           : try_place(top, "share/" SUBDIR, file);
}

/* A script that ships, or one of the user's.  Return: its path, or NULL */
static char *find_shipped(const char *name)
{
    g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
    char *path = try_place(g_get_user_data_dir(), SUBDIR, file);

    if (!path) {
        path = find_own(file);
    }
    if (!path) {
        path = try_place("/usr/local/share", SUBDIR, file);
    }
    return path ? path : try_place("/usr/share", SUBDIR, file);
}

static bool is_bare(const char *name)
{
    return *name && !strchr(name, '/') && !g_str_has_suffix(name, SUFFIX);
}

static void not_found(const char *name, GError **error)
{
    g_autofree char *shown = tool_printable(g_strdup(name));

    if (is_bare(name)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "there is no script '%s': name one that ships (e1000e, hda, nvme, pair, xhci), one in %s/vfio-trace/scripts, or a file: ./%s.lua",
                    shown, g_get_user_data_dir(), shown);
    } else {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "there is no script '%s': no such file", shown);
    }
}

/* Return: a new choice without arguments, or NULL */
static ScriptChoice *find_script(const char *name, GError **error)
{
    char *path = is_bare(name) ? find_shipped(name) : NULL;
    ScriptChoice *choice;

    if (!path && g_file_test(name, G_FILE_TEST_EXISTS)) {
        path = g_strdup(name);
    }
    if (!path) {
        not_found(name, error);
        return NULL;
    }
    choice = g_new0(ScriptChoice, 1);
    choice->path = path;
    choice->name = tool_printable(g_path_get_basename(path));
    if (g_str_has_suffix(choice->name, SUFFIX)) {
        choice->name[strlen(choice->name) - strlen(SUFFIX)] = '\0';
    }
    return choice;
}

/* --- arguments ----------------------------------------------------------- */

static bool check_arguments(char **args, GError **error)
{
    for (; *args; args++) {
        const char *equals = strchr(*args, '=');

        if (!equals || !is_name_of_key(*args, equals)) {
            g_autofree char *shown = tool_printable(g_strdup(*args));

            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "'%s' is no argument of a script: KEY=VALUE expected, after NAME: and with commas between them",
                        shown);
            return false;
        }
    }
    return true;
}

ScriptChoice *script_choice_parse(const char *text, GError **error)
{
    const char *end = find_arguments(text);
    g_autofree char *name = g_strndup(text, end - text);
    g_autoptr(ScriptChoice) choice = find_script(name, error);

    if (!choice) {
        return NULL;
    }
    choice->args = g_strsplit(*end ? end + 1 : "", ",", -1);
    return check_arguments(choice->args, error) ? g_steal_pointer(&choice)
                                                : NULL;
}

/* Return: false if it is not INDEX/DATA */
static bool is_pair(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ":", 2);
    g_auto(GStrv) half = g_strsplit(words[0] && words[1] ? words[1] : "", "/",
                                    2);
    unsigned i;

    if (g_strv_length(half) != 2 || !*words[0]) {
        return false;
    }
    half[1][strcspn(half[1], "=")] = '\0';
    for (i = 0; i < 2; i++) {
        char *end;

        if (!g_ascii_isdigit(*half[i])) {
            return false;
        }
        g_ascii_strtoull(half[i], &end, 0);
        if (*end) {
            return false;
        }
    }
    return true;
}

ScriptChoice *script_choice_pair(const char *text, GError **error)
{
    ScriptChoice *choice;

    if (!is_pair(text)) {
        g_autofree char *shown = tool_printable(g_strdup(text));

        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--pair '%s': REGION:INDEX/DATA[=DOMAIN] expected: 0:0x60/0x64, for example",
                    shown);
        return NULL;
    }
    choice = find_script("pair", error);
    if (choice) {
        choice->args = g_new0(char *, 2);
        choice->args[0] = g_strconcat("pair=", text, NULL);
    }
    return choice;
}

void script_choice_free(ScriptChoice *choice)
{
    if (choice) {
        g_free(choice->path);
        g_free(choice->name);
        g_strfreev(choice->args);
        g_free(choice);
    }
}
