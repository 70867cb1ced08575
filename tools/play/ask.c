/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: questions to the user (see ask.h)
 */
#include "tools/play/ask.h"
#include "tools/play/show.h"

#include "tools/common/tool.h"

#include <stdio.h>
#include <unistd.h>

/* A longer answer is none. */
#define ANSWER_MAX 64

/*
 * Read a line, byte by byte: what follows it is for the next question.
 *
 * Return: its first byte, '\n' if it is empty, or 0 at the end of input
 */
static char read_answer(PlayStop *stop)
{
    char first = 0;
    char ch;
    int n;

    for (n = 0; n < ANSWER_MAX; n++) {
        if ((stop && !play_stop_wait(stop, STDIN_FILENO, UINT64_MAX)) ||
            read(STDIN_FILENO, &ch, 1) != 1) {
            return 0;
        }
        first = n ? first : ch;
        if (ch == '\n') {
            return first;
        }
    }
    return 0;
}

static const char *driver_of(const HostPci *dev)
{
    return dev->driver ? dev->driver : "no driver";
}

bool play_ask_start(const PlayPlan *plan, GError **error)
{
    const HostPci *dev = play_plan_device(plan);
    g_autofree char *file = tool_printable(g_strdup(plan->file));
    char answer;

    if (plan->yes) {
        return true;
    }
    if (!isatty(STDIN_FILENO)) {
        return play_error(error,
                          "writing to a device can damage it, and there is no terminal to ask whether to go on: look at the sequence with --dry-run, then use --yes");
    }
    fprintf(stderr,
            "%s has %u operations and will be carried out on %s (%04x:%04x), which is taken from %s meanwhile.\n"
            "Writing to a device can damage it.  Go on? [y/N] ", file,
            plan->end - plan->first, dev->bdf, dev->vendor, dev->device,
            driver_of(dev));
    answer = read_answer(NULL);
    return answer == 'y' || answer == 'Y' ||
           play_error(error, "nothing was done");
}

PlayAnswer play_ask_step(const Sequence *seq, uint32_t i, PlayStop *stop)
{
    g_autofree char *text = tool_printable(play_show(seq, i));

    fprintf(stderr, "%s\n  carry it out? [Y]es, [a]ll, [q]uit: ", text);
    switch (read_answer(stop)) {
    case '\n':
    case 'y':
    case 'Y':
        return PLAY_ANSWER_GO;
    case 'a':
    case 'A':
        return PLAY_ANSWER_ALL;
    default:
        return PLAY_ANSWER_END;
    }
}
