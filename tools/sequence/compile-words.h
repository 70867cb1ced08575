/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: words of guest memory that are addresses of it
 *
 * A log does not say where in a ring's entry an address is.  What all entries
 * of a ring have at a place tells: addresses of memory that is known, or, if
 * the trace knows nothing of what they point to (buffers for frames that never
 * came), numbers that can only be such.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_WORDS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_WORDS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/sequence/compile-areas.h"

/* Kinds of things; others are numbers of compile_words_kind() */
#define COMPILE_WORDS_DATA 0    /* a frame, a block: anything */
#define COMPILE_WORDS_ANY 1     /* a watch, a snapshot, one word: in no order */
#define COMPILE_WORDS_FIRST 2

/**
 * struct CompileThing: bytes of a ring's entry, or of something else
 * @kind: COMPILE_WORDS_*, or a number of compile_words_kind()
 * @address: where they are
 * @bytes: the bytes
 * @len: their number
 */
typedef struct CompileThing {
    uint32_t kind;
    uint64_t address;
    const uint8_t *bytes;
    uint32_t len;
} CompileThing;

/**
 * struct CompileWord: an address in a thing
 * @at: its address
 * @width: 4 or 8 bytes
 * @value: the address that it is
 * @offset: of the word in the thing
 * @placed: all things of this kind have an address there
 * @guess: and the trace does not know what is there
 */
typedef struct CompileWord {
    uint64_t at;
    unsigned width;
    uint64_t value;
    uint32_t offset;
    bool placed;
    bool guess;
} CompileWord;

typedef struct CompileWords CompileWords;

CompileWords *compile_words_new(void);

/**
 * compile_words_kind() - get the number of a kind of things
 * @words: the state
 * @name: its name: things with the same one are laid out alike
 * @list: they are elements of lists, which have addresses
 */
uint32_t compile_words_kind(CompileWords *words, const char *name, bool list);

/**
 * compile_words_base() - an address is the beginning of a ring
 * @words: the state
 * @address: the address
 */
void compile_words_base(CompileWords *words, uint64_t address);

/**
 * compile_words_learn() - take a thing; to be called for all, before
 *                         compile_words_decide()
 * @words: the state
 * @areas: memory that is known, joined
 * @thing: the thing
 */
void compile_words_learn(CompileWords *words, const CompileAreas *areas,
                         const CompileThing *thing);

/**
 * compile_words_decide() - decide where addresses are
 * @words: the state
 */
void compile_words_decide(CompileWords *words);

/**
 * typedef CompileWordTake - take an address
 * @opaque: of compile_words_find()
 * @word: the address
 */
typedef void CompileWordTake(void *opaque, const CompileWord *word);

/**
 * compile_words_find() - find the addresses in a thing
 * @words: the state, decided
 * @areas: memory that is known, joined
 * @thing: the thing
 * @take: takes them, in their order
 * @opaque: its first argument
 */
void compile_words_find(const CompileWords *words, const CompileAreas *areas,
                        const CompileThing *thing, CompileWordTake *take,
                        void *opaque);

void compile_words_free(CompileWords *words);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_WORDS_H */
