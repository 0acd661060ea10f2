#include "wsman/vsmig_init.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/buf.h"
#include "daemon/base/digest.h"
#include "daemon/base/mem.h"
#include "wsman/vsmig_passwd.h"
#include "wsman/vsmig_password.h"

enum { CERTIFICATE_DAYS = 825 }; /* the longest that common clients accept */

static const char first_user[] = "admin";

static int ssl_failed(const char *what, struct err *e)
{
	return err_set(e, ERR_INTERNAL, "OpenSSL cannot %s", what);
}

/* A name that certificates and DNS can carry. */
static bool is_plain(const char *name)
{
	return *name != '\0' && strlen(name) <= 253 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
		       strlen(name);
}

/* The host's own name, and the full one where the resolver knows it. */
static void own_names(char name[HOST_NAME_MAX + 1], char full[NI_MAXHOST])
{
	const struct addrinfo hints = { .ai_flags = AI_CANONNAME };
	struct addrinfo *found;

	full[0] = '\0';
	if (gethostname(name, HOST_NAME_MAX) != 0 || !is_plain(name)) {
		name[0] = '\0';
		return;
	}
	name[HOST_NAME_MAX] = '\0';
	if (getaddrinfo(name, NULL, &hints, &found) != 0)
		return;
	if (found->ai_canonname != NULL && strlen(found->ai_canonname) < NI_MAXHOST &&
		strcmp(found->ai_canonname, name) != 0 && is_plain(found->ai_canonname))
		memcpy(full, found->ai_canonname, strlen(found->ai_canonname) + 1);
	freeaddrinfo(found);
}

static bool add_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext != NULL && X509_add_ext(x, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

static bool set_serial(X509 *x)
{
	unsigned char bytes[16];
	BIGNUM *number;
	bool ok;

	digest_random(bytes, sizeof bytes);
	bytes[0] &= 0x7f;
	number = BN_bin2bn(bytes, sizeof bytes, NULL);
	ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;
	BN_free(number);
	return ok;
}

static bool set_names(X509 *x)
{
	char name[HOST_NAME_MAX + 1], full[NI_MAXHOST];
	auto_buf struct buf names = { 0 };
	X509_NAME *subject = X509_get_subject_name(x);
	const unsigned char *common;

	own_names(name, full);
	buf_puts(&names, "DNS:localhost,IP:127.0.0.1,IP:::1");
	if (*name != '\0' && strcmp(name, "localhost") != 0)
		buf_printf(&names, ",DNS:%s", name);
	if (*full != '\0' && strcmp(full, "localhost") != 0)
		buf_printf(&names, ",DNS:%s", full);
	/* A common name has 64 characters at most; clients look at the alternative names. */
	common = (const unsigned char *)(*name != '\0' && strlen(name) <= 64 ? name : "localhost");
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x, subject) == 1 &&
	       add_extension(x, NID_subject_alt_name, names.data);
}

static bool fill_certificate(X509 *x, EVP_PKEY *key)
{
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       X509_gmtime_adj(X509_getm_notBefore(x), -300) != NULL &&
	       X509_time_adj_ex(X509_getm_notAfter(x), CERTIFICATE_DAYS, 0, NULL) != NULL &&
	       X509_set_pubkey(x, key) == 1 && set_names(x) &&
	       add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(x, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(x, NID_ext_key_usage, "serverAuth") &&
	       add_extension(x, NID_subject_key_identifier, "hash") &&
	       X509_sign(x, key, EVP_sha256()) != 0;
}

/*
 * A directory that belongs to a group of its own, as the packaged one to vsmigd, is the daemon's:
 * what the daemon reads there must be readable for that group.
 */
static int let_group_read(int fd, const char *dir, mode_t mode)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return -1;
	if (st.st_gid == getegid() || (st.st_mode & S_IRGRP) == 0)
		return 0;
	return fchown(fd, (uid_t)-1, st.st_gid) != 0 ? -1 : fchmod(fd, mode | S_IRGRP);
}

/* Who has to read a file, beside its owner. */
enum reader { READER_NOBODY, READER_DAEMON, READER_ALL };

/* A new file, or -ERR_CONFIG when there is one of that name. */
static int create(const char *dir, const char *name, enum reader reader, FILE **file, struct err *e)
{
	mode_t mode = reader == READER_ALL ? 0644 : 0600;
	auto_free char *path = NULL;
	struct buf b = { 0 };
	int fd;

	buf_printf(&b, "%s/%s", dir, name);
	path = buf_take(&b);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_CONFIG, "%s is there already, and stays as it is", path);
	if (fd < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	*file = NULL;
	if (reader == READER_NOBODY || let_group_read(fd, dir, mode) == 0)
		*file = fdopen(fd, "w");
	if (*file == NULL) {
		close(fd);
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	}
	return 0;
}

static int finish(FILE *file, const char *name, struct err *e)
{
	bool failed = ferror(file) != 0;

	if (fclose(file) != 0 || failed)
		return err_set(e, ERR_IO, "%s: %s", name, strerror(errno));
	return 0;
}

static int write_key(const char *dir, EVP_PKEY *key, struct err *e)
{
	FILE *f;
	int r = create(dir, "key.pem", READER_DAEMON, &f, e);

	if (r != 0)
		return r;
	if (PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) != 1) {
		fclose(f);
		return ssl_failed("write the private key", e);
	}
	return finish(f, "key.pem", e);
}

static int write_certificate(const char *dir, X509 *x, struct err *e)
{
	FILE *f;
	int r = create(dir, "certificate.pem", READER_ALL, &f, e);

	if (r != 0)
		return r;
	if (PEM_write_X509(f, x) != 1) {
		fclose(f);
		return ssl_failed("write the certificate", e);
	}
	return finish(f, "certificate.pem", e);
}

static int make_certificate(const char *dir, struct err *e)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	int r = 0;

	if (key == NULL || x == NULL || !fill_certificate(x, key))
		r = ssl_failed("make a key and a certificate", e);
	if (r == 0)
		r = write_key(dir, key, e);
	if (r == 0)
		r = write_certificate(dir, x, e);
	X509_free(x);
	EVP_PKEY_free(key);
	return r;
}

static int write_text(const char *dir, const char *name, enum reader reader, struct err *e,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static int write_text(
	const char *dir, const char *name, enum reader reader, struct err *e, const char *fmt, ...)
{
	va_list ap;
	FILE *f;
	int r = create(dir, name, reader, &f, e);

	if (r != 0)
		return r;
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	return finish(f, name, e);
}

static int make_user(const char *dir, FILE *out, struct err *e)
{
	char *password = vsmig_password_random();
	auto_free char *hash = NULL;
	int r = vsmig_password_hash(password, &hash, e);

	if (r == 0)
		r = write_text(dir, "users", READER_DAEMON, e, "%s:%s\n", first_user, hash);
	if (r == 0)
		r = write_text(dir, "admin.password", READER_NOBODY, e, "%s\n", password);
	if (r == 0)
		fprintf(out,
			"user      %s\npassword  %s\n"
			"          (shown this once; also in %s/admin.password)\n",
			first_user, password, dir);
	vsmig_password_free(password);
	return r;
}

static int make_config(const char *dir, struct err *e)
{
	return write_text(dir, "vsmigd.conf", READER_ALL, e,
		"# Made by vsmig init; every option: vsmigd.conf(5).\n"
		"\n"
		"[listener]\n"
		"certificate = %s/certificate.pem\n"
		"private_key = %s/key.pem\n"
		"\n"
		"[auth]\n"
		"methods = basic\n"
		"password_file = %s/users\n"
		"\n"
		"[source]\n"
		"uri = qemu:///system\n"
		"\n"
		"# Destinations known by name:\n"
		"#   NAME = LIBVIRT-URI\n"
		"[hosts]\n",
		dir, dir, dir);
}

int vsmig_init(const char *dir, FILE *out, struct err *e)
{
	auto_free char *path = NULL;
	int r;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, "%s: %s", dir, strerror(errno));
	path = realpath(dir, NULL);
	if (path == NULL)
		return err_set(e, ERR_IO, "%s: %s", dir, strerror(errno));
	if (strpbrk(path, "\n\r\t") != NULL || path[strlen(path) - 1] == ' ')
		return err_set(e, ERR_CONFIG, "%s cannot stand in a configuration file", dir);
	r = make_certificate(path, e);
	if (r == 0)
		r = make_user(path, out, e);
	if (r == 0)
		r = make_config(path, e);
	if (r == 0)
		fprintf(out,
			"CA        %s/certificate.pem\n"
			"run       vsmigd --config %s/vsmigd.conf\n",
			path, path);
	return r;
}
