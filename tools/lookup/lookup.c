/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace lookup: explain a register
 *
 * place.h opens the database, show.h prints.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libregdb/loader.h"
#include "tools/analysis/db-choose.h"
#include "tools/analysis/db-options.h"
#include "tools/common/nearest.h"
#include "tools/common/tool.h"
#include "tools/lookup/place.h"
#include "tools/lookup/show.h"

/* Names that are compared with one that does not exist; those of a message */
#define TRIED_MAX 100000
#define SIMILAR_MAX 5

/* Faults of a database that can't be used, which are printed */
#define FAULTS_MAX 10

/* Bytes of a line of standard input */
#define LINE_MAX_BYTES 4096

static char *opt_device;
static char *opt_enum;
static char *opt_bitset;
static gboolean opt_short;
static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "device", 'D', 0, G_OPTION_ARG_STRING, &opt_device,
      "Use the database of this device", "VENDOR:DEVICE" },
    { "enum", 'e', 0, G_OPTION_ARG_STRING, &opt_enum,
      "Explain an enum, or its VALUE", "ENUM" },
    { "bitset", 'b', 0, G_OPTION_ARG_STRING, &opt_bitset,
      "Explain a bitset, or its VALUE", "BITSET" },
    { "short", 's', 0, G_OPTION_ARG_NONE, &opt_short,
      "Print one line, as envytools' lookup does", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print JSON, with an object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "A register is named by its address, bar0:0x100, or by its name. A name may have\n"
    "'*' and '?'. Instead of one register, '-' reads them from standard input, one a line.\n\n"
    "Exit status: 0 found, 1 there is no such register, 2 the database can't be used or\n"
    "bad usage.";

static LookupFormat format(void)
{
    return opt_json ? LOOKUP_JSON : opt_short ? LOOKUP_SHORT : LOOKUP_LONG;
}

static LookupFound found_register(const LookupPlace *place,
                                  const RegDbRegister *reg, uint64_t asked)
{
    return (LookupFound) {
        .place = place, .name = reg->name, .brief = reg->brief,
        .type = reg->type, .offset = reg->offset, .bits = reg->bits,
        .access = reg->access, .asked = asked, .reach = reg->bits,
    };
}

static LookupFound found_match(const LookupPlace *place,
                               const RegDbMatch *match)
{
    const RegDbElement *element = match->element;

    return (LookupFound) {
        .place = place, .name = match->name, .brief = element->brief,
        .type = element->type, .offset = match->offset, .bits = element->bits,
        .access = element->access, .asked = match->offset, .match = match,
        .reach = element->bits,
    };
}

static unsigned bytes_of(uint64_t value)
{
    unsigned bytes = 1;

    while (bytes < 8 && value >> (8 * bytes)) {
        bytes *= 2;
    }
    return bytes;
}

/* The value has more bits than the register: of those behind it, too. */
static void show_parts(LookupPlace *place, uint64_t offset, uint64_t value)
{
    RegDbPart parts[REGDB_PARTS_MAX];
    unsigned i, n = regdb_view_parts(place->view, offset, bytes_of(value),
                                     REGDB_READ_WRITE, parts);

    for (i = 0; i < n; i++) {
        const RegDbPart *part = &parts[i];
        uint64_t mask = part->bits >= 64 ? UINT64_MAX :
                        ((uint64_t)1 << part->bits) - 1;
        LookupFound found;

        if (!part->reg) {
            continue;
        }
        found = found_register(place, part->reg, offset + part->shift / 8);
        found.has_value = true;
        found.value = value >> part->shift & mask;
        found.low = part->low;
        found.reach = part->bits;
        lookup_show(&found, format());
    }
}

/* At one address, there may be a register to read and another to write. */
static ToolStatus show_at(LookupPlace *place, uint64_t offset,
                          const uint64_t *value)
{
    const RegDbRegister *regs[] = {
        regdb_view_find(place->view, offset, REGDB_READ_WRITE),
        regdb_view_find(place->view, offset, REGDB_READ),
        regdb_view_find(place->view, offset, REGDB_WRITE),
    };
    unsigned i;

    if (!regs[0]) {
        return TOOL_FAULT;
    }
    if (value && !opt_short && regs[0]->bits &&
        regs[0]->bits < 8 * bytes_of(*value)) {
        show_parts(place, offset, *value);
        return TOOL_OK;
    }
    for (i = 0; i < G_N_ELEMENTS(regs); i++) {
        LookupFound found;

        if ((i && regs[i] == regs[0]) || (i && opt_short)) {
            continue;
        }
        found = found_register(place, regs[i], offset);
        found.has_value = value;
        found.value = value ? *value : 0;
        lookup_show(&found, format());
    }
    return TOOL_OK;
}

static ToolStatus look_at(Lookup *lookup, const char *text,
                          const uint64_t *value)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) address = NULL;
    uint64_t offset;
    LookupPlace *place = lookup_address(lookup, text, &offset, &error);
    ToolStatus status;

    if (!place) {
        tool_error(&verb_lookup, "%s", error->message);
        return TOOL_TROUBLE;
    }
    lookup_view(lookup, place);
    status = show_at(place, offset, value);
    if (status == TOOL_FAULT && opt_short) {
        printf("0x%" PRIx64 "\n", offset);
    } else if (status == TOOL_FAULT) {
        address = g_string_new(NULL);
        lookup_put_address(place, offset, address);
        tool_error(&verb_lookup, "there is no register at %s of domain %s",
                   address->str, place->domain->name);
    }
    return status;
}

/**
 * struct Names: registers are looked for by name
 * @place: where
 * @value: a value, or NULL
 * @single: the pattern is a name: a single register is explained
 * @n: number of registers found
 * @name: name of the first one, which is printed when a second one is found
 * @first: the first one
 * @match: the same
 */
typedef struct Names {
    LookupPlace *place;
    const uint64_t *value;
    bool single;
    unsigned n;
    char *name;
    LookupFound first;
    RegDbMatch match;
} Names;

static void show_single(Names *names)
{
    LookupFound *found = &names->first;
    const RegDbRegister *reg;

    if (!found->match->n_repeats) {
        /* with the indices in its name */
        reg = regdb_view_find(found->place->view, found->offset, found->access);
        if (reg && reg->type == found->type && reg->offset == found->offset) {
            found->name = reg->name;
        }
    }
    lookup_show(found, format());
}

static void keep_first(Names *names, const LookupFound *found)
{
    names->name = g_strdup(found->name);
    names->match = *found->match;
    names->match.name = names->name;
    names->first = *found;
    names->first.name = names->name;
    names->first.match = &names->match;
}

static bool take_match(const RegDbMatch *match, void *opaque)
{
    Names *names = opaque;
    LookupFound found = found_match(names->place, match);

    names->n++;
    if (names->value) {
        found.has_value = true;
        found.value = *names->value;
        keep_first(names, &found);
        show_single(names);
        g_clear_pointer(&names->name, g_free);
        return !ferror(stdout);
    }
    if (names->n == 1 && names->single) {
        keep_first(names, &found);
        return true;
    }
    if (names->n == 1 || (names->n == 2 && names->single)) {
        lookup_list_begin(format());
    }
    if (names->n == 2 && names->single) {
        lookup_list_add(&names->first, format());
    }
    lookup_list_add(&found, format());
    return !ferror(stdout);
}

/**
 * struct Similar: names that a name that does not exist may mean
 * @word: the name
 * @nearest: the nearest one
 * @best: the same, with room
 * @list: those that contain it
 * @n: number of names in @list
 * @tried: number of names that were compared
 */
typedef struct Similar {
    const char *word;
    Nearest nearest;
    char *best;
    GString *list;
    unsigned n;
    unsigned tried;
} Similar;

static bool try_similar(const RegDbMatch *match, void *opaque)
{
    Similar *similar = opaque;
    g_autofree char *name = g_ascii_strdown(match->name, -1);

    if (strstr(name, similar->word)) {
        g_string_append_printf(similar->list, "%s%s", similar->n ? ", " : "",
                               match->name);
        similar->n++;
    }
    if (nearest_try(&similar->nearest, match->name)) {
        g_free(similar->best);
        similar->best = g_strdup(match->name);
    }
    return ++similar->tried < TRIED_MAX && similar->n < SIMILAR_MAX;
}

/* A name of hexadecimal digits, as other programs take offsets */
static bool is_hex(const char *name)
{
    return *name && strspn(name, "0123456789abcdefABCDEF") == strlen(name);
}

static void say_no_name(Lookup *lookup, const char *text)
{
    const char *colon = strchr(text, ':');
    const char *name = colon ? colon + 1 : text;
    g_autofree char *word = g_ascii_strdown(name, -1);
    Similar similar = { .word = word, .list = g_string_new(NULL) };
    guint i;

    nearest_begin(&similar.nearest, name, true);
    for (i = 0; i < lookup->places->len && similar.n < SIMILAR_MAX; i++) {
        LookupPlace *place = &g_array_index(lookup->places, LookupPlace, i);

        if (lookup_name_in(place, text)) {
            regdb_view_each(lookup_view(lookup, place), NULL, try_similar,
                            &similar);
        }
    }
    if (similar.n) {
        tool_error(&verb_lookup,
                   "there is no register '%s'; names that contain it: %s", text,
                   similar.list->str);
    } else if (is_hex(name)) {
        tool_error(&verb_lookup,
                   "there is no register '%s'; an offset is a decimal number or begins with 0x",
                   text);
    } else if (similar.best) {
        tool_error(&verb_lookup,
                   "there is no register '%s'; did you mean '%s'?", text,
                   similar.best);
    } else {
        tool_error(&verb_lookup,
                   "there is no register '%s'; patterns with '*' list names",
                   text);
    }
    g_string_free(similar.list, TRUE);
    g_free(similar.best);
}

/* @begin, @end: places */
static void look_in(Lookup *lookup, Names *names, const char *text, guint begin,
                    guint end)
{
    guint i;

    for (i = begin; i < end && !ferror(stdout); i++) {
        LookupPlace *place = &g_array_index(lookup->places, LookupPlace, i);
        const char *name = lookup_name_in(place, text);

        names->place = place;
        if (name) {
            regdb_view_each(lookup_view(lookup, place), name, take_match,
                            names);
        }
    }
}

static ToolStatus look_for(Lookup *lookup, const char *text,
                           const uint64_t *value)
{
    Names names = { .value = value, .single = !strpbrk(text, "*?") };

    look_in(lookup, &names, text, 0, lookup->n_first);
    if (!names.n) {
        look_in(lookup, &names, text, lookup->n_first, lookup->places->len);
    }
    if (names.n == 1 && names.name) {
        show_single(&names);
    }
    lookup_list_end();
    g_free(names.name);
    if (!names.n) {
        say_no_name(lookup, text);
    }
    return names.n ? TOOL_OK : TOOL_FAULT;
}

static bool parse_value(const char *text, uint64_t *value)
{
    if (regdb_number(text, value)) {
        return true;
    }
    tool_error(&verb_lookup,
               "'%s' is no value: 0x100 or 256 expected, for example", text);
    return false;
}

/* @value: its text, or NULL */
static ToolStatus look_up(Lookup *lookup, const char *what, const char *text)
{
    uint64_t value;

    if (text && !parse_value(text, &value)) {
        return TOOL_TROUBLE;
    }
    return lookup_is_address(lookup, what) ?
           look_at(lookup, what, text ? &value : NULL) :
           look_for(lookup, what, text ? &value : NULL);
}

static ToolStatus look_up_line(Lookup *lookup, char *line)
{
    char *what = strtok(line, " \t\r\n");
    char *value = strtok(NULL, " \t\r\n");
    ToolStatus status;

    if (!what || what[0] == '#') {
        return TOOL_OK;
    }
    status = look_up(lookup, what, value);
    if (status && opt_short &&
        !(status == TOOL_FAULT && lookup_is_address(lookup, what))) {
        /* a line of output for each line of input */
        puts("-");
    }
    return status;
}

static ToolStatus look_up_lines(Lookup *lookup)
{
    char line[LINE_MAX_BYTES];
    ToolStatus status = TOOL_OK;

    while (fgets(line, sizeof(line), stdin) && !ferror(stdout)) {
        ToolStatus one;

        if (strlen(line) == sizeof(line) - 1) {
            tool_error(&verb_lookup, "a line is longer than %u bytes",
                       LINE_MAX_BYTES - 2);
            return TOOL_TROUBLE;
        }
        one = look_up_line(lookup, line);
        status = MAX(status, one);
    }
    return status;
}

/* --enum and --bitset */
static ToolStatus explain_type(const Lookup *lookup, const char *text)
{
    static const RegDbDomain nothing = { .name = "", .unit = 8 };
    g_autoptr(RegDbView) view = regdb_view_new(lookup->db, &nothing,
                                               lookup->variants);
    g_autoptr(GError) error = NULL;
    const RegDbType *type =
        db_choose_type(lookup->db, opt_enum ? REGDB_ENUM : REGDB_BITSET,
                       opt_enum ?: opt_bitset, &error);
    uint64_t value;

    if (!type) {
        tool_error(&verb_lookup, "%s", error->message);
        return TOOL_FAULT;
    }
    if (text && !parse_value(text, &value)) {
        return TOOL_TROUBLE;
    }
    lookup_show_type(view, type, text ? &value : NULL, format());
    return TOOL_OK;
}

static bool check_operands(int argc, char **argv)
{
    bool type = opt_enum || opt_bitset;

    if (opt_enum && opt_bitset) {
        tool_error(&verb_lookup, "--enum and --bitset exclude each other");
    } else if (!type && argc < 2) {
        tool_error(&verb_lookup,
                   "REGION:OFFSET or a NAME is needed; try 'vfio-trace lookup --help'");
    } else if (argc > (type ? 2 : 3)) {
        tool_error(&verb_lookup, "'%s' is too much; try 'vfio-trace lookup --help'",
                   argv[type ? 2 : 3]);
    } else if (!type && argc > 2 && !strcmp(argv[1], "-")) {
        tool_error(&verb_lookup, "with '-', values are read from standard input");
    } else {
        return true;
    }
    return false;
}

static ToolStatus run(Lookup *lookup, int argc, char **argv)
{
    if (opt_enum || opt_bitset) {
        return explain_type(lookup, argc > 1 ? argv[1] : NULL);
    }
    if (!strcmp(argv[1], "-")) {
        return look_up_lines(lookup);
    }
    return look_up(lookup, argv[1], argc > 2 ? argv[2] : NULL);
}

/* A database with faults is used as far as it goes. */
static void print_messages(const RegDbMessages *messages, bool all)
{
    guint i;
    guint n = MIN(messages->lines->len, all ? FAULTS_MAX : 1);

    for (i = 0; i < n; i++) {
        tool_error(&verb_lookup, "%s",
                   (char *)g_ptr_array_index(messages->lines, i));
    }
    if (messages->n > n) {
        tool_error(&verb_lookup,
                   "%u further faults; 'vfio-trace regdb check' lists them",
                   messages->n - n);
    }
}

static bool has_bar(const Lookup *lookup)
{
    guint i;

    for (i = 0; i < lookup->places->len; i++) {
        const RegDbRegionOf *region = g_array_index(lookup->places, LookupPlace,
                                                    i).region;

        if (region && strcmp(region->region, "config")) {
            return true;
        }
    }
    return false;
}

/* Config space is known of all devices, and may not be what was meant. */
static void say_config_only(const Lookup *lookup, const char *what)
{
    const RegDbDevice *device = lookup->device;

    if (!device || analysis_db_options()->db || has_bar(lookup) ||
        (what && g_str_has_prefix(what, "config"))) {
        return;
    }
    if (device->missing) {
        tool_error(&verb_lookup,
                   "only config space is known of %s: the database '%s' is not installed%s%s",
                   opt_device, device->missing,
                   device->missing_source ? "; it is at " : "",
                   device->missing_source ?: "");
    } else {
        tool_error(&verb_lookup,
                   "only config space is known of %s: there is no database for it",
                   opt_device);
    }
}

static int lookup(int argc, char **argv)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Lookup) db = NULL;

    if (!tool_options_group(&verb_lookup, "REGION:OFFSET|NAME|- [VALUE]",
                            details, entries, analysis_db_option_group(),
                            &argc, &argv) ||
        !check_operands(argc, argv)) {
        return TOOL_TROUBLE;
    }
    db = lookup_open(opt_device, messages, &error);
    print_messages(messages, !db);
    if (!db) {
        tool_error(&verb_lookup, "%s", error->message);
        return TOOL_TROUBLE;
    }
    say_config_only(db, argc > 1 ? argv[1] : NULL);
    return tool_finish(&verb_lookup, run(db, argc, argv));
}

const Verb verb_lookup = {
    .name = "lookup",
    .brief = "Explain a register of a database, or a value of it",
    .run = lookup,
};
