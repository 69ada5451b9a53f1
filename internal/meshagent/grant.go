// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// grantSpec is the part of a grant that callers write. A grant gives a subject, such as a user,
// permissions on a resource, such as a room.
type grantSpec[S any] interface {
	Spec[S]
	// names returns what the grant is about.
	names() grantKey
	// named returns a copy that is about something else.
	named(key grantKey) S
	// promise returns a copy without permissions.
	promise() S
	// creation and update are the bodies of requests.
	creation() any
	update(subject string) any
	// read reads MeshAgent's form, which contains the whole resource and no e-mail addresses.
	read(text []byte) (S, *extras, error)
}

// Grant is what a subject can do with a resource.
type Grant[S grantSpec[S]] struct {
	Spec S

	// Holder is the subject's id, even if the spec has an e-mail address. It is "" while an
	// invitation is pending.
	Holder string

	extras *extras
}

// Pending is true if the user was invited and has not joined yet.
func (g Grant[S]) Pending() bool { return g.Holder == "" }

// Promised is true if the grant cannot be read yet. Neither its permissions nor the sender of the
// invitation are known then.
func (g Grant[S]) Promised() bool { return g.Pending() }

// UnmarshalJSON reads MeshAgent's form.
func (g *Grant[S]) UnmarshalJSON(text []byte) error {
	var none S
	spec, extras, err := none.read(text)
	if err != nil {
		return err
	}
	*g = Grant[S]{Spec: spec, Holder: spec.names().subject, extras: extras}
	return nil
}

// Identity is the resource's id with the subject's id. While an invitation is pending there is no
// user, so Identity is the key.
func (g Grant[S]) Identity() string {
	key := g.Spec.names()
	if key.resource == "" {
		return "" // this is not a grant
	}
	if g.Pending() {
		return g.Spec.Key()
	}
	return grantKey{resource: key.resource, subject: g.Holder}.String()
}

// Adapt leaves a grant with the user who got it by an e-mail address, whatever their address is
// now. What an invitation promises cannot be read or changed: the grant is corrected when it is
// there.
func (g Grant[S]) Adapt(desired S) S {
	if is := g.Spec.names(); desired.names().email != "" {
		key := desired.names()
		key.subject, key.email = is.subject, is.email
		desired = desired.named(key)
	}
	if g.Pending() {
		desired = desired.promise()
	}
	return desired
}

// Invited is the e-mail address of the user whose invitation is pending.
func (g Grant[S]) Invited() string {
	if !g.Pending() {
		return ""
	}
	return g.Spec.names().email
}

// Written is the grant with the user as the caller named them.
func (g Grant[S]) Written() S { return g.Spec }

// grantKey names a grant in one string: resource/subject, or resource//e-mail. Escaping keeps the
// parts apart.
type grantKey struct{ resource, subject, email string }

func (k grantKey) String() string {
	text := url.PathEscape(k.resource) + "/" + url.PathEscape(k.subject)
	if k.email != "" {
		text += "/" + url.PathEscape(k.email)
	}
	return text
}

// parseGrantKey is the reverse of String. A malformed text names no grant.
func parseGrantKey(text string) grantKey {
	var parts [3]string
	for i, part := range strings.SplitN(text, "/", len(parts)) {
		parts[i], _ = url.PathUnescape(part)
	}
	return grantKey{parts[0], parts[1], parts[2]}
}

// grants differs from the regular case. Resource and subject address a grant, updates have a dummy
// in their path, and no response contains the grant. It is not certain that MeshAgent refuses a
// second grant, so callers search before they create.
type grants[S grantSpec[S]] struct {
	collection[S, Grant[S]]
	resource, subject string // what they are called in errors
}

// newGrants returns the grants below a path of the project, which is also the name of their list.
// item is the path of one grant.
func newGrants[S grantSpec[S]](p *Project, path, item, resource, subject string) grants[S] {
	return grants[S]{collection[S, Grant[S]]{
		client: p.client, route: p.route.join("/" + path), item: item, member: strings.ReplaceAll(path, "-", "_"),
		paging: paging{"limit", 50}, open: true,
	}, resource, subject}
}

// Get sends GET on the pair of resource and subject.
func (c grants[S]) Get(ctx context.Context, ref Ref) (Grant[S], error) {
	if ref.ID == "" {
		ref.ID = ref.Key
	}
	return c.get(ctx, parseGrantKey(ref.ID))
}

func (c grants[S]) get(ctx context.Context, key grantKey) (Grant[S], error) {
	if key.resource == "" || key.subject == "" {
		return Grant[S]{}, c.nobodys()
	}
	return c.read(ctx, request{method: http.MethodGet, route: c.route.join(c.item, key.resource, key.subject), open: true})
}

// nobodys is the error for a grant of a user that does not exist.
func (c grants[S]) nobodys() error {
	return &Error{Status: http.StatusNotFound, Method: http.MethodGet, Route: c.route.template + c.item, Message: "there is no such grant"}
}

// Create sends POST on the collection.
func (c grants[S]) Create(ctx context.Context, spec S) (made Grant[S], shown bool, err error) {
	key := spec.names()
	if one := c.route.join(c.item, key.resource, key.subject); key.subject != "" && one.err != nil {
		return made, false, one.err // such a grant could never be deleted
	}
	err = c.client.do(ctx, request{method: http.MethodPost, route: c.route, in: spec.creation(), open: true})
	return Grant[S]{Spec: spec, Holder: key.subject}, false, err
}

// Update sends PUT …/unused. MeshAgent reads only the body.
func (c grants[S]) Update(ctx context.Context, current Grant[S], spec S) (made Grant[S], shown bool, err error) {
	is, wanted := current.Spec.names(), spec.names()
	if err := fixed(c.resource, is.resource, wanted.resource); err != nil {
		return current, false, err
	}
	if err := fixed(c.subject, is.subject, wanted.subject); err != nil {
		return current, false, err
	}
	body := completed{spec.update(current.Holder), current.extras}
	err = c.client.do(ctx, request{method: http.MethodPut, route: c.route.join("/{grant_id}", "unused"), in: body, open: true})
	return current, false, err
}

// Delete sends DELETE on the pair of resource and subject.
func (c grants[S]) Delete(ctx context.Context, id string) error {
	key := parseGrantKey(id)
	return c.client.do(ctx, request{method: http.MethodDelete, route: c.route.join(c.item, key.resource, key.subject), open: true})
}
