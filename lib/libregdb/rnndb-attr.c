/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: attributes of rules-ng-ng's elements (see rnndb-internal.h) */
#include <stdlib.h>
#include <string.h>

#include "libregdb/rnndb-internal.h"

/* Offsets of one array */
#define OFFSETS_MAX 4096

/* How the value of an attribute is taken */
typedef void AttrTake(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                      const char *name, const char *value, void *to);

#define IN(tag) (1u << REGDB_RNN_##tag)
#define IN_TYPED (IN(SPECTYPE) | IN(BITFIELD) | IN(REGISTER))
#define IN_BITS (IN(BITFIELD) | IN(REGISTER))
#define IN_GROUPS (IN(ARRAY) | IN(STRIPE))
#define IN_PLACED (IN_GROUPS | IN(REGISTER))
#define IN_LISTS (IN(ENUM) | IN(BITSET))
#define IN_PREFIXED (IN_LISTS | IN_GROUPS | IN(DOMAIN))
#define IN_VARIANTS (IN_PREFIXED | IN_BITS | IN(VALUE))
#define IN_NAMED (IN_VARIANTS | IN(SPECTYPE) | IN(GROUP) | IN(USE_GROUP) | \
                  IN(AUTHOR) | IN(NICK))

static void attr_wrong(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                       const char *name, const char *value, const char *why)
{
    node->wrong = true;
    regdb_rnn_fault(rnn, node, "%s=\"%.40s\" of <%s>: %s", name, value, tag,
                    why);
}

static void attr_ignore(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                        const char *name, const char *value, void *to)
{
    (void)rnn, (void)node, (void)tag, (void)name, (void)value, (void)to;
}

static void attr_text(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                      const char *name, const char *value, void *to)
{
    const char **text = to;

    (void)node, (void)tag, (void)name;
    *text = regdb_rnn_text(rnn, value);
}

/* Mesa's schema allows several types: the first one counts. */
static void attr_type(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                      const char *name, const char *value, void *to)
{
    g_autofree char *word = g_strndup(value, strcspn(value, " "));

    attr_text(rnn, node, tag, name, word, to);
}

static void attr_name(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                      const char *name, const char *value, void *to)
{
    if (strlen(value) > REGDB_NAME_MAX) {
        attr_wrong(rnn, node, tag, name, value, "it has more than 255 bytes");
    } else if (*value) {
        attr_text(rnn, node, tag, name, value, to);
    }
}

static void attr_number(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                        const char *name, const char *value, void *to)
{
    if (!regdb_number(value, to)) {
        attr_wrong(rnn, node, tag, name, value,
                   "not a number: write 16 or 0x10, for example");
    }
}

static void attr_signed(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                        const char *name, const char *value, void *to)
{
    bool minus = *value == '-';
    uint64_t *number = to;

    attr_number(rnn, node, tag, name, value + minus, number);
    if (minus) {
        *number = -*number;
    }
}

static void attr_bit(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                     const char *name, const char *value, void *to)
{
    uint64_t *number = to;

    attr_number(rnn, node, tag, name, value, to);
    if (*number > 63) {
        *number = 0;
        attr_wrong(rnn, node, tag, name, value, "not a bit, 0 to 63");
    }
}

static void attr_pos(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                     const char *name, const char *value, void *to)
{
    attr_bit(rnn, node, tag, name, value, to);
    node->high = node->low;
}

static void attr_flag(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                      const char *name, const char *value, void *to)
{
    static const char *const yes[] = { "yes", "1", "true", NULL };
    static const char *const no[] = { "no", "0", "false", NULL };
    bool *flag = to;

    *flag = g_strv_contains(yes, value);
    if (!*flag && !g_strv_contains(no, value)) {
        attr_wrong(rnn, node, tag, name, value, "not yes, no, true, false, 1 or 0");
    }
}

static void attr_access(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                        const char *name, const char *value, void *to)
{
    static const char *const known[] = { NULL, "r", "w", "rw" };
    uint8_t *access = to;
    uint8_t i;

    for (i = 1; i < G_N_ELEMENTS(known); i++) {
        if (!strcmp(value, known[i])) {
            *access = i;
            return;
        }
    }
    regdb_rnn_fault(rnn, node, "%s=\"%.40s\" of <%s>: not r, w or rw", name,
                    value, tag);
}

G_STATIC_ASSERT(REGDB_READ == 1 && REGDB_WRITE == 2);

static void attr_offsets(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                         const char *name, const char *value, void *to)
{
    g_auto(GStrv) words = g_strsplit(value, ",", OFFSETS_MAX + 2);
    guint i, n = g_strv_length(words);
    uint64_t *offsets;

    (void)to;
    if (!n || n > OFFSETS_MAX) {
        attr_wrong(rnn, node, tag, name, value, "not a list of 1 to 4096 offsets");
        return;
    }
    offsets = regdb_rnn_alloc(rnn, n * sizeof(*offsets));
    for (i = 0; i < n; i++) {
        attr_number(rnn, node, tag, name, g_strstrip(words[i]), &offsets[i]);
    }
    node->offsets = offsets;
    node->n_offsets = n;
}

/**
 * struct Attr: an attribute
 * @name: its name
 * @tags: elements that have it, IN()
 * @take: takes its value
 * @member: where in a node it belongs
 * @given: RegDbRnnGiven, or 0
 */
typedef struct Attr {
    const char *name;
    uint32_t tags;
    AttrTake *take;
    uint16_t member;
    uint8_t given;
} Attr;

#define TO(member) offsetof(RegDbRnnNode, member)

/* In the order of the names */
static const Attr attrs[] = {
    { "access", IN(REGISTER), attr_access, TO(access) },
    { "add", IN_TYPED, attr_signed, TO(add) },
    /* a field whose value chooses a variant of what follows it */
    { "addvariant", IN_BITS, attr_ignore },
    { "align", IN_TYPED, attr_ignore },
    { "bare", IN_LISTS | IN(DOMAIN), attr_flag, TO(is_bare) },
    { "doffset", IN_GROUPS, attr_ignore, 0, REGDB_RNN_HAS_PLACES },
    { "doffsets", IN_GROUPS, attr_ignore, 0, REGDB_RNN_HAS_PLACES },
    { "email", IN(AUTHOR), attr_ignore },
    { "file", IN(IMPORT), attr_text, TO(name) },
    { "high", IN_BITS, attr_bit, TO(high), REGDB_RNN_HAS_HIGH },
    { "index", IN_GROUPS, attr_ignore },
    { "inline", IN_LISTS, attr_flag, TO(is_inline) },
    { "length", IN_PLACED, attr_number, TO(length) },
    { "low", IN_BITS, attr_bit, TO(low), REGDB_RNN_HAS_LOW },
    { "max", IN_TYPED, attr_ignore },
    { "min", IN_TYPED, attr_ignore },
    { "name", IN_NAMED, attr_name, TO(name) },
    { "offset", IN_PLACED, attr_number, TO(offset), REGDB_RNN_HAS_OFFSET },
    { "offsets", IN_GROUPS, attr_offsets },
    { "pos", IN_BITS, attr_pos, TO(low),
      REGDB_RNN_HAS_LOW | REGDB_RNN_HAS_HIGH },
    { "prefix", IN_PREFIXED, attr_text, TO(prefix) },
    { "radix", IN_TYPED, attr_bit, TO(radix) },
    { "ref", IN(USE_GROUP), attr_name, TO(name) },
    { "shr", IN_TYPED, attr_bit, TO(shr) },
    { "size", IN(DOMAIN), attr_number, TO(size) },
    { "stride", IN_PLACED, attr_number, TO(stride) },
    { "type", IN_TYPED, attr_type, TO(type) },
    /* of a driver's debug options */
    { "usage", IN_PLACED, attr_ignore },
    { "value", IN(VALUE), attr_number, TO(value), REGDB_RNN_HAS_VALUE },
    { "variants", IN_VARIANTS, attr_text, TO(variants) },
    { "varset", IN_VARIANTS, attr_text, TO(varset) },
    { "width", IN(DOMAIN), attr_number, TO(width) },
    { "year", IN(COPYRIGHT), attr_ignore },
};

static int attr_compare(const void *key, const void *attr)
{
    return strcmp(key, ((const Attr *)attr)->name);
}

void regdb_rnn_attribute(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                         const char *name, const char *value)
{
    const Attr *attr = bsearch(name, attrs, G_N_ELEMENTS(attrs),
                               sizeof(Attr), attr_compare);

    if (!attr || !(attr->tags & 1u << node->tag)) {
        regdb_rnn_fault(rnn, node, "<%s> has no attribute '%.40s': it is ignored",
                        tag, name);
        return;
    }
    node->given |= attr->given;
    attr->take(rnn, node, tag, name, value, (char *)node + attr->member);
}
