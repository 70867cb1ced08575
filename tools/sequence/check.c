/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what every sequence keeps to (see check.h)
 */
#include "tools/sequence/check.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "tools/sequence/check-op.h"
#include "tools/sequence/wrong.h"

/* Longer than any device's region; a sum of a few does not overflow */
#define REGION_MAX (UINT64_C(1) << 48)
#define CONFIG_SIZE 4096
#define PORTS 65536

#define PAGE 4096
#define BUFFER_NAME_MAX 64
#define FILE_NAME_MAX 255
#define SHA256_DIGITS 64

static bool check_regions(const Sequence *seq, GError **error)
{
    unsigned i;

    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        const SeqRegion *region = &seq->regions[i];
        const char *name = sequence_region_name(i);

        if (region->size > REGION_MAX) {
            return sequence_wrong(error,
                "%s: its size 0x%" PRIx64 " is above 0x%" PRIx64 ": correct it",
                                  name, region->size, REGION_MAX);
        }
        if (i == SEQUENCE_REGION_CONFIG && region->size > CONFIG_SIZE) {
            return sequence_wrong(error,
                "%s: its size 0x%" PRIx64 " is above 0x%x: correct it",
                                  name, region->size, CONFIG_SIZE);
        }
        if (region->port && (i == SEQUENCE_REGION_CONFIG ||
                             i == SEQUENCE_REGION_ROM)) {
            return sequence_wrong(error, "%s: it has no ports: correct its kind",
                                  name);
        }
        if (region->port && region->size > PORTS) {
            return sequence_wrong(error, "%s: its size 0x%" PRIx64
                                  " is more than there are ports, 0x%x: correct it",
                                  name, region->size, PORTS);
        }
    }
    return true;
}

static bool is_identifier(const char *name)
{
    const char *p;

    if (!g_ascii_isalpha(*name) && *name != '_') {
        return false;
    }
    for (p = name; *p; p++) {
        if (!g_ascii_isalnum(*p) && *p != '_') {
            return false;
        }
    }
    return p - name <= BUFFER_NAME_MAX;
}

static bool check_buffer(const Sequence *seq, const SeqBuffer *buffer,
                         GError **error)
{
    const SeqFile *file;

    if (!is_identifier(buffer->name)) {
        return sequence_wrong(error,
                              "buffer %s: its name is not an identifier of at most %d letters, digits and '_': change it",
                              buffer->name, BUFFER_NAME_MAX);
    }
    if (!buffer->size || buffer->size % PAGE ||
        buffer->size > SEQUENCE_BUFFER_MAX) {
        return sequence_wrong(error, "buffer %s: its size %" PRIu64
            " is not a multiple of %d, up to %" PRIu64 ": change it",
                              buffer->name, buffer->size, PAGE,
                              SEQUENCE_BUFFER_MAX);
    }
    if (buffer->file == SEQUENCE_NONE) {
        return true;
    }
    if (buffer->file >= seq->files->len) {
        return sequence_wrong(error, "buffer %s: there is no file %u",
                              buffer->name, buffer->file);
    }
    file = &g_array_index(seq->files, SeqFile, buffer->file);
    if (g_bytes_get_size(file->bytes) > buffer->size) {
        return sequence_wrong(error,
                              "buffer %s: its file %s has %zu bytes, more than the buffer: correct its size",
                              buffer->name, file->name,
                              g_bytes_get_size(file->bytes));
    }
    return true;
}

static bool check_buffers(const Sequence *seq, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < seq->buffers->len; i++) {
        const SeqBuffer *buffer = &g_array_index(seq->buffers, SeqBuffer, i);

        if (!check_buffer(seq, buffer, error)) {
            return false;
        }
        if (!g_hash_table_add(names, buffer->name)) {
            return sequence_wrong(error,
                                  "buffer %s: there are two of that name: rename one",
                                  buffer->name);
        }
        sum += buffer->size;
        if (sum > SEQUENCE_BUFFERS_MAX) {
            return sequence_wrong(error,
                "buffer %s: with it, the buffers have %" PRIu64
                                  " bytes, more than %" PRIu64
                                  ": select a shorter part of the trace",
                                  buffer->name, sum, SEQUENCE_BUFFERS_MAX);
        }
    }
    return true;
}

bool sequence_file_name_is_valid(const char *name)
{
    return *name && strlen(name) <= FILE_NAME_MAX && !strchr(name, '/') &&
           strcmp(name, ".") && strcmp(name, "..");
}

bool sequence_sha256_is_valid(const char *sum)
{
    return strlen(sum) == SHA256_DIGITS &&
           strspn(sum, "0123456789abcdef") == SHA256_DIGITS;
}

static bool check_files(const Sequence *seq, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < seq->files->len; i++) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile, i);

        if (!sequence_file_name_is_valid(file->name)) {
            return sequence_wrong(error,
                                  "file %s: not a name of a file beside the sequence: use one without '/', of at most %d bytes",
                                  file->name, FILE_NAME_MAX);
        }
        if (!sequence_sha256_is_valid(file->sha256)) {
            return sequence_wrong(error,
                                  "file %s: its sha256 is not of %d lower-case hexadecimal digits: sha256sum prints it",
                                  file->name, SHA256_DIGITS);
        }
        if (!g_hash_table_add(names, file->name)) {
            return sequence_wrong(error, "file %s: it is listed twice: remove one",
                                  file->name);
        }
        sum += g_bytes_get_size(file->bytes);
        if (sum > SEQUENCE_FILES_MAX) {
            return sequence_wrong(error,
                                  "file %s: with it, the files have %" PRIu64
                                  " bytes, more than %" PRIu64
                                  ": select a shorter part of the trace",
                                  file->name, sum, SEQUENCE_FILES_MAX);
        }
    }
    return true;
}

static bool check_data(const Sequence *seq, GError **error)
{
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < seq->data->len; i++) {
        size_t size = g_bytes_get_size(seq->data->pdata[i]);

        if (size > SEQUENCE_DATA_MAX) {
            return sequence_wrong(error,
                                  "an operation has %zu bytes, more than %d: use a file",
                                  size, SEQUENCE_DATA_MAX);
        }
        sum += size;
    }
    return sum <= SEQUENCE_DATAS_MAX ||
           sequence_wrong(error, "the bytes that operations have are %" PRIu64
                          ", more than %" PRIu64
                          ": select a shorter part of the trace",
                          sum, SEQUENCE_DATAS_MAX);
}

bool sequence_check(const Sequence *seq, uint32_t *at, GError **error)
{
    SeqWalk walk;
    uint32_t none;
    uint32_t i;

    at = at ? at : &none;
    *at = SEQUENCE_NONE;
    if (!check_regions(seq, error) || !check_files(seq, error) ||
        !check_buffers(seq, error) || !check_data(seq, error)) {
        return false;
    }
    sequence_walk_begin(&walk, seq);
    for (i = 0; i < seq->ops->len; i++) {
        if (!sequence_check_op(&walk, i, error)) {
            g_prefix_error(error, "operation %u (%s): ", i,
                           sequence_kind_name(sequence_op(seq, i)->kind));
            *at = i;
            return false;
        }
    }
    return true;
}
