#include "CScan.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct crumbgate_client {
    int fd;
    SSL_CTX *context;
    SSL *ssl;
};

static int connect_to(const char *host, const char *port, int timeout_ms, char *reason, size_t reason_length) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        snprintf(reason, reason_length, "%s", gai_strerror(error));
        return -1;
    }
    int fd = -1;
    struct timeval limit = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    snprintf(reason, reason_length, "no connection");
    for (struct addrinfo *address = found; address != NULL && fd < 0; address = address->ai_next) {
        fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0) continue;
        // On Linux the sending limit bounds connect() too.
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

crumbgate_client *crumbgate_client_open(
    const char *host, const char *port, int with_tls, int timeout_ms, char *reason, size_t reason_length) {
    int fd = connect_to(host, port, timeout_ms, reason, reason_length);
    if (fd < 0) return NULL;
    crumbgate_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        close(fd);
        return NULL;
    }
    client->fd = fd;
    if (!with_tls) return client;
    client->context = SSL_CTX_new(TLS_client_method());
    if (client->context != NULL) {
        SSL_CTX_set_verify(client->context, SSL_VERIFY_PEER, NULL);
        SSL_CTX_set_default_verify_paths(client->context);
        client->ssl = SSL_new(client->context);
    }
    if (client->ssl != NULL && SSL_set1_host(client->ssl, host) == 1 && SSL_set_tlsext_host_name(client->ssl, host) == 1 &&
        SSL_set_fd(client->ssl, fd) == 1 && SSL_connect(client->ssl) == 1) {
        return client;
    }
    long verified = client->ssl == NULL ? X509_V_OK : SSL_get_verify_result(client->ssl);
    snprintf(
        reason, reason_length, "TLS: %s",
        verified != X509_V_OK ? X509_verify_cert_error_string(verified) : "the handshake failed");
    crumbgate_client_close(client);
    return NULL;
}

int crumbgate_client_write(crumbgate_client *client, const void *bytes, size_t length) {
    size_t sent = 0;
    while (sent < length) {
        const char *rest = (const char *)bytes + sent;
        long count = client->ssl != NULL ? SSL_write(client->ssl, rest, (int)(length - sent))
                                         : send(client->fd, rest, length - sent, MSG_NOSIGNAL);
        if (count <= 0) return -1;
        sent += (size_t)count;
    }
    return 0;
}

long crumbgate_client_read(crumbgate_client *client, void *bytes, size_t length) {
    if (client->ssl == NULL) return recv(client->fd, bytes, length, 0);
    int count = SSL_read(client->ssl, bytes, (int)length);
    if (count > 0) return count;
    return SSL_get_error(client->ssl, count) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

void crumbgate_client_close(crumbgate_client *client) {
    if (client->ssl != NULL) SSL_free(client->ssl);
    if (client->context != NULL) SSL_CTX_free(client->context);
    close(client->fd);
    ERR_clear_error();
    free(client);
}
