/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: fixed parts of a program (see program-parts.h)
 *
 * They are files that glib-compile-resources has put into this one.
 */
#include "tools/sequence/program-parts.h"

#include <string.h>

#include "tools/sequence/program-resource.h"

#define DIRECTORY "/vfio-trace/sequence/"

void program_part(const Program *p, const char *name)
{
    g_autofree char *path = g_strconcat(DIRECTORY, name, ".",
                                        p->style->language, ".in", NULL);
    g_autoptr(GBytes) part = g_resource_lookup_data(
        sequence_programs_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE,
        NULL);
    gsize len;
    const char *text = g_bytes_get_data(part, &len);
    const char *line = memchr(text, '\n', len);

    /* the program has the licence once, at its beginning */
    fwrite(line + 1, 1, text + len - line - 1, p->out);
}

void program_parts(const Program *p)
{
    bool vfio = p->backend == SEQ_BACKEND_VFIO;
    bool fills = p->fills_file || p->has[SEQ_MEMORY] || p->has[SEQ_POINTER];
    const struct {
        bool needed;
        const char *name;
    } parts[] = {
        { true, vfio ? "guard-vfio" : "guard-sysfs" },
        { true, "access" },
        { true, "device" },
        { true, vfio ? "vfio" : "sysfs" },
        { p->files, "files" },
        { p->seq->buffers->len, "dma" },
        { fills, "memory" },
        { p->data_max, "fill" },
        { p->fills_file, "fill-file" },
        { p->has[SEQ_POINTER], "pointer" },
        { p->has[SEQ_IRQ], "irq" },
        { vfio && !p->has[SEQ_IRQ], "intx" },
        { p->has[SEQ_CHECK], "check" },
        { p->has[SEQ_POLL], "poll" },
        { p->has[SEQ_DELAY], "delay" },
        { p->has[SEQ_MARK], "mark" },
        { p->has[SEQ_UPLOAD], "upload" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].needed) {
            program_part(p, parts[i].name);
        }
    }
}

void program_first_contents(const Program *p)
{
    unsigned i;

    for (i = 0; i < p->seq->buffers->len; i++) {
        const SeqBuffer *buffer = &g_array_index(p->seq->buffers, SeqBuffer,
                                                 i);
        g_autofree char *name = NULL;

        if (buffer->file == SEQUENCE_NONE) {
            continue;
        }
        name = p->style->quote(g_array_index(p->seq->files, SeqFile,
                                             buffer->file).name);
        fprintf(p->out, "    fill_file(BUFFER_%s, 0x0, %s)%s\n",
                buffer->name, name, p->style->end);
    }
}

char *program_comment(const ProgramStyle *style, const char *text)
{
    GString *shown = g_string_new(text);

    if (*style->comment_end) {
        g_string_replace(shown, "*/", "* /", 0);
        g_string_replace(shown, "/*", "/ *", 0);
    }
    return g_string_free(shown, FALSE);
}
