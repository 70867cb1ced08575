/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: parser of a ".regdb" file (see manifest.h) */
#include "libregdb/manifest.h"

#include <stdarg.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "libregdb/loader.h"

/* Groups of a file */
#define GROUPS_MAX 1024

/* Bytes of a title or source */
#define LINE_MAX_BYTES 1024

/* What finds the chip in a trace; tools/analysis has the code. */
static const char *const detects[] = { "nvidia" };

/**
 * struct Parse: state of the parser
 * @name: the file
 * @text: its text
 * @file: its keys
 * @group: the current group
 * @messages: what is wrong
 * @made: the current [device...], or NULL
 * @manifest: the result
 */
typedef struct Parse {
    const char *name;
    const char *text;
    GKeyFile *file;
    const char *group;
    RegDbMessages *messages;
    RegDbGroup *made;
    RegDbManifest *manifest;
} Parse;

void regdb_message(RegDbMessages *messages, const char *name, unsigned line,
                   const char *format, ...)
{
    g_autoptr(GString) text = NULL;
    va_list ap;

    if (messages->n++ >= REGDB_MESSAGES_MAX) {
        return;
    }
    text = g_string_new(name);
    if (line) {
        g_string_append_printf(text, ":%u", line);
    }
    g_string_append(text, ": ");
    va_start(ap, format);
    g_string_append_vprintf(text, format, ap);
    va_end(ap);
    mmt_printable(text->str, text->len, text->str, text->len);
    g_ptr_array_add(messages->lines, g_strdup(text->str));
}

/* Does a line, without the spaces before it, say "[GROUP]"? */
static bool is_group(const char *line, const char *group)
{
    size_t len = strlen(group);

    return line[0] == '[' && !strncmp(line + 1, group, len) &&
           line[1 + len] == ']';
}

static bool is_key(const char *line, const char *key)
{
    size_t len = strlen(key);

    if (strncmp(line, key, len)) {
        return false;
    }
    line += len;
    return line[strspn(line, " \t")] == '=';
}

/* The line of a key, or of a group if there is no key; GKeyFile has none. */
static unsigned line_of(const char *text, const char *group, const char *key)
{
    bool inside = false;
    unsigned n = 1;
    const char *p;

    for (p = text; p; p = strchr(p, '\n'), p = p ? p + 1 : NULL, n++) {
        const char *line = p + strspn(p, " \t\r\v\f");

        if (*line == '[') {
            inside = is_group(line, group);
            if (inside && !key) {
                return n;
            }
        } else if (inside && key && is_key(line, key)) {
            return n;
        }
    }
    return 0;
}

static void fault(Parse *parse, const char *key, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void fault(Parse *parse, const char *key, const char *format, ...)
{
    unsigned line = 0;
    va_list ap;
    g_autofree char *what = NULL;

    /* a message that is only counted needs no search */
    if (parse->group && parse->messages->n < REGDB_MESSAGES_MAX) {
        line = line_of(parse->text, parse->group, key);
    }
    va_start(ap, format);
    what = g_strdup_vprintf(format, ap);
    va_end(ap);
    regdb_message(parse->messages, parse->name, line, "%s", what);
}

char *regdb_id_text(const RegDbId *id)
{
    return id->any_vendor ? g_strdup("*:*") :
           id->any_device ? g_strdup_printf("%04x:*", id->vendor) :
           g_strdup_printf("%04x:%04x", id->vendor, id->device);
}

char *regdb_class_text(const RegDbClass *class)
{
    return g_strdup_printf("class %0*x", (int)class->digits,
                           class->code >> (24 - 4 * class->digits));
}

/* Hexadecimal digits and nothing else */
static bool parse_hex(const char *text, size_t digits, uint32_t *number)
{
    guint64 value;

    if (strlen(text) != digits || strspn(text, "0123456789abcdefABCDEF") !=
        digits || !g_ascii_string_to_unsigned(text, 16, 0, UINT32_MAX, &value,
                                              NULL)) {
        return false;
    }
    *number = value;
    return true;
}

static bool parse_id(const char *word, RegDbId *id)
{
    g_auto(GStrv) halves = g_strsplit(word, ":", 3);
    uint32_t vendor = 0;
    uint32_t device = 0;

    *id = (RegDbId) { 0 };
    if (g_strv_length(halves) != 2) {
        return false;
    }
    id->any_vendor = !strcmp(halves[0], "*");
    id->any_device = !strcmp(halves[1], "*");
    if ((id->any_vendor && !id->any_device) ||
        (!id->any_vendor && !parse_hex(halves[0], 4, &vendor)) ||
        (!id->any_device && !parse_hex(halves[1], 4, &device))) {
        return false;
    }
    id->vendor = vendor;
    id->device = device;
    return true;
}

static bool parse_class(const char *word, RegDbClass *class)
{
    size_t digits = strlen(word);
    uint32_t code;

    if ((digits != 2 && digits != 4 && digits != 6) ||
        !parse_hex(word, digits, &code)) {
        return false;
    }
    class->digits = digits;
    class->code = code << (24 - 4 * digits);
    class->mask = 0xffffffu << (24 - 4 * digits) & 0xffffff;
    return true;
}

/* REGION[+OFFSET]:DOMAIN */
static bool parse_region(const char *word, RegDbRegionOf *of)
{
    const char *colon = strrchr(word, ':');
    g_autofree char *place = colon ? g_strndup(word, colon - word) : NULL;

    return place && regdb_region_of_parse(place, colon + 1, of);
}

/* Call @take with each of a list's words. */
static void take_words(Parse *parse, const char *key, const char *value,
                       void (*take)(Parse *parse, const char *key,
                                    const char *word))
{
    g_auto(GStrv) words = g_strsplit_set(value, " \t;,", -1);
    unsigned n = 0;
    unsigned i;

    for (i = 0; words[i]; i++) {
        if (!*words[i]) {
            continue;
        }
        if (++n > REGDB_MANIFEST_ITEMS_MAX) {
            fault(parse, key, "%s has more than %u words", key,
                  REGDB_MANIFEST_ITEMS_MAX);
            return;
        }
        take(parse, key, words[i]);
    }
    if (!n) {
        fault(parse, key, "%s is empty", key);
    }
}

static void take_id(Parse *parse, const char *key, const char *word)
{
    RegDbId id;

    if (parse_id(word, &id)) {
        g_array_append_val(parse->made->ids, id);
    } else {
        fault(parse, key,
              "'%s' is not a device: VENDOR:DEVICE, VENDOR:* or *:* expected, 8086:10d3, for example",
              word);
    }
}

static void take_class(Parse *parse, const char *key, const char *word)
{
    RegDbClass class;

    if (parse_class(word, &class)) {
        g_array_append_val(parse->made->classes, class);
    } else {
        fault(parse, key,
              "'%s' is not a PCI class: 2, 4 or 6 hexadecimal digits expected, 0108, for example",
              word);
    }
}

static void take_region(Parse *parse, const char *key, const char *word)
{
    RegDbRegionOf of;

    if (parse_region(word, &of)) {
        g_array_append_val(parse->made->regions, of);
    } else {
        fault(parse, key,
              "'%s' is not a region: REGION:DOMAIN, REGION+OFFSET:DOMAIN, REGION+@REGISTER:DOMAIN or config+capID:DOMAIN expected",
              word);
    }
}

static void take_variant(Parse *parse, const char *key, const char *word)
{
    const char *equals = strchr(word, '=');
    unsigned n = parse->made->variants ? g_strv_length(parse->made->variants)
                                       : 0;

    if (!equals || equals == word || !equals[1]) {
        fault(parse, key, "'%s' is not a variant: SET=NAME expected", word);
        return;
    }
    if (n >= 64) {
        fault(parse, key, "%s has more than 64 words", key);
        return;
    }
    parse->made->variants = g_renew(char *, parse->made->variants, n + 2);
    parse->made->variants[n] = g_strdup(word);
    parse->made->variants[n + 1] = NULL;
}

static void set_ids(Parse *parse, const char *key, const char *value)
{
    take_words(parse, key, value, take_id);
}

static void set_class(Parse *parse, const char *key, const char *value)
{
    take_words(parse, key, value, take_class);
}

static void set_regions(Parse *parse, const char *key, const char *value)
{
    take_words(parse, key, value, take_region);
}

static void set_variants(Parse *parse, const char *key, const char *value)
{
    take_words(parse, key, value, take_variant);
}

static void set_detect(Parse *parse, const char *key, const char *value)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(detects); i++) {
        if (!strcmp(detects[i], value)) {
            g_free(parse->made->detect);
            parse->made->detect = g_strdup(value);
            return;
        }
    }
    fault(parse, key, "there is no way '%s' to detect a chip: 'nvidia' expected",
          value);
}

/* Each entry has a copy of it.  Return: NULL after a fault */
static char *take_line(Parse *parse, const char *key, const char *value)
{
    if (strlen(value) > LINE_MAX_BYTES) {
        fault(parse, key, "%s has more than %u bytes", key, LINE_MAX_BYTES);
        return NULL;
    }
    return g_strdup(value);
}

static void set_title(Parse *parse, const char *key, const char *value)
{
    parse->manifest->title = take_line(parse, key, value);
}

static void set_source(Parse *parse, const char *key, const char *value)
{
    parse->manifest->source = take_line(parse, key, value);
}

bool regdb_path_is_inside(const char *path)
{
    g_auto(GStrv) words = g_strsplit(path, "/", -1);
    unsigned i;

    if (g_path_is_absolute(path)) {
        return false;
    }
    for (i = 0; words[i]; i++) {
        if (!*words[i] || !strcmp(words[i], "..") || !strcmp(words[i], ".")) {
            return false;
        }
    }
    return i;
}

static void set_file(Parse *parse, const char *key, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, ";", -1);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    unsigned i;

    for (i = 0; words[i]; i++) {
        g_strstrip(words[i]);
        if (!*words[i]) {
            continue;
        }
        if (!regdb_path_is_inside(words[i])) {
            fault(parse, key, "'%s' leads out of the directory of databases",
                  words[i]);
        } else if (files->len >= 64) {
            fault(parse, key, "%s has more than 64 words", key);
            break;
        } else {
            g_ptr_array_add(files, g_strdup(words[i]));
        }
    }
    g_ptr_array_add(files, NULL);
    parse->manifest->files = (char **)g_ptr_array_steal(files, NULL);
}

typedef struct Key {
    const char *key;
    void (*set)(Parse *parse, const char *key, const char *value);
} Key;

static const Key database_keys[] = {
    { "title", set_title }, { "file", set_file }, { "source", set_source },
    { NULL, NULL }
};

static const Key device_keys[] = {
    { "ids", set_ids }, { "class", set_class }, { "regions", set_regions },
    { "variants", set_variants }, { "detect", set_detect },
    { NULL, NULL }
};

static void take_key(Parse *parse, const Key *keys, const char *key)
{
    g_autofree char *value = g_key_file_get_value(parse->file, parse->group,
                                                  key, NULL);

    for (; keys->key; keys++) {
        if (!strcmp(keys->key, key)) {
            keys->set(parse, key, g_strstrip(value));
            return;
        }
    }
    fault(parse, key, "unknown key '%s'", key);
}

static void take_keys(Parse *parse, const Key *keys)
{
    g_auto(GStrv) names = g_key_file_get_keys(parse->file, parse->group, NULL,
                                              NULL);
    unsigned i;

    for (i = 0; names && names[i]; i++) {
        take_key(parse, keys, names[i]);
    }
}

static void free_group(gpointer p)
{
    RegDbGroup *group = p;

    g_array_unref(group->ids);
    g_array_unref(group->classes);
    g_array_unref(group->regions);
    g_strfreev(group->variants);
    g_free(group->detect);
    g_free(group);
}

static RegDbGroup *new_group(void)
{
    RegDbGroup *group = g_new0(RegDbGroup, 1);

    group->ids = g_array_new(FALSE, TRUE, sizeof(RegDbId));
    group->classes = g_array_new(FALSE, TRUE, sizeof(RegDbClass));
    group->regions = g_array_new(FALSE, TRUE, sizeof(RegDbRegionOf));
    g_array_set_clear_func(group->regions, regdb_region_of_clear);
    return group;
}

static void take_device(Parse *parse)
{
    RegDbGroup *group = new_group();

    parse->made = group;
    take_keys(parse, device_keys);
    parse->made = NULL;
    if (!group->ids->len && !group->classes->len) {
        fault(parse, NULL,
              "[%s] names no device: ids=VENDOR:DEVICE or class=CODE expected",
              parse->group);
        free_group(group);
        return;
    }
    g_ptr_array_add(parse->manifest->groups, group);
}

static void take_group(Parse *parse, const char *group)
{
    parse->group = group;
    if (!strcmp(group, "database")) {
        take_keys(parse, database_keys);
    } else if (g_str_has_prefix(group, "device")) {
        take_device(parse);
    } else {
        fault(parse, NULL, "unknown group [%s]: [database] or [device...] expected",
              group);
    }
}

/* GKeyFile takes two groups of one name for one, and the last of two keys. */
static bool check_repeated(Parse *parse)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                       g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(parse->text, "\n", -1);
    g_autofree char *group = g_strdup("");
    unsigned i;

    for (i = 0; lines[i]; i++) {
        char *line = g_strstrip(lines[i]);
        const char *equals = strchr(line, '=');
        char *name;

        if (*line == '#' || (*line != '[' && !equals)) {
            continue;
        }
        if (*line == '[') {
            g_free(group);
            group = g_strdup(line);
            name = g_strdup(line);
        } else {
            g_autofree char *key = g_strndup(line, equals - line);

            name = g_strconcat(g_strchomp(key), " in ", group, NULL);
        }
        if (!g_hash_table_add(seen, name)) {
            regdb_message(parse->messages, parse->name, i + 1,
                          "%s is there twice", *line == '[' ? line : name);
            return false;
        }
    }
    return true;
}

static bool check_text(Parse *parse, size_t len)
{
    const char *p = parse->text;
    unsigned line = 1;

    for (; p < parse->text + len; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char_validated(p, parse->text + len - p);

        if (c == (gunichar)-1 || c == (gunichar)-2 ||
            (!mmt_char_is_printable(c) && !strchr("\n\t\r", *p)) || !*p) {
            regdb_message(parse->messages, parse->name, line,
                          "this is not text: UTF-8 without control characters expected");
            return false;
        }
        line += *p == '\n';
    }
    return true;
}

static bool parse_file(Parse *parse, size_t len)
{
    g_autoptr(GError) error = NULL;
    gsize n;
    gsize i;
    g_auto(GStrv) groups = NULL;

    if (!check_text(parse, len) || !check_repeated(parse)) {
        return false;
    }
    if (!g_key_file_load_from_data(parse->file, parse->text, len,
                                   G_KEY_FILE_NONE, &error)) {
        regdb_message(parse->messages, parse->name, 0, "%s", error->message);
        return false;
    }
    groups = g_key_file_get_groups(parse->file, &n);
    if (n > GROUPS_MAX) {
        regdb_message(parse->messages, parse->name, 0,
                      "there are more than %u groups", GROUPS_MAX);
        return false;
    }
    for (i = 0; i < n; i++) {
        take_group(parse, groups[i]);
    }
    parse->group = "database";
    if (!parse->manifest->files || !parse->manifest->files[0]) {
        fault(parse, NULL, "[database] has no file=FILE");
        return false;
    }
    if (!parse->manifest->groups->len) {
        regdb_message(parse->messages, parse->name, 0,
                      "there is no group [device] with a device");
        return false;
    }
    return true;
}

RegDbManifest *regdb_manifest_parse(const char *name, const char *text,
                                    size_t len, RegDbMessages *messages)
{
    g_autoptr(RegDbManifest) manifest = g_new0(RegDbManifest, 1);
    g_autoptr(GKeyFile) file = g_key_file_new();
    Parse parse = { .name = name, .text = text, .file = file,
                    .messages = messages, .manifest = manifest };

    manifest->groups = g_ptr_array_new_with_free_func(free_group);
    if (len > REGDB_MANIFEST_MAX) {
        regdb_message(messages, name, 0, "has more than %u KiB",
                      REGDB_MANIFEST_MAX >> 10);
        return NULL;
    }
    if (!parse_file(&parse, len)) {
        return NULL;
    }
    if (!manifest->title) {
        manifest->title = g_strdup(manifest->files[0]);
    }
    return g_steal_pointer(&manifest);
}

void regdb_manifest_free(RegDbManifest *manifest)
{
    if (manifest) {
        g_free(manifest->title);
        g_free(manifest->source);
        g_strfreev(manifest->files);
        g_ptr_array_unref(manifest->groups);
        g_free(manifest);
    }
}
