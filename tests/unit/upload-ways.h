/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: random uploads in each way, mixed with accesses of others
 */
#ifndef TESTS_UNIT_UPLOAD_WAYS_H
#define TESTS_UNIT_UPLOAD_WAYS_H

#include "tools/analysis/upload.h"

/* Registers of the made device */
#define INDEX_REG  0x1000
#define DATA_REG   0x1010
#define SETUP_REG  0x1020
#define STATUS_REG 0x1030
#define WINDOW     0x100000

/**
 * struct Bench: a finder, and what it found
 * @finder: the finder
 * @random: random numbers
 * @found: uploads, whose bytes are ours
 * @kind: kind of the accesses of uploads
 * @noise: how often others' accesses come, in percent
 * @quiet: accesses of the upload before others do anything: until the finder
 *         knows how it is made, it takes their writes for part of it
 * @n: accesses so far
 */
typedef struct Bench {
    UploadFinder *finder;
    GRand *random;
    GArray *found;
    MmtEntryKind kind;
    int noise;
    int quiet;
    uint64_t n;
} Bench;

/**
 * struct Way: a way to upload
 * @name: its name
 * @way: what the finder calls it
 * @reads: also when it is read
 * @noise: writes of others may lie between
 * @again: two in a row are told apart
 * @odd: the last bytes may be less than the width
 * @upload: makes the accesses; the number of bytes is a multiple of the width,
 *          but for @odd
 */
typedef struct Way {
    const char *name;
    UploadWay way;
    bool reads;
    bool noise;
    bool again;
    bool odd;
    void (*upload)(Bench *bench, GByteArray *bytes, unsigned width);
} Way;

#define N_WAYS 13

extern const Way ways[N_WAYS];

/**
 * bench_init() - begin
 * @bench: the bench
 * @seed: for the random numbers
 * @options: of the finder
 */
void bench_init(Bench *bench, uint32_t seed, const UploadOptions *options);

/**
 * bench_forget() - forget what was found
 * @bench: the bench
 */
void bench_forget(Bench *bench);

/**
 * bench_clear() - end
 * @bench: the bench
 */
void bench_clear(Bench *bench);

/**
 * bench_put() - make an access
 * @bench: the bench
 * @kind: MMT_ENTRY_READ and so on
 * @offset: the register
 * @width: bytes
 * @value: the value
 */
void bench_put(Bench *bench, MmtEntryKind kind, uint64_t offset,
               unsigned width, uint64_t value);

/**
 * bench_write() - write to a register of 32 bits
 * @bench: the bench
 * @offset: the register
 * @value: the value
 */
void bench_write(Bench *bench, uint64_t offset, uint64_t value);

/**
 * bench_put_bytes() - make an access of an upload, perhaps after others'
 * @bench: the bench
 * @offset: the register
 * @bytes: the value
 * @width: bytes
 */
void bench_put_bytes(Bench *bench, uint64_t offset, const uint8_t *bytes,
                     unsigned width);

/**
 * bench_noise() - perhaps do what others do: up to two writes and some reads
 * @bench: the bench
 */
void bench_noise(Bench *bench);

/**
 * bench_fill() - make random bytes
 * @bench: the bench
 * @bytes: where to store them
 * @len: their number
 */
void bench_fill(Bench *bench, GByteArray *bytes, size_t len);

/**
 * bench_separate() - make too many writes of others for any upload to go on
 * @bench: the bench
 */
void bench_separate(Bench *bench);

#endif
