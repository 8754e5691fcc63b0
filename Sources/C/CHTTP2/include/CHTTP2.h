#pragma once
#include <stddef.h>
#include <stdint.h>

/// The server's side of HTTP/2 connections (RFC 9113) by nghttp2, behind a few calls. No call of ours comes back into its
/// caller: what happened is a list of events. Every pointer to bytes is read or written for the length of one call.

/// One connection's state: used by one thread.
typedef struct crumbgate_h2_session crumbgate_h2_session;
/// The events of all sessions of one thread, and what they share; must outlive them.
typedef struct crumbgate_h2_channel crumbgate_h2_channel;

/// Bytes that a call may read.
typedef struct {
    const uint8_t *bytes;
    size_t count;
} crumbgate_h2_bytes;

/// What a server tells its clients, and holds them to.
typedef struct {
    uint32_t streams;
    /// Bytes of a request's field section, names and values with four more for each field.
    uint32_t head_bytes;
    /// Bytes of content that a client may send in advance on all streams together.
    int32_t window;
} crumbgate_h2_limits;

// MARK: Events

enum crumbgate_h2_kind {
    /// A request's field section is complete.
    crumbgate_h2_request,
    /// A piece of a request's content.
    crumbgate_h2_content,
    /// A request's content ended.
    crumbgate_h2_end,
    /// A stream that had a handle came to an end that its owner did not cause.
    crumbgate_h2_closed,
};
typedef struct {
    uint64_t handle;
    /// Of the field section in `crumbgate_h2_fields`, or of the content in what was received.
    size_t offset, count;
    enum crumbgate_h2_kind kind;
    int32_t stream;
    /// Of a request: no content follows.
    int ends;
    /// Of a request: the section was longer than the limit, and a part of it is missing.
    int is_cut;
} crumbgate_h2_event;

crumbgate_h2_channel *crumbgate_h2_channel_new(void);
void crumbgate_h2_channel_free(crumbgate_h2_channel *channel);
size_t crumbgate_h2_event_count(const crumbgate_h2_channel *channel);
/// The event at an index below the count.
crumbgate_h2_event crumbgate_h2_event_at(const crumbgate_h2_channel *channel, size_t index);
/// Field sections of the requests among the events, valid until the next call with the channel: for each field the
/// lengths of name and value as 32-bit numbers of this machine, then name and value.
crumbgate_h2_bytes crumbgate_h2_fields(const crumbgate_h2_channel *channel);
/// Forgets all events.
void crumbgate_h2_clear(crumbgate_h2_channel *channel);

// MARK: Sessions

/// A new connection, whose settings are ready to be sent; NULL when there is no memory.
crumbgate_h2_session *crumbgate_h2_session_new(crumbgate_h2_channel *channel, crumbgate_h2_limits limits);
void crumbgate_h2_session_free(crumbgate_h2_session *session);

/// How many frames came that ask for work and carry nothing, and how many streams were reset or malformed, since the last
/// call.
typedef struct {
    uint32_t idle_frames, resets;
} crumbgate_h2_waste;

/// Takes what was received; 0 when nothing more can be made of the connection.
int crumbgate_h2_receive(crumbgate_h2_session *session, crumbgate_h2_bytes bytes);
crumbgate_h2_waste crumbgate_h2_take_waste(crumbgate_h2_session *session);
/// Whether a field section has begun and not ended.
int crumbgate_h2_is_in_fields(const crumbgate_h2_session *session);
/// Names a stream's owner, or nobody with 0; 0 when the stream is closed.
int crumbgate_h2_set_handle(crumbgate_h2_session *session, int32_t stream, uint64_t handle);
/// The owner of an open stream, or 0.
uint64_t crumbgate_h2_handle(crumbgate_h2_session *session, int32_t stream);

/// Makes a response's field section, laid out as in `crumbgate_h2_fields`, ready to be sent: an interim one, one that is
/// all of the response, or one before content. 1 on success.
enum crumbgate_h2_response { crumbgate_h2_interim, crumbgate_h2_bodiless, crumbgate_h2_with_content };
int crumbgate_h2_respond(
    crumbgate_h2_session *session, int32_t stream, crumbgate_h2_bytes fields, enum crumbgate_h2_response kind);

/// A stream's content: two runs of bytes, and whether the content ends with them.
typedef struct {
    crumbgate_h2_bytes first, second;
    int32_t stream;
    int is_last;
} crumbgate_h2_content_piece;
typedef struct {
    /// Bytes written, and bytes of the content among them.
    size_t written, taken;
    /// No room was left.
    int is_full;
    /// The content's end was written.
    int has_ended;
    /// The session is of no use any more.
    int is_broken;
} crumbgate_h2_sent;

/// Writes what is ready to be sent, and of content what the windows let through (RFC 9113 §5.2); `piece` may be NULL.
crumbgate_h2_sent crumbgate_h2_send(
    crumbgate_h2_session *session, const crumbgate_h2_content_piece *piece, uint8_t *output, size_t capacity);
/// Whether content may be sent on a stream now.
int crumbgate_h2_has_window(crumbgate_h2_session *session, int32_t stream);
/// Lets the client send so many more bytes of content; on the connection only, when the stream is closed.
void crumbgate_h2_consume(crumbgate_h2_session *session, int32_t stream, size_t count);
/// Resets a stream.
void crumbgate_h2_reset(crumbgate_h2_session *session, int32_t stream, uint32_t code);
/// Says that there will be no more streams soon, and later that there are none (RFC 9113 §6.8).
void crumbgate_h2_announce_end(crumbgate_h2_session *session);
/// Takes no more streams, and ends all there are unless the code is 0.
void crumbgate_h2_go_away(crumbgate_h2_session *session, uint32_t code);
/// Whether there is nothing to send and nothing more to expect.
int crumbgate_h2_is_over(crumbgate_h2_session *session);
