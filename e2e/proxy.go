package e2e

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy is a cache endpoint: one address that leads to whichever server is meant at the moment of the connect, as a DNS
// name does. Established connections stay where they are.
type Proxy struct {
	Port int

	route    func(serverName string) (addr string)
	listener net.Listener
	mu       sync.Mutex
	open     map[net.Conn]bool
}

// StartProxy listens on a free port. The primary and the reader endpoint differ by name only, so route gets the name
// that the client wants to speak to: "" for 127.0.0.1, as an address is not sent.
func StartProxy(t testing.TB, route func(serverName string) string) *Proxy {
	t.Helper()
	p := &Proxy{route: route, open: map[net.Conn]bool{}}
	p.listener = must(net.Listen("tcp4", "127.0.0.1:0"))(t)
	p.Port = p.listener.Addr().(*net.TCPAddr).Port
	t.Cleanup(p.close)
	go func() {
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		_ = conn.Close()
	}
}

func (p *Proxy) serve(client net.Conn) {
	defer p.hold(client)()
	_ = client.SetReadDeadline(time.Now().Add(5 * time.Second))
	name, hello, err := readClientHello(client)
	if err != nil {
		return
	}
	_ = client.SetReadDeadline(time.Time{})
	server, err := net.DialTimeout("tcp4", p.route(name), time.Second)
	if err != nil {
		return // the endpoint's server is down: the client sees its connection closed
	}
	defer p.hold(server)()
	if _, err := server.Write(hello); err != nil {
		return
	}
	relay(client, server)
}

// relay copies both ways until one side ends.
func relay(a, b net.Conn) {
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			done <- struct{}{}
		}()
	}
	<-done
}

// hold remembers a connection until the returned function closes it.
func (p *Proxy) hold(conn net.Conn) (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[conn] = true
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, conn)
		_ = conn.Close()
	}
}

// readClientHello reads the first message of a TLS handshake and gives it back for the server to read again.
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
