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
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
)

// plain makes an error of net/http readable for people. The same cause always gives the same text.
// It omits the URL, because the route is shorter and has no names. It also omits local ports, times
// and numbers of streams.
func plain(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		why := "name servers do not answer" // in one outage, resolvers fail in several ways
		if lookup.IsNotFound {
			why = "no such host"
		}
		return fmt.Errorf("looking up %s: %s", lookup.Name, why)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return errors.New("the server's certificate has expired or is not yet valid")
	}
	if isEndOfConnection(err) {
		return errors.New("the server closed the connection")
	}
	if wire, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("%s: %w", wire.Op, plain(wire.Err))
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		return call.Err
	}
	return err
}

// isEndOfConnection is true if the server closed the connection. Which error shows that depends on
// the moment.
func isEndOfConnection(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	// The types of these errors are not exported.
	return slices.ContainsFunc([]string{
		"http: server closed idle connection", "stream error: stream ID ", "http2: server sent GOAWAY ", "http2: client connection lost",
	}, func(start string) bool { return strings.HasPrefix(err.Error(), start) })
}

// neverSent is true if there was no connection, so that nothing can have reached MeshAgent. It
// checks the type of the error, because a transport other than net/http's may send without a
// connection. A timeout proves nothing, because it can come after the request was sent.
func neverSent(err error) bool {
	if wire, ok := errors.AsType[*net.OpError](err); ok && (wire.Op == "dial" || wire.Op == "proxyconnect") {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	for _, invalid := range []any{new(x509.UnknownAuthorityError), new(x509.HostnameError), new(x509.CertificateInvalidError)} {
		if errors.As(err, invalid) {
			return true
		}
	}
	// The types of these errors are not exported.
	text := err.Error()
	return strings.HasSuffix(text, "net/http: TLS handshake timeout") || strings.HasSuffix(text, "http: server gave HTTP response to HTTPS client")
}
