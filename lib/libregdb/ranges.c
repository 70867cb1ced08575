/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: lists of ranges, one on each line, as people write them in ten
 * minutes and as `vfio-trace profile --as ranges` prints them
 *
 *      # a comment
 *      BAR:OFFSET[:LEN] NAME [r|w|rw]     # what it is
 *
 * BAR is "0" or "bar0" to "5" or "bar5", "rom", "config" or the name of another
 * region; OFFSET and LEN are numbers as in windows: 4096, 0x1000, 4K.  Without
 * LEN, it is a register of 4 bytes.  1, 2, 4 and 8 bytes are a register; other
 * lengths are an area of which only the name and the place are known.
 *
 * Each region is a domain, which has its name in capitals: "BAR0".
 */
#include "libregdb/loader.h"

#include <string.h>

#include "libpcidev/window-spec.h"

/* Bytes of a line that can be right */
#define RANGES_LINE_MAX 4096

/* Bytes of the name of a region */
#define RANGES_REGION_MAX 64

/**
 * struct RangesLine: a line, taken apart
 * @text: copy of the line; the other members are in it
 * @spec: BAR:OFFSET[:LEN]; NULL: there is nothing on the line
 * @name: the name, or NULL
 * @access: r, w, rw, or NULL
 * @rest: whatever follows, or NULL
 * @brief: the comment, or NULL
 */
typedef struct RangesLine {
    char *text;
    char *spec;
    char *name;
    char *access;
    char *rest;
    char *brief;
} RangesLine;

/* Cuts the next word off @at.  Return: the word, or NULL */
static char *ranges_word(char **at)
{
    char *word = *at;

    while (g_ascii_isspace(*word)) {
        word++;
    }
    *at = word;
    while (**at && !g_ascii_isspace(**at)) {
        (*at)++;
    }
    if (**at) {
        *(*at)++ = '\0';
    }
    return *word ? word : NULL;
}

static void ranges_cut_comment(RangesLine *line)
{
    char *p;

    for (p = strchr(line->text, '#'); p; p = strchr(p + 1, '#')) {
        if (p == line->text || g_ascii_isspace(p[-1])) {
            *p = '\0';
            line->brief = g_strstrip(p + 1);
            break;
        }
    }
    if (line->brief && !*line->brief) {
        line->brief = NULL;
    }
}

static void ranges_split(RangesLine *line, const char *text, size_t len)
{
    char *at;

    *line = (RangesLine) { .text = g_strndup(text, len) };
    ranges_cut_comment(line);
    at = line->text;
    line->spec = ranges_word(&at);
    line->name = ranges_word(&at);
    line->access = ranges_word(&at);
    line->rest = ranges_word(&at);
}

/* A region's domain, or NULL if @word can't be the name of a region */
static char *ranges_domain(const char *word)
{
    const char *p;
    char *domain;

    if (g_ascii_isdigit(word[0])) {
        return word[0] < '6' && !word[1] ? g_strdup_printf("BAR%s", word) :
               NULL;
    }
    if (!g_ascii_isalpha(word[0]) || strlen(word) > RANGES_REGION_MAX) {
        return NULL;
    }
    for (p = word; *p; p++) {
        if (!g_ascii_isalnum(*p) && !strchr("-_.", *p)) {
            return NULL;
        }
    }
    domain = g_ascii_strup(word, -1);
    /* as vfio-trace profile writes the regions vga-memory, vga-3b0, ... */
    return g_str_has_prefix(domain, "VGA_") ?
           g_strdelimit(domain, "_", '-') : domain;
}

/**
 * struct RangesSpec: BAR:OFFSET[:LEN]
 * @domain: name of the region's domain
 * @offset: first byte
 * @len: number of bytes
 */
typedef struct RangesSpec {
    char *domain;
    uint64_t offset;
    uint64_t len;
} RangesSpec;

static bool ranges_numbers(char *const *part, RangesSpec *spec,
                           GError **error)
{
    spec->len = 4;
    if (!pci_window_number_parse("OFFSET", part[1], REGDB_ADDRESS_MAX - 1,
                                 &spec->offset, error)) {
        return false;
    }
    return !part[2] ||
           pci_window_number_parse("LEN", part[2], REGDB_ADDRESS_MAX,
                                   &spec->len, error);
}

static bool ranges_spec(const char *text, RangesSpec *spec, GError **error)
{
    g_auto(GStrv) part = g_strsplit(text, ":", 4);
    unsigned parts = g_strv_length(part);

    *spec = (RangesSpec) { 0 };
    if (parts != 2 && parts != 3) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_FORM,
                    "'%.100s' is not BAR:OFFSET[:LEN]", text);
        return false;
    }
    if (!ranges_numbers(part, spec, error)) {
        g_prefix_error(error, "'%.100s': ", text);
        return false;
    }
    if (!spec->len || spec->len > REGDB_ADDRESS_MAX - spec->offset) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_NUMBER,
                    "'%.100s': LEN is 0, or the range ends beyond 2^48", text);
        return false;
    }
    spec->domain = ranges_domain(part[0]);
    if (!spec->domain) {
        g_set_error(error, PCI_WINDOW_ERROR, PCI_WINDOW_ERROR_REGION,
                    "'%.100s': BAR is '%.20s'; 0 to 5, bar0 to bar5, rom, config or the name of a region expected",
                    text, part[0]);
    }
    return spec->domain;
}

static bool ranges_access(const char *word, uint8_t *access)
{
    static const struct {
        const char *word;
        uint8_t access;
    } words[] = {
        { "r", REGDB_READ }, { "w", REGDB_WRITE }, { "rw", REGDB_READ_WRITE },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strcmp(words[i].word, word)) {
            *access = words[i].access;
            return true;
        }
    }
    return false;
}

/* Return: what is wrong with the words behind the first one, or NULL */
static const char *ranges_wrong(const RangesLine *line, uint8_t *access)
{
    *access = REGDB_READ_WRITE;
    if (!line->name) {
        return "the name is missing: BAR:OFFSET[:LEN] NAME [r|w|rw] expected";
    }
    if (strlen(line->name) > REGDB_NAME_MAX) {
        return "the name is longer than 255 bytes";
    }
    if (line->access && !ranges_access(line->access, access)) {
        return "behind the name, r, w, rw or a comment with # expected";
    }
    if (line->rest) {
        return "too many words: BAR:OFFSET[:LEN] NAME [r|w|rw] expected";
    }
    return NULL;
}

static bool ranges_add(RegDbBuild *build, const RangesSpec *spec,
                       const RangesLine *line, uint8_t access)
{
    bool reg = spec->len <= 8 && !(spec->len & (spec->len - 1));
    RegDbDomain *domain = regdb_build_domain(build, spec->domain, 8, NULL);
    const RegDbElement element = {
        .kind = reg ? REGDB_REGISTER : REGDB_ARRAY,
        .access = access,
        .bits = reg ? spec->len * 8 : 0,
        .name = line->name,
        .brief = line->brief,
        .offset = spec->offset,
        .length = 1,
        /* all 2^48 bytes from 0 on end where the last address is */
        .stride = MIN(spec->len, REGDB_ADDRESS_MAX - 1),
        .type = reg ? regdb_build_type(build, REGDB_HEX) : NULL,
    };

    return domain && (element.type || !reg) &&
           regdb_build_element(build, domain, NULL, &element);
}

/* Return: false at a limit */
static bool ranges_line(RegDbSource *source, RegDbBuild *build,
                        const RangesLine *line, unsigned n, unsigned *added)
{
    g_autoptr(GError) error = NULL;
    const char *wrong;
    RangesSpec spec;
    uint8_t access;
    bool ok = true;

    if (!line->spec) {
        return true;
    }
    wrong = ranges_wrong(line, &access);
    if (!ranges_spec(line->spec, &spec, &error)) {
        regdb_source_fault(source, n, "%s", error->message);
    } else if (wrong) {
        regdb_source_fault(source, n, "%s", wrong);
    } else {
        ok = ranges_add(build, &spec, line, access);
        *added += ok;
    }
    g_free(spec.domain);
    return ok;
}

static bool ranges_load(RegDbSource *source, RegDbBuild *build,
                        const char *text, size_t len)
{
    const char *end = text + len;
    unsigned added = 0;
    unsigned n;

    for (n = 1; text < end; n++) {
        const char *newline = memchr(text, '\n', end - text) ?: end;
        RangesLine line;
        bool ok;

        if (newline - text > RANGES_LINE_MAX) {
            regdb_source_fault(source, n, "the line is longer than 4096 bytes");
        } else {
            ranges_split(&line, text, newline - text);
            ok = ranges_line(source, build, &line, n, &added);
            g_free(line.text);
            if (!ok) {
                regdb_source_fault(source, n, "%s", regdb_build_error(build));
                return false;
            }
        }
        text = newline + 1;
    }
    if (!added) {
        regdb_source_fault(source, 0, "there is no register in it");
    }
    return added;
}

/* Is the first line that is not empty a range? */
static bool ranges_recognise(G_GNUC_UNUSED const char *name, const char *text,
                             size_t len)
{
    const char *end = text + len;
    bool found = false;
    bool range = false;

    while (text < end && !found) {
        const char *newline = memchr(text, '\n', end - text) ?: end;
        RangesLine line;
        RangesSpec spec;

        ranges_split(&line, text, MIN(newline - text, RANGES_LINE_MAX));
        found = line.spec;
        if (found) {
            range = ranges_spec(line.spec, &spec, NULL) && line.name;
            g_free(spec.domain);
        }
        g_free(line.text);
        text = newline + 1;
    }
    return range;
}

const RegDbLoader regdb_ranges = {
    .name = "ranges",
    .brief = "list of ranges: BAR:OFFSET[:LEN] NAME [r|w|rw]",
    .recognise = ranges_recognise,
    .load = ranges_load,
};
