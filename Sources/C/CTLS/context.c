#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CTLS.h"
#include "pem.h"
#include "staple.h"
#include "tickets.h"

/// A DNS name of a certificate, in lower case, and the context that shows the certificate.
typedef struct {
    char *name;
    SSL_CTX *context;
} named_context;

/// What belongs to a listener: owned by its first context, in whose session contexts all its connections are.
typedef struct {
    named_context *names;
    size_t name_count;
    SSL_CTX **others;
    size_t other_count;
    int has_first;
    int minimum;
    int offers_h2;
    unsigned char identity[SSL_MAX_SID_CTX_LENGTH];
    unsigned identity_length;
} certificate_table;

static int table_index = -1;

static void free_table(void *owner, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *argument) {
    (void)owner, (void)data, (void)index, (void)number, (void)argument;
    certificate_table *table = pointer;
    if (table == NULL) return;
    for (size_t i = 0; i < table->name_count; i++) free(table->names[i].name);
    for (size_t i = 0; i < table->other_count; i++) SSL_CTX_free(table->others[i]);
    free(table->names);
    free(table->others);
    free(table);
}

static void make_index(void) { table_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_table); }

static int compare_names(const void *a, const void *b) {
    return strcmp(((const named_context *)a)->name, ((const named_context *)b)->name);
}

static SSL_CTX *context_named(const certificate_table *table, char *name) {
    named_context wanted = {.name = name};
    named_context *found = bsearch(&wanted, table->names, table->name_count, sizeof wanted, compare_names);
    return found == NULL ? NULL : found->context;
}

/// Chooses the certificate by the name that the client asks for: the name itself before `*` for its first label.
static int choose_certificate(SSL *session, int *alert, void *argument) {
    (void)alert;
    const certificate_table *table = argument;
    const char *asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    size_t length = asked == NULL ? 0 : strlen(asked);
    if (table->other_count == 0 || length == 0 || length > 255) return SSL_TLSEXT_ERR_OK;
    char name[256];
    for (size_t i = 0; i <= length; i++) name[i] = asked[i] >= 'A' && asked[i] <= 'Z' ? asked[i] + 32 : asked[i];
    SSL_CTX *found = context_named(table, name);
    if (found == NULL) {
        char *dot = strchr(name, '.');
        if (dot != NULL && dot > name) {
            dot[-1] = '*';
            found = context_named(table, dot - 1);
        }
    }
    if (found != NULL && found != SSL_get_SSL_CTX(session)) SSL_set_SSL_CTX(session, found);
    return SSL_TLSEXT_ERR_OK;
}

static int choose_protocol(
    SSL *session, const unsigned char **chosen, unsigned char *chosen_length, const unsigned char *offered,
    unsigned offered_length, void *argument) {
    (void)session;
    static const unsigned char both[] = "\x02h2\x08http/1.1";
    const certificate_table *table = argument;
    size_t skipped = table->offers_h2 ? 0 : 3;
    int result = SSL_select_next_proto(
        (unsigned char **)chosen, chosen_length, both + skipped, (unsigned)(sizeof both - 1 - skipped), offered,
        offered_length);
    // RFC 7301 §3.2: what offers only other protocols is told so.
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void configure(SSL_CTX *context, certificate_table *table) {
    SSL_CTX_set_min_proto_version(context, table->minimum);
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                     SSL_OP_PRIORITIZE_CHACHA);
    // Buffers of a record are held while there is a part of one, so an idle connection has none.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, 7200);
    SSL_CTX_set_session_id_context(context, table->identity, table->identity_length);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, crumbgate_tls_ticket);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, table);
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(context, table);
}

crumbgate_tls_context *crumbgate_tls_server(int minimum, int offers_h2, crumbgate_tls_bytes identity) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_index);
    certificate_table *table = calloc(1, sizeof *table);
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (table == NULL || context == NULL || SSL_CTX_set_ex_data(context, table_index, table) != 1) {
        free(table);
        SSL_CTX_free(context);
        return NULL;
    }
    table->minimum = minimum;
    table->offers_h2 = offers_h2;
    table->identity_length =
        identity.count < sizeof table->identity ? (unsigned)identity.count : (unsigned)sizeof table->identity;
    memcpy(table->identity, identity.bytes, table->identity_length);
    configure(context, table);
    return context;
}

void crumbgate_tls_context_free(crumbgate_tls_context *context) { SSL_CTX_free(context); }

/// Remembers the names of a certificate; those of an earlier one stay its own.
static int add_names(certificate_table *table, X509 *certificate, SSL_CTX *context) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int is_done = 1;
    size_t known = table->name_count;
    for (int i = 0; is_done && i < sk_GENERAL_NAME_num(names); i++) {
        GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS) continue;
        int length = ASN1_STRING_length(name->d.dNSName);
        named_context next = {.name = calloc(1, (size_t)length + 1), .context = context};
        named_context *larger = realloc(table->names, (table->name_count + 1) * sizeof *larger);
        if (larger != NULL) table->names = larger;
        if (next.name == NULL || larger == NULL) {
            free(next.name);
            is_done = 0;
            break;
        }
        const unsigned char *bytes = ASN1_STRING_get0_data(name->d.dNSName);
        for (int j = 0; j < length; j++) next.name[j] = (char)(bytes[j] >= 'A' && bytes[j] <= 'Z' ? bytes[j] + 32 : bytes[j]);
        int is_known = 0;
        for (size_t j = 0; j < known; j++) is_known |= strcmp(table->names[j].name, next.name) == 0;
        if (is_known) {
            free(next.name);
        } else {
            table->names[table->name_count++] = next;
        }
    }
    GENERAL_NAMES_free(names);
    qsort(table->names, table->name_count, sizeof *table->names, compare_names);
    return is_done;
}

static int say(crumbgate_tls_reason *reason) {
    const char *text = ERR_reason_error_string(ERR_peek_error());
    snprintf(reason->text, sizeof reason->text, "%s", text == NULL ? "" : text);
    ERR_clear_error();
    return 0;
}

int crumbgate_tls_server_add(
    crumbgate_tls_context *first, crumbgate_tls_bytes chain, crumbgate_tls_bytes key, crumbgate_tls_bytes staple,
    crumbgate_tls_reason *reason) {
    ERR_clear_error();
    certificate_table *table = SSL_CTX_get_ex_data(first, table_index);
    SSL_CTX *context = first;
    if (table->has_first) {
        SSL_CTX **larger = realloc(table->others, (table->other_count + 1) * sizeof *larger);
        if (larger == NULL) return say(reason);
        table->others = larger;
        context = SSL_CTX_new(TLS_server_method());
        if (context == NULL) return say(reason);
        table->others[table->other_count++] = context;
        configure(context, table);
    }
    table->has_first = 1;
    STACK_OF(X509) *certificates = crumbgate_pem_certificates(chain);
    EVP_PKEY *private_key = crumbgate_pem_key(key, NULL);
    int is_done = 0;
    if (certificates != NULL && private_key != NULL) {
        X509 *own = sk_X509_shift(certificates);
        is_done = SSL_CTX_use_cert_and_key(context, own, private_key, certificates, 1) == 1 &&
                  SSL_CTX_check_private_key(context) == 1 && add_names(table, own, context) &&
                  crumbgate_tls_staple(context, staple, chain);
        X509_free(own);
    }
    EVP_PKEY_free(private_key);
    sk_X509_pop_free(certificates, X509_free);
    return is_done ? 1 : say(reason);
}
