/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: reader of bundles (see bundle.h)
 *
 * POSIX calls the format ustar.  A member is a header of 512 bytes, its
 * contents, and zeros up to a multiple of 512 bytes; two headers of zeros are
 * the end.  A size that does not fit into its field, from 8 GiB on, is in a pax
 * header before the member (type 'x'), and in binary in the field itself, which
 * GNU tar has invented: this reads the latter.
 */
#include "libmmiotrace/bundle.h"

#include <inttypes.h>
#include <string.h>

#define BLOCK 512

/* A pax header that has a size is one of 30 bytes. */
#define PAX_MAX (BLOCK - 1)

/* Zeros behind the end: tar fills its last record, which is rarely as long. */
#define ZEROS_MAX (1u << 20)

/* Contents that are skipped are read into this. */
#define SKIP_BYTES 4096

/* Parts of a header: POSIX.1-2017, pax, "ustar Interchange Format" */
#define AT_SIZE   124
#define SIZE_LEN  12
#define AT_SUM    148
#define SUM_LEN   8
#define AT_TYPE   156
#define AT_MAGIC  257
#define AT_PREFIX 345

/* Of numbers in binary: 8 bytes, after a byte that says so and zeros */
#define BINARY    0x80

/**
 * enum Where: what the archive's next byte is
 * @WHERE_HEADER: of a header
 * @WHERE_DATA: of a member's contents, or of the zeros behind them
 * @WHERE_PAX: of the contents of a pax header
 * @WHERE_ZEROS: behind the end
 */
typedef enum Where {
    WHERE_HEADER,
    WHERE_DATA,
    WHERE_PAX,
    WHERE_ZEROS,
} Where;

/**
 * struct MmtBundle
 * @name: the bundle's name, for messages
 * @fill: gives bytes
 * @opaque: for @fill
 * @where: what the next byte is
 * @left: bytes of the contents that were not read
 * @pad: zeros behind them
 * @have: bytes of @block
 * @zeros: the last header was of zeros
 * @sized: the last header was a pax header
 * @behind: zeros behind the end so far
 * @in_log: the current member is a part of the log
 * @moving: a part of the log has ended, and another one must follow
 * @drained: the log has ended, and the rest is read only to be gone
 * @begun: there was a first member
 * @members: number of members so far
 * @offset: bytes that were read
 * @member: the current member
 * @block: a header, or contents of a pax header
 */
struct MmtBundle {
    const char *name;
    MmtBundleFill *fill;
    void *opaque;
    Where where;
    uint64_t left;
    size_t pad;
    size_t have;
    bool zeros;
    bool sized;
    size_t behind;
    bool in_log;
    bool moving;
    bool drained;
    bool begun;
    unsigned members;
    uint64_t offset;
    MmtBundleMember member;
    unsigned char block[BLOCK];
};

MmtBundle *mmt_bundle_new(const char *name, MmtBundleFill *fill, void *opaque)
{
    MmtBundle *bundle = g_new0(MmtBundle, 1);

    bundle->name = name;
    bundle->fill = fill;
    bundle->opaque = opaque;
    return bundle;
}

void mmt_bundle_free(MmtBundle *bundle)
{
    g_free(bundle);
}

const MmtBundleMember *mmt_bundle_member(const MmtBundle *bundle)
{
    return &bundle->member;
}

uint64_t mmt_bundle_left(const MmtBundle *bundle)
{
    return bundle->left;
}

/* @why: a whole sentence's rest; the place is that of the block read last */
static MmtBundleResult refuse(const MmtBundle *bundle, const char *why,
                              GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s: the bundle is damaged, or was not made by vfio-trace: byte %" PRIu64
                " of the archive: %s", bundle->name, bundle->offset, why);
    return MMT_BUNDLE_ERROR;
}

static ssize_t fill(MmtBundle *bundle, void *buf, size_t len, GError **error)
{
    ssize_t n = bundle->fill(bundle->opaque, buf, len, error);

    bundle->offset += n > 0 ? n : 0;
    return n;
}

static bool all_zeros(const void *p, size_t len)
{
    const unsigned char *bytes = p;
    size_t i;

    for (i = 0; i < len; i++) {
        if (bytes[i]) {
            return false;
        }
    }
    return true;
}

/* --- headers ------------------------------------------------------------- */

bool mmt_bundle_name_ok(const char *name)
{
    size_t len = strlen(name);

    return len && len <= MMT_BUNDLE_NAME_MAX && !strchr(".-", name[0]) &&
           strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._+-") == len;
}

bool mmt_bundle_is_log(const char *name)
{
    const char *number = name + strlen(MMT_BUNDLE_LOG);

    if (strncmp(name, MMT_BUNDLE_LOG, strlen(MMT_BUNDLE_LOG))) {
        return false;
    }
    return !*number || (number[0] == '.' && number[1] >= '1' &&
                        number[1] <= '9' &&
                        !number[1 + strspn(number + 1, G_CSET_DIGITS)]);
}

/* Octal digits, and a NUL or blank if there is room */
static bool take_octal(const unsigned char *p, size_t len, uint64_t *value)
{
    size_t i;

    *value = 0;
    for (i = 0; i < len && p[i] >= '0' && p[i] <= '7'; i++) {
        *value = *value * 8 + (p[i] - '0');
    }
    return i && (i == len || !p[i] || p[i] == ' ');
}

static bool take_size(const unsigned char *p, uint64_t *value)
{
    size_t i;

    if (p[0] != BINARY) {
        return take_octal(p, SIZE_LEN, value);
    }
    *value = 0;
    for (i = SIZE_LEN - 8; i < SIZE_LEN; i++) {
        *value = *value << 8 | p[i];
    }
    return all_zeros(p + 1, SIZE_LEN - 9) && *value <= INT64_MAX;
}

static bool sum_is_right(const unsigned char *block)
{
    uint64_t sum = ' ' * SUM_LEN;
    uint64_t want;
    size_t i;

    for (i = 0; i < BLOCK; i++) {
        sum += i >= AT_SUM && i < AT_SUM + SUM_LEN ? 0 : block[i];
    }
    return take_octal(block + AT_SUM, SUM_LEN, &want) && want == sum &&
           !block[AT_SUM + 6] && block[AT_SUM + 7] == ' ';
}

/* POSIX's and GNU tar's headers agree in all that is used here. */
static bool magic_is_right(const unsigned char *block)
{
    return !memcmp(block + AT_MAGIC, "ustar\0" "00", 8) ||
           !memcmp(block + AT_MAGIC, "ustar  ", 8);
}

static MmtBundleResult take_member(MmtBundle *bundle, GError **error)
{
    const unsigned char *block = bundle->block;

    memcpy(bundle->member.name, block, MMT_BUNDLE_NAME_MAX);
    if (block[MMT_BUNDLE_NAME_MAX] || block[AT_PREFIX] ||
        !mmt_bundle_name_ok(bundle->member.name)) {
        return refuse(bundle, "a member has a name that no bundle has", error);
    }
    if (block[AT_TYPE] != '0' && block[AT_TYPE]) {
        return refuse(bundle, "a member is not a regular file", error);
    }
    if (bundle->members++ == MMT_BUNDLE_MEMBERS_MAX) {
        return refuse(bundle, "there are more than 10000 members", error);
    }
    bundle->member.size = bundle->left;
    bundle->where = WHERE_DATA;
    if (!bundle->begun && strcmp(bundle->member.name, MMT_BUNDLE_MANIFEST)) {
        return refuse(bundle, "the first member is not manifest.json", error);
    }
    bundle->begun = true;
    return MMT_BUNDLE_MEMBER;
}

/* Return: MMT_BUNDLE_WAIT to go on */
static MmtBundleResult take_header(MmtBundle *bundle, GError **error)
{
    bool zeros = all_zeros(bundle->block, BLOCK);

    bundle->have = 0;
    if (zeros) {
        bundle->where = bundle->zeros ? WHERE_ZEROS : WHERE_HEADER;
        bundle->zeros = true;
        return MMT_BUNDLE_WAIT;
    }
    if (bundle->zeros || !magic_is_right(bundle->block) ||
        !sum_is_right(bundle->block) ||
        !take_size(bundle->block + AT_SIZE, &bundle->left)) {
        return refuse(bundle, "the header of a member is damaged", error);
    }
    bundle->pad = -bundle->left % BLOCK;
    if (bundle->block[AT_TYPE] != 'x') {
        bundle->sized = false;
        return take_member(bundle, error);
    }
    if (bundle->sized) {
        return refuse(bundle, "a pax header follows another one", error);
    }
    if (bundle->left > PAX_MAX) {
        return refuse(bundle, "a pax header is too large", error);
    }
    bundle->sized = true;
    bundle->where = WHERE_PAX;
    return MMT_BUNDLE_WAIT;
}

/* Only a size may be in it, which the next header has as well. */
static MmtBundleResult take_pax(MmtBundle *bundle, GError **error)
{
    g_autofree char *text = g_strndup((char *)bundle->block, bundle->left);
    const char *key = strchr(text, ' ');

    if (!key || strncmp(key, " size=", 6) ||
        strchr(text, '\n') != text + bundle->left - 1) {
        return refuse(bundle, "a pax header has more than a size", error);
    }
    bundle->have = 0;
    bundle->left = 0;
    bundle->pad = 0;
    bundle->where = WHERE_HEADER;
    return MMT_BUNDLE_WAIT;
}

/* --- members ------------------------------------------------------------- */

/* Skip contents.  Return: MMT_BUNDLE_MEMBER when there are no more */
static MmtBundleResult skip_data(MmtBundle *bundle, GError **error)
{
    char buf[SKIP_BYTES];

    while (bundle->left || bundle->pad) {
        size_t want = bundle->left ? MIN(bundle->left, sizeof(buf))
                                   : bundle->pad;
        ssize_t n = fill(bundle, buf, want, error);

        if (n <= 0) {
            return n ? MMT_BUNDLE_ERROR : MMT_BUNDLE_WAIT;
        }
        if (bundle->left) {
            bundle->left -= n;
        } else if (!all_zeros(buf, n)) {
            return refuse(bundle, "there is something behind a member", error);
        } else {
            bundle->pad -= n;
        }
    }
    return MMT_BUNDLE_MEMBER;
}

/* Behind the end, there are zeros: tar writes whole records. */
static MmtBundleResult skip_zeros(MmtBundle *bundle, GError **error)
{
    char buf[SKIP_BYTES];
    ssize_t n;

    while ((n = fill(bundle, buf, sizeof(buf), error)) > 0) {
        if (!all_zeros(buf, n)) {
            return refuse(bundle, "there is something behind the end", error);
        }
        bundle->behind += n;
        if (bundle->behind > ZEROS_MAX) {
            return refuse(bundle, "there is too much behind the end", error);
        }
    }
    return n ? MMT_BUNDLE_ERROR : MMT_BUNDLE_END;
}

/* Read a header, or what a pax header has */
static MmtBundleResult read_block(MmtBundle *bundle, GError **error)
{
    while (bundle->have < BLOCK) {
        ssize_t n = fill(bundle, bundle->block + bundle->have,
                         BLOCK - bundle->have, error);

        if (n <= 0) {
            return n ? MMT_BUNDLE_ERROR : MMT_BUNDLE_WAIT;
        }
        bundle->have += n;
    }
    return MMT_BUNDLE_MEMBER;
}

MmtBundleResult mmt_bundle_next(MmtBundle *bundle, GError **error)
{
    for (;;) {
        MmtBundleResult result;

        if (bundle->where == WHERE_ZEROS) {
            return skip_zeros(bundle, error);
        }
        if (bundle->where == WHERE_DATA) {
            result = skip_data(bundle, error);
            if (result != MMT_BUNDLE_MEMBER) {
                return result;
            }
            bundle->where = WHERE_HEADER;
        }
        result = read_block(bundle, error);
        if (result != MMT_BUNDLE_MEMBER) {
            return result;
        }
        result = bundle->where == WHERE_PAX ? take_pax(bundle, error)
                                            : take_header(bundle, error);
        if (result != MMT_BUNDLE_WAIT) {
            return result;
        }
    }
}

ssize_t mmt_bundle_read(MmtBundle *bundle, char *buf, size_t len,
                        GError **error)
{
    ssize_t n = 0;

    if (bundle->where == WHERE_DATA && bundle->left) {
        n = fill(bundle, buf, MIN(len, bundle->left), error);
        bundle->left -= n > 0 ? n : 0;
    }
    return n;
}

/* --- the log ------------------------------------------------------------- */

static MmtBundleResult find_log(MmtBundle *bundle, GError **error)
{
    while (!bundle->in_log) {
        MmtBundleResult result = mmt_bundle_next(bundle, error);

        if (result == MMT_BUNDLE_ERROR || result == MMT_BUNDLE_WAIT) {
            return result;
        }
        bundle->in_log = result == MMT_BUNDLE_MEMBER &&
                         mmt_bundle_is_log(bundle->member.name);
        if (result == MMT_BUNDLE_END ||
            (!bundle->in_log && bundle->members > 1)) {
            return refuse(bundle, "the second member is not a log", error);
        }
    }
    return MMT_BUNDLE_MEMBER;
}

ssize_t mmt_bundle_read_log(MmtBundle *bundle, char *buf, size_t len,
                            GError **error)
{
    MmtBundleResult result;

    if (bundle->moving || bundle->drained) {
        return 0;
    }
    result = find_log(bundle, error);
    return result == MMT_BUNDLE_MEMBER ? mmt_bundle_read(bundle, buf, len,
                                                         error) : result;
}

MmtBundleResult mmt_bundle_next_log(MmtBundle *bundle, GError **error)
{
    MmtBundleResult result;

    bundle->moving = true;
    result = mmt_bundle_next(bundle, error);
    if (result == MMT_BUNDLE_END || (result == MMT_BUNDLE_MEMBER &&
                                     !mmt_bundle_is_log(bundle->member.name))) {
        return refuse(bundle, "the log continues in a part that is missing",
                      error);
    }
    bundle->moving = result != MMT_BUNDLE_MEMBER;
    return result;
}

bool mmt_bundle_in_log(const MmtBundle *bundle)
{
    return !bundle->drained &&
           (!bundle->in_log || bundle->moving || bundle->left);
}

void mmt_bundle_drain(MmtBundle *bundle)
{
    if (mmt_bundle_in_log(bundle)) {
        return;
    }
    bundle->drained = true;
    while (mmt_bundle_next(bundle, NULL) == MMT_BUNDLE_MEMBER) {
        continue;
    }
}
