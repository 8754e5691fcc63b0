#pragma once
#include <openssl/x509.h>

#include "CTLS.h"

/// All certificates of a PEM file; NULL when there is none or one is broken.
STACK_OF(X509) *crumbgate_pem_certificates(crumbgate_tls_bytes pem);
/// The private key of a PEM file, or NULL; `is_encrypted` may be NULL.
EVP_PKEY *crumbgate_pem_key(crumbgate_tls_bytes pem, int *is_encrypted);
