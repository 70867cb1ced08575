/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: runs of writes that become files (see compile-upload.h)
 */
#include "tools/sequence/compile-upload.h"

#include "tools/analysis/upload.h"
#include "tools/sequence/compile-runs.h"
#include "tools/sequence/limits.h"

/* Bytes of all of them: memory may need files, too */
#define UPLOADS_MAX (SEQUENCE_FILES_MAX - COMPILE_RUNS_BYTES)

/**
 * struct CompileUploads: the uploads
 * @finder: finds them
 * @list: CompileUpload, by their first access
 * @size: bytes of all of them
 * @next: the next one that compile_uploads_at() looks at
 */
struct CompileUploads {
    UploadFinder *finder;
    GArray *list;
    uint64_t size;
    guint next;
};

static void clear(gpointer p)
{
    g_bytes_unref(((CompileUpload *)p)->bytes);
}

/*
 * One value again and again is a short loop, numbers that grow are a doorbell.
 * An operation goes up or stays.
 */
static bool is_wanted(const CompileUploads *uploads, const Upload *upload)
{
    return !upload->reads && !upload->mixed &&
           upload->content == UPLOAD_DATA && upload->way != UPLOAD_PAIR &&
           upload->stride >= 0 &&
           upload->last - upload->first + 1 == upload->accesses &&
           upload->bytes->len == upload->accesses * upload->width &&
           upload->bytes->len <= UPLOADS_MAX - uploads->size;
}

static void take(void *opaque, const Upload *upload)
{
    CompileUploads *uploads = opaque;
    CompileUpload one = {
        .first = upload->first,
        .accesses = upload->accesses,
        .stride = upload->stride,
        .first_line = upload->first_line,
        .last_line = upload->last_line,
    };

    if (is_wanted(uploads, upload)) {
        one.bytes = g_bytes_new(upload->bytes->data, upload->bytes->len);
        g_array_append_val(uploads->list, one);
        uploads->size += upload->bytes->len;
    }
}

CompileUploads *compile_uploads_new(uint64_t min)
{
    UploadOptions options = { .min_bytes = min, .exact = true };
    CompileUploads *uploads = g_new0(CompileUploads, 1);

    uploads->finder = upload_new(&options, take, uploads);
    uploads->list = g_array_new(FALSE, FALSE, sizeof(CompileUpload));
    g_array_set_clear_func(uploads->list, clear);
    return uploads;
}

void compile_uploads_add(CompileUploads *uploads, const MmtEntry *entry)
{
    upload_access(uploads->finder, entry);
}

void compile_uploads_break(CompileUploads *uploads)
{
    upload_flush(uploads->finder);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const CompileUpload *x = a, *y = b;

    return x->first < y->first ? -1 : x->first > y->first;
}

static bool has_line(const CompileUpload *upload, const GArray *lines)
{
    guint low = 0, high = lines->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(lines, uint64_t, middle) < upload->first_line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < lines->len &&
           g_array_index(lines, uint64_t, low) <= upload->last_line;
}

void compile_uploads_finish(CompileUploads *uploads, const GArray *lines)
{
    guint i;

    upload_flush(uploads->finder);
    g_clear_pointer(&uploads->finder, upload_free);
    for (i = uploads->list->len; i > 0; i--) {
        if (has_line(&g_array_index(uploads->list, CompileUpload, i - 1),
                     lines)) {
            g_array_remove_index_fast(uploads->list, i - 1);
        }
    }
    g_array_sort(uploads->list, compare);
}

const CompileUpload *compile_uploads_at(CompileUploads *uploads,
                                        uint64_t number)
{
    const CompileUpload *upload;

    while (uploads->next < uploads->list->len) {
        upload = &g_array_index(uploads->list, CompileUpload, uploads->next);
        if (upload->first >= number) {
            return upload->first == number ? upload : NULL;
        }
        uploads->next++;
    }
    return NULL;
}

void compile_uploads_free(CompileUploads *uploads)
{
    if (uploads) {
        upload_free(uploads->finder);
        g_array_unref(uploads->list);
        g_free(uploads);
    }
}
