/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace tail: lines that are decoded (see decoded.h)
 */
#include "tools/log/decoded.h"
#include "tools/decode/decode.h"
#include "tools/script/script.h"

/**
 * struct Decoded: state
 * @db: databases of the trace
 * @decode: state of the decoder, or NULL
 * @scripts: scripts, or NULL
 * @text: where lines go
 */
struct Decoded {
    AnalysisDb *db;
    Decode *decode;
    Scripts *scripts;
    GString *text;
};

static bool append_rows(void *opaque, const char *p, size_t len)
{
    Decoded *decoded = opaque;

    g_string_append_len(decoded->text, p, len);
    return true;
}

static void append_line(const ScriptLine *line, void *opaque)
{
    Decoded *decoded = opaque;

    scripts_put_text(line, decoded->text);
}

Decoded *decoded_new(const Verb *verb, MmtTrace *trace, AnalysisDb *db,
                     bool decode, const char *colors, GString *text)
{
    g_autoptr(Decoded) decoded = g_new0(Decoded, 1);

    decoded->db = db;
    decoded->text = text;
    if (decode) {
        decoded->decode = decode_new(trace, db, append_rows, decoded);
        decoded->decode->colors = decode_choose_colors(colors);
    }
    if (!scripts_open(verb, trace, db, append_line, decoded,
                      &decoded->scripts)) {
        return NULL;
    }
    return g_steal_pointer(&decoded);
}

void decoded_take(Decoded *decoded, const MmtEntry *entry, bool last)
{
    Decode *d = decoded->decode;

    scripts_before(decoded->scripts, entry);
    if (last && analysis_db_pending(decoded->db)) {
        /* it says which chip it is: it is shown with its names */
        analysis_db_apply(decoded->db);
    }
    if (d) {
        decode_refresh(d);
        decode_text.entries(d, NULL, entry, 1);
        convert_out_flush(&d->out);
    }
}

void decoded_scripts(Decoded *decoded, const MmtEntry *entry)
{
    scripts_take(decoded->scripts, entry);
}

void decoded_idle(Decoded *decoded)
{
    scripts_idle(decoded->scripts);
}

void decoded_replaced(Decoded *decoded)
{
    if (decoded->decode) {
        decode_forget(decoded->decode);
    }
}

ToolStatus decoded_end(Decoded *decoded)
{
    return scripts_end(decoded->scripts);
}

void decoded_free(Decoded *decoded)
{
    if (decoded) {
        scripts_free(decoded->scripts);
        decode_free(decoded->decode);
        g_free(decoded);
    }
}
