#include "client.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "CTLS.h"
#include "pem.h"

/// A server's session that the next connection may go on with.
typedef struct {
    pthread_mutex_t lock;
    SSL_SESSION *session;
} resumable;

static int resumable_index = -1;

static void free_resumable(void *owner, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *argument) {
    (void)owner, (void)data, (void)index, (void)number, (void)argument;
    resumable *kept = pointer;
    if (kept == NULL) return;
    SSL_SESSION_free(kept->session);
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

static void make_index(void) { resumable_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_resumable); }

SSL_SESSION *crumbgate_tls_take_resumable(SSL_CTX *context) {
    resumable *kept = SSL_CTX_get_ex_data(context, resumable_index);
    pthread_mutex_lock(&kept->lock);
    SSL_SESSION *session = kept->session;
    if (session != NULL) SSL_SESSION_up_ref(session);
    pthread_mutex_unlock(&kept->lock);
    return session;
}

static int keep_session(SSL *session, SSL_SESSION *next) {
    resumable *kept = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), resumable_index);
    pthread_mutex_lock(&kept->lock);
    SSL_SESSION *earlier = kept->session;
    kept->session = next;
    pthread_mutex_unlock(&kept->lock);
    SSL_SESSION_free(earlier);
    return 1;
}

static int say(const char *what, crumbgate_tls_reason *reason) {
    const char *text = ERR_reason_error_string(ERR_peek_error());
    snprintf(reason->text, sizeof reason->text, "%s%s%s", what, text == NULL ? "" : ": ", text == NULL ? "" : text);
    ERR_clear_error();
    return 0;
}

static int trust(SSL_CTX *context, crumbgate_tls_bytes authorities, crumbgate_tls_reason *reason) {
    if (authorities.count == 0) {
        return SSL_CTX_set_default_verify_paths(context) == 1 || say("the system's authorities", reason);
    }
    STACK_OF(X509) *certificates = crumbgate_pem_certificates(authorities);
    if (certificates == NULL) return say("no certificate of an authority", reason);
    int is_done = 1;
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        is_done &= X509_STORE_add_cert(SSL_CTX_get_cert_store(context), sk_X509_value(certificates, i)) == 1;
    }
    sk_X509_pop_free(certificates, X509_free);
    return is_done || say("a certificate of an authority", reason);
}

static int show(SSL_CTX *context, crumbgate_tls_bytes chain, crumbgate_tls_bytes key, crumbgate_tls_reason *reason) {
    if (chain.count == 0) return 1;
    STACK_OF(X509) *certificates = crumbgate_pem_certificates(chain);
    EVP_PKEY *private_key = crumbgate_pem_key(key, NULL);
    X509 *own = certificates == NULL ? NULL : sk_X509_shift(certificates);
    int is_done = own != NULL && private_key != NULL &&
                  SSL_CTX_use_cert_and_key(context, own, private_key, certificates, 1) == 1 &&
                  SSL_CTX_check_private_key(context) == 1;
    X509_free(own);
    EVP_PKEY_free(private_key);
    sk_X509_pop_free(certificates, X509_free);
    return is_done || say("certificate or key", reason);
}

crumbgate_tls_context *crumbgate_tls_client(
    crumbgate_tls_bytes authorities, crumbgate_tls_bytes chain, crumbgate_tls_bytes key, int verifies,
    crumbgate_tls_reason *reason) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_index);
    ERR_clear_error();
    resumable *kept = calloc(1, sizeof *kept);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (kept == NULL || context == NULL || SSL_CTX_set_ex_data(context, resumable_index, kept) != 1) {
        say("no memory", reason);
        free(kept);
        SSL_CTX_free(context);
        return NULL;
    }
    pthread_mutex_init(&kept->lock, NULL);
    static const unsigned char protocols[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context, protocols, sizeof protocols - 1);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(context, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    if ((!verifies || trust(context, authorities, reason)) && show(context, chain, key, reason)) return context;
    SSL_CTX_free(context);
    return NULL;
}
