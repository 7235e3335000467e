/*
 * Read by LeakSanitizer, and by nothing else. libssh2 1.11.1 loses the old
 * host key (51 bytes) whenever the server renews the session's keys, and two
 * unused keys per connection with AES-GCM; neither can be freed from outside.
 */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:curve25519_sha256\n";
}
