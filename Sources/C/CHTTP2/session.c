#include <stdlib.h>

#include "internal.h"

crumbgate_h2_session *crumbgate_h2_session_new(crumbgate_h2_channel *channel, crumbgate_h2_limits limits) {
    crumbgate_h2_session *session = calloc(1, sizeof *session);
    if (session == NULL) return NULL;
    session->channel = channel;
    session->limits = limits;
    channel->is_making = 1;
    // The callbacks get the session that owns nghttp2's, and lives as long.
    int result = nghttp2_session_server_new3(
        &session->h2, channel->callbacks, session, channel->options, &channel->memory);
    channel->is_making = 0;
    if (result != 0) {
        free(session);
        return NULL;
    }
    nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streams},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.head_bytes},
        // Nobody's tree of priorities is kept (RFC 9218 §2.1).
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };
    if (nghttp2_submit_settings(session->h2, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof *settings) != 0 ||
        nghttp2_session_set_local_window_size(session->h2, NGHTTP2_FLAG_NONE, 0, limits.window) != 0) {
        crumbgate_h2_session_free(session);
        return NULL;
    }
    return session;
}

void crumbgate_h2_session_free(crumbgate_h2_session *session) {
    nghttp2_session_del(session->h2);
    free(session->kept.bytes);
    free(session->rest.bytes);
    free(session);
}

crumbgate_h2_waste crumbgate_h2_take_waste(crumbgate_h2_session *session) {
    crumbgate_h2_waste waste = session->waste;
    session->waste = (crumbgate_h2_waste){0};
    return waste;
}

int crumbgate_h2_is_in_fields(const crumbgate_h2_session *session) { return session->is_in_fields; }

int crumbgate_h2_set_handle(crumbgate_h2_session *session, int32_t stream, uint64_t handle) {
    // A number where nghttp2 has room for a pointer.
    return nghttp2_session_set_stream_user_data(session->h2, stream, (void *)(uintptr_t)handle) == 0;
}

uint64_t crumbgate_h2_handle(crumbgate_h2_session *session, int32_t stream) {
    return (uint64_t)(uintptr_t)nghttp2_session_get_stream_user_data(session->h2, stream);
}

int crumbgate_h2_has_window(crumbgate_h2_session *session, int32_t stream) {
    return nghttp2_session_get_remote_window_size(session->h2) > 0 &&
           nghttp2_session_get_stream_remote_window_size(session->h2, stream) > 0;
}

void crumbgate_h2_consume(crumbgate_h2_session *session, int32_t stream, size_t count) {
    if (nghttp2_session_find_stream(session->h2, stream) == NULL) {
        nghttp2_session_consume_connection(session->h2, count);
    } else {
        nghttp2_session_consume(session->h2, stream, count);
    }
}

void crumbgate_h2_reset(crumbgate_h2_session *session, int32_t stream, uint32_t code) {
    nghttp2_submit_rst_stream(session->h2, NGHTTP2_FLAG_NONE, stream, code);
}

void crumbgate_h2_announce_end(crumbgate_h2_session *session) { nghttp2_submit_shutdown_notice(session->h2); }

void crumbgate_h2_go_away(crumbgate_h2_session *session, uint32_t code) {
    if (code != NGHTTP2_NO_ERROR) {
        nghttp2_session_terminate_session(session->h2, code);
        return;
    }
    nghttp2_submit_goaway(
        session->h2, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session->h2), NGHTTP2_NO_ERROR, NULL,
        0);
}

int crumbgate_h2_is_over(crumbgate_h2_session *session) {
    return session->rest.count == 0 && !nghttp2_session_want_read(session->h2) &&
           !nghttp2_session_want_write(session->h2);
}
