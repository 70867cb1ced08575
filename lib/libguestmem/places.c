/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: where a file's registers are
 */
#include "libguestmem/places.h"
#include "libguestmem/area.h"

static GmemPlace *place_at(GArray *places, unsigned i)
{
    return &g_array_index(places, GmemPlace, i);
}

/* --- dependencies -------------------------------------------------------- */

static void note_registers(GArray *places, const GmemExpr *expr)
{
    unsigned i;

    for (i = 0; i < expr->n; i++) {
        const GmemOp *op = &expr->op[i];

        if ((op->code == GMEM_OP_REGISTER || op->code == GMEM_OP_KNOWN) &&
            op->a < places->len) {
            place_at(places, op->a)->moves_others = true;
        }
    }
}

static bool find_area(const GmemFile *file, GmemPlace *place,
                      const uint8_t *config, GError **error)
{
    const GmemRegister *reg = place->is;

    place->on_bar = reg->bar;
    return reg->bar >= 0 ||
           gmem_area_find(file, &g_array_index(file->area, GmemArea, reg->area),
                          config, &place->on_bar, &place->area, error);
}

GArray *gmem_places_new(const GmemFile *file, GmemRegisters *registers,
                        const uint8_t *config, GError **error)
{
    GArray *places = g_array_sized_new(false, true, sizeof(GmemPlace),
                                       file->reg->len);
    unsigned i;

    g_array_set_size(places, file->reg->len);
    for (i = 0; i < places->len; i++) {
        GmemPlace *place = place_at(places, i);

        place->is = &g_array_index(file->reg, GmemRegister, i);
        place->registers = registers;
        place->number = i;
        place->counts[GMEM_READS] = place->is->reads;
        place->counts[GMEM_WRITES] = place->is->writes;
        if (!find_area(file, place, config, error)) {
            g_array_unref(places);
            return NULL;
        }
    }
    for (i = 0; i < places->len; i++) {
        note_registers(places, &place_at(places, i)->is->stride);
        note_registers(places, &place_at(places, i)->is->offset_expr);
    }
    return places;
}

/* --- places -------------------------------------------------------------- */

static bool evaluate(const GmemExpr *expr, const GmemRegisters *registers,
                     uint64_t *value)
{
    GmemContext scope = { .registers = registers };

    return !expr->n || gmem_eval(expr, &scope, value) == GMEM_OK;
}

/* The last byte of the last register must have an offset, too. */
static bool find_place(GmemPlace *place)
{
    const GmemRegister *reg = place->is;
    uint64_t offset = reg->offset;

    place->n = reg->bank.n ? 1 : gmem_register_elements(reg);
    place->stride = reg->width;
    if (!evaluate(&reg->offset_expr, place->registers, &offset) ||
        (place->n > 1 &&
         !evaluate(&reg->stride, place->registers, &place->stride)) ||
        place->stride < reg->width ||
        !g_uint64_checked_add(&place->offset, place->area, offset) ||
        !g_uint64_checked_mul(&place->len, place->stride, place->n - 1) ||
        !g_uint64_checked_add(&place->len, place->len, reg->width) ||
        place->offset + place->len < place->offset) {
        return false;
    }
    place->shift = place->stride & (place->stride - 1) ? -1 :
                   __builtin_ctzll(place->stride);
    return true;
}

static void forget_all(const GmemPlace *place)
{
    unsigned i;

    for (i = 0; i < gmem_register_elements(place->is); i++) {
        gmem_registers_forget(place->registers, place->number, i);
    }
}

static bool update(GmemPlace *place, bool keep)
{
    GmemPlace now = *place;

    now.placed = find_place(&now);
    if (!now.placed && (keep || !place->placed)) {
        return false;
    }
    if (now.placed == place->placed && now.offset == place->offset &&
        now.stride == place->stride) {
        return false;
    }
    if (place->placed) {
        forget_all(place);
    }
    *place = now;
    return true;
}

bool gmem_places_update(GArray *places, bool keep)
{
    bool changed = false;
    unsigned i;

    for (i = 0; i < places->len; i++) {
        changed |= update(place_at(places, i), keep);
    }
    return changed;
}
