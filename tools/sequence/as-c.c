/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as a program in C (see as-c.h)
 */
#include "tools/sequence/as-c.h"

#include <inttypes.h>

#include "tools/sequence/program-hash.h"
#include "tools/sequence/program-parts.h"
#include "tools/sequence/program.h"

/* '?' as well, or two of them might be a trigraph's beginning */
static char *quote(const char *text)
{
    GString *quoted = g_string_new("\"");

    for (; *text; text++) {
        if (*text == '"' || *text == '\\' || *text == '?') {
            g_string_append_c(quoted, '\\');
        }
        g_string_append_c(quoted, *text);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

static void put_head(const Program *p)
{
    g_autofree char *trace = program_comment(p->style, p->seq->trace);

    fprintf(p->out,
            "/* " PROGRAM_LICENCE " */\n"
            "/*\n"
            " * What a driver did to the device %04x:%04x, by the trace %s\n"
            " *\n"
            " * Made by vfio-trace sequence.  It needs no library:\n"
            " *     cc -O2 -o NAME NAME.c\n"
            " *     ./NAME BDF [DIRECTORY]\n"
            " * DIRECTORY has the files beside this one (default: the current directory).\n"
            " * It ends at the first check that fails, with 1, and after trouble with 2.\n",
            p->seq->vendor, p->seq->device, trace);
    if (p->seq->notes) {
        fprintf(p->out, " *\n * %" PRIu64
                " things could not be compiled: look for NOT COMPILED.\n",
                p->seq->notes);
    }
    fputs(" */\n", p->out);
}

static void put_constant(const Program *p, const char *name, uint64_t value,
                         const char *comment)
{
    fprintf(p->out, "#define %s 0x%" PRIx64, name, value);
    if (comment) {
        g_autofree char *shown = program_comment(p->style, comment);

        fprintf(p->out, " /* %s */", shown);
    }
    fputc('\n', p->out);
}

static void put_region(const Program *p, unsigned i)
{
    const SeqRegion *region = &p->seq->regions[i];
    const char *name = sequence_region_name(i);
    g_autofree char *constant = g_ascii_strup(name, -1);

    uint64_t least = i == SEQUENCE_REGION_CONFIG ? 0x40 : 0;

    /* the device's IDs are looked at in any case */
    fprintf(p->out, "    [%s] = { .name = \"%s\", .size = 0x%" PRIx64 "%s },\n",
            constant, name, MAX(region->size, least),
            region->port ? ", .port = true" : "");
}

static void put_buffers(const Program *p)
{
    const GArray *buffers = p->seq->buffers;
    unsigned i;

    fputs("/* Memory for the device */\n"
          "enum {\n", p->out);
    for (i = 0; i < buffers->len; i++) {
        fprintf(p->out, "    BUFFER_%s,\n",
                g_array_index(buffers, SeqBuffer, i).name);
    }
    fputs("    BUFFERS\n"
          "};\n\n"
          "static struct buffer {\n"
          "    const char *name;\n"
          "    uint64_t size;\n"
          "    bool below_4g;          /* the device is told 32 bits of its address */\n"
          "    uint64_t address;       /* where it was in the guest */\n"
          "    void *memory;\n"
          "    uint64_t iova;          /* its address for the device */\n"
          "} buffers[BUFFERS] = {\n", p->out);
    for (i = 0; i < buffers->len; i++) {
        const SeqBuffer *b = &g_array_index(buffers, SeqBuffer, i);

        fprintf(p->out, "    [BUFFER_%s] = { .name = \"%s\", .size = %" PRIu64
                "%s,\n        .address = 0x%" PRIx64 " },\n",
                b->name, b->name, b->size,
                b->below_4g ? ", .below_4g = true" : "", b->address);
    }
    fputs("};\n\n", p->out);
    if (p->data_max) {
        fprintf(p->out, "/* Most bytes of one fill() */\n"
                "#define FILL_MAX %zu\n\n", p->data_max);
    }
}

static void put_files(const Program *p)
{
    unsigned i;

    fputs("/* Files beside this one */\n"
          "static struct file {\n"
          "    const char *name;\n"
          "    uint64_t size;\n"
          "    uint64_t hash;\n"
          "    uint8_t *bytes;\n"
          "} files[] = {\n", p->out);
    for (i = 0; i < p->seq->files->len; i++) {
        const SeqFile *file = &g_array_index(p->seq->files, SeqFile, i);
        g_autofree char *name = quote(file->name);

        if (p->used[i]) {
            fprintf(p->out, "    { .name = %s, .size = %zu,\n"
                    "        .hash = 0x%016" PRIx64 " },\n", name,
                    g_bytes_get_size(file->bytes),
                    program_hash(file->bytes));
        }
    }
    fputs("};\n\n", p->out);
}

static void put_tables(const Program *p)
{
    unsigned i;

    fputs("static struct region regions[REGIONS] = {\n", p->out);
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        if (p->seq->regions[i].size || i == SEQUENCE_REGION_CONFIG) {
            put_region(p, i);
        }
    }
    fputs("};\n\n", p->out);
    if (p->files) {
        put_files(p);
    }
    if (p->seq->buffers->len) {
        put_buffers(p);
    }
    if (g_hash_table_size(p->kept)) {
        fprintf(p->out, "/* Values that were read, of which others are made */\n"
                "static uint64_t kept[%u];\n\n", g_hash_table_size(p->kept));
    }
}

static void put_function(const Program *p, const char *name)
{
    fprintf(p->out, "static void %s(void)\n{\n", name);
}

static void put_loop(const Program *p, const char *variable, uint64_t rounds)
{
    fprintf(p->out, "for (uint64_t %s = 0; %s < %" PRIu64 "; %s++) {\n",
            variable, variable, rounds, variable);
}

static void put_main(const Program *p, const GPtrArray *functions)
{
    unsigned i;

    fputs("int main(int argc, char **argv)\n"
          "{\n"
          "    if (argc != 2 && argc != 3) {\n"
          "        trouble(\"usage: %s BDF [DIRECTORY]\", argv[0]);\n"
          "    }\n", p->out);
    if (p->files) {
        fputs("    load_files(argc > 2 ? argv[2] : \".\");\n", p->out);
    }
    fputs("    open_device(argv[1]);\n", p->out);
    if (p->seq->buffers->len) {
        fputs("    make_buffers();\n", p->out);
    }
    program_first_contents(p);
    if (p->has[SEQ_IRQ]) {
        fputs("    enable_irqs();\n", p->out);
    } else if (p->backend == SEQ_BACKEND_VFIO) {
        fputs("    hold_intx();\n", p->out);
    }
    for (i = 0; i < functions->len; i++) {
        fprintf(p->out, "    %s();\n", (const char *)functions->pdata[i]);
    }
    if (p->seq->buffers->len) {
        fputs("    save_buffers();\n", p->out);
    }
    fputs("    return 0;\n}\n", p->out);
}

void sequence_write_c(const Sequence *seq, SeqBackend backend, FILE *out)
{
    static const ProgramStyle style = {
        .language = "c",
        .comment = "/* ",
        .comment_end = " */",
        .end = ";",
        .block_end = "}",
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
