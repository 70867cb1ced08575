/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: C headers, those of Linux's drivers above all
 *
 * A header and the headers that it includes ("...", below the directory of the
 * first one) are one database.  With AMD's NAME_offset.h or NAME_d.h comes
 * NAME_sh_mask.h.  Nothing in them says what is a register: header-list.c and
 * header-field.c say what is taken for one.
 */
#include "libregdb/hash.h"
#include "libregdb/header-internal.h"

#include <string.h>

/* Files of a database, and how deeply they include each other */
#define HEADER_FILES_MAX 64

/* --- files -------------------------------------------------------------- */

static void header_include(RegDbHeader *header, const char *path,
                           unsigned line)
{
    g_autofree char *text = NULL;
    const char *before;
    const char *kept;
    size_t len;
    guint i;

    for (i = 1; i < header->files->len; i++) {
        if (!strcmp(header->files->pdata[i], path)) {
            return;
        }
    }
    /* others are of Linux, or of its compiler */
    if (header->files->len >= HEADER_FILES_MAX ||
        !regdb_source_exists(header->source, path)) {
        return;
    }
    g_ptr_array_add(header->files, g_strdup(path));
    kept = header->files->pdata[header->files->len - 1];
    text = regdb_source_read(header->source, kept, line, &len);
    if (text) {
        before = regdb_source_enter(header->source, kept);
        regdb_header_lex(header, header->files->len - 1, text, len,
                         header_include);
        regdb_source_enter(header->source, before);
    }
}

/* The masks of AMD's registers are in a file of their own. */
static void header_include_masks(RegDbHeader *header)
{
    static const char *const ends[] = { "_offset.h", "_d.h" };
    g_autofree char *name = g_path_get_basename(
        regdb_source_name(header->source));
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (g_str_has_suffix(name, ends[i])) {
            g_autofree char *masks = g_strdup_printf(
                "%.*s_sh_mask.h", (int)(strlen(name) - strlen(ends[i])), name);

            header_include(header, masks, 0);
        }
    }
}

/* --- types -------------------------------------------------------------- */

/**
 * struct HeaderTypes: types that were made
 * @header: the headers
 * @types: RegDbType of registers and fields, by define
 */
typedef struct HeaderTypes {
    RegDbHeader *header;
    GHashTable *types;
} HeaderTypes;

static RegDbType *header_type(const HeaderTypes *types,
                              const RegDbHeaderDefine *of, RegDbKind kind)
{
    RegDbType *type = g_hash_table_lookup(types->types, of);

    if (!type) {
        type = regdb_build_type(types->header->build, kind);
        g_hash_table_insert(types->types, (void *)of, type);
    }
    return type;
}

static bool header_make_value(const HeaderTypes *types,
                              const RegDbHeaderDefine *define)
{
    RegDbType *type = header_type(types, define->owner, REGDB_ENUM);
    const RegDbValue value = {
        .name = define->title, .brief = define->comment,
        .value = define->mask, .known = true,
    };

    return type && regdb_build_value(types->header->build, type, &value);
}

static bool header_make_field(const HeaderTypes *types,
                              const RegDbHeaderDefine *define)
{
    RegDbBuild *build = types->header->build;
    RegDbType *type = header_type(types, define->owner, REGDB_BITSET);
    bool single = !(define->mask & (define->mask - 1));
    const RegDbType *own = g_hash_table_lookup(types->types, define) ?:
        regdb_build_type(build, single ? REGDB_BOOLEAN : REGDB_HEX);
    const RegDbField field = {
        .name = define->title, .brief = define->comment,
        .low = __builtin_ctzll(define->mask),
        .high = 63 - __builtin_clzll(define->mask), .type = own,
    };

    return type && own && regdb_build_field(build, type, &field);
}

static bool header_make(const HeaderTypes *types, RegDbHeaderRole role,
                        bool (*make)(const HeaderTypes *types,
                                     const RegDbHeaderDefine *define))
{
    const GPtrArray *defines = types->header->defines;
    guint i;

    for (i = 0; i < defines->len; i++) {
        const RegDbHeaderDefine *define = defines->pdata[i];

        if (define->role == role && !make(types, define)) {
            return false;
        }
    }
    return true;
}

/* --- registers ---------------------------------------------------------- */

/* "Device Control - RW" */
static unsigned header_access(const char *comment)
{
    static const struct {
        const char *word;
        unsigned access;
    } words[] = {
        { "RO", REGDB_READ }, { "R", REGDB_READ }, { "R/clr", REGDB_READ },
        { "RC", REGDB_READ }, { "WO", REGDB_WRITE }, { "W", REGDB_WRITE },
    };
    const char *dash = comment ? strrchr(comment, '-') : NULL;
    size_t i;

    if (dash) {
        dash += strspn(dash, "- ");
        for (i = 0; i < G_N_ELEMENTS(words); i++) {
            if (!g_ascii_strcasecmp(dash, words[i].word)) {
                return words[i].access;
            }
        }
    }
    return REGDB_READ_WRITE;
}

/* Of AMD's, the domain depends on the name. */
static RegDbDomain *header_domain(RegDbHeader *header,
                                  const RegDbHeaderDefine *define,
                                  const char *name, bool amd, unsigned *skip)
{
    RegDbHeaderSpace space = { .unit = 8 };

    if (amd) {
        regdb_header_amd_space(header, define, &space);
    }
    *skip = space.skip;
    return regdb_build_domain(header->build, amd ? space.domain : name,
                              space.unit, NULL);
}

static bool header_make_register(const HeaderTypes *types,
                                 const RegDbHeaderDefine *define,
                                 const char *domain_name, bool amd)
{
    RegDbHeader *header = types->header;
    unsigned skip;
    RegDbDomain *domain = header_domain(header, define, domain_name, amd,
                                        &skip);
    const RegDbType *type = header_type(types, define, REGDB_HEX);
    const RegDbElement element = {
        .kind = REGDB_REGISTER, .access = header_access(define->comment),
        .bits = define->bits, .name = define->name + skip,
        .brief = define->comment, .offset = define->value,
        .length = define->length, .stride = define->stride, .type = type,
    };
    const char *wrong = regdb_build_wrong(&element);

    if (wrong) {
        regdb_source_enter(header->source,
                           header->files->pdata[define->file]);
        regdb_source_fault(header->source, define->line,
                           "%s is left out: %s", define->name, wrong);
        regdb_source_enter(header->source, NULL);
        return true;
    }
    return domain && type &&
           regdb_build_element(header->build, domain, NULL, &element);
}

/* Arrays reach far: what has a name of its own comes before them. */
static bool header_make_registers(const HeaderTypes *types, const char *domain,
                                  bool amd)
{
    const GPtrArray *defines = types->header->defines;
    unsigned pass;
    guint i;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < defines->len; i++) {
            const RegDbHeaderDefine *define = defines->pdata[i];

            if (define->role == REGDB_HEADER_REGISTER &&
                (define->length != 1) == pass &&
                !header_make_register(types, define, domain, amd)) {
                return false;
            }
        }
    }
    return true;
}

/* The file's name in capitals */
static char *header_domain_name(const RegDbHeader *header)
{
    char *name = g_path_get_basename(regdb_source_name(header->source));
    char *p = strrchr(name, '.');

    if (p && p > name) {
        *p = '\0';
    }
    for (p = name; *p; p++) {
        *p = g_ascii_isalnum(*p) ? g_ascii_toupper(*p) : '_';
    }
    return name;
}

/* --- summary ------------------------------------------------------------ */

/* Return: is there a register? */
static bool header_note(RegDbHeader *header)
{
    unsigned n[REGDB_HEADER_PLACE + 1] = { 0 };
    g_autofree char *note = NULL;
    guint i;

    for (i = 0; i < header->defines->len; i++) {
        n[((RegDbHeaderDefine *)header->defines->pdata[i])->role]++;
    }
    note = g_strdup_printf(
                           "of %u defines, %u are registers, %u fields, %u values, %u say where those are; %u are left out",
                           header->defines->len, n[REGDB_HEADER_REGISTER],
                           n[REGDB_HEADER_FIELD], n[REGDB_HEADER_VALUE],
                           n[REGDB_HEADER_PLACE], n[REGDB_HEADER_UNUSED]);
    if (!n[REGDB_HEADER_REGISTER]) {
        regdb_source_fault(header->source, 0,
                           "no register is found: nothing shows which of the %u defines are registers",
                           header->defines->len);
        return false;
    }
    regdb_build_note(header->build, note);
    return true;
}

static bool header_make_all(RegDbHeader *header, bool amd)
{
    g_autofree char *domain = header_domain_name(header);
    HeaderTypes types = {
        .header = header, .types = g_hash_table_new(NULL, NULL),
    };
    bool ok = header_make(&types, REGDB_HEADER_VALUE, header_make_value) &&
              header_make(&types, REGDB_HEADER_FIELD, header_make_field) &&
              header_make_registers(&types, domain, amd);

    g_hash_table_unref(types.types);
    if (!ok) {
        regdb_source_fault(header->source, 0, "%s",
                           regdb_build_error(header->build));
    }
    return ok;
}

static bool header_find_all(RegDbHeader *header)
{
    bool amd = regdb_header_amd(header);

    if (!amd) {
        regdb_header_registers(header);
        regdb_header_fields(header);
    }
    return !header->full && header_note(header) &&
           header_make_all(header, amd);
}

static bool header_load(RegDbSource *source, RegDbBuild *build,
                        const char *text, size_t len)
{
    RegDbHeader header = {
        .source = source, .build = build,
        .strings = g_string_chunk_new(64 << 10),
        .defines = g_ptr_array_new_with_free_func(g_free),
        .by_name = g_hash_table_new(regdb_hash, g_str_equal),
        .lists = g_ptr_array_new(),
        .files = g_ptr_array_new_with_free_func(g_free),
    };
    bool ok;

    g_ptr_array_add(header.files, NULL);
    regdb_header_lex(&header, 0, text, len, header_include);
    header_include_masks(&header);
    ok = !header.full && header_find_all(&header);
    g_hash_table_unref(header.by_name);
    g_ptr_array_unref(header.defines);
    g_ptr_array_unref(header.lists);
    g_ptr_array_unref(header.files);
    g_string_chunk_free(header.strings);
    return ok;
}

static bool header_recognise(const char *name, const char *text,
                             G_GNUC_UNUSED size_t len)
{
    static const char *const ends[] = { ".h", ".c", ".H", ".hpp" };
    bool define = g_str_has_prefix(text, "#define") ||
                  strstr(text, "\n#define") || strstr(text, "\n#\tdefine");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (g_str_has_suffix(name, ends[i])) {
            return define || strstr(text, "enum") || strstr(text, "#include");
        }
    }
    return define && *text != '<';
}

const RegDbLoader regdb_header = {
    .name = "header",
    .brief = "C header: #define and enum, as Linux's drivers have them",
    .recognise = header_recognise,
    .load = header_load,
};
