/*
 * Passwords: asked for, read, made up and hashed. What is returned is cleared with
 * vsmig_password_free.
 */
#ifndef VSMIGD_WSMAN_VSMIG_PASSWORD_H
#define VSMIGD_WSMAN_VSMIG_PASSWORD_H

#include <stdbool.h>

#include "daemon/base/err.h"

/* The first line of a file. -ERR_IO, -ERR_CONFIG when it is empty or too long. */
int vsmig_password_from_file(const char *path, char **password, struct err *e);
/* Asks on the terminal without echo; twice when `confirm`. -ERR_IO when there is no terminal. */
int vsmig_password_ask(const char *prompt, bool confirm, char **password, struct err *e);
/* The first line of standard input. */
int vsmig_password_from_stdin(char **password, struct err *e);
/* 24 random letters and digits: some 140 bits. */
char *vsmig_password_random(void);
/* A salted crypt(5) hash, yescrypt. -ERR_INTERNAL when libcrypt refuses. */
int vsmig_password_hash(const char *password, char **hash, struct err *e);
void vsmig_password_free(char *password);

#endif
