// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"
)

// The text of an outage must be the same each time. Otherwise every attempt would change a status.
func TestAnOutageIsDescribedInTheSameWordsEachTime(t *testing.T) {
	t.Parallel()
	local := func(port int) net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }
	syscallFailed := func(op string, port int, errno syscall.Errno) error {
		return &net.OpError{Op: op, Net: "tcp", Source: local(port), Addr: local(443), Err: os.NewSyscallError(op, errno)}
	}
	expired := func(at time.Time) error {
		return &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{
			Reason: x509.Expired, Detail: fmt.Sprintf("current time %s is after 2026-01-01T00:00:00Z", at.Format(time.RFC3339)),
		}}
	}
	for name, test := range map[string]struct {
		errs []error
		want string
	}{
		"a name server that is away": {errs: []error{
			&net.DNSError{Name: "api.example.com", Server: "127.0.0.53:53", Err: "read udp 127.0.0.1:50787->127.0.0.53:53: i/o timeout", IsTimeout: true},
			&net.DNSError{Name: "api.example.com", Server: "127.0.0.53:53", Err: "read udp 127.0.0.1:34111->127.0.0.53:53: connection refused", IsTemporary: true},
			&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "api.example.com", Server: "10.0.0.2:53", Err: "server misbehaving", IsTemporary: true}},
		}, want: "looking up api.example.com: name servers do not answer"},
		"a name that there is not": {errs: []error{
			&net.DNSError{Name: "api.example.com", Server: "127.0.0.53:53", Err: "no such host", IsNotFound: true},
			&net.DNSError{Name: "api.example.com", Server: "10.0.0.2:53", Err: "no suitable address found", IsNotFound: true},
		}, want: "looking up api.example.com: no such host"},
		"a certificate that has expired": {errs: []error{
			expired(time.Unix(1800000000, 0)), expired(time.Unix(1800000005, 0)),
		}, want: "the server's certificate has expired or is not yet valid"},
		"no process listens": {errs: []error{
			syscallFailed("dial", 50787, syscall.ECONNREFUSED), syscallFailed("dial", 34111, syscall.ECONNREFUSED),
		}, want: "dial: connection refused"},
		"a proxy that is away": {errs: []error{
			&net.OpError{Op: "proxyconnect", Net: "tcp", Err: syscallFailed("dial", 50787, syscall.ECONNREFUSED)},
			&net.OpError{Op: "proxyconnect", Net: "tcp", Err: syscallFailed("dial", 34111, syscall.ECONNREFUSED)},
		}, want: "proxyconnect: dial: connection refused"},
		"a connection that breaks": {errs: []error{
			syscallFailed("read", 50787, syscall.ECONNRESET),
			syscallFailed("write", 34111, syscall.EPIPE),
			fmt.Errorf("net/http: HTTP/1.x transport connection broken: %w", io.ErrUnexpectedEOF),
			io.EOF,
			errors.New("http: server closed idle connection"),
			errors.New("stream error: stream ID 5; INTERNAL_ERROR; received from peer"),
			errors.New("stream error: stream ID 7; CANCEL"),
			errors.New(`http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""`),
			errors.New(`http2: server sent GOAWAY and closed the connection; LastStreamID=9, ErrCode=ENHANCE_YOUR_CALM, debug="c4n4ry"`),
			errors.New("http2: client connection lost"),
		}, want: "the server closed the connection"},
		"something else": {errs: []error{errors.New("tls: first record does not look like a TLS handshake")}, want: "tls: first record does not look like a TLS handshake"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, cause := range test.errs {
				client := with(t, Options{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })})
				_, err := client.Config(t.Context())
				if want := "GET /config: " + test.want; err == nil || err.Error() != want {
					t.Errorf("%v: got %v, want %s", cause, err, want)
				}
			}
		})
	}
}
