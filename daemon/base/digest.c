#include "daemon/base/digest.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

void digest_random(void *bytes, size_t n)
{
	if (n > INT_MAX || RAND_bytes(bytes, (int)n) != 1) {
		fputs("vsmigd: the system gives no random bytes; ending\n", stderr);
		abort();
	}
}

void digest_hmac(unsigned char out[DIGEST_SIZE], const void *key, size_t key_len, const void *bytes,
	size_t n)
{
	if (key_len > INT_MAX || !HMAC(EVP_sha256(), key, (int)key_len, bytes, n, out, NULL)) {
		fputs("vsmigd: OpenSSL offers no HMAC-SHA-256; ending\n", stderr);
		abort();
	}
}

bool digest_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

void digest_uuid(char out[DIGEST_UUID_SIZE])
{
	unsigned char r[16];

	digest_random(r, sizeof r);
	r[6] = (r[6] & 0x0f) | 0x40;
	r[8] = (r[8] & 0x3f) | 0x80;
	snprintf(out, DIGEST_UUID_SIZE,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1],
		r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14],
		r[15]);
}
