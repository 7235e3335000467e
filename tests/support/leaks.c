/*
 * Suppressions for LeakSanitizer, which calls this. libssh2 1.11.1 leaks the
 * old host key (51 bytes) at each rekey, and two unused keys per connection
 * with AES-GCM. A caller cannot free either.
 */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:curve25519_sha256\n";
}
