#pragma once
#include <stddef.h>
#include <stdint.h>

/// TLS by OpenSSL behind a few calls. Every pointer to bytes is read or written for the length of one call.

/// A server's or client's settings (SSL_CTX): shared by threads, alive as long as a session made of it.
typedef struct ssl_ctx_st crumbgate_tls_context;
/// One connection's state (SSL): used by one thread.
typedef struct ssl_st crumbgate_tls_session;
/// The buffers that all sessions of one thread read from and write to; must outlive them.
typedef struct crumbgate_tls_channel crumbgate_tls_channel;

/// Bytes that a call may read.
typedef struct {
    const uint8_t *bytes;
    size_t count;
} crumbgate_tls_bytes;

/// Why a call failed: OpenSSL's words, empty when it has none.
typedef struct {
    char text[160];
} crumbgate_tls_reason;

// MARK: Certificates

/// What the first certificate of a file says.
typedef struct {
    /// Seconds since 1970.
    int64_t not_before, not_after;
    /// Its DNS names and addresses, each followed by a line feed; freed by `crumbgate_certificate_free`.
    char *names;
    /// Certificates in the file.
    int count;
} crumbgate_certificate_facts;

/// Reads a PEM file's certificates; 0 when there is none or one is broken.
int crumbgate_certificate_read(crumbgate_tls_bytes pem, crumbgate_certificate_facts *facts);
void crumbgate_certificate_free(crumbgate_certificate_facts *facts);

enum crumbgate_key_fit {
    crumbgate_key_fits,
    /// The key belongs to another certificate.
    crumbgate_key_differs,
    /// No private key in PEM.
    crumbgate_key_unreadable,
    /// A passphrase would be needed.
    crumbgate_key_encrypted,
};
enum crumbgate_key_fit crumbgate_key_fit(crumbgate_tls_bytes certificate, crumbgate_tls_bytes key);

/// Makes a key (P-256) and a certificate for these names (each followed by a line feed), signed by itself and valid for so
/// many days, as PEM; both texts are freed with `free`. 1 on success.
int crumbgate_certificate_make(const char *names, int days, char **certificate, char **key);
/// Overwrites a text.
void crumbgate_tls_cleanse(char *text);

// MARK: Contexts

/// A server's context; `minimum` is 0x0303 for TLS 1.2 or 0x0304 for TLS 1.3; HTTP/2 is offered before HTTP/1.1 (RFC 7301)
/// unless `offers_h2` is 0. NULL when there is no memory.
crumbgate_tls_context *crumbgate_tls_server(int minimum, int offers_h2, crumbgate_tls_bytes identity);
/// What an OCSP response (RFC 6960, DER) says of a certificate.
enum crumbgate_staple_state {
    crumbgate_staple_good,
    /// No OCSP response.
    crumbgate_staple_unreadable,
    /// Of another certificate.
    crumbgate_staple_differs,
    /// The certificate is revoked or not known.
    crumbgate_staple_bad,
};
/// Reads a response; `next_update` is in seconds since 1970, 0 where it says nothing.
enum crumbgate_staple_state crumbgate_staple_read(
    crumbgate_tls_bytes response, crumbgate_tls_bytes certificate, int64_t *next_update);

/// Adds a certificate with its chain and key; the first answers whoever names none or an unknown one (RFC 6066 §3).
/// A `staple` that is not empty is an OCSP response, shown until its next update is due. 1 on success.
int crumbgate_tls_server_add(
    crumbgate_tls_context *context, crumbgate_tls_bytes chain, crumbgate_tls_bytes key, crumbgate_tls_bytes staple,
    crumbgate_tls_reason *reason);
/// A client's context for one server: `authorities` is PEM, empty for the system's; `chain` and `key` are empty where the
/// client shows no certificate. NULL with a reason when something is wrong with them.
crumbgate_tls_context *crumbgate_tls_client(
    crumbgate_tls_bytes authorities, crumbgate_tls_bytes chain, crumbgate_tls_bytes key, int verifies,
    crumbgate_tls_reason *reason);
void crumbgate_tls_context_free(crumbgate_tls_context *context);

/// Renews the keys of session tickets (RFC 5077 §5.5) when it is time: they live for an hour as the newest, and are
/// accepted for two more. `now` is in seconds on any clock that does not jump. Called by one thread.
void crumbgate_tls_tend_tickets(int64_t now);

// MARK: Sessions

crumbgate_tls_channel *crumbgate_tls_channel_new(void);
void crumbgate_tls_channel_free(crumbgate_tls_channel *channel);
/// Records to be sent to the peer of the session last called: valid until the next call.
crumbgate_tls_bytes crumbgate_tls_outgoing(const crumbgate_tls_channel *channel);
void crumbgate_tls_clear_outgoing(crumbgate_tls_channel *channel);

/// The server's side of a new connection; NULL when there is no memory.
crumbgate_tls_session *crumbgate_tls_accept(crumbgate_tls_context *context, crumbgate_tls_channel *channel);
/// The client's side of a new connection to a server of that name or address; its first records are to be sent. NULL when
/// there is no memory.
crumbgate_tls_session *crumbgate_tls_connect(
    crumbgate_tls_context *context, crumbgate_tls_channel *channel, const char *name, int is_address);
/// Why the handshake failed.
void crumbgate_tls_why(const crumbgate_tls_session *session, crumbgate_tls_reason *reason);
void crumbgate_tls_session_free(crumbgate_tls_session *session);

enum crumbgate_tls_outcome {
    crumbgate_tls_got_bytes,
    crumbgate_tls_got_nothing,
    /// The peer ended its side.
    crumbgate_tls_got_end,
    /// The connection ended and the peer did not say so: more may have been to come (RFC 8446 §6.1).
    crumbgate_tls_got_cut,
    crumbgate_tls_broke,
    /// The peer speaks HTTP without TLS.
    crumbgate_tls_got_plain_http,
};
typedef struct {
    enum crumbgate_tls_outcome outcome;
    /// Bytes written.
    size_t count;
    /// Whether the socket had nothing more.
    int is_drained;
} crumbgate_tls_received;

/// The most bytes that one `crumbgate_tls_receive` takes from the socket, and writes.
enum { crumbgate_tls_socket_bytes = 65536, crumbgate_tls_plain_bytes = 65536 + 32768 };

/// Receives from the socket and decrypts all that came into `plain`, which has room for `crumbgate_tls_plain_bytes`; the
/// handshake happens in here. Reads on until the socket has nothing when `to_end` is not 0.
crumbgate_tls_received crumbgate_tls_receive(
    crumbgate_tls_session *session, crumbgate_tls_channel *channel, int fd, int to_end, uint8_t *plain);
/// Encrypts bytes; 1 on success.
int crumbgate_tls_send(crumbgate_tls_session *session, crumbgate_tls_channel *channel, crumbgate_tls_bytes bytes);
/// Says that nothing more will be sent (close_notify), if the handshake is over.
void crumbgate_tls_end(crumbgate_tls_session *session, crumbgate_tls_channel *channel);
int crumbgate_tls_is_established(const crumbgate_tls_session *session);
/// Whether HTTP/2 was chosen: when the handshake is over.
int crumbgate_tls_speaks_h2(const crumbgate_tls_session *session);
