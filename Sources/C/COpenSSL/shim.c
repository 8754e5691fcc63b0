#include "COpenSSL.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

void crumbgate_hmac_key_init(crumbgate_hmac_key *key, const uint8_t *secret, size_t length) {
    uint8_t block[64] = {0};
    if (length > sizeof block) {
        SHA256(secret, length, block);
    } else {
        memcpy(block, secret, length);
    }
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
    SHA256_Init(&key->inner);
    SHA256_Update(&key->inner, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&key->outer);
    SHA256_Update(&key->outer, block, sizeof block);
    OPENSSL_cleanse(block, sizeof block);
}

void crumbgate_hmac_sign(const crumbgate_hmac_key *key, const uint8_t *message, size_t length, uint8_t mac[32]) {
    crumbgate_hmac_sign_in(key, message, 0, message, length, mac);
}

void crumbgate_hmac_sign_in(
    const crumbgate_hmac_key *key, const uint8_t *context, size_t context_length, const uint8_t *message,
    size_t length, uint8_t mac[32]) {
    SHA256_CTX state = key->inner;
    SHA256_Update(&state, context, context_length);
    SHA256_Update(&state, message, length);
    SHA256_Final(mac, &state);
    state = key->outer;
    SHA256_Update(&state, mac, 32);
    SHA256_Final(mac, &state);
}

void crumbgate_sha256(const uint8_t *message, size_t length, uint8_t digest[32]) { SHA256(message, length, digest); }

int crumbgate_equal(const uint8_t *a, const uint8_t *b, size_t length) { return CRYPTO_memcmp(a, b, length) == 0; }

void crumbgate_cleanse(void *bytes, size_t length) { OPENSSL_cleanse(bytes, length); }

int crumbgate_random(uint8_t *bytes, size_t length) { return RAND_bytes(bytes, (int)length) == 1; }

int crumbgate_scrypt(
    const char *password, size_t password_length, const uint8_t *salt, size_t salt_length, unsigned log2_cost,
    unsigned block_size, unsigned lanes, uint8_t *key, size_t key_length) {
    return EVP_PBE_scrypt(password, password_length, salt, salt_length, (uint64_t)1 << log2_cost, block_size, lanes,
                          (uint64_t)256 << 20, key, key_length) == 1;
}
