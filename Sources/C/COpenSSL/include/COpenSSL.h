#pragma once
#include <stddef.h>
#include <stdint.h>
#include <openssl/sha.h>

/// HMAC-SHA-256 (RFC 2104) with the two padded key blocks absorbed once: a message costs two compressions and no
/// allocation, where EVP_MAC fetches and allocates on each call.
typedef struct {
    SHA256_CTX inner;
    SHA256_CTX outer;
} crumbgate_hmac_key;

void crumbgate_hmac_key_init(crumbgate_hmac_key *key, const uint8_t *secret, size_t length);
void crumbgate_hmac_sign(const crumbgate_hmac_key *key, const uint8_t *message, size_t length, uint8_t mac[32]);
/// The MAC of a context followed by a message, without joining them.
void crumbgate_hmac_sign_in(
    const crumbgate_hmac_key *key, const uint8_t *context, size_t context_length, const uint8_t *message,
    size_t length, uint8_t mac[32]);
void crumbgate_sha256(const uint8_t *message, size_t length, uint8_t digest[32]);
/// Constant-time comparison: 1 when equal.
int crumbgate_equal(const uint8_t *a, const uint8_t *b, size_t length);
/// Overwrites secrets in a way the optimiser keeps.
void crumbgate_cleanse(void *bytes, size_t length);
/// 1 on success: fills from the operating system's generator.
int crumbgate_random(uint8_t *bytes, size_t length);
/// scrypt (RFC 7914) with N = 2^log2_cost; 1 on success. At most 256 MiB, else it fails.
int crumbgate_scrypt(
    const char *password, size_t password_length, const uint8_t *salt, size_t salt_length, unsigned log2_cost,
    unsigned block_size, unsigned lanes, uint8_t *key, size_t key_length);
