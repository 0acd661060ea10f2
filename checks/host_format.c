/* The only gate between a client's text and a libvirt URI: what passes here is spliced in. */
#include "checks/facts.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define NAME_MAX_LEN 253 /* RFC 1035 3.1, without the root's dot */
#define LABEL_MAX_LEN 63

static bool is_label(const char *s, size_t len)
{
	if (len == 0 || len > LABEL_MAX_LEN || s[0] == '-' || s[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c > 127 || (!isalnum(c) && c != '-'))
			return false;
	}
	return true;
}

/* RFC 1123 2.1: a host name whose last label is a number would be read as an address. */
static bool is_name(const char *s)
{
	const char *label = s;

	if (strlen(s) > NAME_MAX_LEN)
		return false;
	for (const char *dot; (dot = strchr(label, '.')); label = dot + 1)
		if (!is_label(label, (size_t)(dot - label)))
			return false;
	return is_label(label, strlen(label)) && label[strspn(label, "0123456789")] != '\0';
}

enum host_format host_format_of(const char *text)
{
	struct in6_addr six;
	struct in_addr four;

	if (!text || !*text)
		return FORMAT_BAD;
	if (strchr(text, ':'))
		return inet_pton(AF_INET6, text, &six) == 1 ? FORMAT_IPV6 : FORMAT_BAD;
	if (inet_pton(AF_INET, text, &four) == 1)
		return FORMAT_IPV4;
	/* Resolvers take "0x7f.1", "127.1" and "2130706433" for addresses; we take none of them. */
	if (inet_aton(text, &four))
		return FORMAT_BAD;
	return is_name(text) ? FORMAT_NAME : FORMAT_BAD;
}
