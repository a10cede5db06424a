package engines

import (
	"io"
	"net"
	"testing"
)

// Listen serves connections on a free port until the test ends, each in a goroutine of its own.
func Listen(t testing.TB, serve func(net.Conn)) (port int) {
	t.Helper()
	listener := Must(net.Listen("tcp4", "127.0.0.1:0"))(t)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// Relay copies both ways until one side ends.
func Relay(a, b net.Conn) {
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			done <- struct{}{}
		}()
	}
	<-done
}
