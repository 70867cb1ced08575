/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: CMSIS SVD, what vendors of microcontrollers publish
 *
 * One domain has the name of the device; a peripheral is a group in it, at its
 * absolute address: "UART0.CR".  If it has one address block which no other
 * peripheral reaches, all of the block belongs to it: "UART0+0x44".
 *
 *      svd-item.c   elements and what they are derived from
 *      svd-dim.c    numbers, and what exists several times
 *      svd-field.c  fields and their values
 */
#include "libregdb/svd-internal.h"

#include <string.h>

#include "libregdb/hash.h"

/* Bits of the parts of a register that has more than 64 */
#define SVD_PART_BITS 32

/**
 * struct SvdScope: what an item gets from those around it
 * @parent: the element that it is in; NULL: the domain
 * @depth: number of groups around it
 * @size: width of registers
 * @access: access to them
 * @prepend: begins their names, or NULL
 * @append: ends their names, or NULL
 * @reach: the last bytes of registers of the peripheral so far, plus 1
 * @base: offset in the peripheral
 */
typedef struct SvdScope {
    RegDbElement *parent;
    unsigned depth;
    uint64_t size;
    unsigned access;
    const char *prepend;
    const char *append;
    uint64_t *reach;
    uint64_t base;
} SvdScope;

static const struct {
    const char *word;
    unsigned access;
} svd_access[] = {
    { "read-only", REGDB_READ },
    { "write-only", REGDB_WRITE },
    { "read-write", REGDB_READ_WRITE },
    { "writeOnce", REGDB_WRITE },
    { "read-writeOnce", REGDB_READ_WRITE },
    { "read", REGDB_READ },
    { "write", REGDB_WRITE },
};

/* What is neither said nor known stays as it is. */
static void svd_take_access(const RegDbSvdItem *item, unsigned *access)
{
    g_autofree char *text = regdb_svd_text(item, "access");
    size_t i;

    for (i = 0; text && i < G_N_ELEMENTS(svd_access); i++) {
        if (!g_ascii_strcasecmp(svd_access[i].word, text)) {
            *access = svd_access[i].access;
        }
    }
}

static void svd_inherit(RegDbSvd *svd, const RegDbSvdItem *item,
                        SvdScope *scope)
{
    regdb_svd_get(svd, item, "size", &scope->size);
    svd_take_access(item, &scope->access);
}

/* --- elements ----------------------------------------------------------- */

/* Adds an element, or leaves it out after a fault.  Return: it, or NULL */
static RegDbElement *svd_element(RegDbSvd *svd, const SvdScope *scope,
                                 const xmlNode *node,
                                 const RegDbElement *element)
{
    const char *wrong = regdb_build_wrong(element);
    RegDbElement *added;

    if (!wrong && scope->depth >= REGDB_DEPTH_MAX) {
        wrong = "clusters are nested too deeply";
    }
    if (wrong) {
        regdb_source_fault(svd->source, regdb_xml_line(node),
                           "%s '%.100s' is left out: %s", regdb_xml_name(node),
                           element->name, wrong);
        return NULL;
    }
    added = regdb_build_element(svd->build, svd->domain, scope->parent,
                                element);
    if (!added) {
        regdb_svd_limit(svd, node);
    }
    return added;
}

static void svd_reach(const SvdScope *scope, const RegDbElement *element)
{
    uint64_t last = element->offset + (element->length - 1) * element->stride;

    *scope->reach = MAX(*scope->reach,
                        scope->base + last + element->bits / 8);
}

/**
 * struct SvdMember: a register or cluster that is being added
 * @node: its element
 * @item: the item
 * @name: its name
 * @brief: its brief, or NULL
 * @dim: how often it exists
 * @offset: the first one's
 */
typedef struct SvdMember {
    const xmlNode *node;
    RegDbSvdItem item;
    char *name;
    char *brief;
    RegDbSvdDim dim;
    uint64_t offset;
} SvdMember;

static bool svd_member_begin(RegDbSvd *svd, const xmlNode *node,
                             const char *offset, SvdMember *member)
{
    *member = (SvdMember) { .node = node };
    regdb_svd_item(svd, node, &member->item);
    member->name = regdb_svd_text(&member->item, "name");
    if (svd->full) {
        return false;
    }
    if (!member->name) {
        regdb_source_fault(svd->source, regdb_xml_line(node),
                           "a %s has no name", regdb_xml_name(node));
        return false;
    }
    if (!regdb_svd_get(svd, &member->item, offset, &member->offset)) {
        regdb_source_fault(svd->source, regdb_xml_line(node),
                           "%s '%.100s' has no %s", regdb_xml_name(node),
                           member->name, offset);
        return false;
    }
    member->brief = regdb_svd_brief(&member->item);
    return regdb_svd_dim(svd, &member->item, member->name, &member->dim);
}

static void svd_member_end(SvdMember *member)
{
    regdb_svd_dim_clear(&member->dim);
    g_free(member->name);
    g_free(member->brief);
}

/* The element of one of them, or of all if it is an array */
static RegDbElement svd_member_element(const SvdMember *member, uint64_t i)
{
    return (RegDbElement) {
        .kind = REGDB_STRIPE,
        .brief = member->brief,
        .offset = member->offset + i * member->dim.increment,
        .length = member->dim.array ? member->dim.n : 1,
        .stride = member->dim.array ? member->dim.increment : 0,
    };
}

static uint64_t svd_member_count(const SvdMember *member)
{
    return member->dim.listed ? member->dim.n : 1;
}

/* --- registers ---------------------------------------------------------- */

static char *svd_register_name(const SvdScope *scope, const SvdMember *member,
                               uint64_t i)
{
    g_autofree char *name = regdb_svd_dim_name(&member->dim, member->name, i);
    g_autofree char *group = regdb_svd_text(&member->item, "alternateGroup");

    return g_strconcat(scope->prepend ?: "", name, scope->append ?: "",
                       group ? "_" : NULL, group, NULL);
}

/* More than 64 bits are an array of words; nobody reads them at once. */
static void svd_register_width(RegDbElement *element, uint64_t size)
{
    element->kind = REGDB_REGISTER;
    if (size <= 64) {
        element->bits = (size + 7) / 8 * 8;
    } else {
        element->bits = SVD_PART_BITS;
        element->length = (size + SVD_PART_BITS - 1) / SVD_PART_BITS;
        element->stride = SVD_PART_BITS / 8;
    }
}

static bool svd_register_size_right(RegDbSvd *svd, const SvdMember *member,
                                    uint64_t size)
{
    bool array = member->dim.array && member->dim.n > 1;

    if (size && (size <= 64 || (size <= REGDB_LENGTH_MAX && !array))) {
        return true;
    }
    regdb_source_fault(svd->source, regdb_xml_line(member->node),
                       "register '%.100s' is left out: its size is %llu bits",
                       member->name, (unsigned long long)size);
    return false;
}

static void svd_add_register(RegDbSvd *svd, const SvdScope *scope,
                             const SvdMember *member, const RegDbType *type,
                             uint64_t i)
{
    g_autofree char *name = svd_register_name(scope, member, i);
    RegDbElement element = svd_member_element(member, i);
    const RegDbElement *added;

    svd_register_width(&element, scope->size);
    element.name = name;
    element.access = scope->access;
    element.type = type;
    added = svd_element(svd, scope, member->node, &element);
    if (added) {
        svd_reach(scope, added);
    }
}

static void svd_take_register(RegDbSvd *svd, const SvdScope *outer,
                              const xmlNode *node)
{
    SvdScope scope = *outer;
    const RegDbType *type = NULL;
    SvdMember member;
    uint64_t i;

    if (svd_member_begin(svd, node, "addressOffset", &member)) {
        svd_inherit(svd, &member.item, &scope);
        if (svd_register_size_right(svd, &member, scope.size)) {
            type = scope.size > 64 ? regdb_build_type(svd->build, REGDB_HEX) :
                   regdb_svd_type(svd, &member.item, (scope.size + 7) / 8 * 8);
            if (!type && !svd->full) {
                regdb_svd_limit(svd, node);
            }
        }
        for (i = 0; type && i < svd_member_count(&member); i++) {
            if (!regdb_svd_step(svd)) {
                break;
            }
            svd_add_register(svd, &scope, &member, type, i);
        }
    }
    svd_member_end(&member);
}

/* --- clusters ----------------------------------------------------------- */

static void svd_take_members(RegDbSvd *svd, const SvdScope *scope,
                             const RegDbSvdItem *owner);

static void svd_add_cluster(RegDbSvd *svd, const SvdScope *outer,
                            const SvdMember *member, uint64_t i)
{
    g_autofree char *name = regdb_svd_dim_name(&member->dim, member->name, i);
    RegDbElement element = svd_member_element(member, i);
    SvdScope scope = *outer;

    element.name = name;
    scope.parent = svd_element(svd, outer, member->node, &element);
    if (!scope.parent) {
        return;
    }
    svd_inherit(svd, &member->item, &scope);
    scope.depth++;
    scope.base += element.offset + (element.length - 1) * element.stride;
    svd_take_members(svd, &scope, &member->item);
}

static void svd_take_cluster(RegDbSvd *svd, const SvdScope *scope,
                             const xmlNode *node)
{
    SvdMember member;
    uint64_t i;

    if (svd_member_begin(svd, node, "addressOffset", &member)) {
        for (i = 0; i < svd_member_count(&member) && !svd->full; i++) {
            if (!regdb_svd_step(svd)) {
                break;
            }
            svd_add_cluster(svd, scope, &member, i);
        }
    }
    svd_member_end(&member);
}

/* What an item overrides of those that it is derived from is not theirs. */
static bool svd_overridden(GHashTable *names, const xmlNode *node)
{
    const RegDbSvdItem own = { .node = { node }, .n = 1 };
    char *name = names ? regdb_svd_text(&own, "name") : NULL;

    return name && !g_hash_table_add(names, name);
}

static void svd_take_member(RegDbSvd *svd, const SvdScope *scope,
                            const xmlNode *node, GHashTable *names)
{
    bool reg = regdb_xml_is(node, "register");

    if ((!reg && !regdb_xml_is(node, "cluster")) || !regdb_svd_step(svd) ||
        svd_overridden(names, node)) {
        return;
    }
    if (reg) {
        svd_take_register(svd, scope, node);
    } else {
        svd_take_cluster(svd, scope, node);
    }
}

static void svd_take_members(RegDbSvd *svd, const SvdScope *scope,
                             const RegDbSvdItem *owner)
{
    g_autoptr(GHashTable) names = owner->n == 1 ? NULL :
        g_hash_table_new_full(regdb_hash, g_str_equal, g_free, NULL);
    unsigned i;

    for (i = 0; i < owner->n; i++) {
        const xmlNode *list = regdb_xml_is(owner->node[i], "cluster") ?
            owner->node[i] : regdb_xml_child(owner->node[i], "registers");
        const xmlNode *node = list ? regdb_xml_first(list) : NULL;

        for (; node && !svd->full; node = regdb_xml_next(node)) {
            svd_take_member(svd, scope, node, names);
        }
    }
}

/* --- peripherals -------------------------------------------------------- */

/**
 * struct SvdBlock: address block of a peripheral
 * @element: the peripheral's element
 * @size: its bytes, from the peripheral's base on; 0: not known
 * @reach: bytes that its registers need
 * @shared: another peripheral has bytes of it
 */
typedef struct SvdBlock {
    RegDbElement *element;
    uint64_t size;
    uint64_t reach;
    bool shared;
} SvdBlock;

/* The size of the address block, if there is only one, at offset 0 */
static uint64_t svd_block_size(RegDbSvd *svd, const RegDbSvdItem *item)
{
    const xmlNode *node = regdb_svd_child(item, "addressBlock");
    const RegDbSvdItem block = { .node = { node }, .n = 1 };
    uint64_t offset = 0;
    uint64_t size = 0;

    if (node) {
        regdb_svd_get(svd, &block, "offset", &offset);
        regdb_svd_get(svd, &block, "size", &size);
        for (node = regdb_xml_next(node); node; node = regdb_xml_next(node)) {
            offset |= regdb_xml_is(node, "addressBlock");
        }
    }
    return offset ? 0 : size;
}

static int svd_compare_blocks(const void *a, const void *b)
{
    const SvdBlock *x = a;
    const SvdBlock *y = b;

    return x->element->offset < y->element->offset ? -1 :
           x->element->offset > y->element->offset;
}

/* Where a peripheral ends, whatever it is that says so */
static uint64_t svd_block_end(const SvdBlock *block)
{
    return block->element->offset +
           (block->element->length - 1) * block->element->stride +
           MAX(block->reach, block->size);
}

static void svd_find_shared(GArray *blocks)
{
    SvdBlock *farthest = NULL;
    guint i;

    g_array_sort(blocks, svd_compare_blocks);
    for (i = 0; i < blocks->len; i++) {
        SvdBlock *block = &g_array_index(blocks, SvdBlock, i);

        if (farthest && svd_block_end(farthest) > block->element->offset) {
            farthest->shared = true;
            block->shared = true;
        }
        if (!farthest || svd_block_end(block) > svd_block_end(farthest)) {
            farthest = block;
        }
    }
}

/* Peripherals that are alone in their blocks have all of them. */
static void svd_claim_blocks(GArray *blocks)
{
    guint i;

    svd_find_shared(blocks);
    for (i = 0; i < blocks->len; i++) {
        const SvdBlock *block = &g_array_index(blocks, SvdBlock, i);

        if (!block->shared && block->size && block->reach <= block->size &&
            block->size < REGDB_ADDRESS_MAX && block->element->length == 1) {
            block->element->kind = REGDB_ARRAY;
            block->element->stride = block->size;
        }
    }
}

static void svd_add_peripheral(RegDbSvd *svd, const SvdScope *outer,
                               const SvdMember *member, uint64_t i,
                               GArray *blocks)
{
    g_autofree char *name = regdb_svd_dim_name(&member->dim, member->name, i);
    g_autofree char *prepend = regdb_svd_text(&member->item, "prependToName");
    g_autofree char *append = regdb_svd_text(&member->item, "appendToName");
    SvdBlock block = { .size = svd_block_size(svd, &member->item) };
    RegDbElement element = svd_member_element(member, i);
    SvdScope scope = *outer;

    element.name = name;
    block.element = svd_element(svd, outer, member->node, &element);
    if (!block.element) {
        return;
    }
    svd_inherit(svd, &member->item, &scope);
    scope.parent = block.element;
    scope.depth++;
    scope.prepend = prepend;
    scope.append = append;
    scope.reach = &block.reach;
    svd_take_members(svd, &scope, &member->item);
    g_array_append_val(blocks, block);
}

static void svd_take_peripheral(RegDbSvd *svd, const SvdScope *scope,
                                const xmlNode *node, GArray *blocks)
{
    SvdMember member;
    uint64_t i;

    if (svd_member_begin(svd, node, "baseAddress", &member)) {
        for (i = 0; i < svd_member_count(&member) && !svd->full; i++) {
            if (!regdb_svd_step(svd)) {
                break;
            }
            svd_add_peripheral(svd, scope, &member, i, blocks);
        }
    }
    svd_member_end(&member);
}

static bool svd_take_device(RegDbSvd *svd)
{
    g_autoptr(GArray) blocks = g_array_new(false, true, sizeof(SvdBlock));
    const RegDbSvdItem device = { .node = { svd->device }, .n = 1 };
    const xmlNode *list = regdb_xml_child(svd->device, "peripherals");
    g_autofree char *name = regdb_svd_text(&device, "name");
    g_autofree char *brief = regdb_svd_brief(&device);
    SvdScope scope = { .size = 32, .access = REGDB_READ_WRITE };
    const xmlNode *node;

    svd->domain = regdb_build_domain(svd->build, name ?: "SVD", 8, NULL);
    if (!svd->domain) {
        regdb_svd_limit(svd, svd->device);
        return false;
    }
    svd->domain->brief = brief ? regdb_build_string(svd->build, brief, -1) :
                         NULL;
    regdb_svd_get(svd, &device, "width", &scope.size);
    svd_inherit(svd, &device, &scope);
    for (node = list ? regdb_xml_first(list) : NULL; node && !svd->full;
         node = regdb_xml_next(node)) {
        if (regdb_xml_is(node, "peripheral")) {
            svd_take_peripheral(svd, &scope, node, blocks);
        }
    }
    svd_claim_blocks(blocks);
    return !svd->full;
}

/* --- loader ------------------------------------------------------------- */

static bool svd_load(RegDbSource *source, RegDbBuild *build, const char *text,
                     size_t len)
{
    xmlDoc *doc = regdb_xml_parse(source, text, len);
    RegDbSvd svd = { .source = source, .build = build };
    bool ok = false;

    if (!doc) {
        return false;
    }
    svd.device = regdb_xml_root(doc);
    if (!regdb_xml_is(svd.device, "device")) {
        regdb_source_fault(source, regdb_xml_line(svd.device),
                           "the outermost element is not <device>");
    } else {
        svd.types = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        ok = svd_take_device(&svd);
        g_hash_table_unref(svd.types);
        g_clear_pointer(&svd.enums, g_hash_table_unref);
    }
    xmlFreeDoc(doc);
    return ok;
}

static bool svd_recognise(const char *name, const char *text,
                          G_GNUC_UNUSED size_t len)
{
    const char *device = strstr(text, "<device");

    return device && (strstr(device, "CMSIS-SVD") ||
                      strstr(device, "<peripherals>") ||
                      g_str_has_suffix(name, ".svd"));
}

const RegDbLoader regdb_svd = {
    .name = "svd",
    .brief = "CMSIS SVD: System View Description of microcontrollers",
    .recognise = svd_recognise,
    .load = svd_load,
};
