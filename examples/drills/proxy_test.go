package drills

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// endpointProxy is the primary and the reader endpoint: an address that leads to whichever server is meant at the moment of the connect, as
// a DNS name does. Established connections stay where they are.
type endpointProxy struct {
	Port int

	route func(reader bool) (addr string)
	mu    sync.Mutex
	held  chan struct{} // closed when packets get through again; nil while they do
}

// startProxy listens on a free port. The two endpoints differ by name only, which the proxy reads in the TLS handshake.
func startProxy(t testing.TB, route func(reader bool) string) *endpointProxy {
	t.Helper()
	p := &endpointProxy{route: route}
	p.Port = engines.Listen(t, p.serve)
	return p
}

// DropPackets has nothing get through in either direction, nor on new connections, until the returned function is called. What was
// sent meanwhile arrives then: TCP sends again what is lost.
func (p *endpointProxy) DropPackets() (stop func()) {
	held := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = held
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.held = nil
		close(held)
	})
}

func (p *endpointProxy) wait() {
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	if held != nil {
		<-held
	}
}

func (p *endpointProxy) serve(client net.Conn) {
	_ = client.SetReadDeadline(time.Now().Add(5 * time.Second))
	name, hello, err := readClientHello(client)
	if err != nil {
		return
	}
	_ = client.SetReadDeadline(time.Time{})
	p.wait()
	server, err := net.DialTimeout("tcp4", p.route(name == deploy.Local(0).ReaderHost), time.Second)
	if err != nil {
		return // the endpoint's server is down: the client sees its connection closed
	}
	defer server.Close()
	if _, err := server.Write(hello); err == nil {
		engines.Relay(slowConn{client, p}, slowConn{server, p})
	}
}

// slowConn lets through what gets through.
type slowConn struct {
	net.Conn
	proxy *endpointProxy
}

func (c slowConn) Write(data []byte) (int, error) {
	c.proxy.wait()
	return c.Conn.Write(data)
}

// readClientHello reads the first message of a TLS handshake and gives it back for the server to read again. An address has no name.
func readClientHello(conn net.Conn) (serverName string, hello []byte, err error) {
	var read bytes.Buffer
	errSeen := errors.New("seen")
	err = tls.Server(helloConn{conn, io.TeeReader(conn, &read)}, &tls.Config{
		GetConfigForClient: func(info *tls.ClientHelloInfo) (*tls.Config, error) {
			serverName = info.ServerName
			return nil, errSeen
		},
	}).Handshake()
	if errors.Is(err, errSeen) {
		err = nil
	}
	return serverName, read.Bytes(), err
}

// helloConn lets the handshake be read but not answered.
type helloConn struct {
	net.Conn
	reader io.Reader
}

func (c helloConn) Read(p []byte) (int, error)  { return c.reader.Read(p) }
func (c helloConn) Write(p []byte) (int, error) { return len(p), nil }
