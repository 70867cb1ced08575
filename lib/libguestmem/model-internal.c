/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: making and freeing a model (see model-internal.h) */
#include "libguestmem/model-internal.h"

void gmem_expr_clear(GmemExpr *expr)
{
    g_free(expr->op);
    *expr = (GmemExpr) { 0 };
}

static void model_clear_area(gpointer p)
{
    GmemArea *area = p;

    g_free(area->name);
    gmem_expr_clear(&area->when);
    gmem_expr_clear(&area->bar);
    gmem_expr_clear(&area->offset);
}

static void model_clear_field(gpointer p)
{
    g_free(((GmemField *)p)->name);
}

static void model_clear_register(gpointer p)
{
    GmemRegister *reg = p;

    g_free(reg->name);
    gmem_expr_clear(&reg->offset_expr);
    gmem_expr_clear(&reg->stride);
    gmem_expr_clear(&reg->bank);
    g_clear_pointer(&reg->field, g_array_unref);
}

static void model_clear_trigger(gpointer p)
{
    GmemTrigger *trigger = p;

    g_free(trigger->glob);
    gmem_expr_clear(&trigger->when);
    gmem_expr_clear(&trigger->instance);
}

static void model_clear_rule(gpointer p)
{
    GmemRule *rule = p;

    gmem_expr_clear(&rule->instance);
    gmem_expr_clear(&rule->last);
    gmem_expr_clear(&rule->when);
    gmem_expr_clear(&rule->base);
    gmem_expr_clear(&rule->count);
}

static void model_free_item(gpointer p)
{
    GmemItem *item = p;

    g_free(item->name);
    gmem_expr_clear(&item->when);
    gmem_expr_clear(&item->at);
    gmem_expr_clear(&item->len);
    gmem_expr_clear(&item->count);
    gmem_expr_clear(&item->until);
    gmem_expr_clear(&item->next_when);
    gmem_expr_clear(&item->next);
    g_clear_pointer(&item->item, g_ptr_array_unref);
    g_free(item);
}

static void model_clear_statement(gpointer p)
{
    GmemStatement *s = p;
    GmemExpr *const expr[] = {
        &s->base, &s->count, &s->len, &s->segments, &s->tail, &s->wrap,
        &s->condition, &s->start, &s->phase, &s->link_when, &s->link_to,
        &s->link_toggles, &s->key, &s->answers_instance, &s->answers_key,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(expr); i++) {
        gmem_expr_clear(expr[i]);
    }
    g_free(s->name);
    g_free(s->layout);
    g_clear_pointer(&s->trigger, g_array_unref);
    g_clear_pointer(&s->reset, g_array_unref);
    g_clear_pointer(&s->rule, g_array_unref);
    g_clear_pointer(&s->item, g_ptr_array_unref);
}

static GArray *model_array(size_t bytes, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, bytes);

    g_array_set_clear_func(array, clear);
    return array;
}

/* --- adding to a model --------------------------------------------------- */

GmemFile *gmem_file_new(const char *name)
{
    GmemFile *file = g_new0(GmemFile, 1);

    file->name = g_strdup(name);
    file->device = g_array_new(FALSE, TRUE, sizeof(GmemFor));
    file->area = model_array(sizeof(GmemArea), model_clear_area);
    file->reg = model_array(sizeof(GmemRegister), model_clear_register);
    file->statement = model_array(sizeof(GmemStatement),
                                  model_clear_statement);
    file->per_trigger = GMEM_PER_TRIGGER_DEFAULT;
    file->per_second = GMEM_PER_SECOND_DEFAULT;
    return file;
}

GmemArea *gmem_file_add_area(GmemFile *file)
{
    g_array_set_size(file->area, file->area->len + 1);
    return &g_array_index(file->area, GmemArea, file->area->len - 1);
}

GmemRegister *gmem_file_add_register(GmemFile *file)
{
    GmemRegister *reg;

    g_array_set_size(file->reg, file->reg->len + 1);
    reg = &g_array_index(file->reg, GmemRegister, file->reg->len - 1);
    reg->field = model_array(sizeof(GmemField), model_clear_field);
    return reg;
}

GmemStatement *gmem_file_add_statement(GmemFile *file)
{
    GmemStatement *s;

    g_array_set_size(file->statement, file->statement->len + 1);
    s = &g_array_index(file->statement, GmemStatement,
                       file->statement->len - 1);
    s->trigger = model_array(sizeof(GmemTrigger), model_clear_trigger);
    s->reset = model_array(sizeof(GmemTrigger), model_clear_trigger);
    s->rule = model_array(sizeof(GmemRule), model_clear_rule);
    s->item = g_ptr_array_new_with_free_func(model_free_item);
    s->answers = -1;
    return s;
}

GmemTrigger *gmem_trigger_add(GArray *triggers)
{
    g_array_set_size(triggers, triggers->len + 1);
    return &g_array_index(triggers, GmemTrigger, triggers->len - 1);
}

GmemItem *gmem_item_add(GPtrArray *items)
{
    GmemItem *item = g_new0(GmemItem, 1);

    item->item = g_ptr_array_new_with_free_func(model_free_item);
    g_ptr_array_add(items, item);
    return item;
}

/* --- a model ------------------------------------------------------------- */

void gmem_file_free(GmemFile *file)
{
    if (!file) {
        return;
    }
    g_free(file->name);
    g_free(file->title);
    g_array_unref(file->device);
    g_array_unref(file->area);
    g_array_unref(file->reg);
    g_array_unref(file->statement);
    g_free(file);
}
