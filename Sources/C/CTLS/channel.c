#include "channel.h"

#include <errno.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client.h"

static int read_input(BIO *bio, char *bytes, int length) {
    crumbgate_tls_channel *channel = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (length <= 0) return 0;
    if (channel->input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t count = (size_t)length < channel->input_count ? (size_t)length : channel->input_count;
    memcpy(bytes, channel->input, count);
    channel->input += count;
    channel->input_count -= count;
    return (int)count;
}

static int write_output(BIO *bio, const char *bytes, int length) {
    crumbgate_tls_channel *channel = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (length <= 0) return 0;
    size_t needed = channel->output_count + (size_t)length;
    if (needed > channel->output_capacity) {
        size_t capacity = channel->output_capacity * 2 > needed ? channel->output_capacity * 2 : needed;
        uint8_t *larger = realloc(channel->output, capacity);
        if (larger == NULL) return -1;
        channel->output = larger;
        channel->output_capacity = capacity;
    }
    memcpy(channel->output + channel->output_count, bytes, (size_t)length);
    channel->output_count = needed;
    return length;
}

static long control(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *method;

static void make_method(void) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "loop");
    if (made == NULL) return;
    BIO_meth_set_read(made, read_input);
    BIO_meth_set_write(made, write_output);
    BIO_meth_set_ctrl(made, control);
    method = made;
}

crumbgate_tls_channel *crumbgate_tls_channel_new(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_method);
    crumbgate_tls_channel *channel = method == NULL ? NULL : calloc(1, sizeof *channel);
    if (channel == NULL) return NULL;
    channel->output_capacity = 65536 + 4096;
    channel->output = malloc(channel->output_capacity);
    channel->bio = BIO_new(method);
    if (channel->output == NULL || channel->bio == NULL) {
        crumbgate_tls_channel_free(channel);
        return NULL;
    }
    BIO_set_data(channel->bio, channel);
    BIO_set_init(channel->bio, 1);
    return channel;
}

void crumbgate_tls_channel_free(crumbgate_tls_channel *channel) {
    BIO_free(channel->bio);
    free(channel->output);
    free(channel);
}

crumbgate_tls_bytes crumbgate_tls_outgoing(const crumbgate_tls_channel *channel) {
    return (crumbgate_tls_bytes){channel->output, channel->output_count};
}

void crumbgate_tls_clear_outgoing(crumbgate_tls_channel *channel) { channel->output_count = 0; }

static crumbgate_tls_session *new_session(crumbgate_tls_context *context, crumbgate_tls_channel *channel) {
    SSL *session = SSL_new(context);
    if (session == NULL || BIO_up_ref(channel->bio) != 1) {
        SSL_free(session);
        ERR_clear_error();
        return NULL;
    }
    SSL_set_bio(session, channel->bio, channel->bio);
    return session;
}

crumbgate_tls_session *crumbgate_tls_accept(crumbgate_tls_context *context, crumbgate_tls_channel *channel) {
    SSL *session = new_session(context, channel);
    if (session != NULL) SSL_set_accept_state(session);
    return session;
}

crumbgate_tls_session *crumbgate_tls_connect(
    crumbgate_tls_context *context, crumbgate_tls_channel *channel, const char *name, int is_address) {
    SSL *session = new_session(context, channel);
    if (session == NULL) return NULL;
    SSL_set_connect_state(session);
    int is_ready = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name)
                              : SSL_set1_host(session, name) == 1 && SSL_set_tlsext_host_name(session, name) == 1;
    SSL_SESSION *earlier = crumbgate_tls_take_resumable(context);
    if (earlier != NULL) {
        SSL_set_session(session, earlier);
        SSL_SESSION_free(earlier);
    }
    if (is_ready) {
        ERR_clear_error();
        SSL_do_handshake(session);
        return session;
    }
    SSL_free(session);
    ERR_clear_error();
    return NULL;
}

void crumbgate_tls_why(const crumbgate_tls_session *session, crumbgate_tls_reason *reason) {
    long verified = SSL_get_verify_result(session);
    const char *text = verified != X509_V_OK ? X509_verify_cert_error_string(verified)
                                             : ERR_reason_error_string(ERR_peek_error());
    snprintf(reason->text, sizeof reason->text, "%s", text == NULL ? "the connection ended" : text);
}

void crumbgate_tls_session_free(crumbgate_tls_session *session) { SSL_free(session); }

int crumbgate_tls_is_established(const crumbgate_tls_session *session) { return SSL_is_init_finished(session); }

int crumbgate_tls_speaks_h2(const crumbgate_tls_session *session) {
    const unsigned char *chosen = NULL;
    unsigned length = 0;
    SSL_get0_alpn_selected(session, &chosen, &length);
    return length == 2 && memcmp(chosen, "h2", 2) == 0;
}

/// The most bytes that an established session may receive without one for us: a record and a half. What goes on beyond
/// is nothing but work: key updates (RFC 8446 §4.6.3), warnings, empty records.
enum { most_barren_bytes = 24576 };

/// Whether a peer has sent too much in which there was nothing, so many bytes just now.
static int is_barren(SSL *session, size_t received, size_t plain) {
    // The number is the session's own datum.
    uintptr_t barren = plain > 0 ? 0 : (uintptr_t)SSL_get_app_data(session) + received;
    SSL_set_app_data(session, (void *)barren);
    return barren > most_barren_bytes;
}

/// Decrypts all of the input; the outcome is `nothing` when the peer has more to say.
static enum crumbgate_tls_outcome decrypt(SSL *session, uint8_t *plain, size_t *count) {
    for (;;) {
        size_t read = 0;
        ERR_clear_error();
        int result = SSL_read_ex(session, plain + *count, crumbgate_tls_plain_bytes - *count, &read);
        if (result == 1) {
            *count += read;
            continue;
        }
        switch (SSL_get_error(session, result)) {
            case SSL_ERROR_WANT_READ: return crumbgate_tls_got_nothing;
            case SSL_ERROR_ZERO_RETURN: return crumbgate_tls_got_end;
            default:
                return ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST ? crumbgate_tls_got_plain_http
                                                                              : crumbgate_tls_broke;
        }
    }
}

crumbgate_tls_received crumbgate_tls_receive(
    crumbgate_tls_session *session, crumbgate_tls_channel *channel, int fd, int to_end, uint8_t *plain) {
    crumbgate_tls_received step = {crumbgate_tls_got_nothing, 0, 0};
    if (SSL_get_shutdown(session) & SSL_RECEIVED_SHUTDOWN) {
        step.outcome = crumbgate_tls_got_end;
        return step;
    }
    while (step.count == 0) {
        ssize_t received = recv(fd, channel->received, sizeof channel->received, 0);
        if (received < 0) {
            if (errno == EINTR) continue;
            step.outcome = errno == EAGAIN ? crumbgate_tls_got_nothing : crumbgate_tls_broke;
            step.is_drained = 1;
            return step;
        }
        if (received == 0) {
            step.outcome = crumbgate_tls_got_cut;
            return step;
        }
        channel->input = channel->received;
        channel->input_count = (size_t)received;
        // A handshake has its own bounds.
        int is_established = SSL_is_init_finished(session);
        enum crumbgate_tls_outcome outcome = decrypt(session, plain, &step.count);
        channel->input_count = 0;
        if (is_established && outcome == crumbgate_tls_got_nothing &&
            is_barren(session, (size_t)received, step.count)) {
            step.outcome = crumbgate_tls_broke;
            return step;
        }
        // An end behind bytes is told by the next call.
        if (outcome != crumbgate_tls_got_nothing && !(outcome == crumbgate_tls_got_end && step.count > 0)) {
            step.outcome = outcome;
            return step;
        }
        step.is_drained = outcome == crumbgate_tls_got_nothing && received < (ssize_t)sizeof channel->received && !to_end;
        if (step.is_drained) break;
    }
    if (step.count > 0) step.outcome = crumbgate_tls_got_bytes;
    return step;
}

int crumbgate_tls_send(crumbgate_tls_session *session, crumbgate_tls_channel *channel, crumbgate_tls_bytes bytes) {
    (void)channel;
    size_t written = 0;
    if (bytes.count == 0) return 1;
    ERR_clear_error();
    return SSL_write_ex(session, bytes.bytes, bytes.count, &written) == 1 && written == bytes.count;
}

void crumbgate_tls_end(crumbgate_tls_session *session, crumbgate_tls_channel *channel) {
    (void)channel;
    if (!SSL_is_init_finished(session) || SSL_get_shutdown(session) & SSL_SENT_SHUTDOWN) return;
    ERR_clear_error();
    SSL_shutdown(session);
}
