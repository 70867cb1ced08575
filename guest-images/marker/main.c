/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: write markers into the log of the tracer, from the guest
 *
 * The port can be open in one program at a time.  So it is open only while
 * there is something to write: not while a command runs (which may write
 * markers too), and not while standard input has nothing.
 */
#include <string.h>

#include "guest-images/marker/lines.h"
#include "guest-images/marker/marker.h"

#ifndef MARK_VERSION
#define MARK_VERSION "unknown"
#endif

/* How long to wait for a port that another program has open */
#define WAIT_US 5000000

/* Longest --wait: a day */
#define WAIT_MAX_SECONDS 86400

enum {
    EXIT_MARKED = 0,
    EXIT_NOT_MARKED = 1,
    EXIT_USAGE = 2,
};

static const char help[] =
    "Usage: vfio-trace-mark [OPTION...] TEXT...        write one marker\n"
    "       vfio-trace-mark [OPTION...] [-]            each line of standard input is a marker\n"
    "       vfio-trace-mark [OPTION...] -- COMMAND...  mark start and end of a command\n"
    "       vfio-trace-mark [OPTION...] MODE\n"
    "\n"
    "Writes markers into the log of vfio-trace, from inside the guest.\n"
    "\n"
    "  -p, --port=PORT     the port to write to\n"
    "  -w, --wait=SECONDS  wait for a port that does not exist yet, and for one that\n"
    "                      is busy (5 seconds without this option)\n"
    "  -h, --help          print this help\n"
    "      --version       print the version\n"
    "\n"
    "Modes of this system:\n";

static const char help_end[] =
    "\n"
    "Exit status: 0: all markers were written; 1: not all; 2: wrong usage.\n"
    "With -- COMMAND: the command's own; 127, 126: it was not found, not startable.\n";

/**
 * struct Options: the command line
 *
 * @first: the first word that is not an option
 * @command: that word is a command's
 * @mode: this system's mode, or NULL
 * @print: text to print instead of doing anything
 */
typedef struct Options {
    Marker marker;
    int first;
    bool command;
    const PlatformMode *mode;
    void (*print)(void);
} Options;

static void print(const char *text)
{
    platform_print(false, text, strlen(text));
}

static void print_help(void)
{
    const PlatformMode *mode;

    print(help);
    for (mode = platform_modes; mode->option; mode++) {
        print(mode->help);
    }
    print("\n");
    print(platform_port_help);
    print(help_end);
}

static void print_version(void)
{
    print("vfio-trace-mark " MARK_VERSION "\n");
}

/* --- command line -------------------------------------------------------- */

static bool usage(const char *format, const char *word)
{
    MarkText message;

    mark_text_clear(&message);
    mark_text_format(&message, format, word);
    marker_say(&message);
    return false;
}

/* Reads "2" or "0.25" as microseconds. */
static bool parse_seconds(const char *s, uint64_t *us)
{
    uint64_t unit = 1000000;
    uint64_t n = 0;

    if (*s < '0' || *s > '9') {
        return false;
    }
    for (; *s >= '0' && *s <= '9'; s++) {
        n = n * 10 + (*s - '0');
        if (n > WAIT_MAX_SECONDS) {
            return false;
        }
    }
    *us = n * unit;
    if (*s == '.') {
        for (s++; *s >= '0' && *s <= '9'; s++) {
            unit /= 10;
            *us += (*s - '0') * unit;
        }
    }
    return !*s;
}

static bool set_port(Options *o, const char *value)
{
    if (!*value) {
        return usage("--port needs the name or path of a port%s", "");
    }
    o->marker.port = value;
    return true;
}

static bool set_wait(Options *o, const char *value)
{
    if (!parse_seconds(value, &o->marker.wait_us)) {
        return usage(
            "--wait=%s: use a number of seconds up to 86400, such as 2 or 0.5",
                     value);
    }
    o->marker.wait_missing = true;
    return true;
}

static const struct {
    const char *letter, *name;
    bool (*set)(Options *o, const char *value);
} valued[] = {
    { "-p", "--port", set_port },
    { "-w", "--wait", set_wait },
};

static const struct {
    const char *letter, *name;
    void (*print)(void);
} printing[] = {
    { "-h", "--help", print_help },
    { "--version", "--version", print_version },
};

/*
 * The value of an option in @argv: in the same word or in the next one, which
 * is then skipped.  Returns NULL if the word is another option.
 */
static const char *value_of(char **argv, int *i, const char *letter,
                            const char *name)
{
    const char *word = argv[*i];
    size_t len = strlen(name);

    if (!strcmp(word, letter) || !strcmp(word, name)) {
        return argv[*i + 1] ? argv[++*i] : "";
    }
    if (!strncmp(word, name, len) && word[len] == '=') {
        return word + len + 1;
    }
    if (!strncmp(word, letter, 2) && word[1] != '-' && word[2]) {
        return word + 2;
    }
    return NULL;
}

static bool parse_option(Options *o, char **argv, int *i)
{
    const PlatformMode *mode;
    size_t n;

    for (n = 0; n < sizeof(valued) / sizeof(valued[0]); n++) {
        const char *value = value_of(argv, i, valued[n].letter, valued[n].name);

        if (value) {
            return valued[n].set(o, value);
        }
    }
    for (n = 0; n < sizeof(printing) / sizeof(printing[0]); n++) {
        if (!strcmp(argv[*i], printing[n].letter) ||
            !strcmp(argv[*i], printing[n].name)) {
            o->print = printing[n].print;
            return true;
        }
    }
    for (mode = platform_modes; mode->option; mode++) {
        if (!strcmp(argv[*i], mode->option)) {
            o->mode = mode;
            return true;
        }
    }
    return usage(
        "unknown option '%s': see --help; a text that begins with '-' can be given on standard input",
                 argv[*i]);
}

static bool parse(Options *o, int argc, char **argv)
{
    int i;

    for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        if (!strcmp(argv[i], "--")) {
            o->command = true;
            i++;
            break;
        }
        if (!parse_option(o, argv, &i)) {
            return false;
        }
    }
    o->first = i;
    if (o->print) {
        return true;
    }
    if (o->command && i >= argc) {
        return usage("a command must follow '--'%s", "");
    }
    if (o->mode && i < argc) {
        return usage("%s takes no text", o->mode->option);
    }
    return true;
}

/* --- modes --------------------------------------------------------------- */

static int write_text(Marker *m, char **words)
{
    MarkText line;

    mark_text_clear(&line);
    for (; *words; words++) {
        mark_text_add(&line, *words);
        mark_text_add(&line, words[1] ? " " : "");
    }
    if (strpbrk(line.buf, "\r\n")) {
        marker_say_string(
            "a marker is one line: write several lines to standard input");
        return EXIT_USAGE;
    }
    if (!line.len) {
        marker_say_string(
            "the text is empty: a marker has at least one character");
        return EXIT_USAGE;
    }
    return marker_write(m, &line) ? EXIT_MARKED : EXIT_NOT_MARKED;
}

static bool write_lines(Marker *m, MarkLines *lines, const char *bytes,
                        size_t len)
{
    while (len) {
        if (mark_lines_next(lines, &bytes, &len) &&
            !marker_write(m, &lines->line)) {
            return false;
        }
    }
    return true;
}

static int write_input(Marker *m)
{
    static MarkLines lines;
    char buf[4096];
    MarkText why;

    mark_lines_init(&lines);
    for (;;) {
        long n;

        if (m->open && !platform_input_ready()) {
            marker_release(m);
        }
        mark_text_clear(&why);
        n = platform_read(buf, sizeof(buf), &why);
        if (n < 0) {
            marker_say(&why);
            return EXIT_NOT_MARKED;
        }
        if (!n) {
            break;
        }
        if (!write_lines(m, &lines, buf, n)) {
            return EXIT_NOT_MARKED;
        }
    }
    if (mark_lines_end(&lines) && !marker_write(m, &lines.line)) {
        return EXIT_NOT_MARKED;
    }
    return EXIT_MARKED;
}

static void begin_command_mark(MarkText *line, const char *what)
{
    mark_text_clear(line);
    mark_text_format(line, "%s id=%u", what, platform_id());
}

static void end_command_mark(MarkText *line, char **words)
{
    mark_text_add(line, " command=");
    for (; *words; words++) {
        mark_text_add_word(line, *words);
        mark_text_add(line, words[1] ? " " : "");
    }
}

/* Windows' own statuses, 0xc0000005 for example, are known in hexadecimal. */
static void add_status(MarkText *line, const CommandEnd *end)
{
    if (end->signal) {
        mark_text_format(line, " signal=%d", end->signal);
        return;
    }
    mark_text_add(line, " exit=");
    if (end->status & 0x80000000) {
        mark_text_add_hex(line, end->status);
    } else {
        mark_text_add_number(line, end->status);
    }
}

/* A marker that can't be written does not keep the command from running. */
static int run_command(Marker *m, char **words, int first)
{
    MarkText line, why;
    CommandEnd end = { false };
    uint64_t begin;

    begin_command_mark(&line, "command-begin");
    end_command_mark(&line, words);
    marker_write(m, &line);
    marker_release(m);

    mark_text_clear(&why);
    begin = platform_time();
    platform_command(words, first, &end, &why);
    begin = platform_time() - begin;
    if (!end.started) {
        marker_say(&why);
    }

    begin_command_mark(&line, "command-end");
    add_status(&line, &end);
    mark_text_add(&line, " seconds=");
    mark_text_add_seconds(&line, begin);
    end_command_mark(&line, words);
    marker_write(m, &line);
    marker_release(m);
    return platform_end_as(&end);
}

int mark_main(int argc, char **argv)
{
    Options o = { .marker.wait_us = WAIT_US };
    int status;

    if (!parse(&o, argc, argv)) {
        return EXIT_USAGE;
    }
    if (o.print) {
        o.print();
        return EXIT_MARKED;
    }
    if (o.command) {
        return run_command(&o.marker, argv + o.first, o.first);
    }
    if (o.mode) {
        status = o.mode->run(&o.marker);
    } else if (o.first == argc ||
               (o.first + 1 == argc && !strcmp(argv[o.first], "-"))) {
        status = write_input(&o.marker);
    } else {
        status = write_text(&o.marker, argv + o.first);
    }
    marker_release(&o.marker);
    return status;
}
