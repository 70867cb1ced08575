/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as JSON: what the files of the reader share
 */
#ifndef VFIO_TRACE_SEQUENCE_JSON_INTERNAL_H
#define VFIO_TRACE_SEQUENCE_JSON_INTERNAL_H

#include "tools/common/json-pull.h"
#include "tools/sequence/json.h"

/**
 * struct SeqReader: state of the reader
 * @pull: position in the text; its error is the reader's
 * @seq: what was read so far
 * @names: strings that are needed until the end
 * @buffers: name of a buffer -> its number + 1
 * @buffer_files: by buffer: name of its file, or NULL
 * @files: name of a file -> its number + 1
 * @lines: uint32_t: line of the JSON, by operation
 * @op: operation that is being read, or SEQUENCE_NONE
 * @is_placed: the error is in that operation, not in what is around it
 * @loops: loops around it
 * @stride: the strides of the last list
 * @open: reads the files
 * @opaque: its argument
 */
typedef struct SeqReader {
    JsonPull pull;
    Sequence *seq;
    GStringChunk *names;
    GHashTable *buffers;
    GPtrArray *buffer_files;
    GHashTable *files;
    GArray *lines;
    uint32_t op;
    bool is_placed;
    unsigned loops;
    int64_t stride[SEQUENCE_DEPTH_MAX];
    SequenceOpen *open;
    void *opaque;
} SeqReader;

/**
 * struct SeqValue: value of a member
 * @present: the member is there
 * @number: the value, or the number of what it names
 * @text: the value of a string; valid as long as the reader
 */
typedef struct SeqValue {
    bool present;
    uint64_t number;
    const char *text;
} SeqValue;

/**
 * struct SeqMember: a member that an object may have
 * @name: its name
 * @take: takes its value
 */
typedef struct SeqMember {
    const char *name;
    bool (*take)(SeqReader *r, SeqValue *value);
} SeqMember;

/**
 * seq_reader_wrong() - store an error, if there is none yet
 * @r: the reader
 * @fmt: what is wrong and what to do
 *
 * Return: false
 */
bool seq_reader_wrong(SeqReader *r, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/**
 * seq_reader_object() - read an object
 * @r: the reader
 * @members: what it may have
 * @n: their number
 * @values: where to store their values
 */
bool seq_reader_object(SeqReader *r, const SeqMember *members, size_t n,
                       SeqValue *values);

/**
 * seq_reader_has() - make sure that an object has a member
 * @r: the reader
 * @member: the member
 * @value: its value
 */
bool seq_reader_has(SeqReader *r, const SeqMember *member,
                    const SeqValue *value);

/* Values of members */
bool seq_take_hex(SeqReader *r, SeqValue *value);
bool seq_take_number(SeqReader *r, SeqValue *value);
bool seq_take_bool(SeqReader *r, SeqValue *value);
bool seq_take_string(SeqReader *r, SeqValue *value);

/**
 * seq_take_region() - take the name of a region
 * @r: the reader
 * @value: where to store its number
 */
bool seq_take_region(SeqReader *r, SeqValue *value);

/**
 * seq_take_file() - take the name of a file of the list
 * @r: the reader
 * @value: where to store its number
 */
bool seq_take_file(SeqReader *r, SeqValue *value);

/**
 * seq_take_word() - take one of some words
 * @r: the reader
 * @words: the words, NULL-terminated
 * @value: where to store its number
 */
bool seq_take_word(SeqReader *r, const char *const *words, SeqValue *value);

/**
 * sequence_read_op() - read the next operation and, of a loop, its body
 * @r: the reader
 */
bool sequence_read_op(SeqReader *r);

#endif /* VFIO_TRACE_SEQUENCE_JSON_INTERNAL_H */
