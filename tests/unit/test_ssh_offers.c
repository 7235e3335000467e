#include "tests/support/cmocka_all.h"

#include "transport/keys/ssh_cert.h"
#include "transport/ssh_offers.h"

#include <stdlib.h>
#include <string.h>

enum { NOW = 1000, KEYS_MAX = 8 };

/* One login to decide about. */
struct scene {
	struct hd_arena arena;
	struct ssh_key *keys[KEYS_MAX + 1], *certificates[KEYS_MAX + 1];
	size_t nkeys, ncertificates;
	struct ssh_choice x;
	struct hd_str notes;
	struct ssh_offers out;
};

static int
open_scene(void **state)
{
	struct scene *s = hd_alloc(sizeof(*s));

	hd_str_init(&s->notes, 4096);
	s->x = (struct ssh_choice){ .user = "web",
		.now = NOW,
		.keys = s->keys,
		.certificates = s->certificates,
		.named = true };
	*state = s;
	return 0;
}

static int
close_scene(void **state)
{
	struct scene *s = *state;

	for (size_t i = 0; i < s->nkeys; i++)
		free(s->keys[i]);
	for (size_t i = 0; i < s->ncertificates; i++)
		free(s->certificates[i]);
	hd_str_done(&s->notes);
	hd_arena_done(&s->arena);
	free(s);
	return 0;
}

/* The public key of the ed25519 key that is called so. */
static struct hd_bytes public(struct scene *s, const char *name)
{
	unsigned char *key = hd_arena_alloc(&s->arena, 128), *p;

	p = hd_wire_put(key, "ssh-ed25519", 11);
	p = hd_wire_put(p, name, strlen(name));
	return (struct hd_bytes){ key, (size_t)(p - key) };
}

struct claim {
	uint32_t kind;
	uint64_t after, before;
	const char *user;
};
static const struct claim fine = { SSH_CERT_USER, 0, UINT64_MAX, NULL };

static unsigned char *
put_u64(unsigned char *p, uint64_t value)
{
	return hd_wire_put_u32(
	    hd_wire_put_u32(p, (uint32_t)(value >> 32)), (uint32_t)value);
}

static struct hd_bytes
certificate(struct scene *s, const char *name, const struct claim *c)
{
	unsigned char *cert = hd_arena_alloc(&s->arena, 512), *p;
	unsigned char names[64];
	size_t n = 0;

	if (c->user != NULL)
		n = (size_t)(hd_wire_put(names, c->user, strlen(c->user)) -
			     names);
	p = hd_wire_put(cert, "ssh-ed25519-cert-v01@openssh.com", 32);
	p = hd_wire_put(p, "nonce", 5);
	p = hd_wire_put(p, name, strlen(name));
	p = put_u64(p, 1);
	p = hd_wire_put_u32(p, c->kind);
	p = hd_wire_put(p, "id", 2);
	p = hd_wire_put(p, names, n);
	p = put_u64(put_u64(p, c->after), c->before);
	for (int i = 0; i < 5; i++) /* options, authority and signature */
		p = hd_wire_put(p, "", 0);
	return (struct hd_bytes){ cert, (size_t)(p - cert) };
}

static struct ssh_key *
new_key(struct hd_bytes blob, const char *name, enum ssh_key_state state)
{
	struct ssh_key *k = hd_alloc(sizeof(*k));

	k->name = (char *)(uintptr_t)name;
	k->state = state;
	k->public = blob;
	if (state == SSH_KEY_PUBLIC || state == SSH_KEY_UNUSABLE)
		k->why = (char *)(uintptr_t) "for a reason";
	return k;
}

static struct ssh_key *
key(struct scene *s, const char *name, enum ssh_key_state state)
{
	struct ssh_key *k = new_key(public(s, name), name, state);

	assert_true(s->nkeys < KEYS_MAX);
	s->keys[s->nkeys++] = k;
	return k;
}

static void
beside(struct scene *s, struct ssh_key *k, const struct claim *c)
{
	k->cert = certificate(s, k->name, c);
	k->cert_name = hd_arena_fmt(&s->arena, "%s-cert.pub", k->name);
}

static void
agent(struct scene *s, struct hd_bytes blob, const char *comment)
{
	*HD_PUSH(&s->arena, &s->x.agent) =
	    (struct ssh_agent_key){ blob, comment };
}

/* The names in their order: "agent key a, b". */
static const char *
chosen(struct scene *s)
{
	HD_AUTO_STR text = HD_STR_INIT(4096);

	ssh_offers_choose(&s->out, &s->x, &s->arena, &s->notes);
	for (size_t i = 0; i < s->out.n; i++)
		hd_str_addf(&text, "%s%s%s", i > 0 ? ", " : "",
		    s->out.v[i].kind, s->out.v[i].name);
	return hd_arena_strdup(&s->arena, text.ptr);
}

static void
named_keys_come_before_other_keys_of_the_agent(void **state)
{
	struct scene *s = *state;

	agent(s, public(s, "x"), "x");
	agent(s, public(s, "b"), "b");
	agent(s, public(s, "y"), "y");
	key(s, "a", SSH_KEY_PLAIN);
	key(s, "b", SSH_KEY_ENCRYPTED);
	key(s, "c", SSH_KEY_ENCRYPTED);
	assert_string_equal(
	    chosen(s), "agent key b, a, c, agent key x, agent key y");
	assert_null(s->out.v[0].key);
	assert_true(hd_bytes_equal(s->out.v[0].signer, public(s, "b")));
	assert_ptr_equal(s->out.v[1].key, s->keys[0]);
	assert_string_equal(s->notes.ptr, "");
}

static void
identities_only_leaves_other_keys_of_the_agent_out(void **state)
{
	struct scene *s = *state;

	s->x.only = true;
	agent(s, public(s, "x"), "x");
	agent(s, public(s, "b"), "b");
	key(s, "b", SSH_KEY_PUBLIC);
	assert_string_equal(chosen(s), "agent key b");
}

static void
a_public_key_that_the_agent_lacks_is_noted(void **state)
{
	struct scene *s = *state;

	key(s, "a.pub", SSH_KEY_PUBLIC);
	assert_string_equal(chosen(s), "");
	assert_string_equal(s->notes.ptr, "; a.pub: for a reason");
	s->x.named = false;
	assert_string_equal(chosen(s), "");
	assert_string_equal(
	    s->notes.ptr, "; a.pub: for a reason; a.pub: for a reason");
	agent(s, public(s, "a.pub"), "x");
	assert_string_equal(chosen(s), "agent key x");
	assert_string_equal(
	    s->notes.ptr, "; a.pub: for a reason; a.pub: for a reason");
}

static void
a_plain_file_signs_even_if_the_agent_has_the_key(void **state)
{
	struct scene *s = *state;

	key(s, "a", SSH_KEY_PLAIN);
	agent(s, public(s, "a"), "comment");
	assert_string_equal(chosen(s), "a");
	assert_ptr_equal(s->out.v[0].key, s->keys[0]);
	s->x.named = false;
	assert_string_equal(chosen(s), "a");
	assert_ptr_equal(s->out.v[0].key, s->keys[0]);
}

static void
certificates_of_named_keys_come_first(void **state)
{
	struct scene *s = *state;

	key(s, "a", SSH_KEY_PLAIN);
	beside(s, key(s, "b", SSH_KEY_ENCRYPTED), &fine);
	agent(s, public(s, "x"), "x");
	agent(s, public(s, "b"), "b");
	agent(s, certificate(s, "a", &fine), "of a");
	assert_string_equal(chosen(s),
	    "agent certificate of a, b-cert.pub, agent key b, a, agent key x");
	/* the agent signs for the certificate in the file */
	assert_null(s->out.v[1].key);
	assert_true(hd_bytes_equal(s->out.v[1].signer, public(s, "b")));
}

static void
without_named_keys_the_agent_comes_before_default_files(void **state)
{
	struct scene *s = *state;

	s->x.named = false;
	beside(s, key(s, "id_rsa", SSH_KEY_PLAIN), &fine);
	key(s, "id_ecdsa", SSH_KEY_ENCRYPTED);
	key(s, "id_dsa", SSH_KEY_UNUSABLE);
	agent(s, public(s, "x"), "x");
	agent(s, public(s, "id_ecdsa"), "mine");
	assert_string_equal(
	    chosen(s), "agent key mine, agent key x, id_rsa-cert.pub, id_rsa");
	assert_string_equal(s->notes.ptr, "; id_dsa: for a reason");
}

/* A file of its own, as the keyring reads it. */
static struct ssh_key *
new_certificate(struct scene *s, const char *name, struct hd_bytes cert)
{
	struct ssh_key *k =
	    new_key(public(s, name), "my-cert.pub", SSH_KEY_PUBLIC);

	k->cert = cert;
	k->cert_name = k->name;
	return k;
}

static void
a_named_certificate_needs_no_key_of_its_name(void **state)
{
	struct scene *s = *state;

	s->keys[s->nkeys++] =
	    new_certificate(s, "a", certificate(s, "a", &fine));
	key(s, "a", SSH_KEY_PLAIN);
	assert_string_equal(chosen(s), "my-cert.pub, a");
	assert_ptr_equal(s->out.v[0].key, s->keys[1]);
	assert_string_equal(s->notes.ptr, "");
}

static void
a_certificate_file_needs_its_key_from_somewhere(void **state)
{
	struct scene *s = *state;
	struct hd_bytes cert = certificate(s, "a", &fine);

	s->certificates[s->ncertificates++] = new_certificate(s, "a", cert);
	assert_string_equal(chosen(s), "");
	assert_string_equal(
	    s->notes.ptr, "; my-cert.pub: its private key is missing");
	agent(s, public(s, "a"), "a");
	assert_string_equal(chosen(s), "my-cert.pub, agent key a");
	assert_true(hd_bytes_equal(s->out.v[0].blob, cert));
	assert_true(hd_bytes_equal(s->out.v[0].signer, public(s, "a")));
	key(s, "a", SSH_KEY_PLAIN);
	assert_string_equal(chosen(s), "my-cert.pub, a");
	assert_ptr_equal(s->out.v[0].key, s->keys[0]);
}

static void
a_certificate_out_of_its_time_goes_last_with_a_note(void **state)
{
	static const struct claim old = { SSH_CERT_USER, 0, NOW, NULL };
	static const struct claim early = { SSH_CERT_USER, NOW + 1, UINT64_MAX,
		NULL };
	struct scene *s = *state;

	beside(s, key(s, "a", SSH_KEY_PLAIN), &old);
	beside(s, key(s, "b", SSH_KEY_PLAIN), &early);
	agent(s, public(s, "x"), "x");
	assert_string_equal(
	    chosen(s), "a, b, agent key x, a-cert.pub, b-cert.pub");
	assert_string_equal(s->notes.ptr,
	    "; a-cert.pub: expired on 1970-01-01 00:16 UTC"
	    "; b-cert.pub: not valid before 1970-01-01 00:16 UTC");
}

static void
a_certificate_for_hosts_is_not_offered(void **state)
{
	static const struct claim host = { SSH_CERT_HOST, 0, UINT64_MAX, NULL };
	struct scene *s = *state;

	beside(s, key(s, "a", SSH_KEY_PLAIN), &host);
	assert_string_equal(chosen(s), "a");
	assert_string_equal(s->notes.ptr,
	    "; a-cert.pub: a certificate for hosts, not for users");
}

static void
a_certificate_for_other_users_is_offered_with_a_note(void **state)
{
	static const struct claim other = { SSH_CERT_USER, 0, UINT64_MAX,
		"admin" };
	static const struct claim mine = { SSH_CERT_USER, 0, UINT64_MAX,
		"web" };
	struct scene *s = *state;

	beside(s, key(s, "a", SSH_KEY_PLAIN), &other);
	beside(s, key(s, "b", SSH_KEY_PLAIN), &mine);
	assert_string_equal(chosen(s), "a-cert.pub, b-cert.pub, a, b");
	assert_string_equal(s->notes.ptr, "; a-cert.pub: its users are admin");
}

static void
each_key_is_offered_once(void **state)
{
	struct scene *s = *state;

	key(s, "a", SSH_KEY_PLAIN);
	key(s, "a", SSH_KEY_PLAIN);
	agent(s, public(s, "x"), "x");
	agent(s, public(s, "x"), "again");
	assert_string_equal(chosen(s), "a, agent key x");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(named_keys_come_before_other_keys_of_the_agent),
		TEST(identities_only_leaves_other_keys_of_the_agent_out),
		TEST(a_public_key_that_the_agent_lacks_is_noted),
		TEST(a_plain_file_signs_even_if_the_agent_has_the_key),
		TEST(certificates_of_named_keys_come_first),
		TEST(without_named_keys_the_agent_comes_before_default_files),
		TEST(a_named_certificate_needs_no_key_of_its_name),
		TEST(a_certificate_file_needs_its_key_from_somewhere),
		TEST(a_certificate_out_of_its_time_goes_last_with_a_note),
		TEST(a_certificate_for_hosts_is_not_offered),
		TEST(a_certificate_for_other_users_is_offered_with_a_note),
		TEST(each_key_is_offered_once),
	};

	return cmocka_run_group_tests_name("ssh_offers", tests, NULL, NULL);
}
