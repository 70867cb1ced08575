/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as JSON: the reader (see json.h)
 *
 * The operations come behind the buffers and files, so that what they name is
 * known.
 */
#include "tools/sequence/json-internal.h"

#include <inttypes.h>
#include <string.h>

#include "tools/sequence/check.h"

/* As many as there are buffers, and more than a trace has uploads */
#define FILES_MAX 65536
#define BUFFERS_MAX 65536

/* An object's members, read into v[] */
#define READ(r, members, v) \
    seq_reader_object(r, members, G_N_ELEMENTS(members), v)

static bool take_device(SeqReader *r, SeqValue *value)
{
    static const SeqMember members[] = {
        { "vendor", seq_take_hex },
        { "device", seq_take_hex },
        { "revision", seq_take_hex },
    };
    SeqValue v[G_N_ELEMENTS(members)];

    (void)value;
    if (!READ(r, members, v) || !seq_reader_has(r, &members[0], &v[0]) ||
        !seq_reader_has(r, &members[1], &v[1])) {
        return false;
    }
    if (v[0].number > UINT16_MAX || v[1].number > UINT16_MAX ||
        v[2].number > UINT8_MAX) {
        return seq_reader_wrong(r,
                                "its IDs do not fit: vendor and device have 16 bits, revision has 8");
    }
    r->seq->vendor = v[0].number;
    r->seq->device = v[1].number;
    r->seq->revision = v[2].present ? (int)v[2].number : -1;
    return true;
}

static bool take_kind(SeqReader *r, SeqValue *value)
{
    static const char *const words[] = { "memory", "port", NULL };

    return seq_take_word(r, words, value);
}

static bool read_region(SeqReader *r)
{
    static const SeqMember members[] = {
        { "region", seq_take_region },
        { "size", seq_take_hex },
        { "kind", take_kind },
    };
    SeqValue v[G_N_ELEMENTS(members)];
    SeqRegion *region;

    if (!READ(r, members, v) || !seq_reader_has(r, &members[0], &v[0]) ||
        !seq_reader_has(r, &members[1], &v[1])) {
        return false;
    }
    region = &r->seq->regions[v[0].number];
    if (region->size) {
        return seq_reader_wrong(r, "%s is there twice: remove one",
                                sequence_region_name(v[0].number));
    }
    if (!v[1].number) {
        return seq_reader_wrong(r, "%s has no bytes: correct its size",
                                sequence_region_name(v[0].number));
    }
    region->size = v[1].number;
    region->port = v[2].number;
    return true;
}

/* Also keeps the name in @names, with the number of what was just added + 1 */
static bool add_name(SeqReader *r, GHashTable *names, const char *name,
                     unsigned n)
{
    return g_hash_table_insert(names, (gpointer)name, GUINT_TO_POINTER(n)) ||
           seq_reader_wrong(r, "%s is there twice: remove one", name);
}

static bool read_buffer(SeqReader *r)
{
    static const SeqMember members[] = {
        { "name", seq_take_string },
        { "size", seq_take_number },
        { "below_4g", seq_take_bool },
        { "address", seq_take_hex },
        { "file", seq_take_string },
        { "line", seq_take_number },
    };
    SeqValue v[G_N_ELEMENTS(members)];
    GArray *buffers = r->seq->buffers;

    if (!READ(r, members, v) || !seq_reader_has(r, &members[0], &v[0]) ||
        !seq_reader_has(r, &members[1], &v[1])) {
        return false;
    }
    if (buffers->len == BUFFERS_MAX) {
        return seq_reader_wrong(r,
                                "there are more than %d: select a shorter part of the trace",
                                BUFFERS_MAX);
    }
    g_array_set_size(buffers, buffers->len + 1);
    g_array_index(buffers, SeqBuffer, buffers->len - 1) = (SeqBuffer) {
        .name = g_strdup(v[0].text),
        .size = v[1].number,
        .below_4g = v[2].number,
        .address = v[3].number,
        .file = SEQUENCE_NONE,
        .line = v[5].number,
    };
    g_ptr_array_add(r->buffer_files, (gpointer)v[4].text);
    return add_name(r, r->buffers, v[0].text, buffers->len);
}

/* Its bytes are read at once, so what has no end must be refused before. */
static bool check_file(SeqReader *r, const char *name, const char *sum,
                       uint64_t size)
{
    if (!sequence_file_name_is_valid(name)) {
        return seq_reader_wrong(r,
                                "%s is not a name of a file beside the sequence: use one without '/', of at most 255 bytes",
                                name);
    }
    if (!sequence_sha256_is_valid(sum)) {
        return seq_reader_wrong(r,
                                "%s: its sha256 is not of 64 lower-case hexadecimal digits: sha256sum prints it",
                                name);
    }
    if (r->seq->files->len == FILES_MAX) {
        return seq_reader_wrong(r,
                                "there are more than %d: select a shorter part of the trace",
                                FILES_MAX);
    }
    return size <= SEQUENCE_FILES_MAX ||
           seq_reader_wrong(r, "%s: its size %" PRIu64
               " is above %" PRIu64 ": select a shorter part of the trace",
                            name, size, SEQUENCE_FILES_MAX);
}

static bool check_sum(SeqReader *r, const SeqFile *file)
{
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256,
                                                        file->bytes);

    return !strcmp(sum, file->sha256) ||
           seq_reader_wrong(r,
                            "%s has changed: its sha256 is %s: make the sequence again",
                            file->name, sum);
}

static bool check_sum_of_sizes(SeqReader *r)
{
    const GArray *files = r->seq->files;
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < files->len; i++) {
        sum += g_bytes_get_size(g_array_index(files, SeqFile, i).bytes);
    }
    return sum <= SEQUENCE_FILES_MAX ||
           seq_reader_wrong(r, "together they have more than %" PRIu64
                            " bytes: select a shorter part of the trace",
                            SEQUENCE_FILES_MAX);
}

static bool read_file(SeqReader *r)
{
    static const SeqMember members[] = {
        { "name", seq_take_string },
        { "sha256", seq_take_string },
        { "size", seq_take_number },
    };
    SeqValue v[G_N_ELEMENTS(members)];
    GBytes *bytes;
    SeqFile file;
    size_t i;

    if (!READ(r, members, v)) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(members); i++) {
        if (!seq_reader_has(r, &members[i], &v[i])) {
            return false;
        }
    }
    if (!check_file(r, v[0].text, v[1].text, v[2].number) ||
        !add_name(r, r->files, v[0].text, r->seq->files->len + 1)) {
        return false;
    }
    bytes = r->open(r->opaque, v[0].text, v[2].number, &r->pull.error);
    if (!bytes) {
        return false;
    }
    file = (SeqFile) { g_strdup(v[0].text), g_strdup(v[1].text), bytes };
    g_array_append_val(r->seq->files, file);
    return check_sum(r, &file) && check_sum_of_sizes(r);
}

/* --- the whole ------------------------------------------------------------ */

static bool read_list(SeqReader *r, bool (*read)(SeqReader *))
{
    if (!json_pull_array(&r->pull)) {
        return false;
    }
    while (json_pull_element(&r->pull)) {
        if (!read(r)) {
            return false;
        }
    }
    return !r->pull.error;
}

static bool take_regions(SeqReader *r, SeqValue *value)
{
    (void)value;
    return read_list(r, read_region);
}

static bool take_buffers(SeqReader *r, SeqValue *value)
{
    (void)value;
    return read_list(r, read_buffer);
}

static bool take_files(SeqReader *r, SeqValue *value)
{
    (void)value;
    return read_list(r, read_file);
}

static bool take_format(SeqReader *r, SeqValue *value)
{
    static const char *const words[] = { SEQUENCE_FORMAT, NULL };

    return seq_take_word(r, words, value);
}

static bool take_version(SeqReader *r, SeqValue *value)
{
    return seq_take_number(r, value) &&
           (value->number == SEQUENCE_VERSION ||
            seq_reader_wrong(r, "%" PRIu64
                             " is not known: this vfio-trace reads version %d; use the one that wrote it, or make the sequence again",
                             value->number, SEQUENCE_VERSION));
}

static bool take_trace(SeqReader *r, SeqValue *value)
{
    if (!seq_take_string(r, value)) {
        return false;
    }
    g_free(r->seq->trace);
    r->seq->trace = g_strdup(value->text);
    return true;
}

static bool take_operations(SeqReader *r, SeqValue *value)
{
    (void)value;
    if (!read_list(r, sequence_read_op)) {
        return false;
    }
    r->op = SEQUENCE_NONE;
    return true;
}

/* Files are listed behind the buffers. */
static bool find_buffer_files(SeqReader *r)
{
    unsigned i;

    for (i = 0; i < r->seq->buffers->len; i++) {
        const char *name = r->buffer_files->pdata[i];
        gpointer found = name ? g_hash_table_lookup(r->files, name) : NULL;

        if (name && !found) {
            return seq_reader_wrong(r,
                                    "%s, the file of a buffer, is not listed in files: list it there",
                                    name);
        }
        if (name) {
            g_array_index(r->seq->buffers, SeqBuffer, i).file =
                GPOINTER_TO_UINT(found) - 1;
        }
    }
    return true;
}

/* The first member tells a sequence from other JSON. */
static bool is_sequence(SeqReader *r)
{
    JsonPull pull = r->pull;
    bool ok;

    pull.text = g_string_new(NULL);
    ok = json_pull_object(&pull) && json_pull_member(&pull) &&
         !strcmp(pull.text->str, "format");
    json_pull_clear(&pull);
    return ok ||
           seq_reader_wrong(r,
                            "this is not a sequence, whose first member is \"format\": 'vfio-trace sequence' makes one");
}

static bool read_sequence(SeqReader *r)
{
    static const SeqMember members[] = {
        { "format", take_format },
        { "version", take_version },
        { "operations", take_operations },
        { "trace", take_trace },
        { "device", take_device },
        { "regions", take_regions },
        { "buffers", take_buffers },
        { "files", take_files },
    };
    SeqValue v[G_N_ELEMENTS(members)];
    unsigned i;

    if (!is_sequence(r) || !READ(r, members, v)) {
        return false;
    }
    for (i = 0; i < 3; i++) {
        if (!seq_reader_has(r, &members[i], &v[i])) {
            return false;
        }
    }
    return json_pull_end(&r->pull) && find_buffer_files(r);
}

/* Messages begin with the place: the line, and of a step its operation. */
static void add_place(SeqReader *r, const char *name, uint32_t wrong,
                      GError **error)
{
    uint32_t line = r->pull.line;

    if (wrong != SEQUENCE_NONE) {
        line = g_array_index(r->lines, uint32_t, wrong);
    } else if (r->op != SEQUENCE_NONE) {
        g_prefix_error(error, "operation %u: ", r->op);
    }
    g_prefix_error(error, "%s:%u: ", name, line);
}

static Sequence *finish(SeqReader *r, const char *name, GError **error)
{
    uint32_t wrong = SEQUENCE_NONE;

    if (read_sequence(r)) {
        sequence_check(r->seq, &wrong, &r->pull.error);
    }
    if (!r->pull.error) {
        return g_steal_pointer(&r->seq);
    }
    add_place(r, name, wrong, &r->pull.error);
    g_propagate_error(error, g_steal_pointer(&r->pull.error));
    return NULL;
}

Sequence *sequence_parse_json(const char *name, const char *text, size_t len,
                              SequenceOpen *open, void *opaque,
                              GError **error)
{
    SeqReader r = {
        .seq = sequence_new(),
        .names = g_string_chunk_new(4096),
        .buffers = g_hash_table_new(g_str_hash, g_str_equal),
        .buffer_files = g_ptr_array_new(),
        .files = g_hash_table_new(g_str_hash, g_str_equal),
        .lines = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
        .op = SEQUENCE_NONE,
        .open = open,
        .opaque = opaque,
    };
    Sequence *seq;

    json_pull_begin(&r.pull, text, len);
    seq = finish(&r, name, error);
    json_pull_clear(&r.pull);
    sequence_free(r.seq);
    g_string_chunk_free(r.names);
    g_hash_table_destroy(r.buffers);
    g_ptr_array_unref(r.buffer_files);
    g_hash_table_destroy(r.files);
    g_array_unref(r.lines);
    return seq;
}
