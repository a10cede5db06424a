package accessstring

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAccessStrings(t *testing.T) {
	const password = "holds a password; leave it out: a user logs in by IAM, or with a generated password (Password: true)"
	tests := []struct {
		name, text, want string
	}{
		{"everything is accepted", "on ~* &* +@all", ""},
		{"the keywords are accepted", "on allkeys allchannels allcommands", ""},
		{"one prefix for reading is accepted", "on %R~sessions:* -@all +@read", ""},
		{"a prefix for reading and writing is accepted", "on %RW~sessions:* %W~queue:* +@all", ""},
		{"single commands and subcommands are accepted", "on ~* -@all +get +set +client|setinfo", ""},
		{"a selector is accepted", "on ~cache:* +@all -@dangerous (+get ~sessions:*)", ""},
		{"a user that is not switched on is refused", "~* +@all", `does not switch the user on; start it with "on"`},
		{"an empty string is refused", "", `does not switch the user on; start it with "on"`},
		{"a user that is switched off is refused", "on off ~* +@all", `switches the user off; write "on"`},
		{"a password is refused and not shown", "on >secret ~* +@all", password},
		{"a password to remove is refused", "on <secret ~* +@all", password},
		{"a hashed password is refused", "on #c3ab8ff1 ~* +@all", password},
		{"a hashed password to remove is refused", "on !c3ab8ff1 ~* +@all", password},
		{"nopass is refused", "on nopass ~* +@all", `has the rule "nopass", which ElastiCache refuses; leave it out`},
		{"a reset is refused", "reset on ~* +@all", `has the rule "reset", which ElastiCache refuses; leave it out`},
		{"an unknown category is refused", "on ~* +@reads", `has an unknown category of commands in "+@reads"; did you mean "read"?`},
		{"a word that is no rule is refused", "on everything",
			`has "everything", which is not a rule; use on, ~keys, &channels, +command, -command, +@category or -@category`},
		{"a sign alone is refused", "on +", `has "+", which is not a rule; use on, ~keys, &channels, +command, -command, +@category or -@category`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, Problem(test.text)) })
	}
}
