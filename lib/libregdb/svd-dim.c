/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: CMSIS SVD, numbers and names of items that exist several times */
#include "libregdb/svd-internal.h"

#include <string.h>

static const struct {
    const char *prefix;
    unsigned base;
} svd_bases[] = {
    { "0x", 16 }, { "0X", 16 }, { "#", 2 }, { "0b", 2 }, { "0B", 2 },
};

static unsigned svd_unit(const char *text, size_t *len)
{
    static const char units[] = "kmgt";
    const char *unit = *len > 1 ?
        strchr(units, g_ascii_tolower(text[*len - 1])) : NULL;

    if (!unit || !*unit) {
        return 0;
    }
    (*len)--;
    return 10 * (unit - units + 1);
}

bool regdb_svd_number(const char *text, uint64_t *number)
{
    g_autofree char *digits = NULL;
    unsigned base = 10;
    unsigned shift;
    guint64 value;
    size_t len;
    size_t i;

    text += *text == '+';
    for (i = 0; i < G_N_ELEMENTS(svd_bases); i++) {
        if (g_str_has_prefix(text, svd_bases[i].prefix)) {
            text += strlen(svd_bases[i].prefix);
            base = svd_bases[i].base;
            break;
        }
    }
    len = strlen(text);
    shift = svd_unit(text, &len);
    digits = g_strndup(text, len);
    if (!g_ascii_string_to_unsigned(digits, base, 0, UINT64_MAX >> shift,
                                    &value, NULL)) {
        return false;
    }
    *number = value << shift;
    return true;
}

/* --- dimIndex ----------------------------------------------------------- */

/* "0-3" and "A-D".  Return: false if it is not a range of @n names */
static bool svd_range(const char *text, uint64_t n, char **index)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 3);
    bool letters = g_ascii_isalpha(text[0]);
    uint64_t first;
    uint64_t last;
    uint64_t i;

    if (g_strv_length(ends) != 2) {
        return false;
    }
    g_strstrip(ends[0]);
    g_strstrip(ends[1]);
    if (letters) {
        if (ends[0][1] || !ends[1][0] || ends[1][1]) {
            return false;
        }
        first = ends[0][0];
        last = (unsigned char)ends[1][0];
    } else if (!g_ascii_string_to_unsigned(ends[0], 10, 0, UINT32_MAX, &first,
                                           NULL) ||
               !g_ascii_string_to_unsigned(ends[1], 10, 0, UINT32_MAX, &last,
                                           NULL)) {
        return false;
    }
    if (last < first || last - first + 1 != n) {
        return false;
    }
    for (i = 0; i < n; i++) {
        index[i] = letters ? g_strdup_printf("%c", (int)(first + i)) :
                   g_strdup_printf("%" G_GUINT64_FORMAT, first + i);
    }
    return true;
}

static bool svd_list(const char *text, uint64_t n, char **index)
{
    g_auto(GStrv) words = g_strsplit(text, ",", n + 1);
    uint64_t i;

    if (g_strv_length(words) != n) {
        return false;
    }
    for (i = 0; i < n; i++) {
        index[i] = g_strdup(g_strstrip(words[i]));
    }
    return true;
}

/* Numbers from 0 up need no names. */
static bool svd_counts(char *const *index)
{
    uint64_t i;

    for (i = 0; index[i]; i++) {
        char number[32];

        g_snprintf(number, sizeof(number), "%" G_GUINT64_FORMAT, i);
        if (strcmp(number, index[i])) {
            return false;
        }
    }
    return true;
}

static void svd_take_index(RegDbSvd *svd, const RegDbSvdItem *item,
                           RegDbSvdDim *dim)
{
    const xmlNode *node = regdb_svd_child(item, "dimIndex");
    g_autofree char *text = node ? regdb_xml_text(node) : NULL;

    if (!text || dim->n > REGDB_SVD_LIST_MAX) {
        return;
    }
    dim->index = g_new0(char *, dim->n + 1);
    if (!svd_range(text, dim->n, dim->index) &&
        !svd_list(text, dim->n, dim->index)) {
        regdb_source_fault(svd->source, regdb_xml_line(node),
                           "dimIndex '%.100s' does not name %u items; they are numbered",
                           text, (unsigned)dim->n);
        g_clear_pointer(&dim->index, g_strfreev);
    } else if (svd_counts(dim->index)) {
        g_clear_pointer(&dim->index, g_strfreev);
    }
}

/* --- dim ---------------------------------------------------------------- */

static bool svd_dim_right(RegDbSvd *svd, const RegDbSvdItem *item,
                          const char *name, const RegDbSvdDim *dim)
{
    unsigned line = regdb_xml_line(item->node[0]);

    if (!dim->n || dim->n > REGDB_LENGTH_MAX ||
        (dim->listed && dim->n > REGDB_SVD_LIST_MAX)) {
        regdb_source_fault(svd->source, line,
                           "'%.100s' exists %llu times (dim): 1 to %u are allowed",
                           name, (unsigned long long)dim->n,
                           dim->listed ? REGDB_SVD_LIST_MAX :
                           REGDB_LENGTH_MAX);
        return false;
    }
    if (dim->n > 1 && !dim->increment) {
        regdb_source_fault(svd->source, line,
                           "'%.100s' exists several times, but dimIncrement is missing or 0",
                           name);
        return false;
    }
    return true;
}

bool regdb_svd_dim(RegDbSvd *svd, const RegDbSvdItem *item, const char *name,
                   RegDbSvdDim *dim)
{
    const RegDbSvdItem own = { .node = { item->node[0] }, .n = 1 };
    const char *mark = strstr(name, "%s");
    /* what is derived from an array is one only if its name says so */
    const RegDbSvdItem *from = mark ? item : &own;

    *dim = (RegDbSvdDim) { .n = 1 };
    if (!regdb_svd_get(svd, from, "dim", &dim->n)) {
        return true;
    }
    regdb_svd_get(svd, from, "dimIncrement", &dim->increment);
    dim->array = !mark || (mark > name && mark[-1] == '[' && mark[2] == ']');
    dim->listed = !dim->array;
    if (!svd_dim_right(svd, item, name, dim)) {
        return false;
    }
    svd_take_index(svd, from, dim);
    if (dim->array && dim->index) {
        /* an array that does not count from 0 is a list */
        dim->array = false;
        dim->listed = true;
    }
    return true;
}

void regdb_svd_dim_clear(RegDbSvdDim *dim)
{
    g_clear_pointer(&dim->index, g_strfreev);
}

char *regdb_svd_dim_name(const RegDbSvdDim *dim, const char *name, uint64_t i)
{
    const char *mark = strstr(name, "%s");
    const char *rest = mark ? mark + 2 : name + strlen(name);
    GString *text = g_string_new_len(name, mark ? mark - name :
                                     (gssize)strlen(name));
    char *p;

    if (mark > name && mark[-1] == '[' && *rest == ']') {
        g_string_truncate(text, text->len - 1);
        rest++;
    }
    if (dim->listed && dim->index) {
        g_string_append(text, dim->index[i]);
    } else if (dim->listed) {
        g_string_append_printf(text, "%" G_GUINT64_FORMAT, i);
    }
    g_string_append(text, rest);
    for (p = text->str; *p; p++) {
        if (!g_ascii_isalnum(*p)) {
            *p = '_';
        }
    }
    return g_string_free(text, FALSE);
}
