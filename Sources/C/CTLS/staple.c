#include "staple.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pem.h"

/// The one answer in a response that is about a certificate, by its serial number; NULL when there is none.
static OCSP_SINGLERESP *answer_about(OCSP_BASICRESP *basic, X509 *certificate) {
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        ASN1_INTEGER *serial = NULL;
        OCSP_id_get0_info(NULL, NULL, NULL, &serial, (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(single));
        if (serial != NULL && ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(certificate)) == 0) return single;
    }
    return NULL;
}

static int64_t seconds(const ASN1_GENERALIZEDTIME *time) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    return time != NULL && ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

enum crumbgate_staple_state crumbgate_staple_read(
    crumbgate_tls_bytes bytes, crumbgate_tls_bytes pem, int64_t *next_update) {
    enum crumbgate_staple_state state = crumbgate_staple_unreadable;
    const unsigned char *start = bytes.bytes;
    *next_update = 0;
    ERR_clear_error();
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &start, (long)bytes.count);
    OCSP_BASICRESP *basic = NULL;
    if (response != NULL && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        basic = OCSP_response_get1_basic(response);
    }
    STACK_OF(X509) *certificates = crumbgate_pem_certificates(pem);
    if (basic != NULL && certificates != NULL) {
        OCSP_SINGLERESP *single = answer_about(basic, sk_X509_value(certificates, 0));
        state = crumbgate_staple_differs;
        if (single != NULL) {
            ASN1_GENERALIZEDTIME *next = NULL;
            int status = OCSP_single_get0_status(single, NULL, NULL, NULL, &next);
            state = status == V_OCSP_CERTSTATUS_GOOD ? crumbgate_staple_good : crumbgate_staple_bad;
            *next_update = seconds(next);
        }
    }
    sk_X509_pop_free(certificates, X509_free);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    ERR_clear_error();
    return state;
}

/// A response that a context shows.
typedef struct {
    int64_t next_update;
    size_t count;
    uint8_t bytes[];
} staple;

static int staple_index = -1;

static void free_staple(void *owner, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *argument) {
    (void)owner, (void)data, (void)index, (void)number, (void)argument;
    free(pointer);
}

static void make_index(void) { staple_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_staple); }

/// A response that is not the newest any more would be refused by browsers: then none is shown.
static int show(SSL *session, void *argument) {
    (void)argument;
    const staple *kept = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), staple_index);
    if (kept == NULL || (kept->next_update != 0 && time(NULL) >= kept->next_update)) return SSL_TLSEXT_ERR_NOACK;
    unsigned char *copy = OPENSSL_memdup(kept->bytes, kept->count);
    if (copy == NULL) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_tlsext_status_ocsp_resp(session, copy, (long)kept->count);
    return SSL_TLSEXT_ERR_OK;
}

int crumbgate_tls_staple(SSL_CTX *context, crumbgate_tls_bytes response, crumbgate_tls_bytes certificate) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_index);
    int64_t next_update = 0;
    if (response.count == 0) return 1;
    if (crumbgate_staple_read(response, certificate, &next_update) != crumbgate_staple_good) return 1;
    staple *kept = malloc(sizeof *kept + response.count);
    if (kept == NULL) return 0;
    kept->next_update = next_update;
    kept->count = response.count;
    memcpy(kept->bytes, response.bytes, response.count);
    if (SSL_CTX_set_ex_data(context, staple_index, kept) != 1) {
        free(kept);
        return 0;
    }
    SSL_CTX_set_tlsext_status_cb(context, show);
    return 1;
}
