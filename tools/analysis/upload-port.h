/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: one register that takes all bytes, with or without an index register,
 * for upload.c
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_PORT_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_PORT_H

#include "tools/analysis/upload-run.h"

/* A register that was accessed so often in a row is a port */
#define UPLOAD_PORT_SURE 16

typedef struct UploadPorts UploadPorts;

/**
 * upload_ports_new() - begin
 * @options: what is looked for
 * @sink: takes the uploads
 * @opaque: for @sink
 */
UploadPorts *upload_ports_new(const UploadOptions *options, UploadSink *sink,
                              void *opaque);

/**
 * upload_ports_set() - get the open runs
 * @ports: the state
 */
UploadSet *upload_ports_set(UploadPorts *ports);

/**
 * upload_ports_sure() - is an access surely one to a port?
 * @ports: the state
 * @access: the access
 */
bool upload_ports_sure(const UploadPorts *ports, const UploadAccess *access);

/**
 * upload_ports_take() - take an access that may belong to an upload
 * @ports: the state
 * @access: the access
 */
void upload_ports_take(UploadPorts *ports, const UploadAccess *access);

/**
 * upload_ports_drop() - an access belongs to a window: forget its port
 * @ports: the state
 * @access: the access
 */
void upload_ports_drop(UploadPorts *ports, const UploadAccess *access);

/**
 * upload_ports_forget() - an access is none to a port: forget that register
 * @ports: the state
 * @access: the access
 */
void upload_ports_forget(UploadPorts *ports, const UploadAccess *access);

/**
 * upload_ports_wrote() - remember a write, any: it may be one of an index
 * @ports: the state
 * @access: the write, after upload_ports_take()
 */
void upload_ports_wrote(UploadPorts *ports, const UploadAccess *access);

/**
 * upload_ports_free() - forget everything
 * @ports: the state, or NULL
 */
void upload_ports_free(UploadPorts *ports);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_PORT_H */
