// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// failing creates a client with an error for every request.
func failing(t *testing.T, cause error) *Client {
	t.Helper()
	return with(t, Options{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })})
}

// A write that was certainly not carried out claims nothing. The operator searches for the result
// of any other write.
func TestWhatIsKnownOfAWriteThatFailed(t *testing.T) {
	t.Parallel()
	type known struct{ refused, unsent bool }
	op := func(op string, errno syscall.Errno) error {
		return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, errno)}
	}
	answered := func(status int) *Client {
		return answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	empty := NewLimiter(0.001, 1)
	if err := empty.wait(t.Context(), "GET", "/x"); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		client *Client
		want   known
	}{
		"400":                        {answered(400), known{refused: true}},
		"403":                        {answered(403), known{refused: true}},
		"409":                        {answered(409), known{refused: true}},
		"425":                        {answered(425), known{refused: true}},
		"429":                        {answered(429), known{refused: true}},
		"408":                        {answered(408), known{}},
		"302":                        {answered(302), known{}},
		"500":                        {answered(500), known{}},
		"503":                        {answered(503), known{}},
		"the rate limit":             {with(t, Options{Limiter: empty}), known{refused: true, unsent: true}},
		"no one listens":             {failing(t, op("dial", syscall.ECONNREFUSED)), known{unsent: true}},
		"no way":                     {failing(t, op("dial", syscall.EHOSTUNREACH)), known{unsent: true}},
		"a proxy that is away":       {failing(t, &net.OpError{Op: "proxyconnect", Err: op("dial", syscall.ECONNREFUSED)}), known{unsent: true}},
		"no such host":               {failing(t, &net.DNSError{Name: "x", IsNotFound: true}), known{unsent: true}},
		"an unknown authority":       {failing(t, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), known{unsent: true}},
		"another host's certificate": {failing(t, fmt.Errorf("tls: %w", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"})), known{unsent: true}},
		"no TLS":                     {failing(t, errors.New("http: server gave HTTP response to HTTPS client")), known{unsent: true}},
		"a slow handshake":           {failing(t, errors.New("net/http: TLS handshake timeout")), known{unsent: true}},
		"a connection that breaks":   {failing(t, op("read", syscall.ECONNRESET)), known{}},
		"a write that breaks":        {failing(t, op("write", syscall.EPIPE)), known{}},
		"an end":                     {failing(t, io.EOF), known{}},
		"a time-out":                 {failing(t, context.DeadlineExceeded), known{}},
		"no JSON":                    {answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }), known{}},
		"too much": {served(t, func(*http.Request) io.Reader {
			return &repeated{start: `{"x":"`, part: always(strings.Repeat("x", 1<<20)), parts: 10, end: `"}`}
		}), known{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := test.client.Project("p").Rooms().Create(t.Context(), RoomSpec{Name: "x"})
			if got := (known{IsRefusal(err), NotSent(err)}); err == nil || got != test.want {
				t.Errorf("got %+v, want %+v: %v", got, test.want, err)
			}
		})
	}
	_, _, err := answered(200).Project("p").Routes().Create(t.Context(), RouteSpec{Domain: ".."})
	if !NotSent(err) || !IsUnaddressable(err) {
		t.Errorf("what cannot be addressed: %v", err)
	}
}

// These are real servers: no process listens, the certificate is of an unknown authority, or the
// server does not speak TLS.
func TestNothingReachesAServerThatCannotBeConnectedTo(t *testing.T) {
	t.Parallel()
	reached := 0
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ })
	closed, unknown, plain := httptest.NewServer(handler), httptest.NewUnstartedServer(handler), httptest.NewServer(handler)
	closed.Close()
	unknown.Config.ErrorLog = log.New(io.Discard, "", 0)
	unknown.StartTLS()
	defer unknown.Close()
	defer plain.Close()
	for name, endpoint := range map[string]string{
		"no one": closed.URL, "an unknown authority": unknown.URL, "no TLS": strings.Replace(plain.URL, "http:", "https:", 1),
	} {
		_, _, err := with(t, Options{Endpoint: endpoint}).Project("p").Rooms().Create(t.Context(), RoomSpec{Name: "x"})
		if !NotSent(err) || reached > 0 {
			t.Errorf("%s: %v, reached %d times", name, err, reached)
		}
	}
}

// Other CAs change nothing else of how requests are sent: they go through the same proxy, on as
// many connections.
func TestOtherCAsChangeNothingElse(t *testing.T) {
	t.Parallel()
	usual, _ := defaultTransport.(*http.Transport)
	made, ok := trusting(x509.NewCertPool()).(*http.Transport)
	if !ok || made == usual || made.MaxIdleConnsPerHost != usual.MaxIdleConnsPerHost || !made.ForceAttemptHTTP2 ||
		reflect.ValueOf(made.Proxy).Pointer() != reflect.ValueOf(usual.Proxy).Pointer() {
		t.Errorf("got %+v", made)
	}
	if trusting(nil) != defaultTransport {
		t.Error("without CAs of its own, a client has connections of its own")
	}
	if usual.TLSClientConfig != nil && usual.TLSClientConfig.RootCAs != nil {
		t.Error("all clients trust the CAs of one")
	}
}

// A redirect would send the key to the location that it names.
func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	var asked []string
	client := with(t, Options{Endpoint: "https://api.example.com", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Host)
		recorder := httptest.NewRecorder()
		recorder.Header().Set("Location", "https://elsewhere.example.com/")
		recorder.WriteHeader(http.StatusTemporaryRedirect)
		return recorder.Result(), nil
	})})
	for _, call := range []func() error{
		func() error { _, err := client.Config(t.Context()); return err },
		func() error {
			_, _, err := client.Project("p").Rooms().Create(t.Context(), RoomSpec{Name: "x"})
			return err
		},
	} {
		if err := call(); status(err) != http.StatusTemporaryRedirect || IsRefusal(err) || NotSent(err) {
			t.Errorf("got %v", err)
		}
	}
	if want := []string{"api.example.com", "api.example.com"}; !slices.Equal(asked, want) {
		t.Errorf("asked: %v", asked)
	}
}

func TestABudgetThatHoldsNoRequestSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	err := NewLimiter(1, 0).wait(t.Context(), "GET", "/x")
	if e, ok := errors.AsType[*Error](err); !ok || e.RetryAfter <= 0 || e.RetryAfter > maxPause {
		t.Errorf("got %v", err)
	}
}
