/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as a program in Python (see as-python.h)
 */
#include "tools/sequence/as-python.h"

#include <inttypes.h>

#include "tools/sequence/program-parts.h"
#include "tools/sequence/program.h"

static char *quote(const char *text)
{
    GString *quoted = g_string_new("\"");

    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            g_string_append_c(quoted, '\\');
        }
        g_string_append_c(quoted, *text);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

static void put_head(const Program *p)
{
    fprintf(p->out,
            "#!/usr/bin/env python3\n"
            "# " PROGRAM_LICENCE "\n"
            "#\n"
            "# What a driver did to the device %04x:%04x, by the trace %s\n"
            "#\n"
            "# Made by vfio-trace sequence. It needs Python 3.10 or later and no module:\n"
            "#     python3 NAME.py BDF [DIRECTORY]\n"
            "# DIRECTORY has the files beside this one (default: the current directory).\n"
            "# It ends at the first check that fails, with 1, and after trouble with 2.\n",
            p->seq->vendor, p->seq->device, p->seq->trace);
    if (p->seq->notes) {
        fprintf(p->out, "#\n# %" PRIu64
                " things could not be compiled: look for NOT COMPILED.\n",
                p->seq->notes);
    }
    fputc('\n', p->out);
}

static void put_constant(const Program *p, const char *name, uint64_t value,
                         const char *comment)
{
    fprintf(p->out, "%s = 0x%" PRIx64 "%s%s\n", name, value,
            comment ? "  # " : "", comment ? comment : "");
}

static void put_region(const Program *p, unsigned i)
{
    const SeqRegion *region = &p->seq->regions[i];
    const char *name = sequence_region_name(i);
    g_autofree char *constant = g_ascii_strup(name, -1);

    uint64_t least = i == SEQUENCE_REGION_CONFIG ? 0x40 : 0;

    /* the device's IDs are looked at in any case */
    fprintf(p->out, "    %s: Region(\"%s\", 0x%" PRIx64 "%s),\n", constant,
            name, MAX(region->size, least), region->port ? ", port=True" : "");
}

static void put_buffers(const Program *p)
{
    const GArray *buffers = p->seq->buffers;
    unsigned i;

    fputs("# Memory for the device\n", p->out);
    for (i = 0; i < buffers->len; i++) {
        fprintf(p->out, "BUFFER_%s = %u\n",
                g_array_index(buffers, SeqBuffer, i).name, i);
    }
    fputs("\n\n"
          "class Buffer:\n"
          "    \"\"\"Memory for the device, with its address in the guest\"\"\"\n\n"
          "    def __init__(self, name, size, address, below_4g=False):\n"
          "        self.name = name\n"
          "        self.size = size\n"
          "        self.address = address\n"
          "        self.below_4g = below_4g    # the device is told 32 bits of its address\n"
          "        self.memory = None\n"
          "        self.iova = 0               # its address for the device\n\n\n"
          "buffers = [\n", p->out);
    for (i = 0; i < buffers->len; i++) {
        const SeqBuffer *b = &g_array_index(buffers, SeqBuffer, i);

        fprintf(p->out, "    Buffer(\"%s\", %" PRIu64 ", 0x%" PRIx64 "%s),\n",
                b->name, b->size, b->address,
                b->below_4g ? ", below_4g=True" : "");
    }
    fputs("]\n\n", p->out);
}

static void put_files(const Program *p)
{
    unsigned i;

    fputs("# Files beside this one: name, size, SHA-256\n"
          "files = {\n", p->out);
    for (i = 0; i < p->seq->files->len; i++) {
        const SeqFile *file = &g_array_index(p->seq->files, SeqFile, i);
        g_autofree char *name = quote(file->name);

        if (p->used[i]) {
            fprintf(p->out, "    %s: (\n"
                    "        %zu, \"%s\"),\n", name,
                    g_bytes_get_size(file->bytes), file->sha256);
        }
    }
    fputs("}\n\n", p->out);
}

static void put_tables(const Program *p)
{
    unsigned i;

    fputs("regions = {\n", p->out);
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        if (p->seq->regions[i].size || i == SEQUENCE_REGION_CONFIG) {
            put_region(p, i);
        }
    }
    fputs("}\n\n", p->out);
    if (p->files) {
        put_files(p);
    }
    if (p->seq->buffers->len) {
        put_buffers(p);
    }
    if (g_hash_table_size(p->kept)) {
        fprintf(p->out, "# Values that were read, of which others are made\n"
                "kept = [0] * %u\n\n", g_hash_table_size(p->kept));
    }
    fputc('\n', p->out);
}

static void put_function(const Program *p, const char *name)
{
    fprintf(p->out, "def %s():\n", name);
}

static void put_loop(const Program *p, const char *variable, uint64_t rounds)
{
    fprintf(p->out, "for %s in range(%" PRIu64 "):\n", variable, rounds);
}

static void put_main(const Program *p, const GPtrArray *functions)
{
    unsigned i;

    fputs("def main():\n"
          "    if len(sys.argv) not in (2, 3):\n"
          "        trouble(f\"usage: {sys.argv[0]} BDF [DIRECTORY]\")\n", p->out);
    if (p->files) {
        fputs("    load_files(sys.argv[2] if len(sys.argv) > 2 else \".\")\n",
              p->out);
    }
    fputs("    open_device(sys.argv[1])\n", p->out);
    if (p->seq->buffers->len) {
        fputs("    make_buffers()\n", p->out);
    }
    program_first_contents(p);
    if (p->has[SEQ_IRQ]) {
        fputs("    enable_irqs()\n", p->out);
    } else if (p->backend == SEQ_BACKEND_VFIO) {
        fputs("    hold_intx()\n", p->out);
    }
    for (i = 0; i < functions->len; i++) {
        fprintf(p->out, "    %s()\n", (const char *)functions->pdata[i]);
    }
    if (p->seq->buffers->len) {
        fputs("    save_buffers()\n", p->out);
    }
    fputs("\n\n"
          "try:\n"
          "    main()\n"
          "except OSError as e:\n"
          "    trouble(e)\n", p->out);
}

void sequence_write_python(const Sequence *seq, SeqBackend backend, FILE *out)
{
    static const ProgramStyle style = {
        .language = "py",
        .comment = "# ",
        .comment_end = "",
        .end = "",
        .empty = "pass",
        .quote = quote,
        .put_head = put_head,
        .put_constant = put_constant,
        .put_tables = put_tables,
        .put_function = put_function,
        .put_loop = put_loop,
        .put_main = put_main,
    };

    sequence_program(seq, backend, &style, out);
}
