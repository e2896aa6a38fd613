/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sshd_doors.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"

static bool is_word(const char *value, const char *word)
{
	return !strcasecmp(value, word);
}

static bool is_on(const char *value, const struct sshd_settings *settings,
		  const struct people *people)
{
	(void)settings;
	(void)people;
	return *value && !is_word(value, "no");
}

/* DisableForwarding leaves agents and X11 alone before OpenSSH 10.0 (CVE-2025-32728). */
static bool is_forwarded(const char *value, const struct sshd_settings *settings,
			 const struct people *people)
{
	return is_on(value, settings, people) &&
	       !is_word(sshd_settings_value(settings, "disableforwarding"), "yes");
}

static bool has_internal_sftp(const char *value, const struct sshd_settings *settings,
			      const struct people *people)
{
	static const char internal[] = "internal-sftp";

	(void)settings;
	(void)people;
	if (text_starts(value, "sftp "))
		value += strlen("sftp ");
	return text_starts(value, internal) && strchr(" ", value[strlen(internal)]);
}

/* Whether a client may send what the dynamic linker takes orders from (ld.so(8)). */
static bool lets_linker(const char *value, const struct sshd_settings *settings,
			const struct people *people)
{
	static const char *const names[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT" };

	(void)settings;
	(void)people;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!fnmatch(value, names[i], 0))
			return true;
	return false;
}

/* sshd_config(5), "TOKENS": %h, %u and %U of one person; malloc'ed. Below the home if not absolute.
 */
static char *expand(const char *pattern, size_t length, const struct host_user *user)
{
	char *path = *pattern == '/' || text_starts(pattern, "%h") ? strdup("")
								   : text_format("%s/", user->home);

	for (const char *at = pattern; path && at < pattern + length; at++) {
		scope_memory char *before = path;

		if (*at != '%' || at + 1 == pattern + length)
			path = text_format("%s%c", before, *at);
		else if (*++at == 'h' || *at == 'u')
			path = text_format("%s%s", before, *at == 'h' ? user->home : user->name);
		else if (*at == 'U')
			path = text_format("%s%u", before, user->uid);
		else
			path = text_format("%s%c", before, *at);
	}
	return path;
}

/* Whether someone but root may write the file or could put it there. */
static bool is_anyones(const char *pattern, size_t length, const struct host_user *user)
{
	scope_memory char *path = expand(pattern, length, user);
	struct error fault = ERROR_INIT;
	scope_fd int fd = path ? path_open_root_file(AT_FDCWD, path, &fault) : -1;

	return fd < 0 && !(path && fault.number == ENOENT);
}

/* Files by which people choose their own command=, which gives way to ForceCommand. */
static bool are_own(const char *value, const struct sshd_settings *settings,
		    const struct people *people)
{
	const char *forced = sshd_settings_value(settings, "forcecommand");

	if (*forced && !is_word(forced, "none"))
		return false;
	while (*(value += strspn(value, " \t\""))) {
		size_t length = strcspn(value, " \t\"");
		bool none = length == 4 && !strncasecmp(value, "none", 4);

		for (size_t i = 0; !none && i < people->count; i++)
			if (people->items[i].by_shell &&
			    is_anyones(value, length, &people->items[i].user))
				return true;
		value += length;
	}
	return false;
}

#define SFTP_SERVER "/usr/lib/openssh/sftp-server"

static const struct row {
	struct sshd_door door;
	bool (*open)(const char *value, const struct sshd_settings *settings,
		     const struct people *people);
} rows[] = {
	{ { "subsystem", "Subsystem", "sshd itself serves sftp", "Subsystem sftp " SFTP_SERVER },
	  has_internal_sftp },
	{ { "forcecommand", "ForceCommand", "sshd itself serves sftp",
	    "ForceCommand " SFTP_SERVER },
	  has_internal_sftp },
	{ { "authorizedkeysfile", "AuthorizedKeysFile",
	    "command=\"internal-sftp\" before a key of one's own has sshd itself serve sftp",
	    "AuthorizedKeysFile /etc/ssh/authorized_keys/%u" },
	  are_own },
	{ { "authorizedprincipalsfile", "AuthorizedPrincipalsFile",
	    "command=\"internal-sftp\" before a principal has sshd itself serve sftp",
	    "AuthorizedPrincipalsFile /etc/ssh/authorized_principals/%u" },
	  are_own },
	{ { "allowtcpforwarding", "AllowTcpForwarding", "sshd forwards ports",
	    "AllowTcpForwarding no" },
	  is_forwarded },
	{ { "allowstreamlocalforwarding", "AllowStreamLocalForwarding",
	    "sshd forwards unix sockets", "AllowStreamLocalForwarding no" },
	  is_forwarded },
	{ { "allowagentforwarding", "AllowAgentForwarding",
	    "the agent's socket lies in the host's /tmp", "AllowAgentForwarding no" },
	  is_on },
	{ { "x11forwarding", "X11Forwarding", "sshd starts xauth and forwards X11",
	    "X11Forwarding no" },
	  is_on },
	{ { "permittunnel", "PermitTunnel", "sshd forwards a tun device", "PermitTunnel no" },
	  is_on },
	{ { "permituserenvironment", "PermitUserEnvironment",
	    "~/.ssh/environment puts a library into what sshd starts (rc, xauth)",
	    "PermitUserEnvironment no" },
	  is_on },
	{ { "acceptenv", "AcceptEnv", "the client puts a library into what sshd starts (rc, xauth)",
	    "AcceptEnv LANG LC_*" },
	  lets_linker },
};

const struct sshd_door *sshd_door_find(const char *keyword, const char *value,
				       const struct sshd_settings *settings,
				       const struct people *people)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].door.keyword, keyword))
			return rows[i].open(value, settings, people) ? &rows[i].door : NULL;
	return NULL;
}
