/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: messages and status line on the terminal (see screen.h)
 */
#include "tools/run/screen.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/common/tool.h"

/* Back to the line's first column, and clear it: ECMA-48's CR and EL */
#define CLEAR "\r\033[K"
#define PROMPT "marker: "

void run_screen_init(RunScreen *screen)
{
    const char *term = g_getenv("TERM");
    const char *no_colour = g_getenv("NO_COLOR");

    screen->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
    screen->colour = screen->terminal && !(no_colour && *no_colour);
    screen->prompt = false;
    screen->status = false;
}

unsigned run_screen_columns(const RunScreen *screen)
{
    struct winsize size;

    return screen->terminal && !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) ?
           size.ws_col : 0;
}

void run_screen_say(RunScreen *screen, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    fprintf(stderr, "%svfio-trace run: %s\n%s",
            screen->status || screen->prompt ? CLEAR : "",
            tool_printable(text), screen->prompt ? PROMPT : "");
    screen->status = false;
}

void run_screen_status(RunScreen *screen, const char *line)
{
    if (screen->prompt) {
        return;
    }
    if (screen->terminal) {
        fprintf(stderr, CLEAR "%s", line);
        screen->status = true;
    } else {
        fprintf(stderr, "vfio-trace run: %s\n", line);
    }
}

void run_screen_prompt(RunScreen *screen, bool on)
{
    if (on) {
        fputs(CLEAR PROMPT, stderr);
    }
    screen->prompt = on;
    screen->status = false;
}

void run_screen_end(RunScreen *screen)
{
    if (screen->status || screen->prompt) {
        fputc('\n', stderr);
    }
    screen->status = false;
    screen->prompt = false;
}
