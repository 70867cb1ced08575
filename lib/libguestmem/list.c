/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: lists that entries point to
 *
 * Entries that lie behind each other in a page are read together: an address in
 * the same page is mapped if one of them is.
 */
#include "libguestmem/item.h"
#include "libguestmem/look.h"

#include <string.h>

#define PAGE 4096
#define CHUNK 256

/* Bytes of memory that were read ahead */
typedef struct ListChunk {
    uint64_t at;
    uint64_t len;
    uint8_t data[CHUNK];
} ListChunk;

/* --- reading ------------------------------------------------------------- */

/* Bytes to read at @at for up to @n entries */
static uint64_t ahead(uint64_t at, uint64_t n, unsigned entry)
{
    uint64_t bytes = MIN(n * entry, CHUNK);

    bytes = MIN(bytes, PAGE - at % PAGE);
    return MAX(bytes, entry);
}

/* Stores the bytes of the entry that there are.  Returns NULL or a bound. */
static const char *read_entry(GmemLook *look, ListChunk *chunk, uint64_t at,
                              uint64_t n, unsigned entry, GmemBytes *bytes)
{
    const char *why;

    if (at < chunk->at || at - chunk->at > chunk->len ||
        chunk->len - (at - chunk->at) < entry) {
        chunk->len = 0;
        why = gmem_look_read(look, at, chunk->data, ahead(at, n, entry), true,
                             &chunk->len);
        if (why) {
            return why;
        }
        chunk->at = at;
    }
    bytes->data = chunk->data + (at - chunk->at);
    bytes->len = MIN(chunk->len - (at - chunk->at), entry);
    return NULL;
}

/* --- handing out --------------------------------------------------------- */

/* "[12]" behind the list's name: no printf() for each entry */
static void put_index(GmemLook *look, uint64_t index)
{
    char text[24];
    char *p = text + sizeof(text);
    unsigned len;

    *--p = '\0';
    *--p = ']';
    do {
        *--p = '0' + index % 10;
        index /= 10;
    } while (index);
    *--p = '[';
    len = text + sizeof(text) - 1 - p;
    if (look->path_len + len < GMEM_PATH_MAX) {
        memcpy(look->path + look->path_len, p, len + 1);
        look->path_len += len;
    }
}

static const char *put_entry(GmemLook *look, const GmemItem *list, uint64_t at,
                             const GmemBytes *bytes)
{
    GmemOut out = gmem_out(look->target, look->instance, look->event,
                           GMEM_OUT_DATA);

    out.index = look->number;
    out.item = look->path;
    out.at = at;
    out.len = bytes->len;
    out.of = list->entry;
    out.data = bytes->data;
    if (bytes->len < list->entry) {
        out.state = "not-memory";
        gmem_look_unreadable(look);
    }
    return gmem_look_put(look, &out, true);
}

static void set_scope(GmemLook *look, GmemBytes outer, const GmemBytes *bytes,
                      uint64_t i, uint64_t at)
{
    look->scope.entry[GMEM_ENTRY_OUTER] = outer;
    look->scope.entry[GMEM_ENTRY_THIS] = *bytes;
    gmem_context_set(&look->scope, GMEM_VAR_POSITION, i);
    gmem_context_set(&look->scope, GMEM_VAR_ADDRESS, at);
}

/* --- the list ------------------------------------------------------------ */

/* Where the list is, and how many entries it has at most */
static bool find(GmemLook *look, const GmemItem *list, uint64_t *at,
                 uint64_t *n)
{
    uint64_t unreadable = look->target->count.unreadable;

    if (!gmem_look_eval(look, &list->count, n) ||
        (*n && !gmem_look_eval(look, &list->at, at))) {
        if (look->target->count.unreadable != unreadable) {
            gmem_item_unknown(look);
        }
        return false;
    }
    return *n;
}

/* Where the next entry is; false: there is none */
static bool find_next(GmemLook *look, const GmemItem *list, uint64_t *at)
{
    uint64_t last = 0;

    if (list->until.n &&
        (!gmem_look_eval(look, &list->until, &last) || last)) {
        return false;
    }
    if (list->next.n && gmem_look_true(look, &list->next_when)) {
        return gmem_look_eval(look, &list->next, at);
    }
    return g_uint64_checked_add(at, *at, list->entry);
}

static void walk(GmemLook *look, const GmemItem *list, uint64_t at, uint64_t n)
{
    GmemBytes outer = look->scope.entry[GMEM_ENTRY_THIS];
    unsigned path_len = look->path_len;
    ListChunk chunk;
    uint64_t i;
    bool more = true;

    chunk.at = 0;
    chunk.len = 0;
    for (i = 0; i < MIN(n, GMEM_LIST_ENTRIES_MAX) && more; i++) {
        GmemBytes bytes;
        const char *why = read_entry(look, &chunk, at, n - i, list->entry,
                                     &bytes);

        look->path_len = path_len;
        put_index(look, i);
        why = why ? why : put_entry(look, list, at, &bytes);
        if (why) {
            gmem_look_cut(look, why, 0);
            return;
        }
        if (bytes.len < list->entry) {
            return;
        }
        set_scope(look, outer, &bytes, i, at);
        gmem_items(look, list->item);
        set_scope(look, outer, &bytes, i, at);
        more = find_next(look, list, &at);
    }
    if (more && (list->until.n || n > GMEM_LIST_ENTRIES_MAX)) {
        gmem_look_cut(look, "trigger", 0);
    }
}

void gmem_item_list(GmemLook *look, const GmemItem *list)
{
    GmemContext saved = look->scope;
    uint64_t at = 0;
    uint64_t n;

    if (find(look, list, &at, &n)) {
        walk(look, list, at, n);
    }
    look->scope = saved;
}
