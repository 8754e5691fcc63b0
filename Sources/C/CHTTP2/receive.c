#include <stdlib.h>
#include <string.h>

#include "internal.h"

/// How many times its limit a field section may be long before the connection ends with it: it has to be read to its end,
/// for what follows is coded with its table (RFC 7541 §2.2), and a few bytes can be long fields.
enum { most_excess = 4 };

static int begin_frame(nghttp2_session *h2, const nghttp2_frame_hd *header, void *context) {
    (void)h2;
    crumbgate_h2_session *session = context;
    // nghttp2 reports CONTINUATION here too: with it goes on the section that is being received.
    if (header->type != NGHTTP2_CONTINUATION) session->is_in_fields = 0;
    int carries = header->type == NGHTTP2_HEADERS || (header->type == NGHTTP2_DATA && header->length > 0);
    if (!carries) session->waste.idle_frames++;
    return 0;
}

static int begin_fields(nghttp2_session *h2, const nghttp2_frame *frame, void *context) {
    (void)h2;
    crumbgate_h2_session *session = context;
    session->is_in_fields = 1;
    session->is_cut = 0;
    session->section_bytes = 0;
    session->section_start = session->channel->fields.count;
    session->collecting = frame->headers.cat == NGHTTP2_HCAT_REQUEST ? frame->hd.stream_id : 0;
    return 0;
}

static int take_field(
    nghttp2_session *h2, const nghttp2_frame *frame, const uint8_t *name, size_t name_count, const uint8_t *value,
    size_t value_count, uint8_t flags, void *context) {
    (void)h2, (void)frame, (void)flags;
    crumbgate_h2_session *session = context;
    session->section_bytes += name_count + value_count + 4;
    if (session->section_bytes > session->limits.head_bytes) {
        session->is_cut = 1;
        if (session->section_bytes / most_excess > session->limits.head_bytes) return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    if (session->collecting == 0 || session->is_cut) return 0;
    buffer *fields = &session->channel->fields;
    uint32_t lengths[2] = {(uint32_t)name_count, (uint32_t)value_count};
    int is_done = crumbgate_h2_append(fields, lengths, sizeof lengths) &&
                  crumbgate_h2_append(fields, name, name_count) && crumbgate_h2_append(fields, value, value_count);
    return is_done ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

/// A field that RFC 9113 §8.2 forbids makes the request malformed: left alone nghttp2 only leaves it out.
static int refuse_field(
    nghttp2_session *h2, const nghttp2_frame *frame, const uint8_t *name, size_t name_count, const uint8_t *value,
    size_t value_count, uint8_t flags, void *context) {
    (void)h2, (void)frame, (void)name, (void)name_count, (void)value, (void)value_count, (void)flags;
    crumbgate_h2_session *session = context;
    session->waste.resets++;
    session->collecting = 0;
    session->is_in_fields = 0;
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int end_frame(nghttp2_session *h2, const nghttp2_frame *frame, void *context) {
    (void)h2;
    crumbgate_h2_session *session = context;
    int32_t stream = frame->hd.stream_id;
    int ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    crumbgate_h2_event *event;
    switch (frame->hd.type) {
        case NGHTTP2_HEADERS:
            session->is_in_fields = 0;
            if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
                if (session->collecting != stream) return 0;
                if (session->section_start > session->channel->fields.count) return NGHTTP2_ERR_CALLBACK_FAILURE;
                event = crumbgate_h2_report(session->channel, crumbgate_h2_request, stream);
                if (event == NULL) return NGHTTP2_ERR_CALLBACK_FAILURE;
                event->offset = session->section_start;
                event->count = session->channel->fields.count - session->section_start;
                event->ends = ends;
                event->is_cut = session->is_cut;
                session->collecting = 0;
                return 0;
            }
            break;
        case NGHTTP2_DATA:
            // Nothing but padding, whose length counts its own byte.
            if (frame->hd.length > 0 && frame->hd.length <= frame->data.padlen) session->waste.idle_frames++;
            break;
        case NGHTTP2_RST_STREAM: session->waste.resets++; return 0;
        default: return 0;
    }
    if (!ends) return 0;
    return crumbgate_h2_report(session->channel, crumbgate_h2_end, stream) == NULL ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

static int refuse_frame(nghttp2_session *h2, const nghttp2_frame *frame, int error, void *context) {
    (void)h2, (void)error;
    crumbgate_h2_session *session = context;
    session->waste.resets++;
    if (frame->hd.type == NGHTTP2_HEADERS) session->is_in_fields = 0;
    return 0;
}

static int take_content(
    nghttp2_session *h2, uint8_t flags, int32_t stream, const uint8_t *bytes, size_t count, void *context) {
    (void)h2, (void)flags;
    crumbgate_h2_session *session = context;
    crumbgate_h2_event *event = crumbgate_h2_report(session->channel, crumbgate_h2_content, stream);
    if (event == NULL) return NGHTTP2_ERR_CALLBACK_FAILURE;
    event->offset = (size_t)(bytes - session->channel->input);
    event->count = count;
    return 0;
}

static int close_stream(nghttp2_session *h2, int32_t stream, uint32_t code, void *context) {
    (void)code;
    crumbgate_h2_session *session = context;
    uint64_t handle = (uint64_t)(uintptr_t)nghttp2_session_get_stream_user_data(h2, stream);
    if (handle == 0) return 0;
    crumbgate_h2_event *event = crumbgate_h2_report(session->channel, crumbgate_h2_closed, stream);
    if (event == NULL) return NGHTTP2_ERR_CALLBACK_FAILURE;
    event->handle = handle;
    return 0;
}

/// A stream that still has its owner is reset by nghttp2: the client made it do so, as if it had reset it
/// (CVE-2025-8671).
static int send_frame(nghttp2_session *h2, const nghttp2_frame *frame, void *context) {
    crumbgate_h2_session *session = context;
    if (frame->hd.type == NGHTTP2_RST_STREAM &&
        nghttp2_session_get_stream_user_data(h2, frame->hd.stream_id) != NULL) {
        session->waste.resets++;
    }
    return 0;
}

/// A frame of an unknown type says nothing (RFC 9113 §5.5).
static int pass_over(nghttp2_session *h2, void **payload, const nghttp2_frame_hd *header, void *context) {
    (void)h2, (void)payload, (void)header, (void)context;
    return NGHTTP2_ERR_CANCEL;
}

void crumbgate_h2_set_receiving(nghttp2_session_callbacks *callbacks) {
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_fields);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, take_field);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, refuse_field);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, end_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, refuse_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, take_content);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, close_stream);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, send_frame);
    nghttp2_session_callbacks_set_unpack_extension_callback(callbacks, pass_over);
}

int crumbgate_h2_receive(crumbgate_h2_session *session, crumbgate_h2_bytes bytes) {
    crumbgate_h2_channel *channel = session->channel;
    if (session->kept.count > 0) {
        // A section goes on where the fields of this call begin.
        session->section_start = channel->fields.count;
        if (!crumbgate_h2_append(&channel->fields, session->kept.bytes, session->kept.count)) return 0;
        free(session->kept.bytes);
        session->kept = (buffer){0};
    } else if (session->is_in_fields) {
        session->section_start = channel->fields.count;
    }
    channel->input = bytes.bytes;
    ssize_t received = nghttp2_session_mem_recv(session->h2, bytes.bytes, bytes.count);
    channel->input = NULL;
    if (received < 0) {
        // Whoever floods is told so; the rest has no words.
        nghttp2_session_terminate_session(
            session->h2, received == NGHTTP2_ERR_FLOODED || session->is_cut ? NGHTTP2_ENHANCE_YOUR_CALM
                                                                            : NGHTTP2_PROTOCOL_ERROR);
        return 0;
    }
    if (session->is_in_fields && session->collecting != 0) {
        const uint8_t *start = channel->fields.bytes + session->section_start;
        size_t count = channel->fields.count - session->section_start;
        if (count > 0 && !crumbgate_h2_append(&session->kept, start, count)) return 0;
        channel->fields.count = session->section_start;
    }
    return (size_t)received == bytes.count;
}
