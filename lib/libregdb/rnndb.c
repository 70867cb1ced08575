/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: the format rnndb: rules-ng-ng XML, of envytools and Mesa
 *
 * docs/regdb.md has what of it is taken, and how.
 */
#include <stdarg.h>
#include <string.h>

#include "libregdb/hash.h"
#include "libregdb/rnndb-internal.h"

#define CHUNK_BYTES (64u << 10)

void *regdb_rnn_alloc(RegDbRnn *rnn, size_t size)
{
    char *chunk = rnn->chunks->len ?
                  g_ptr_array_index(rnn->chunks, rnn->chunks->len - 1) : NULL;

    size = (size + 15) & ~(size_t)15;
    if (!chunk || CHUNK_BYTES - rnn->chunk_used < size) {
        chunk = g_malloc0(CHUNK_BYTES);
        g_ptr_array_add(rnn->chunks, chunk);
        rnn->chunk_used = 0;
    }
    rnn->chunk_used += size;
    return chunk + rnn->chunk_used - size;
}

const char *regdb_rnn_text(RegDbRnn *rnn, const char *text)
{
    char *kept = g_hash_table_lookup(rnn->texts, text);

    if (!kept) {
        kept = g_string_chunk_insert(rnn->strings, text);
        g_hash_table_add(rnn->texts, kept);
    }
    return kept;
}

static void G_GNUC_PRINTF(3, 0)
rnndb_faultv(RegDbRnn *rnn, const RegDbRnnNode *node, const char *format,
             va_list ap)
{
    g_autofree char *text = g_strdup_vprintf(format, ap);
    const char *before = regdb_source_enter(rnn->source, node->file);

    regdb_source_fault(rnn->source, node->line, "%s", text);
    regdb_source_enter(rnn->source, before);
}

void regdb_rnn_fault(RegDbRnn *rnn, const RegDbRnnNode *node,
                     const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    rnndb_faultv(rnn, node, format, ap);
    va_end(ap);
}

void regdb_rnn_tell(RegDbRnn *rnn, RegDbRnnNode *node, RegDbRnnTold told,
                    const char *format, ...)
{
    va_list ap;

    if (!(rnn->quiet && told == REGDB_RNN_TOLD_VARIANTS) &&
        !(node->told & told)) {
        node->told |= told;
        va_start(ap, format);
        rnndb_faultv(rnn, node, format, ap);
        va_end(ap);
    }
}

void *regdb_rnn_full(RegDbRnn *rnn, const RegDbRnnNode *node)
{
    if (!rnn->failed) {
        regdb_rnn_fault(rnn, node, "%s", regdb_build_error(rnn->build));
        rnn->failed = true;
    }
    return NULL;
}

RegDbRnnNode *regdb_rnn_find(const RegDbRnn *rnn, RegDbRnnTag tag,
                             const char *name)
{
    return name ? g_hash_table_lookup(rnn->named[tag], name) : NULL;
}

bool regdb_rnn_import(RegDbRnn *rnn, const char *path, unsigned line)
{
    g_autofree char *text = NULL;
    size_t len;
    bool done;

    if (!g_hash_table_add(rnn->files, (void *)path) ||
        regdb_source_again(rnn->source, path)) {
        return true;
    }
    if (g_hash_table_size(rnn->files) > REGDB_RNN_FILES_MAX) {
        regdb_source_fault(rnn->source, line,
                           "the database imports more than 4096 files");
        rnn->failed = true;
        return false;
    }
    if (rnn->n_imports >= REGDB_RNN_IMPORTS_MAX) {
        regdb_source_fault(rnn->source, line,
                           "files import each other more than 32 deep");
        rnn->failed = true;
        return false;
    }
    text = regdb_source_read(rnn->source, path, line, &len);
    if (!text) {
        /* what it would define may be missed, or not */
        return true;
    }
    rnn->n_imports++;
    done = regdb_rnn_read(rnn, path, text, len);
    rnn->n_imports--;
    return done;
}

static void rnndb_begin(RegDbRnn *rnn)
{
    unsigned i;

    rnn->strings = g_string_chunk_new(16 << 10);
    rnn->texts = g_hash_table_new(regdb_hash, g_str_equal);
    rnn->chunks = g_ptr_array_new_with_free_func(g_free);
    rnn->files = g_hash_table_new(NULL, NULL);
    for (i = 0; i < REGDB_RNN_N_TAGS; i++) {
        rnn->named[i] = g_hash_table_new(NULL, NULL);
        rnn->order[i] = g_ptr_array_new();
    }
    regdb_rnn_scope_begin(rnn);
    regdb_rnn_types_begin(rnn);
}

static void rnndb_end(RegDbRnn *rnn)
{
    unsigned i;

    for (i = 0; i < REGDB_RNN_N_TAGS; i++) {
        g_hash_table_unref(rnn->named[i]);
        g_ptr_array_unref(rnn->order[i]);
    }
    regdb_rnn_types_end(rnn);
    regdb_rnn_scope_end(rnn);
    g_hash_table_unref(rnn->files);
    g_hash_table_unref(rnn->texts);
    g_ptr_array_unref(rnn->chunks);
    g_string_chunk_free(rnn->strings);
}

/* Skip what may be before the root element. */
static const char *rnndb_skip(const char *p, const char *opens,
                              const char *closes)
{
    const char *behind;

    if (!g_str_has_prefix(p, opens)) {
        return p;
    }
    behind = strstr(p, closes);
    return behind ? behind + strlen(closes) : p + strlen(p);
}

/* One with a type declaration is refused later, with a better message. */
static const char *rnndb_root(const char *p)
{
    static const char declaration[] = "<!DOCTYPE ";

    if (g_str_has_prefix(p, declaration)) {
        p += strlen(declaration);
        return p + strspn(p, " \t\r\n");
    }
    return p + 1;
}

static bool rnndb_recognise(const char *name, const char *text, size_t len)
{
    static const char root[] = "database";
    const char *before, *p = rnndb_skip(text, "\xef\xbb\xbf", "\xbf");

    (void)name, (void)len;
    do {
        before = p;
        p += strspn(p, " \t\r\n");
        p = rnndb_skip(p, "<?", "?>");
        p = rnndb_skip(p, "<!--", "-->");
    } while (p != before);
    if (*p != '<') {
        return false;
    }
    p = rnndb_root(p);
    return g_str_has_prefix(p, root) && p[strlen(root)] &&
           strchr(" \t\r\n/>[", p[strlen(root)]);
}

static bool rnndb_load(RegDbSource *source, RegDbBuild *build,
                       const char *text, size_t len)
{
    RegDbRnn rnn = { .source = source, .build = build };
    bool done;

    rnndb_begin(&rnn);
    done = regdb_rnn_read(&rnn, NULL, text, len) &&
           regdb_rnn_build_domains(&rnn) && regdb_rnn_build_types(&rnn);
    rnndb_end(&rnn);
    return done;
}

const RegDbLoader regdb_rnndb = {
    .name = "rnndb",
    .brief = "rules-ng-ng XML: envytools' rnndb (NVIDIA), Mesa's freedreno (Adreno)",
    .recognise = rnndb_recognise,
    .load = rnndb_load,
};
