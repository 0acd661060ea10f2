/*
 * Randomness and digests, the only place outside daemon/tls* that knows OpenSSL. Any thread.
 */
#ifndef VSMIGD_BASE_DIGEST_H
#define VSMIGD_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_SIZE = 32, DIGEST_UUID_SIZE = 37 };

/* Fills n bytes from the system's cryptographic generator; aborts when there is none. */
void digest_random(void *bytes, size_t n);
/* HMAC-SHA-256 of n bytes under a key. */
void digest_hmac(unsigned char out[DIGEST_SIZE], const void *key, size_t key_len, const void *bytes,
	size_t n);
/* Compares in time that does not depend on the content. */
bool digest_equal(const void *a, const void *b, size_t n);
/* A random (version 4) UUID in text, NUL-terminated. */
void digest_uuid(char out[DIGEST_UUID_SIZE]);

#endif
