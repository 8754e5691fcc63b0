#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CTLS.h"
#include "pem.h"

STACK_OF(X509) *crumbgate_pem_certificates(crumbgate_tls_bytes pem) {
    BIO *bio = BIO_new_mem_buf(pem.bytes, (int)pem.count);
    STACK_OF(X509) *certificates = sk_X509_new_null();
    X509 *next;
    while (bio != NULL && certificates != NULL && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        if (sk_X509_push(certificates, next) == 0) X509_free(next);
    }
    // Reading ends with "no start line" behind the last one, and with another error at one that is broken.
    int is_whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    BIO_free(bio);
    if (is_whole && sk_X509_num(certificates) > 0) {
        ERR_clear_error();
        return certificates;
    }
    sk_X509_pop_free(certificates, X509_free);
    return NULL;
}

static int ask_nobody(char *buffer, int size, int writes, void *argument) {
    (void)buffer, (void)size, (void)writes;
    if (argument != NULL) *(int *)argument = 1;
    return -1;
}

EVP_PKEY *crumbgate_pem_key(crumbgate_tls_bytes pem, int *is_encrypted) {
    BIO *bio = BIO_new_mem_buf(pem.bytes, (int)pem.count);
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, ask_nobody, is_encrypted);
    BIO_free(bio);
    return key;
}

static int64_t seconds(const ASN1_TIME *time) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

static char *names_of(X509 *certificate) {
    BIO *text = BIO_new(BIO_s_mem());
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; text != NULL && i < sk_GENERAL_NAME_num(names); i++) {
        GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS) {
            BIO_printf(
                text, "%.*s\n", ASN1_STRING_length(name->d.dNSName),
                (const char *)ASN1_STRING_get0_data(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            char *address = i2s_ASN1_OCTET_STRING(NULL, name->d.iPAddress);
            if (address != NULL) BIO_printf(text, "%s\n", address);
            OPENSSL_free(address);
        }
    }
    GENERAL_NAMES_free(names);
    char *start = NULL;
    long length = text == NULL ? 0 : BIO_get_mem_data(text, &start);
    char *copy = calloc(1, (size_t)length + 1);
    if (copy != NULL && length > 0) memcpy(copy, start, (size_t)length);
    BIO_free(text);
    return copy;
}

int crumbgate_certificate_read(crumbgate_tls_bytes pem, crumbgate_certificate_facts *facts) {
    memset(facts, 0, sizeof *facts);
    ERR_clear_error();
    STACK_OF(X509) *certificates = crumbgate_pem_certificates(pem);
    ERR_clear_error();
    if (certificates == NULL) return 0;
    X509 *own = sk_X509_value(certificates, 0);
    facts->not_before = seconds(X509_get0_notBefore(own));
    facts->not_after = seconds(X509_get0_notAfter(own));
    facts->names = names_of(own);
    facts->count = sk_X509_num(certificates);
    sk_X509_pop_free(certificates, X509_free);
    return facts->names != NULL;
}

void crumbgate_certificate_free(crumbgate_certificate_facts *facts) { free(facts->names); }

enum crumbgate_key_fit crumbgate_key_fit(crumbgate_tls_bytes certificate, crumbgate_tls_bytes pem) {
    ERR_clear_error();
    int is_encrypted = 0;
    EVP_PKEY *key = crumbgate_pem_key(pem, &is_encrypted);
    STACK_OF(X509) *certificates = crumbgate_pem_certificates(certificate);
    enum crumbgate_key_fit fit = is_encrypted ? crumbgate_key_encrypted : crumbgate_key_unreadable;
    if (key != NULL && certificates != NULL) {
        fit = X509_check_private_key(sk_X509_value(certificates, 0), key) == 1 ? crumbgate_key_fits
                                                                               : crumbgate_key_differs;
    }
    EVP_PKEY_free(key);
    sk_X509_pop_free(certificates, X509_free);
    ERR_clear_error();
    return fit;
}

void crumbgate_tls_cleanse(char *text) { OPENSSL_cleanse(text, strlen(text)); }

static int add_extension(X509 *certificate, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    int is_done = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_done;
}

/// `DNS:a,IP:b` of names that are followed by line feeds each; freed by the caller.
static char *alternative_names(const char *names) {
    BIO *text = BIO_new(BIO_s_mem());
    int count = 0;
    while (text != NULL && *names != 0) {
        size_t length = strcspn(names, "\n");
        int is_address = memchr(names, ':', length) != NULL || strspn(names, "0123456789.") == length;
        BIO_printf(text, "%s%s:%.*s", count++ == 0 ? "" : ",", is_address ? "IP" : "DNS", (int)length, names);
        names += length + (names[length] == '\n');
    }
    if (text != NULL) BIO_write(text, "", 1);
    char *start = NULL;
    char *copy = text != NULL && BIO_get_mem_data(text, &start) > 0 ? strdup(start) : NULL;
    BIO_free(text);
    return copy;
}

static char *taken(BIO *bio) {
    char *start = NULL;
    long length = bio == NULL ? 0 : BIO_get_mem_data(bio, &start);
    char *text = length > 0 ? calloc(1, (size_t)length + 1) : NULL;
    if (text != NULL) memcpy(text, start, (size_t)length);
    return text;
}

int crumbgate_certificate_make(const char *names, int days, char **certificate_pem, char **key_pem) {
    *certificate_pem = *key_pem = NULL;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIGNUM *serial = BN_new();
    char *alternatives = alternative_names(names);
    BIO *certificate_text = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_secmem());
    if (key != NULL && certificate != NULL && serial != NULL && alternatives != NULL && certificate_text != NULL &&
        key_text != NULL && BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1) {
        X509_set_version(certificate, X509_VERSION_3);
        BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate));
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
        X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, NULL);
        X509_set_pubkey(certificate, key);
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)"Crumbgate", -1, -1, 0);
        X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
        if (add_extension(certificate, NID_subject_alt_name, alternatives) &&
            add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
            add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
            add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
            X509_sign(certificate, key, EVP_sha256()) > 0 && PEM_write_bio_X509(certificate_text, certificate) == 1 &&
            PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) == 1) {
            *certificate_pem = taken(certificate_text);
            *key_pem = taken(key_text);
        }
    }
    BIO_free(certificate_text);
    BIO_free(key_text);
    free(alternatives);
    BN_free(serial);
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return *certificate_pem != NULL && *key_pem != NULL;
}
