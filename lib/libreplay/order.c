/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: when the device has written what the log has of memory (see
 * order.h)
 *
 * An entry that the driver had seen at a write is moved before that write: to
 * the interrupt before it.  If there was none since the log's last look at a
 * ring, the driver has looked at memory until the entry was there: that was in
 * the longest time without an access.  An entry comes after what it points to:
 * a driver that looks at memory must not find the one without the other.
 */
#include "libreplay/order.h"
#include "libreplay/replay-internal.h"

/* Accesses before a write among which the longest time is looked for */
#define ORDER_STEPS 64

/* Interrupts at the end that are looked at: the others do not matter. */
#define ORDER_IRQS 256

/**
 * struct Order: the state
 * @replay: the model
 * @memory: its memory
 * @rings: its rings
 * @out: ReplayEvent: those that have their places
 * @early: ReplayEvent: those that are moved before an access
 * @held: an entry of which the data may follow
 * @has_held: there is one
 */
typedef struct Order {
    Replay *replay;
    ReplayMemory *memory;
    const ReplayRings *rings;
    GArray *out;
    GArray *early;
    ReplayEvent held;
    bool has_held;
} Order;

static bool order_is_irq(const ReplayEvent *event)
{
    return event->kind == REPLAY_EVENT_MSI ||
           event->kind == REPLAY_EVENT_MSIX ||
           (event->kind == REPLAY_EVENT_INTX && event->level);
}

static bool order_piece(const Order *order, const ReplayEvent *event,
                        ReplayPiece *piece)
{
    return event->kind == REPLAY_EVENT_USER &&
           replay_memory_piece(order->memory, event->number, piece) &&
           replay_rings_device(order->rings, piece->role.family);
}

/* The steps before an event; those of ReplayEvent.step wrap around */
static uint32_t order_after(const ReplayEvent *event)
{
    return event->step + 1;
}

/*
 * Is it moved before the access that it stands behind?  A write to config space
 * is no step: there may be none before.
 */
static bool order_is_early(const Order *order, const ReplayEvent *event)
{
    ReplayPiece piece;

    return order_after(event) && order_piece(order, event, &piece) &&
           piece.role.written && piece.role.seen != REPLAY_SEEN_NO;
}

static void order_put_last(GArray *to, ReplayEvent event)
{
    if (to->len) {
        event.ns = MAX(event.ns,
                       g_array_index(to, ReplayEvent, to->len - 1).ns);
    }
    g_array_append_val(to, event);
}

static void order_put_held(Order *order, GArray *to)
{
    if (order->has_held) {
        order_put_last(to, order->held);
    }
    order->has_held = false;
}

static void order_put(Order *order, GArray *to, const ReplayEvent *event)
{
    ReplayPiece piece;
    bool ring = order_piece(order, event, &piece);

    if (!ring || piece.role.part == REPLAY_PART_ENTRY) {
        order_put_held(order, to);
    }
    if (ring && piece.role.part == REPLAY_PART_ENTRY) {
        order->held = *event;
        order->has_held = true;
    } else {
        order_put_last(to, *event);
    }
}

static const ReplayEvent *order_out(const Order *order, guint i)
{
    return &g_array_index(order->out, ReplayEvent, i);
}

/* The first of the interrupts that nothing but a lowered line follows */
static bool order_irq(const Order *order, guint *at)
{
    guint end = order->out->len;
    guint first = end - MIN(end, ORDER_IRQS);
    guint i;

    while (end > first &&
           order_out(order, end - 1)->kind == REPLAY_EVENT_INTX &&
           !order_out(order, end - 1)->level) {
        end--;
    }
    for (i = end; i > first && order_is_irq(order_out(order, i - 1)); i--) {
        if (order_after(order_out(order, i - 1)) !=
            order_after(order_out(order, end - 1))) {
            break;
        }
    }
    *at = i;
    return i < end;
}

/* The access before the longest time without one: how many steps that is */
static uint32_t order_gap(const Order *order, uint32_t from, uint32_t step)
{
    uint64_t longest = 0;
    uint32_t best = step;
    uint32_t i;

    for (i = MAX(MAX(from, 1), step - MIN(step, ORDER_STEPS)); i <= step; i++) {
        uint64_t ns = replay_step_at(order->replay, i)->ns -
                      replay_step_at(order->replay, i - 1)->ns;

        if (ns > longest) {
            longest = ns;
            best = i;
        }
    }
    return best;
}

/* Where in Order.out is there room for what was written before a step? */
static guint order_place(const Order *order, uint32_t step, ReplayEvent *event)
{
    guint at = 0;
    uint32_t n = 0;
    guint i;

    if (order_irq(order, &at)) {
        *event = *order_out(order, at);
        return at;
    }
    /* Order.out[at - 1] is the last look at a ring. */
    n = order_gap(order, at ? order_after(order_out(order, at - 1)) : 0, step);
    for (i = at; i < order->out->len &&
                 order_after(order_out(order, i)) <= n; i++) {
        continue;
    }
    event->step = n - 1;
    event->ns = replay_step_at(order->replay, n)->ns;
    if (n) {
        event->ns -= (event->ns -
                      replay_step_at(order->replay, n - 1)->ns) / 2;
    }
    if (i) {
        event->ns = MAX(event->ns, order_out(order, i - 1)->ns);
    }
    return i;
}

/* What stands behind this step and is moved before it */
static void order_move(Order *order, const ReplayEvent *events, guint n)
{
    ReplayEvent place;
    guint i, at;

    g_array_set_size(order->early, 0);
    for (i = 0; i < n; i++) {
        if (order_is_early(order, &events[i])) {
            order_put(order, order->early, &events[i]);
        }
    }
    order_put_held(order, order->early);
    if (!order->early->len) {
        return;
    }
    at = order_place(order, events->step, &place);
    for (i = 0; i < order->early->len; i++) {
        ReplayEvent *event = &g_array_index(order->early, ReplayEvent, i);

        event->step = place.step;
        event->ns = place.ns;
    }
    g_array_insert_vals(order->out, at, order->early->data, order->early->len);
}

static void order_group(Order *order, const ReplayEvent *events, guint n)
{
    guint i;

    order_move(order, events, n);
    for (i = 0; i < n; i++) {
        if (!order_is_early(order, &events[i])) {
            order_put(order, order->out, &events[i]);
        }
    }
    order_put_held(order, order->out);
}

/* Lists are what the driver has written, whoever writes the ring. */
static void order_set_writers(const Order *order)
{
    ReplayPiece piece;
    uint32_t i;

    for (i = 0; replay_memory_piece(order->memory, i, &piece); i++) {
        if (replay_rings_device(order->rings, piece.role.family)) {
            replay_memory_set_device(order->memory, i,
                                     piece.role.part != REPLAY_PART_LIST);
        }
    }
}

void replay_order(Replay *replay, ReplayMemory *memory,
                  const ReplayRings *rings)
{
    g_autoptr(GArray) early = g_array_new(FALSE, FALSE, sizeof(ReplayEvent));
    Order order = {
        .replay = replay,
        .memory = memory,
        .rings = rings,
        .out = g_array_sized_new(FALSE, FALSE, sizeof(ReplayEvent),
                                 replay->events->len),
        .early = early,
    };
    const ReplayEvent *events = (const ReplayEvent *)replay->events->data;
    guint n = replay->events->len;
    guint i, end;

    g_return_if_fail(!replay->ready);
    order_set_writers(&order);
    for (i = 0; i < n; i = end) {
        end = i + 1;
        while (end < n && events[end].step == events[i].step) {
            end++;
        }
        order_group(&order, &events[i], end - i);
    }
    g_array_unref(replay->events);
    replay->events = order.out;
}
