#pragma once
#include <openssl/ssl.h>

/// Seals and opens session tickets with the process's keys: for SSL_CTX_set_tlsext_ticket_key_evp_cb.
int crumbgate_tls_ticket(
    SSL *session, unsigned char name[16], unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals);
