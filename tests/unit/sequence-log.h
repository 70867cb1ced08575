/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs that are compiled to sequences
 */
#ifndef TESTS_UNIT_SEQUENCE_LOG_H
#define TESTS_UNIT_SEQUENCE_LOG_H

#include "tools/sequence/compile.h"

/* Where the device's BAR 0 is in these logs */
#define SEQUENCE_LOG_BAR 0xfeb80000u

/**
 * struct SequenceLog: a log that a test makes up
 * @text: the log
 * @us: time of the next line
 * @width: of the next accesses
 */
typedef struct SequenceLog {
    GString *text;
    uint64_t us;
    unsigned width;
} SequenceLog;

/**
 * sequence_log_new() - begin a log of an e1000e
 */
SequenceLog *sequence_log_new(void);

/**
 * sequence_log() - append accesses
 * @log: the log
 * @script: words: "r10=5" and "w10=5" access BAR 0, "R10=5" and "W10=5" config
 *          space, in hexadecimal; "/2" sets the width; "+200" lets 200 us pass;
 *          "x3(r10=1 r14=2)" is three times what is in the brackets
 */
void sequence_log(SequenceLog *log, const char *script);

/**
 * sequence_log_mark() - append a mark
 * @log: the log
 * @fmt: its text, as for printf()
 */
void sequence_log_mark(SequenceLog *log, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/**
 * sequence_log_compile() - compile a log
 * @log: the log
 * @options: what is wanted, or NULL for what the verb does
 * @error: where to store the error, or NULL if there must be none
 *
 * If no reads are dropped, the sequence is played: see play-log.h.
 */
Sequence *sequence_log_compile(const SequenceLog *log,
                               const CompileOptions *options, GError **error);

/**
 * sequence_log_text() - print a sequence in short
 * @seq: the sequence
 *
 *      w 10 = 5 /2 @4 ++1          write, of two bytes; stride and step
 *      w 10 = dma0+8 low           the lower half of a buffer's address
 *      w 10 = [3] & ff | 1 ^ 0 + 0
 *      r 10, c 10 = 1 & 3          read, check
 *      p 10 = 1 & 1 1000us         poll; != if it waits for another value
 *      d 200us, m TEXT, n TEXT     delay, mark, note
 *      u 2000 x16 +4 file0
 *      i 3 100000us                interrupt
 *      M dma0+8 = 0102             memory; "x64" instead of more than 16 bytes,
 *                                  the file's name if they have one
 *      P dma0+8 = dma1+10          pointer
 *      5{ ... }                    loop
 *
 * Config space is "c:10" instead of "10".  Bytes are only shown if they are
 * not 4.
 *
 * Return: the text, to be freed
 */
char *sequence_log_text(const Sequence *seq);

/**
 * sequence_log_expect() - compile a log, and compare the sequence
 * @log: the log, which is freed
 * @options: as for sequence_log_compile()
 * @text: what sequence_log_text() must return
 */
void sequence_log_expect(SequenceLog *log, const CompileOptions *options,
                         const char *text);

/**
 * sequence_log_expect_script() - compile a script's log, and compare
 * @script: as for sequence_log()
 * @text: what sequence_log_text() must return
 */
void sequence_log_expect_script(const char *script, const char *text);

/**
 * sequence_log_expect_unlike() - compile a log, and compare, but do not play it
 * @log: the log, which is freed
 * @text: what sequence_log_text() must return: it leaves accesses out, or has
 *        them in another order
 */
void sequence_log_expect_unlike(SequenceLog *log, const char *text);

void sequence_log_free(SequenceLog *log);

#endif /* TESTS_UNIT_SEQUENCE_LOG_H */
