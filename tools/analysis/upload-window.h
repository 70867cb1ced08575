/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: registers that are accessed one after the other, for upload.c
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_WINDOW_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_WINDOW_H

#include "tools/analysis/upload-run.h"

typedef struct UploadWindows UploadWindows;

/**
 * upload_windows_new() - begin
 * @options: what is looked for
 * @sink: takes the uploads
 * @opaque: for @sink
 */
UploadWindows *upload_windows_new(const UploadOptions *options,
                                  UploadSink *sink, void *opaque);

/**
 * upload_windows_set() - get the open runs
 * @windows: the state
 */
UploadSet *upload_windows_set(UploadWindows *windows);

/**
 * upload_windows_take() - take an access that may belong to an upload
 * @windows: the state
 * @access: the access
 *
 * Return: does it surely belong to one?
 */
bool upload_windows_take(UploadWindows *windows, const UploadAccess *access);

/**
 * upload_windows_wrote() - remember a write, any: it may move a window
 * @windows: the state
 * @access: the write, after upload_windows_take()
 */
void upload_windows_wrote(UploadWindows *windows, const UploadAccess *access);

/**
 * upload_windows_free() - forget everything
 * @windows: the state, or NULL
 */
void upload_windows_free(UploadWindows *windows);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_WINDOW_H */
