/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: an upload that may still grow (see upload-run.h)
 */
#include "tools/analysis/upload-run.h"

#include <string.h>

#include "tools/analysis/upload-fields.h"

/* Values that grow by no more than this count */
#define UPLOAD_STEP_MAX 32

static guint run_hash(gconstpointer p)
{
    const UploadRun *run = p;
    uint64_t mix = (run->key ^ run->up.region * 0x9e3779b9ull) *
                   0x9e3779b97f4a7c15ull;

    return mix >> 32;
}

static gboolean run_equal(gconstpointer a, gconstpointer b)
{
    const UploadRun *one = a, *other = b;

    return one->key == other->key && one->up.region == other->up.region;
}

static void run_free(UploadRun *run)
{
    upload_pages_free(run->pages);
    g_byte_array_unref(run->up.bytes);
    g_free(run);
}

void upload_set_init(UploadSet *set, const UploadOptions *options,
                     UploadSink *sink, void *opaque)
{
    memset(set, 0, sizeof(*set));
    set->options = options;
    set->sink = sink;
    set->opaque = opaque;
    set->runs = g_hash_table_new(run_hash, run_equal);
    g_queue_init(&set->queue);
}

UploadRun *upload_set_find(const UploadSet *set, uint32_t region, uint64_t key)
{
    UploadRun wanted = { .key = key, .up.region = region };

    return g_hash_table_lookup(set->runs, &wanted);
}

/* Take a run out of its set. */
static void set_remove(UploadSet *set, UploadRun *run)
{
    g_hash_table_remove(set->runs, run);
    g_queue_unlink(&set->queue, &run->link);
    set->bytes -= run->up.bytes->len + upload_pages_bytes(run->pages);
    set->paged -= run->pages != NULL;
}

bool upload_index_is_prior(const UploadRun *run)
{
    return run->up.prior && run->up.prior_offset == run->up.index_offset;
}

/*
 * What a port got in short blocks is an upload only if there was an index.  An
 * index that was seen to move once may be by chance.
 */
static bool believable(UploadRun *run)
{
    if (run->up.registers > 1) {
        return run->up.accesses >= UPLOAD_REGISTERS_SURE;
    }
    if (run->up.way == UPLOAD_WINDOW || run->up.way == UPLOAD_FIELDS ||
        run->port.firm) {
        return true;
    }
    if (run->port.indexed && !upload_index_is_prior(run)) {
        run->up.way = UPLOAD_PORT;
    }
    return run->up.accesses >= UPLOAD_LONG_BLOCK / 2 * run->up.blocks;
}

static UploadContent content(const UploadRun *run)
{
    const Upload *up = &run->up;
    unsigned few = up->reads ? 2 : 1;

    if (run->n_values <= few ||
        (up->registers > 1 && run->same >= up->accesses / 8 * 7)) {
        return UPLOAD_FILL;
    }
    if (up->registers > 1 &&
        run->same + run->steps >= up->accesses / 8 * 7) {
        return UPLOAD_COUNTING;
    }
    if (up->way != UPLOAD_WINDOW && run->steps >= up->accesses / 8 * 7) {
        return UPLOAD_COUNTING;
    }
    return UPLOAD_DATA;
}

/* What went down comes from the lowest offset or index on. */
static void put_in_order(UploadRun *run)
{
    if (run->up.stride < 0) {
        upload_reverse(run->up.bytes, run->up.width);
    } else if (run->up.way == UPLOAD_PAIR && run->up.index_step < 0 &&
               run->port.block_bytes) {
        upload_reverse(run->up.bytes, run->port.block_bytes);
    }
}

static void give(UploadSet *set, UploadRun *run)
{
    if (!set->options->exact) {
        put_in_order(run);
    }
    set->sink(set->opaque, &run->up);
}

/*
 * An index and data in one register have only the data from now on.
 * Return: false if that is what it would have to be, and it is not
 */
static bool find_fields(const UploadSet *set, UploadRun *run)
{
    Upload *up = &run->up;

    if (up->way == UPLOAD_FIELDS) {
        return upload_turns_done(&run->turns) && upload_fields_read(up);
    }
    if (up->way == UPLOAD_PORT && up->registers == 1 && !up->reads &&
        !set->options->exact) {
        upload_fields_written(up);
    }
    return true;
}

static bool is_upload(const UploadSet *set, UploadRun *run)
{
    uint64_t min = set->options->min_bytes;

    return run->up.bytes->len >= min && believable(run) &&
           find_fields(set, run) && run->up.bytes->len >= min;
}

void upload_set_page(UploadSet *set, UploadRun *run, UploadPages *pages)
{
    set_remove(set, run);
    run->pages = NULL;
    run->up.end = UPLOAD_END_JUMP;
    run->up.content = content(run);
    put_in_order(run);
    upload_pages_add(pages, &run->up);
    run_free(run);
}

void upload_set_join(UploadSet *set, UploadRun *run, UploadPages *pages)
{
    run->pages = pages;
    set->bytes += upload_pages_bytes(pages);
    set->paged++;
}

/* Give the pages, with the last one.  Return: does it belong to them? */
static bool give_pages(UploadSet *set, UploadRun *run)
{
    bool last = upload_pages_fit(run->pages, &run->up);
    const Upload *up;

    if (last) {
        put_in_order(run);
        upload_pages_add(run->pages, &run->up);
    }
    up = upload_pages_get(run->pages);
    if (up->bytes->len >= set->options->min_bytes) {
        set->sink(set->opaque, up);
    }
    return last;
}

void upload_set_end(UploadSet *set, UploadRun *run, UploadEnd end)
{
    set_remove(set, run);
    run->up.end = end;
    if (run->up.way != UPLOAD_FIELDS) {
        run->up.content = content(run);
    }
    if (!(run->pages && give_pages(set, run)) && is_upload(set, run)) {
        give(set, run);
    }
    run_free(run);
}

void upload_set_drop(UploadSet *set, UploadRun *run)
{
    set_remove(set, run);
    run_free(run);
}

static uint64_t width_mask(unsigned width)
{
    return width >= 8 ? UINT64_MAX : (1ull << width * 8) - 1;
}

/* The value that was written to the same register before */
static uint64_t last_value(const UploadRun *run, unsigned width)
{
    const GByteArray *bytes = run->up.bytes;
    size_t back = (size_t)run->up.registers * width;
    uint64_t value = 0;

    if (run->up.registers == 1 || back > bytes->len) {
        return run->value;
    }
    memcpy(&value, bytes->data + bytes->len - back, width);
    return GUINT64_FROM_LE(value);
}

static void add_value(UploadRun *run, uint64_t value, unsigned width)
{
    unsigned i = 0;

    while (i < run->n_values && run->values[i] != value) {
        i++;
    }
    if (i == run->n_values && i < UPLOAD_VALUES) {
        run->values[run->n_values++] = value;
    }
    if (run->up.accesses) {
        uint64_t step = (value - last_value(run, width)) & width_mask(width);

        run->same += step == 0;
        run->steps += step > 0 && step <= UPLOAD_STEP_MAX;
    }
    run->value = value;
}

static void put_bytes(GByteArray *bytes, uint64_t value, unsigned width)
{
    uint8_t b[8];
    unsigned i;

    for (i = 0; i < width; i++) {
        b[i] = value >> i * 8;
    }
    g_byte_array_append(bytes, b, width);
}

/* Count what others did since the last access. */
static void count_others(UploadRun *run, const UploadAccess *access)
{
    if (run->up.accesses) {
        run->up.other_reads += access->reads - run->reads;
        run->up.other_writes += access->writes - run->writes;
    }
    run->reads = access->reads + (access->entry.kind == MMT_ENTRY_READ);
    run->writes = access->writes + (access->entry.kind == MMT_ENTRY_WRITE);
}

static void add_place(Upload *up, const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;

    up->accesses++;
    up->last = access->n;
    up->last_line = entry->line;
    up->last_ns = entry->flags & MMT_ENTRY_TIMED ? entry->ns : 0;
}

static void add(UploadSet *set, UploadRun *run, const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    Upload *up = &run->up;

    count_others(run, access);
    add_value(run, entry->value, entry->width);
    put_bytes(up->bytes, entry->value, entry->width);
    set->bytes += entry->width;
    up->mixed |= entry->width != up->width;
    up->offset = MIN(up->offset, entry->offset);
    add_place(up, access);
}

/* Give a run its key, at the head of the queue. */
static void set_insert(UploadSet *set, UploadRun *run, uint64_t key)
{
    UploadRun *other = upload_set_find(set, run->up.region, key);

    if (other) {
        upload_set_end(set, other, UPLOAD_END_JUMP);
    }
    run->key = key;
    g_hash_table_add(set->runs, run);
    g_queue_push_head_link(&set->queue, &run->link);
}

UploadRun *upload_set_begin(UploadSet *set, UploadWay way, uint64_t key,
                            const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    UploadRun *run = g_new0(UploadRun, 1);
    Upload *up = &run->up;

    up->way = way;
    up->reads = entry->kind == MMT_ENTRY_READ;
    up->region = entry->region;
    up->width = entry->width;
    up->offset = entry->offset;
    up->registers = 1;
    up->blocks = 1;
    up->bytes = g_byte_array_new();
    up->first = access->n;
    up->first_line = entry->line;
    up->first_ns = entry->flags & MMT_ENTRY_TIMED ? entry->ns : 0;
    up->phase = entry->phase;
    run->link.data = run;
    add(set, run, access);
    set_insert(set, run, key);
    if (set->queue.length > UPLOAD_RUNS_MAX) {
        upload_set_end(set, set->queue.tail->data, UPLOAD_END_OTHER);
    }
    return run;
}

void upload_set_add(UploadSet *set, UploadRun *run, uint64_t key,
                    const UploadAccess *access)
{
    add(set, run, access);
    if (key == run->key) {
        g_queue_unlink(&set->queue, &run->link);
        g_queue_push_head_link(&set->queue, &run->link);
    } else {
        g_hash_table_remove(set->runs, run);
        g_queue_unlink(&set->queue, &run->link);
        set_insert(set, run, key);
    }
    if (run->up.bytes->len + 8 > set->options->max_bytes) {
        upload_set_end(set, run, UPLOAD_END_LIMIT);
    }
}

void upload_set_replace(UploadSet *set, UploadRun *run,
                        const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    GByteArray *bytes = run->up.bytes;

    count_others(run, access);
    g_byte_array_set_size(bytes, bytes->len - entry->width);
    put_bytes(bytes, entry->value, entry->width);
    add_place(&run->up, access);
    g_queue_unlink(&set->queue, &run->link);
    g_queue_push_head_link(&set->queue, &run->link);
}

void upload_set_expire(UploadSet *set, const UploadAccess *access)
{
    while (set->queue.tail) {
        UploadRun *run = set->queue.tail->data;

        if (access->writes <= run->writes + UPLOAD_WRITES_BETWEEN &&
            access->reads <= run->reads + UPLOAD_READS_BETWEEN) {
            return;
        }
        upload_set_end(set, run, UPLOAD_END_OTHER);
    }
}

bool upload_set_limit(UploadSet *set)
{
    if (!set->queue.tail) {
        return false;
    }
    upload_set_end(set, set->queue.tail->data, UPLOAD_END_LIMIT);
    return true;
}

void upload_set_flush(UploadSet *set)
{
    while (set->queue.tail) {
        upload_set_end(set, set->queue.tail->data, UPLOAD_END_FLUSH);
    }
}

void upload_set_clear(UploadSet *set)
{
    while (set->queue.tail) {
        upload_set_drop(set, set->queue.tail->data);
    }
    g_clear_pointer(&set->runs, g_hash_table_destroy);
}
