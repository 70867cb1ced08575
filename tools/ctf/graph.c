/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the module that writes CTF: graph (see internal.h)
 */
#include "tools/ctf/internal.h"

#include <string.h>

/* babeltrace2 2.0 has no such parameter, and refuses what it does not know. */
#define HAS_CTF_VERSION(major, minor) ((major) > 2 || (minor) >= 1)

/* The plugin that the sink is of */
static const bt_plugin *plugin;

bool ctf_fail(GError **error, const char *what)
{
    const bt_error *failed = bt_current_thread_take_error();
    const char *why = "babeltrace2 does not say why";

    if (failed && bt_error_get_cause_count(failed)) {
        /* the first one is where it began */
        why = bt_error_cause_get_message(
            bt_error_borrow_cause_by_index(failed, 0));
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", what, why);
    if (failed) {
        bt_error_release(failed);
    }
    return false;
}

/* The source's: what was made for the graph is made in its name. */
static bt_component_class_initialize_method_status
source_init(bt_self_component_source *source,
            bt_self_component_source_configuration *config,
            const bt_value *params, void *opaque)
{
    CtfGraph *g = opaque;

    (void)config;
    (void)params;
    g->self = bt_self_component_source_as_self_component(source);
    bt_self_component_set_data(g->self, g);
    return (int)bt_self_component_source_add_output_port(source, "out", NULL,
                                                         NULL);
}

static bt_message_iterator_class_initialize_method_status
iterator_init(bt_self_message_iterator *iterator,
              bt_self_message_iterator_configuration *config,
              bt_self_component_port_output *port)
{
    CtfGraph *g = bt_self_component_get_data(
        bt_self_message_iterator_borrow_component(iterator));

    (void)config;
    (void)port;
    g->iterator = iterator;
    return BT_MESSAGE_ITERATOR_CLASS_INITIALIZE_METHOD_STATUS_OK;
}

static bt_message_iterator_class_next_method_status
iterator_next(bt_self_message_iterator *iterator,
              bt_message_array_const messages, uint64_t capacity,
              uint64_t *count)
{
    CtfGraph *g = bt_self_component_get_data(
        bt_self_message_iterator_borrow_component(iterator));

    if (!g->n) {
        return g->ended ? BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_END
                        : BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_AGAIN;
    }
    *count = MIN(capacity, g->n);
    memcpy(messages, &g->queue[g->first], *count * sizeof(*messages));
    g->first += *count;
    g->n -= *count;
    return BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_OK;
}

static const bt_component_source *add_source(CtfGraph *g)
{
    bt_message_iterator_class *iterators =
        bt_message_iterator_class_create(iterator_next);
    bt_component_class_source *class =
        iterators ? bt_component_class_source_create("log", iterators) : NULL;
    const bt_component_source *source = NULL;

    if (class) {
        bt_message_iterator_class_set_initialize_method(iterators,
                                                        iterator_init);
        bt_component_class_source_set_initialize_method(class, source_init);
        bt_graph_add_source_component_with_initialize_method_data(
            g->graph, class, "log", NULL, g, BT_LOGGING_LEVEL_NONE, &source);
        bt_component_class_source_put_ref(class);
    }
    if (iterators) {
        bt_message_iterator_class_put_ref(iterators);
    }
    return source;
}

static bool put_params(bt_value *params, const char *path)
{
    return !bt_value_map_insert_string_entry(params, "path", path) &&
           !bt_value_map_insert_bool_entry(params, "assume-single-trace",
                                           BT_TRUE) &&
           !bt_value_map_insert_bool_entry(params, "quiet", BT_TRUE) &&
           (!HAS_CTF_VERSION(bt_version_get_major(), bt_version_get_minor()) ||
            !bt_value_map_insert_string_entry(params, "ctf-version", "1"));
}

static const bt_component_sink *add_sink(CtfGraph *g, const char *path)
{
    const bt_component_class_sink *class =
        bt_plugin_borrow_sink_component_class_by_name_const(plugin, "fs");
    bt_value *params = bt_value_map_create();
    const bt_component_sink *sink = NULL;

    if (class && params && put_params(params, path)) {
        bt_graph_add_sink_component(g->graph, class, "files", params,
                                    BT_LOGGING_LEVEL_NONE, &sink);
    }
    if (params) {
        bt_value_put_ref(params);
    }
    return sink;
}

static bool connect(CtfGraph *g, const bt_component_source *source,
                    const bt_component_sink *sink)
{
    return !bt_graph_connect_ports(
        g->graph, bt_component_source_borrow_output_port_by_index_const(source,
                                                                        0),
        bt_component_sink_borrow_input_port_by_index_const(sink, 0), NULL);
}

/* Let the graph empty the queue.  Return: false after an error */
static bool run(CtfGraph *g)
{
    bt_graph_run_once_status status;

    do {
        status = bt_graph_run_once(g->graph);
    } while (status == BT_GRAPH_RUN_ONCE_STATUS_OK);
    g->first = 0;
    return status == BT_GRAPH_RUN_ONCE_STATUS_AGAIN ||
           status == BT_GRAPH_RUN_ONCE_STATUS_END;
}

/*
 * Only the distribution's plugins: those of the user are programs of others.
 * It is kept: the library looks into all plugins to find one.
 */
static bool find_plugin(GError **error)
{
    if (plugin ||
        bt_plugin_find("ctf", BT_FALSE, BT_FALSE, BT_TRUE, BT_TRUE, BT_FALSE,
                       &plugin) == BT_PLUGIN_FIND_STATUS_OK) {
        return true;
    }
    bt_current_thread_clear_error();
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                "can not write CTF: babeltrace2's plugin 'ctf' is not installed; install babeltrace2 again (Debian: libbabeltrace2-0)");
    return false;
}

bool ctf_graph_open(CtfGraph *g, const char *path, GError **error)
{
    const bt_component_source *source = NULL;
    const bt_component_sink *sink = NULL;

    if (!find_plugin(error)) {
        return false;
    }
    /* 0 is the version of messages that babeltrace2 2.0 has */
    g->graph = bt_graph_create(0);
    if (g->graph) {
        source = add_source(g);
        sink = source ? add_sink(g, path) : NULL;
    }
    /* the first run makes the iterator */
    if (!sink || !connect(g, source, sink) || !run(g) || !g->iterator) {
        return ctf_fail(error, "can not write");
    }
    return true;
}

bool ctf_graph_put(CtfGraph *g, const bt_message *message, GError **error)
{
    if (!message) {
        return ctf_fail(error, "can not write");
    }
    g->queue[g->n++] = message;
    return g->n < CTF_QUEUE || run(g) || ctf_fail(error, "can not write");
}

bool ctf_graph_end(CtfGraph *g, GError **error)
{
    g->ended = true;
    return run(g) || ctf_fail(error, "can not write");
}

void ctf_graph_close(CtfGraph *g)
{
    bt_graph_put_ref(g->graph);
}
