/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: unified diff of two texts (see diff.h)
 *
 * Equal lines at both ends are stripped; for the rest, a table gives the
 * longest common subsequence.  The table is small: domains have some hundred
 * lines, and few of them change.
 */
#include "tools/virt/diff.h"

#include <string.h>

#define CONTEXT 3

#define RED "\033[31m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"
#define BOLD "\033[1m"
#define PLAIN "\033[m"

/**
 * struct Edit: a line of the diff
 * @kind: ' ', '-' or '+'
 * @text: the line
 */
typedef struct Edit {
    char kind;
    const char *text;
} Edit;

static void add(GArray *edits, char kind, const char *text)
{
    Edit edit = { kind, text };

    g_array_append_val(edits, edit);
}

/* Add the edits for @a and @b, whose first and last lines differ. */
static void compare(GArray *edits, char **a, guint na, char **b, guint nb)
{
    /* common[i * (nb + 1) + j]: number of lines that a[i..] and b[j..] share */
    g_autofree guint *common = g_new0(guint, (gsize)(na + 1) * (nb + 1));
    gsize row = nb + 1;
    guint i;
    guint j;

    for (i = na; i-- > 0;) {
        for (j = nb; j-- > 0;) {
            common[i * row + j] = !strcmp(a[i], b[j]) ?
                common[(i + 1) * row + j + 1] + 1 :
                MAX(common[(i + 1) * row + j], common[i * row + j + 1]);
        }
    }
    i = j = 0;
    while (i < na || j < nb) {
        if (i < na && j < nb && !strcmp(a[i], b[j])) {
            add(edits, ' ', a[i++]);
            j++;
        } else if (i < na && (j == nb || common[(i + 1) * row + j] >=
                              common[i * row + j + 1])) {
            add(edits, '-', a[i++]);
        } else {
            add(edits, '+', b[j++]);
        }
    }
}

static GArray *edit_script(char **a, char **b)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    guint na = g_strv_length(a);
    guint nb = g_strv_length(b);
    guint head = 0;
    guint tail = 0;
    guint i;

    while (head < MIN(na, nb) && !strcmp(a[head], b[head])) {
        add(edits, ' ', a[head++]);
    }
    while (tail < MIN(na, nb) - head &&
           !strcmp(a[na - 1 - tail], b[nb - 1 - tail])) {
        tail++;
    }
    compare(edits, a + head, na - head - tail, b + head, nb - head - tail);
    for (i = na - tail; i < na; i++) {
        add(edits, ' ', a[i]);
    }
    return edits;
}

static void print_line(GString *out, const char *colour, char kind,
                       const char *text)
{
    g_string_append_printf(out, "%s%c%s%s\n", colour, kind, text,
                           *colour ? PLAIN : "");
}

/* Print the edits from @first to @end, which begin at lines @a and @b. */
static void print_hunk(GString *out, const GArray *edits, guint first,
                       guint end, guint a, guint b, bool colour)
{
    guint na = 0;
    guint nb = 0;
    guint i;

    for (i = first; i < end; i++) {
        na += g_array_index(edits, Edit, i).kind != '+';
        nb += g_array_index(edits, Edit, i).kind != '-';
    }
    g_string_append_printf(out, "%s@@ -%u,%u +%u,%u @@%s\n",
                           colour ? CYAN : "", a + !!na, na, b + !!nb, nb,
                           colour ? PLAIN : "");
    for (i = first; i < end; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);

        print_line(out, !colour || edit->kind == ' ' ? "" :
                   edit->kind == '-' ? RED : GREEN, edit->kind, edit->text);
    }
}

/* Return: the first changed line at or after @i, or the number of edits */
static guint next_change(const GArray *edits, guint i)
{
    while (i < edits->len && g_array_index(edits, Edit, i).kind == ' ') {
        i++;
    }
    return i;
}

/* Return: end of the hunk with the change at @i and further changes nearby */
static guint hunk_end(const GArray *edits, guint i)
{
    guint last = i;

    while (i < edits->len && i <= last + 1 + 2 * CONTEXT) {
        if (g_array_index(edits, Edit, i).kind != ' ') {
            last = i;
        }
        i++;
    }
    return MIN(edits->len, last + 1 + CONTEXT);
}

/* Split a text into lines; a newline at its end does not begin a line. */
static char **split(const char *text)
{
    g_autofree char *lines = g_strndup(text, strlen(text) -
                                       g_str_has_suffix(text, "\n"));

    return g_strsplit(lines, "\n", -1);
}

char *virt_diff(const char *from, const char *to, const char *name,
                bool colour)
{
    g_auto(GStrv) a = split(from);
    g_auto(GStrv) b = split(to);
    g_autoptr(GArray) edits = edit_script(a, b);
    GString *out = g_string_new(NULL);
    guint change = next_change(edits, 0);
    guint done = 0;
    guint at_a = 0;
    guint at_b = 0;

    if (change < edits->len) {
        g_string_append_printf(out, "%s--- %s (now)\n+++ %s (then)%s\n",
                               colour ? BOLD : "", name, name,
                               colour ? PLAIN : "");
    }
    while (change < edits->len) {
        guint first = MAX(done, change - MIN(change, CONTEXT));
        guint end = hunk_end(edits, change);

        for (; done < first; done++) {
            at_a++;
            at_b++;
        }
        print_hunk(out, edits, first, end, at_a, at_b, colour);
        for (; done < end; done++) {
            at_a += g_array_index(edits, Edit, done).kind != '+';
            at_b += g_array_index(edits, Edit, done).kind != '-';
        }
        change = next_change(edits, end);
    }
    return g_string_free(out, FALSE);
}
