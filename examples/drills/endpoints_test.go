package drills

import (
	"crypto/tls"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Endpoints that are no cache: what a handler finds when the network or the server is not as it should be.

// closedPort is an address where nobody listens.
func closedPort(t testing.TB) int { return engines.FreePort(t) }

// silentPort is an address whose connections are never answered, as behind a security group that drops packets: its
// queue of one connection is full, so the kernel ignores the next one.
func silentPort(t testing.TB) int {
	t.Helper()
	socket := engines.Must(syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0))(t)
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(socket, 0); err != nil {
		t.Fatal(err)
	}
	addr := engines.Must(syscall.Getsockname(socket))(t).(*syscall.SockaddrInet4)
	for range 2 {
		filler := engines.Must(syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0))(t)
		t.Cleanup(func() { _ = syscall.Close(filler) })
		if err := syscall.Connect(filler, addr); err != nil && err != syscall.EINPROGRESS {
			t.Fatal(err)
		}
	}
	return addr.Port
}

// mutePort takes connections and never says a word.
func mutePort(t testing.TB) int {
	return engines.Listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
}

// oldTLSPort leads to a server that is in order, over TLS 1.1 and nothing newer: a client that takes it has a cache.
func oldTLSPort(t testing.TB, cache *deploy.Cache) int {
	server := cache.Start(t)
	config := &tls.Config{
		Certificates: []tls.Certificate{cache.Authority.Server},
		MinVersion:   tls.VersionTLS10,
		MaxVersion:   tls.VersionTLS11,
	}
	return engines.Listen(t, func(conn net.Conn) {
		old := tls.Server(conn, config)
		if old.Handshake() != nil {
			return
		}
		inner, err := tls.Dial("tcp4", server.Addr(), cache.Authority.ClientTLS())
		if err != nil {
			return
		}
		defer inner.Close()
		engines.Relay(old, inner)
	})
}
