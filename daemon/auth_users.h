/*
 * The password file: user:hash lines, hashes as crypt(5) describes them.
 *
 * Never changed after loading and counted by references, so that a reload may replace it while
 * threads still verify against the old one.
 */
#ifndef VSMIGD_AUTH_USERS_H
#define VSMIGD_AUTH_USERS_H

#include <stdbool.h>

#include "daemon/base/err.h"

struct auth_users;

/*
 * -ERR_IO, -ERR_LIMIT, or -ERR_CONFIG with "FILE:LINE: sentence". A hash that begins with '!' or
 * '*' locks its user. Logs a warning when others may read the file.
 */
int auth_users_load(const char *path, struct auth_users **out, struct err *e);
struct auth_users *auth_users_ref(struct auth_users *u);
void auth_users_unref(struct auth_users *u);
/*
 * Whether the user exists and has this password. Slow by design. An unknown or locked user takes
 * as long as a known one: the password is then hashed as some user's is, for nothing.
 */
bool auth_users_verify(const struct auth_users *u, const char *name, const char *password);

#endif
