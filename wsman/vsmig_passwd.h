/*
 * The daemon's password file: lines of USER:HASH, empty lines and lines that begin with '#'.
 */
#ifndef VSMIGD_WSMAN_VSMIG_PASSWD_H
#define VSMIGD_WSMAN_VSMIG_PASSWD_H

#include "daemon/base/err.h"

/* Whether a name can stand in the file. */
int vsmig_passwd_check_user(const char *user, struct err *e);
/*
 * Sets the hash of a user, who is added when not there. The file is made when there is none, and
 * replaced as a whole (its owner kept, and mode 0600, or 0640 where the group could read): whoever reads it meanwhile sees the old one
 * or the new one. Other lines stay as they are.
 */
int vsmig_passwd_set(const char *path, const char *user, const char *hash, struct err *e);

#endif
