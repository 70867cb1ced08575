/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs that are compiled to sequences (see sequence-log.h)
 */
#include "sequence-log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "play-log.h"
#include "run-tool.h"
#include "tools/sequence/check.h"

static const char head[] =
    "VERSION 20070824\n"
    "PCIDEV 0008 808610d3 0 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:01.0 type=vfio-pci-trace addresses=host\n"
    "MARK 1.000000 vfio-trace: coverage device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 state=trapped\n"
    "MARK 1.000000 vfio-trace: coverage device=dut0 config map=2 addr=0x0 len=0x1000 state=trapped\n"
    "MAP 1.000000 1 0xfeb80000 0xfebc0000 0x20000 0x0 0\n";

SequenceLog *sequence_log_new(void)
{
    SequenceLog *log = g_new0(SequenceLog, 1);

    log->text = g_string_new(head);
    log->us = 1000001;
    log->width = 4;
    return log;
}

void sequence_log_free(SequenceLog *log)
{
    g_string_free(log->text, TRUE);
    g_free(log);
}

static void put_time(SequenceLog *log)
{
    g_string_append_printf(log->text, "%" PRIu64 ".%06" PRIu64,
                           log->us / 1000000, log->us % 1000000);
}

void sequence_log_mark(SequenceLog *log, const char *fmt, ...)
{
    va_list args;

    g_string_append(log->text, "MARK ");
    put_time(log);
    g_string_append_c(log->text, ' ');
    va_start(args, fmt);
    g_string_append_vprintf(log->text, fmt, args);
    va_end(args);
    g_string_append_c(log->text, '\n');
}

static void put_access(SequenceLog *log, char op, uint64_t offset,
                       uint64_t value)
{
    if (g_ascii_isupper(op)) {
        sequence_log_mark(log, "vfio-trace: config %c width=%u map=2 offset=0x%"
                          PRIx64 " value=0x%" PRIx64, op, log->width, offset,
                          value);
    } else {
        g_string_append_printf(log->text, "%c %u ", g_ascii_toupper(op),
                               log->width);
        put_time(log);
        g_string_append_printf(log->text, " 1 0x%" PRIx64 " 0x%" PRIx64
                               " 0x0 0\n", SEQUENCE_LOG_BAR + offset, value);
    }
    log->us++;
}

/* Return: behind the repetition */
static const char *repeat(SequenceLog *log, const char *script)
{
    char *body;
    uint64_t n = g_ascii_strtoull(script, &body, 10);
    const char *end = ++body;
    unsigned depth = 1;
    g_autofree char *copy = NULL;

    while (depth) {
        depth += *end == '(' ? 1 : *end == ')' ? -1 : 0;
        end++;
    }
    copy = g_strndup(body, end - 1 - body);
    while (n--) {
        sequence_log(log, copy);
    }
    return end;
}

void sequence_log(SequenceLog *log, const char *script)
{
    while (*(script += strspn(script, " "))) {
        char op = *script++;
        char *end;
        uint64_t n;

        if (op == 'x') {
            script = repeat(log, script);
            continue;
        }
        n = g_ascii_strtoull(script, &end, op == '+' || op == '/' ? 10 : 16);
        if (op == '+') {
            log->us += n;
        } else if (op == '/') {
            log->width = n;
        } else {
            g_assert_cmpint(*end, ==, '=');
            put_access(log, op, n, g_ascii_strtoull(end + 1, &end, 16));
        }
        script = end;
    }
}

/* Return: the trace, read to its end */
static MmtTrace *read_log(Compile *c, const char *path, bool learn)
{
    MmtTrace *trace = mmt_trace_open(path, NULL);
    const MmtEntry *entries;
    bool more = true;
    size_t i, n;

    g_assert_nonnull(trace);
    while (more && (n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n && more; i++) {
            if (learn) {
                compile_learn(c, trace, &entries[i]);
            } else {
                more = compile_entry(c, trace, NULL, &entries[i]);
            }
        }
    }
    g_assert_null(mmt_trace_error(trace));
    return trace;
}

static void play(const Sequence *seq, const char *path, const char *text)
{
    g_autoptr(GArray) accesses = log_accesses(path, NULL);
    g_autoptr(GArray) memory = log_memory(text);
    g_autofree char *wrong = play_log(seq, accesses, memory);

    g_assert_cmpstr(wrong, ==, NULL);
}

Sequence *sequence_log_compile(const SequenceLog *log,
                               const CompileOptions *options, GError **error)
{
    static const CompileOptions usual = {
        .min_delay_ns = 100000, .min_upload = 64, .stem = "log",
    };
    g_autofree char *path = temp_file("sequence.mmt", log->text->str, -1);
    g_autoptr(Compile) c = compile_new(options ? options : &usual);
    g_autoptr(GError) wrong = NULL;
    Sequence *seq = NULL;
    MmtTrace *trace;

    mmt_trace_free(read_log(c, path, true));
    if (compile_learned(c, &wrong)) {
        trace = read_log(c, path, false);
        seq = compile_finish(c, &wrong);
        mmt_trace_free(trace);
    }
    if (error) {
        *error = g_steal_pointer(&wrong);
        return seq;
    }
    g_assert_no_error(wrong);
    sequence_check(seq, NULL, &wrong);
    g_assert_no_error(wrong);
    if (!options || !options->drop_reads) {
        play(seq, path, log->text->str);
    }
    return seq;
}

/* --- a sequence in short --------------------------------------------------- */

static void put_place(const SeqOp *op, GString *text)
{
    g_string_append_printf(text, "%s%" PRIx64,
                           op->region == SEQUENCE_REGION_CONFIG ? "c:" : "",
                           op->offset);
}

static void put_moves(const SeqOp *op, unsigned depth, GString *text)
{
    unsigned i;

    if (op->kind <= SEQ_POLL ? op->width != 4 :
        op->kind == SEQ_POINTER && op->width != 8) {
        g_string_append_printf(text, " /%u", op->width);
    }
    for (i = 0; i < depth; i++) {
        if (op->stride[i]) {
            g_string_append_printf(text, " @%u:%" PRId64, i, op->stride[i]);
        }
    }
    if (op->step) {
        g_string_append_printf(text, " ++%" PRId64, op->step);
    }
}

static const char *buffer_name(const Sequence *seq, uint32_t number)
{
    return g_array_index(seq->buffers, SeqBuffer, number).name;
}

static void put_address(const Sequence *seq, const SeqOp *op, GString *text)
{
    static const char *const parts[] = { "", " low", " high" };

    g_string_append_printf(text, " = %s+%" PRIx64 "%s",
                           buffer_name(seq, op->buffer), op->value,
                           parts[op->part]);
}

static void put_memory(const Sequence *seq, const SeqOp *op, GString *text)
{
    const uint8_t *bytes;
    size_t i, len;

    g_string_append_printf(text, "%c %s+%" PRIx64,
                           op->kind == SEQ_MEMORY ? 'M' : 'P',
                           buffer_name(seq, op->memory), op->offset);
    if (op->kind == SEQ_POINTER) {
        put_address(seq, op, text);
        return;
    }
    bytes = g_bytes_get_data(sequence_memory_bytes(seq, op), &len);
    if (op->file != SEQUENCE_NONE) {
        g_string_append_printf(text, " = %s", g_array_index(seq->files, SeqFile,
                                                            op->file).name);
    } else if (len > 16) {
        g_string_append_printf(text, " = x%zu", len);
    } else {
        g_string_append(text, " = ");
        for (i = 0; i < len; i++) {
            g_string_append_printf(text, "%02x", bytes[i]);
        }
    }
}

static void put_write(const Sequence *seq, const SeqOp *op, GString *text)
{
    if (op->buffer != SEQUENCE_NONE) {
        put_address(seq, op, text);
    } else if (op->source != SEQUENCE_NONE) {
        g_string_append_printf(text, " = [%u] & %" PRIx64 " | %" PRIx64
                               " ^ %" PRIx64 " + %" PRIx64, op->source,
                               op->and_mask, op->or_mask, op->xor_mask,
                               op->add);
    } else {
        g_string_append_printf(text, " = %" PRIx64, op->value);
    }
}

static void put_access_op(const Sequence *seq, const SeqOp *op, GString *text)
{
    static const char letters[] = "wrcp";

    g_string_append_printf(text, "%c ", letters[op->kind]);
    put_place(op, text);
    if (op->kind == SEQ_WRITE) {
        put_write(seq, op, text);
    } else if (op->kind != SEQ_READ) {
        g_string_append_printf(text, " %s %" PRIx64 " & %" PRIx64,
                               op->differs ? "!=" : "=", op->value, op->mask);
    }
    if (op->kind == SEQ_POLL) {
        g_string_append_printf(text, " %" PRIu64 "us", op->ns / 1000);
    }
}

static void put_upload(const Sequence *seq, const SeqOp *op, GString *text)
{
    g_string_append(text, "u ");
    put_place(op, text);
    g_string_append_printf(text, " x%" PRIu64 " +%" PRId64 " %s", op->rounds,
                           op->stride[0],
                           g_array_index(seq->files, SeqFile, op->file).name);
}

static void put_op(const Sequence *seq, const SeqOp *op, unsigned depth,
                   GString *text)
{
    switch (op->kind) {
    case SEQ_DELAY:
        g_string_append_printf(text, "d %" PRIu64 "us", op->ns / 1000);
        break;
    case SEQ_MARK:
    case SEQ_NOTE:
        g_string_append_printf(text, "%c %s", op->kind == SEQ_MARK ? 'm' : 'n',
                               (char *)seq->texts->pdata[op->text]);
        break;
    case SEQ_UPLOAD:
        put_upload(seq, op, text);
        break;
    case SEQ_IRQ:
        g_string_append_printf(text, "i %" PRIu64, op->value);
        if (op->rounds > 1) {
            g_string_append_printf(text, " x%" PRIu64, op->rounds);
        }
        g_string_append_printf(text, " %" PRIu64 "us", op->ns / 1000);
        break;
    case SEQ_MEMORY:
    case SEQ_POINTER:
        put_memory(seq, op, text);
        put_moves(op, depth, text);
        break;
    default:
        put_access_op(seq, op, text);
        put_moves(op, depth, text);
        break;
    }
}

static void put_ops(const Sequence *seq, uint32_t from, uint32_t to,
                    unsigned depth, GString *text)
{
    uint32_t i;

    for (i = from; i < to; i++) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->kind == SEQ_LOOP) {
            g_string_append_printf(text, "%" PRIu64 "{\n", op->rounds);
            put_ops(seq, i + 1, i + 1 + op->body, depth + 1, text);
            g_string_append(text, "}\n");
            i += op->body;
        } else {
            put_op(seq, op, depth, text);
            g_string_append_c(text, '\n');
        }
    }
}

char *sequence_log_text(const Sequence *seq)
{
    GString *text = g_string_new(NULL);

    put_ops(seq, 0, seq->ops->len, 0, text);
    return g_string_free(text, FALSE);
}

void sequence_log_expect(SequenceLog *log, const CompileOptions *options,
                         const char *text)
{
    g_autoptr(Sequence) seq = sequence_log_compile(log, options, NULL);
    g_autofree char *got = sequence_log_text(seq);

    g_assert_cmpstr(got, ==, text);
    sequence_log_free(log);
}

void sequence_log_expect_script(const char *script, const char *text)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, script);
    sequence_log_expect(log, NULL, text);
}

void sequence_log_expect_unlike(SequenceLog *log, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Sequence) seq = sequence_log_compile(log, NULL, &error);
    g_autofree char *got = NULL;

    g_assert_no_error(error);
    got = sequence_log_text(seq);
    g_assert_cmpstr(got, ==, text);
    sequence_log_free(log);
}
