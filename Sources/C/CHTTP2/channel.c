#include <stdlib.h>
#include <string.h>

#include "internal.h"

int crumbgate_h2_append(buffer *buffer, const void *bytes, size_t count) {
    if (buffer->capacity - buffer->count < count) {
        size_t capacity = buffer->capacity * 2 > buffer->count + count ? buffer->capacity * 2 : buffer->count + count;
        uint8_t *larger = realloc(buffer->bytes, capacity);
        if (larger == NULL) return 0;
        buffer->bytes = larger;
        buffer->capacity = capacity;
    }
    if (count > 0) memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    return 1;
}

crumbgate_h2_channel *crumbgate_h2_channel_new(void) {
    crumbgate_h2_channel *channel = calloc(1, sizeof *channel);
    if (channel == NULL) return NULL;
    if (nghttp2_session_callbacks_new(&channel->callbacks) != 0 || nghttp2_option_new(&channel->options) != 0) {
        crumbgate_h2_channel_free(channel);
        return NULL;
    }
    crumbgate_h2_set_memory(channel);
    crumbgate_h2_set_receiving(channel->callbacks);
    crumbgate_h2_set_sending(channel->callbacks);
    // Who sends content waits until what they sent is with the origin server.
    nghttp2_option_set_no_auto_window_update(channel->options, 1);
    // Responses are coded without a table of their own: four kibibytes less for each connection.
    nghttp2_option_set_max_deflate_dynamic_table_size(channel->options, 0);
    // How long an origin server's head may be is the gateway's to say.
    nghttp2_option_set_max_send_header_block_length(channel->options, 1 << 24);
    nghttp2_option_set_no_closed_streams(channel->options, 1);
    nghttp2_option_set_max_outbound_ack(channel->options, 100);
    // Frames of unknown types are seen, to be counted.
    for (int type = NGHTTP2_CONTINUATION + 1; type <= UINT8_MAX; type++) {
        nghttp2_option_set_user_recv_extension_type(channel->options, (uint8_t)type);
    }
    return channel;
}

void crumbgate_h2_channel_free(crumbgate_h2_channel *channel) {
    nghttp2_session_callbacks_del(channel->callbacks);
    nghttp2_option_del(channel->options);
    free(channel->events);
    free(channel->fields.bytes);
    free(channel->pairs);
    free(channel->frame);
    free(channel);
}

/// Bytes of the largest frame that is made here (RFC 9113 §4.2), without its header.
enum { largest_payload = 16384 };

static void *allocate(size_t size, void *context) {
    crumbgate_h2_channel *channel = context;
    if (!channel->is_making || size < largest_payload) return malloc(size);
    channel->is_making = 0;
    if (channel->frame == NULL) {
        channel->frame = malloc(size);
        channel->frame_size = size;
    }
    return size <= channel->frame_size ? channel->frame : malloc(size);
}

static void release(void *pointer, void *context) {
    const crumbgate_h2_channel *channel = context;
    if (pointer != channel->frame) free(pointer);
}

static void *allocate_zeroed(size_t count, size_t size, void *context) {
    (void)context;
    return calloc(count, size);
}

static void *reallocate(void *pointer, size_t size, void *context) {
    crumbgate_h2_channel *channel = context;
    if (pointer == NULL) return allocate(size, context);
    if (pointer != channel->frame) return realloc(pointer, size);
    void *copy = malloc(size);
    if (copy != NULL) memcpy(copy, pointer, size < channel->frame_size ? size : channel->frame_size);
    return copy;
}

void crumbgate_h2_set_memory(crumbgate_h2_channel *channel) {
    channel->memory = (nghttp2_mem){channel, allocate, release, allocate_zeroed, reallocate};
}

size_t crumbgate_h2_event_count(const crumbgate_h2_channel *channel) { return channel->event_count; }

crumbgate_h2_event crumbgate_h2_event_at(const crumbgate_h2_channel *channel, size_t index) {
    return channel->events[index];
}

crumbgate_h2_bytes crumbgate_h2_fields(const crumbgate_h2_channel *channel) {
    return (crumbgate_h2_bytes){channel->fields.bytes, channel->fields.count};
}

void crumbgate_h2_clear(crumbgate_h2_channel *channel) {
    channel->event_count = 0;
    channel->fields.count = 0;
}

crumbgate_h2_event *crumbgate_h2_report(crumbgate_h2_channel *channel, enum crumbgate_h2_kind kind, int32_t stream) {
    if (channel->event_count == channel->event_capacity) {
        size_t capacity = channel->event_capacity == 0 ? 64 : channel->event_capacity * 2;
        crumbgate_h2_event *larger = realloc(channel->events, capacity * sizeof *larger);
        if (larger == NULL) return NULL;
        channel->events = larger;
        channel->event_capacity = capacity;
    }
    crumbgate_h2_event *event = &channel->events[channel->event_count++];
    *event = (crumbgate_h2_event){.kind = kind, .stream = stream};
    return event;
}
