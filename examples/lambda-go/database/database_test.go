package database

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/internal/postgres"
)

var server *postgres.Server

func TestMain(m *testing.M) {
	started, stop, err := postgres.Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server = started
	code := m.Run()
	stop()
	os.Exit(code)
}

type fakeSecrets struct {
	text  string
	err   error
	reads int
}

func (f *fakeSecrets) GetSecretValue(
	context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	f.reads++
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(f.text)}, f.err
}

// fixture is a Database on the test's server.
type fixture struct {
	*Database
	secrets *fakeSecrets
}

func newFixture(t *testing.T, change ...func(*Options)) fixture {
	t.Helper()
	secrets := &fakeSecrets{text: server.Secret(server.Password)}
	opts := Options{SecretID: "orders", Secrets: secrets, CAFile: server.CAFile, ApplicationName: strings.ReplaceAll(t.Name(), "/", "_")}
	for _, c := range change {
		c(&opts)
	}
	made, err := New(opts)
	require.NoError(t, err)
	t.Cleanup(made.Close)
	return fixture{made, secrets}
}

// ask returns the only value of a query.
func (f fixture) ask(sql string, args ...any) (any, error) {
	rows, err := f.Query(context.Background(), sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[any])
}

func (f fixture) mustAsk(t *testing.T, sql string, args ...any) any {
	t.Helper()
	got, err := f.ask(sql, args...)
	require.NoError(t, err)
	return got
}

func TestOneEncryptedConnectionServesAllQueries(t *testing.T) {
	f := newFixture(t)
	first := f.mustAsk(t, "SELECT pg_backend_pid()")
	var queries sync.WaitGroup
	for range 5 {
		queries.Go(func() {
			pid, err := f.ask("SELECT pg_backend_pid() FROM pg_sleep(0.02)")
			assert.NoError(t, err)
			assert.Equal(t, first, pid)
		})
	}
	queries.Wait()
	assert.Equal(t, true, f.mustAsk(t, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
	assert.Equal(t, f.opts.ApplicationName, f.mustAsk(t, "SELECT current_setting('application_name')"))
	assert.Equal(t, "25s", f.mustAsk(t, "SELECT current_setting('statement_timeout')"))
	assert.Equal(t, 1, f.secrets.reads)
}

func TestADeadConnectionIsReplacedUnnoticed(t *testing.T) {
	f := newFixture(t)
	pid := f.mustAsk(t, "SELECT pg_backend_pid()")
	server.Admin(t, "SELECT pg_terminate_backend($1, 10000)", pid)
	assert.NotEqual(t, pid, f.mustAsk(t, "SELECT pg_backend_pid()"))
	assert.Equal(t, 1, f.secrets.reads)
}

func TestAfterARotationTheSecretIsReadAgain(t *testing.T) {
	f := newFixture(t)
	pid := f.mustAsk(t, "SELECT pg_backend_pid()")
	server.Admin(t, "ALTER ROLE analytics PASSWORD 'second'")
	t.Cleanup(func() { server.Admin(t, "ALTER ROLE analytics PASSWORD '"+server.Password+"'") })

	assert.Equal(t, pid, f.mustAsk(t, "SELECT pg_backend_pid()"), "the established connection stays in use")
	server.Admin(t, "SELECT pg_terminate_backend($1, 10000)", pid)
	refused := server.RefusedLogins(t)
	_, err := f.ask("SELECT 1")
	require.ErrorContains(t, err, "password authentication failed", "the secret is not rotated yet")
	assert.Equal(t, 2, f.secrets.reads)
	assert.Equal(t, refused+1, server.RefusedLogins(t), "the same login is not tried again")

	f.secrets.text = server.Secret("second")
	assert.EqualValues(t, 1, f.mustAsk(t, "SELECT 1"))
	assert.Equal(t, 3, f.secrets.reads)
}

func TestTheServerIsVerified(t *testing.T) {
	stranger := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(stranger, []byte(strangerPEM), 0o600))
	for _, c := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"the certificate is not one of the file's", func(o *Options) { o.CAFile = stranger }, "unknown authority"},
		{"the certificate is not one of the system's", func(o *Options) { o.CAFile = "" }, "unknown authority"},
		{"the certificate is for another host", func(o *Options) { o.Host = "127.0.0.1" }, "doesn't contain any IP SANs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newFixture(t, c.change).ask("SELECT 1")
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestWhatIsWrongWithTheSecretIsSaidWithoutQuotingIt(t *testing.T) {
	unchanged := func(*Options) {}
	for _, c := range []struct {
		name   string
		text   string
		change func(*Options)
		want   string
	}{
		{"not JSON", "pa55word", unchanged, `secret "orders": not of the form {"username"`},
		{"a password of another type", `{"password": 55555}`, unchanged, `secret "orders": not of the form {"username"`},
		{"a login alone, as RDS manages it", `{"username": "u", "password": "pa55word"}`, unchanged,
			`secret "orders": host is missing; set DB_HOST. dbname is missing; set DB_NAME`},
		{"no login", `{"host": "h", "dbname": "d"}`, unchanged, `secret "orders": username or password is missing; a secret of RDS has both`},
		{"a port that is none", server.Secret("pa55word"), func(o *Options) { o.Port = "54x32" },
			"port is not a port number; set DB_PORT to one from 1 to 65535"},
		{"no secret", "", func(o *Options) { o.SecretID = "" }, "DB_SECRET is empty; set it to the ARN of the database's secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, c.change)
			f.secrets.text = c.text
			_, err := f.ask("SELECT 1")
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "pa55word")
			assert.NotContains(t, err.Error(), "55555")
		})
	}
}

func TestASecretThatCouldNotBeReadIsReadAtTheNextQuery(t *testing.T) {
	f := newFixture(t)
	f.secrets.err = errors.New("secrets manager is down")
	_, err := f.ask("SELECT 1")
	require.ErrorContains(t, err, `secret "orders" cannot be read: secrets manager is down`)
	f.secrets.err = nil
	assert.EqualValues(t, 1, f.mustAsk(t, "SELECT 1"))
}

func TestAddressesComeFromTheEnvironmentBeforeTheSecret(t *testing.T) {
	variables := map[string]string{"DB_SECRET": "arn", "DB_HOST": "h", "DB_PORT": "1", "DB_NAME": "n", "DB_CA_FILE": "f"}
	assert.Equal(t, Options{SecretID: "arn", Host: "h", Port: "1", Name: "n", CAFile: "f"},
		OptionsFromEnv(func(name string) string { return variables[name] }))

	f := newFixture(t, func(o *Options) { o.Host, o.Port, o.Name = "localhost", fmt.Sprint(server.Port), "analytics" })
	f.secrets.text = fmt.Sprintf(`{"username": "analytics", "password": %q, "host": "unused.invalid", "port": 1, "dbname": "unused"}`,
		server.Password)
	assert.EqualValues(t, 1, f.mustAsk(t, "SELECT 1"))
}

func TestACAFileThatCannotBeUsedIsAnErrorAtTheColdStart(t *testing.T) {
	_, err := New(Options{CAFile: "/no/such/file"})
	require.ErrorContains(t, err, "DB_CA_FILE: open /no/such/file")
	empty := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(empty, []byte("no certificate"), 0o600))
	_, err = New(Options{CAFile: empty})
	require.ErrorContains(t, err, "has no certificate; set it to the path of the RDS certificate bundle")
}

// strangerPEM is a certificate that signed nothing here.
const strangerPEM = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUPSRpRKlUp3toM2oU7bfUIVeRx0gwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc3RyYW5nZXIwIBcNMjYxMTI1MDUyMTQ3WhgPMjEyNjExMDEw
NTIxNDdaMBMxETAPBgNVBAMMCHN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEE34ICKeu+aycWj5cNcIKWHWMUxu+x2uf+hRmlwDl5kLTxtFnD/iW2kQV
gT8YPBeQ/AXsr77147oCjemXdbIZAaNTMFEwHQYDVR0OBBYEFPDBal7FhwysZzoc
Hn/xLfMPbiY7MB8GA1UdIwQYMBaAFPDBal7FhwysZzocHn/xLfMPbiY7MA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhANt/kpTqtfHkGRQAed7t0R1O
a2kt9FyeNKer4Jfrh5gDAiBQL/ZUepFOkRVVKHgfyWrx5qeN+M6CxQz7ACb0TDOr
8Q==
-----END CERTIFICATE-----
`
