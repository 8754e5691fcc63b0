#include <stdlib.h>
#include <string.h>

#include "internal.h"

/// Bytes of a frame's header (RFC 9113 §4.1).
enum { frame_header = 9 };

static size_t room(const crumbgate_h2_session *session) { return session->capacity - session->sent.written; }

static void put(crumbgate_h2_session *session, const uint8_t *bytes, size_t count) {
    if (count > 0) memcpy(session->output + session->sent.written, bytes, count);
    session->sent.written += count;
}

/// How much of the piece goes into the next frame of a stream; content of other streams has its turn later.
static ssize_t measure_content(
    nghttp2_session *h2, int32_t stream, uint8_t *memory, size_t limit, uint32_t *flags, nghttp2_data_source *source,
    void *context) {
    (void)h2, (void)memory, (void)source;
    crumbgate_h2_session *session = context;
    const crumbgate_h2_content_piece *piece = session->piece;
    if (piece == NULL || piece->stream != stream) return NGHTTP2_ERR_DEFERRED;
    size_t left = piece->first.count + piece->second.count - session->sent.taken;
    if (room(session) <= frame_header) {
        session->sent.is_full = 1;
        return NGHTTP2_ERR_DEFERRED;
    }
    size_t count = left < limit ? left : limit;
    if (count > room(session) - frame_header) count = room(session) - frame_header;
    if (count == left && piece->is_last) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        session->sent.has_ended = 1;
    } else if (count == 0) {
        return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return (ssize_t)count;
}

/// Writes a frame of content: its header, and bytes straight from where they are.
static int write_content(
    nghttp2_session *h2, nghttp2_frame *frame, const uint8_t *header, size_t count, nghttp2_data_source *source,
    void *context) {
    (void)h2, (void)source, (void)frame;
    crumbgate_h2_session *session = context;
    const crumbgate_h2_content_piece *piece = session->piece;
    put(session, header, frame_header);
    size_t offset = session->sent.taken;
    size_t from_first = offset < piece->first.count ? piece->first.count - offset : 0;
    if (from_first > count) from_first = count;
    if (from_first > 0) put(session, piece->first.bytes + offset, from_first);
    if (count > from_first) {
        put(session, piece->second.bytes + (offset + from_first - piece->first.count), count - from_first);
    }
    session->sent.taken += count;
    return 0;
}

void crumbgate_h2_set_sending(nghttp2_session_callbacks *callbacks) {
    nghttp2_session_callbacks_set_send_data_callback(callbacks, write_content);
}

/// Writes a frame, and keeps what there is no room for; 0 when that is something.
static int put_frame(crumbgate_h2_session *session, const uint8_t *bytes, size_t count) {
    size_t written = count < room(session) ? count : room(session);
    put(session, bytes, written);
    if (written == count) return 1;
    session->sent.is_full = 1;
    if (!crumbgate_h2_append(&session->rest, bytes + written, count - written)) session->sent.is_broken = 1;
    return 0;
}

/// Writes what was kept; 0 when there is more of it.
static int put_rest(crumbgate_h2_session *session) {
    size_t count = session->rest.count - session->rest_written;
    if (count == 0) return 1;
    size_t written = count < room(session) ? count : room(session);
    put(session, session->rest.bytes + session->rest_written, written);
    session->rest_written += written;
    if (written < count) {
        session->sent.is_full = 1;
        return 0;
    }
    free(session->rest.bytes);
    session->rest = (buffer){0};
    session->rest_written = 0;
    return 1;
}

crumbgate_h2_sent crumbgate_h2_send(
    crumbgate_h2_session *session, const crumbgate_h2_content_piece *piece, uint8_t *output, size_t capacity) {
    session->sent = (crumbgate_h2_sent){0};
    session->piece = piece;
    session->output = output;
    session->capacity = capacity;
    if (piece != NULL) nghttp2_session_resume_data(session->h2, piece->stream);
    if (put_rest(session)) {
        for (;;) {
            const uint8_t *frame = NULL;
            ssize_t count = nghttp2_session_mem_send(session->h2, &frame);
            if (count < 0) session->sent.is_broken = 1;
            if (count <= 0 || !put_frame(session, frame, (size_t)count)) break;
        }
    }
    session->piece = NULL;
    session->output = NULL;
    session->capacity = 0;
    return session->sent;
}

/// The fields, laid out one behind the other, as nghttp2 wants them; how many there are, or -1.
static ssize_t read_pairs(crumbgate_h2_channel *channel, crumbgate_h2_bytes fields) {
    size_t count = 0;
    size_t offset = 0;
    while (fields.count - offset >= 8) {
        uint32_t lengths[2];
        memcpy(lengths, fields.bytes + offset, sizeof lengths);
        offset += sizeof lengths;
        if (fields.count - offset < (size_t)lengths[0] + lengths[1]) return -1;
        if (count == channel->pair_capacity) {
            size_t capacity = count == 0 ? 64 : count * 2;
            nghttp2_nv *larger = realloc(channel->pairs, capacity * sizeof *larger);
            if (larger == NULL) return -1;
            channel->pairs = larger;
            channel->pair_capacity = capacity;
        }
        // nghttp2 copies both and changes neither.
        channel->pairs[count++] = (nghttp2_nv){
            .name = (uint8_t *)(uintptr_t)(fields.bytes + offset),
            .value = (uint8_t *)(uintptr_t)(fields.bytes + offset + lengths[0]),
            .namelen = lengths[0],
            .valuelen = lengths[1]};
        offset += (size_t)lengths[0] + lengths[1];
    }
    return offset == fields.count ? (ssize_t)count : -1;
}

int crumbgate_h2_respond(
    crumbgate_h2_session *session, int32_t stream, crumbgate_h2_bytes fields, enum crumbgate_h2_response kind) {
    ssize_t count = read_pairs(session->channel, fields);
    if (count < 0) return 0;
    const nghttp2_nv *pairs = session->channel->pairs;
    if (kind == crumbgate_h2_interim) {
        return nghttp2_submit_headers(session->h2, NGHTTP2_FLAG_NONE, stream, NULL, pairs, (size_t)count, NULL) == 0;
    }
    nghttp2_data_provider content = {.read_callback = measure_content};
    return nghttp2_submit_response(
               session->h2, stream, pairs, (size_t)count, kind == crumbgate_h2_with_content ? &content : NULL) == 0;
}
