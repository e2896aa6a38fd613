/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The algebra of cap_add and cap_drop, against tables and against a small model of the rule's text.
 */
#include "../../lib/policy/caps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/policy/keys.h"

#define SYS_ADMIN CAPS_BIT(21)
#define NET_ADMIN CAPS_BIT(12)
#define NET_RAW CAPS_BIT(13)
#define MKNOD CAPS_BIT(27)
#define DEFAULT UINT64_C(0xa80425fb) /* what /proc/self/status shows in a container of Docker's */

/* Layers as policies write them, general to specific, and the set they come to. */
struct row {
	const char *name;
	const char *layers[4][2]; /* cap_add, cap_drop */
	uint64_t set, added;
};

static const struct row rows[] = {
	{ "nothing", { { 0 } }, DEFAULT, 0 },
	{ "an added name joins the default set",
	  { { "NET_ADMIN" } },
	  DEFAULT | NET_ADMIN,
	  NET_ADMIN },
	{ "a dropped name leaves it", { { "", "MKNOD" } }, DEFAULT & ~MKNOD, 0 },
	{ "a name in both lists ends up added", { { "MKNOD", "MKNOD" } }, DEFAULT, MKNOD },
	{ "ALL dropped leaves what is added", { { "NET_ADMIN", "ALL" } }, NET_ADMIN, NET_ADMIN },
	{ "ALL dropped alone leaves nothing", { { "", "ALL" } }, 0, 0 },
	{ "ALL added is everything", { { "ALL" } }, CAPS_ALL, 0 },
	{ "ALL added, less dropped names", { { "ALL", "MKNOD" } }, CAPS_ALL & ~MKNOD, 0 },
	{ "ALL in both lists is everything", { { "ALL", "ALL" } }, CAPS_ALL, 0 },
	{ "ALL and a name added, that name dropped: dropped",
	  { { "ALL,MKNOD", "MKNOD" } },
	  CAPS_ALL & ~MKNOD,
	  0 },
	{ "spellings", { { "all", "cap_mknod,CAP_net_raw" } }, CAPS_ALL & ~MKNOD & ~NET_RAW, 0 },
	{ "a later drop beats an earlier add",
	  { { "NET_ADMIN" }, { "", "NET_ADMIN" } },
	  DEFAULT,
	  0 },
	{ "a later add beats an earlier drop", { { "", "MKNOD" }, { "MKNOD" } }, DEFAULT, MKNOD },
	{ "ALL brings nothing back that was dropped by name",
	  { { "", "MKNOD" }, { "ALL" } },
	  CAPS_ALL & ~MKNOD,
	  0 },
	{ "ALL brings back what only ALL dropped", { { "", "ALL" }, { "ALL" } }, CAPS_ALL, 0 },
	{ "a name added since the drop comes with ALL",
	  { { "", "MKNOD" }, { "MKNOD" }, { "ALL" } },
	  CAPS_ALL,
	  MKNOD },
	{ "a name written beside ALL comes back",
	  { { "", "MKNOD,NET_RAW" }, { "ALL,MKNOD" } },
	  CAPS_ALL & ~NET_RAW,
	  MKNOD },
	{ "a drop of everything forgets an earlier add",
	  { { "NET_ADMIN" }, { "", "ALL" }, { "SYS_ADMIN" } },
	  SYS_ADMIN,
	  SYS_ADMIN },
	{ "an add before a drop of everything is not written out after ALL",
	  { { "NET_ADMIN" }, { "", "ALL" }, { "ALL" } },
	  CAPS_ALL,
	  0 },
	{ "drops gather over layers",
	  { { "", "MKNOD" }, { "ALL", "NET_RAW" }, { "ALL" } },
	  CAPS_ALL & ~MKNOD & ~NET_RAW,
	  0 },
};

static void add_values(struct setting *setting, const char *list, unsigned layer)
{
	struct error error = ERROR_INIT;
	struct strings names = { 0 };

	if (!list || !*list)
		return;
	assert_int_equal(text_split(&names, list, ',', &error), 0);
	for (size_t i = 0; i < names.count; i++) {
		struct value *value = array_add(&setting->values, &setting->count, sizeof(*value));

		value->text = strdup(names.items[i]);
		value->layer = layer;
	}
	strings_clear(&names);
}

static void free_values(struct setting *setting)
{
	for (size_t i = 0; i < setting->count; i++)
		free(setting->values[i].text);
	free(setting->values);
}

static struct caps_merged merge(const struct row *row)
{
	struct setting add = { 0 }, drop = { 0 };
	struct error error = ERROR_INIT;
	struct caps_merged merged;

	for (unsigned i = 0; i < 4; i++) {
		/* Numbers with gaps: layers that speak of no capability. */
		add_values(&add, row->layers[i][0], i * 3 + 1);
		add_values(&drop, row->layers[i][1], i * 3 + 1);
	}
	assert_int_equal(caps_merge(&merged, &add, &drop, &error), 0);
	free_values(&add);
	free_values(&drop);
	return merged;
}

static void each_rule_of_the_algebra_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct caps_merged merged = merge(&rows[i]);

		if (merged.set != rows[i].set || merged.added != rows[i].added)
			fail_msg("%s: set %llx added %llx", rows[i].name,
				 (unsigned long long)merged.set, (unsigned long long)merged.added);
	}
}

/* Docker's answer for one capability, told by words and not by masks: utils.go's three cases. */
static bool docker_has(int bit, const struct caps_layer *layer)
{
	bool added = layer->add >> bit & 1, dropped = layer->drop >> bit & 1;

	if (layer->add_all)
		return !dropped;
	if (layer->drop_all)
		return added;
	return added || ((caps_default >> bit & 1) && !dropped);
}

static struct caps_layer random_layer(void)
{
	/* Few bits, so that lists meet: MKNOD, NET_RAW (default) and two others. */
	static const int bits[] = { 27, 13, 12, 21 };
	struct caps_layer layer = { .add_all = random() % 4 == 0, .drop_all = random() % 4 == 0 };

	for (int i = 0; i < 4; i++) {
		if (random() % 3 == 0)
			layer.add |= CAPS_BIT(bits[i]);
		if (random() % 3 == 0)
			layer.drop |= CAPS_BIT(bits[i]);
	}
	return layer;
}

static void one_layer_gives_what_docker_gives(void **state)
{
	(void)state;
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		struct caps_layer layer = random_layer();
		struct caps_state caps;

		caps_state_init(&caps);
		caps_apply(&caps, &layer);
		for (int bit = 0; bit < 64; bit++)
			assert_int_equal(caps.set >> bit & 1, docker_has(bit, &layer));
	}
}

/*
 * The rule for layers, told of one capability by looking back through all
 * layers each time: nothing is remembered between them.
 */
static bool named_drop_stands(int bit, const struct caps_layer *layers, int last)
{
	for (int i = last; i >= 0; i--) {
		bool added = layers[i].add >> bit & 1, dropped = layers[i].drop >> bit & 1;

		if (dropped && (!added || layers[i].add_all))
			return true;
		if (added)
			return false;
	}
	return false;
}

static bool model_has(int bit, const struct caps_layer *layers, int last)
{
	const struct caps_layer *layer = &layers[last];
	bool added, dropped;

	if (last < 0)
		return caps_default >> bit & 1;
	added = layer->add >> bit & 1;
	dropped = layer->drop >> bit & 1;
	if (layer->add_all)
		return !named_drop_stands(bit, layers, last);
	if (layer->drop_all)
		return added;
	return added || (!dropped && model_has(bit, layers, last - 1));
}

static void several_layers_give_what_the_rule_says(void **state)
{
	(void)state;
	srandom(2);
	for (int round = 0; round < 20000; round++) {
		struct caps_layer layers[5];
		struct caps_state caps;

		caps_state_init(&caps);
		for (int i = 0; i < 5; i++) {
			layers[i] = random_layer();
			caps_apply(&caps, &layers[i]);
			for (int bit = 0; bit < 64; bit++)
				assert_int_equal(caps.set >> bit & 1, model_has(bit, layers, i));
			assert_int_equal(caps.added & ~caps.set, 0);
		}
	}
}

static void the_default_set_is_dockers(void **state)
{
	char *text = caps_print(caps_default);

	(void)state;
	assert_int_equal(caps_default, DEFAULT);
	assert_string_equal(text, "CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,SETGID,SETUID,SETPCAP,"
				  "NET_BIND_SERVICE,NET_RAW,SYS_CHROOT,MKNOD,AUDIT_WRITE,SETFCAP");
	free(text);
}

static void names_are_known_in_every_spelling(void **state)
{
	static const struct {
		const char *name;
		int capability;
	} table[] = { { "CHOWN", 0 },	   { "cap_chown", 0 },		 { "Cap_Net_Admin", 12 },
		      { "SYS_ADMIN", 21 }, { "AUDIT_READ", 37 },	 { "PERFMON", 38 },
		      { "CAP_BPF", 39 },   { "checkpoint_restore", 40 }, { "CAP_41", 41 },
		      { "cap_63", 63 } };
	struct error error = ERROR_INIT;
	int capability;
	bool all;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_int_equal(caps_parse(table[i].name, &capability, &all, &error), 0);
		assert_false(all);
		assert_int_equal(capability, table[i].capability);
	}
	assert_int_equal(caps_parse("aLL", &capability, &all, &error), 0);
	assert_true(all);
}

static void a_name_and_its_number_belong_together(void **state)
{
	struct error error = ERROR_INIT;
	char name[32];
	int back;
	bool all;

	(void)state;
	for (int i = 0; i < 64; i++) {
		caps_name(i, name, sizeof(name));
		assert_int_equal(caps_parse(name, &back, &all, &error), 0);
		assert_int_equal(back, i);
	}
}

static void an_unknown_name_is_quoted(void **state)
{
	static const char *const table[][2] = {
		{ "NET_ADMN", "unknown capability 'NET_ADMN'" },
		{ "", "unknown capability ''" },
		{ "CAP_", "unknown capability 'CAP_'" },
		{ "CAP_CAP_CHOWN", "unknown capability 'CAP_CAP_CHOWN'" },
		{ "CAP_ALL", "unknown capability 'CAP_ALL'" },
		{ "CAP_40", "unknown capability 'CAP_40'" },
		{ "CAP_64", "unknown capability 'CAP_64'" },
		{ "CAP_041", "unknown capability 'CAP_041'" },
		{ "41", "unknown capability '41'" },
		{ "MKNOD ", "unknown capability 'MKNOD '" },
		{ "MK\x1bNOD", "unknown capability 'MK\\x1bNOD'" },
	};
	int capability;
	bool all;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(caps_parse(table[i][0], &capability, &all, &error), -1);
		assert_string_equal(error.text, table[i][1]);
		assert_int_equal(error.kind, ERROR_POLICY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_of_the_algebra_holds),
		cmocka_unit_test(one_layer_gives_what_docker_gives),
		cmocka_unit_test(several_layers_give_what_the_rule_says),
		cmocka_unit_test(the_default_set_is_dockers),
		cmocka_unit_test(names_are_known_in_every_spelling),
		cmocka_unit_test(a_name_and_its_number_belong_together),
		cmocka_unit_test(an_unknown_name_is_quoted),
	};

	return cmocka_run_group_tests_name("capabilities", tests, NULL, NULL);
}
