package engines

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a certificate authority of one test, with the one server certificate that it signed for this machine.
type Authority struct {
	CAFile, CertFile, KeyFile string
	Pool                      *x509.CertPool
	Server                    tls.Certificate
}

// NewAuthority makes an authority whose files live as long as the test.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	dir := t.TempDir()
	now := time.Now()

	caKey := newKey(t)
	ca := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "e2e authority"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	caDER := Must(x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey))(t)

	key := newKey(t)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "e2e server"},
		NotBefore:    ca.NotBefore,
		NotAfter:     ca.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		// Replicas and Sentinels are clients of the other servers with the same certificate.
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	leafDER := Must(x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey))(t)
	keyDER := Must(x509.MarshalECPrivateKey(key))(t)

	a := &Authority{
		CAFile:   filepath.Join(dir, "ca.pem"),
		CertFile: filepath.Join(dir, "server.pem"),
		KeyFile:  filepath.Join(dir, "server.key"),
		Pool:     x509.NewCertPool(),
	}
	writePEM(t, a.CAFile, "CERTIFICATE", caDER)
	writePEM(t, a.CertFile, "CERTIFICATE", leafDER)
	writePEM(t, a.KeyFile, "EC PRIVATE KEY", keyDER)
	a.Pool.AddCert(Must(x509.ParseCertificate(caDER))(t))
	a.Server = Must(tls.LoadX509KeyPair(a.CertFile, a.KeyFile))(t)
	return a
}

// ClientTLS is what a client of this authority's servers uses.
func (a *Authority) ClientTLS() *tls.Config {
	return &tls.Config{RootCAs: a.Pool, MinVersion: tls.VersionTLS12}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	return Must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	block := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		t.Fatal(err)
	}
}
