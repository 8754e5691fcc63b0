#pragma once
#include <nghttp2/nghttp2.h>

#include "CHTTP2.h"

/// Bytes that grow.
typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
} buffer;

struct crumbgate_h2_channel {
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;
    crumbgate_h2_event *events;
    size_t event_count, event_capacity;
    buffer fields;
    /// What is being received, to tell offsets in it.
    const uint8_t *input;
    /// A response's fields as nghttp2 wants them.
    nghttp2_nv *pairs;
    size_t pair_capacity;
    /// How sessions get memory, and the one buffer in which all of them make their frames: 16 KiB that each would hold
    /// while it is idle. A frame is taken out of it before another session makes one.
    nghttp2_mem memory;
    void *frame;
    size_t frame_size;
    /// A session is being made that has not got the buffer yet.
    int is_making;
};

struct crumbgate_h2_session {
    nghttp2_session *h2;
    crumbgate_h2_channel *channel;
    crumbgate_h2_limits limits;
    crumbgate_h2_waste waste;

    /// The stream whose request's fields are being collected; 0 for none.
    int32_t collecting;
    /// A field section is being received, a request's or trailers.
    int is_in_fields;
    int is_cut;
    size_t section_bytes;
    /// Where the section begins in the channel's fields.
    size_t section_start;
    /// Its beginning, between two calls.
    buffer kept;

    /// Valid within a call of `crumbgate_h2_send`.
    const crumbgate_h2_content_piece *piece;
    uint8_t *output;
    size_t capacity;
    crumbgate_h2_sent sent;
    /// The rest of a frame for which there was no room, and how much of it was written since.
    buffer rest;
    size_t rest_written;
};

/// Appends bytes; 0 when there is no memory.
int crumbgate_h2_append(buffer *buffer, const void *bytes, size_t count);

/// Lets a new session have the channel's frame buffer.
void crumbgate_h2_set_memory(crumbgate_h2_channel *channel);

/// What nghttp2 calls while it receives, and while it sends.
void crumbgate_h2_set_receiving(nghttp2_session_callbacks *callbacks);
void crumbgate_h2_set_sending(nghttp2_session_callbacks *callbacks);

/// Appends an event and returns it, or NULL when there is no memory.
crumbgate_h2_event *crumbgate_h2_report(crumbgate_h2_channel *channel, enum crumbgate_h2_kind kind, int32_t stream);
