/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: programs that are made of sequences, and run
 */
#ifndef TESTS_UNIT_SEQUENCE_PROGRAM_H
#define TESTS_UNIT_SEQUENCE_PROGRAM_H

#include "tools/sequence/backend.h"
#include "tools/sequence/model.h"

/**
 * struct Language: a compiler, or an interpreter, which needs none
 * @name: name in tests
 * @command: the compiler or the interpreter
 * @c: the program is in C
 * @n: random sequences that it gets
 */
typedef struct Language {
    const char *name;
    const char *command;
    bool c;
    unsigned n;
} Language;

/* The last is asked for its warnings only. */
#define LANGUAGES 3

extern const Language languages[LANGUAGES];

/**
 * program_can() - skip a test if the language is not installed
 * @language: the language
 */
bool program_can(const Language *language);

/**
 * program_build() - make a program, which is in temp_dir()
 * @seq: the sequence
 * @backend: how it gets at the device
 * @language: its language
 * @optimize: "-O2"
 *
 * Return: the beginning of its command
 */
GPtrArray *program_build(const Sequence *seq, SeqBackend backend,
                         const Language *language, const char *optimize);

/**
 * program_run() - run a program
 * @argv: what program_build() has given, which gets more
 * @env: its environment, or NULL for this one's
 * @device: its argument; the directory with its files is temp_dir()
 * @expected: its exit status
 *
 * Return: what it says, to be freed
 */
char *program_run(GPtrArray *argv, char **env, const char *device,
                  int expected);

/**
 * program_put_files() - write a sequence's files to temp_dir()
 * @seq: the sequence
 */
void program_put_files(const Sequence *seq);

#endif
