// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Connection is an endpoint with a credential, and the CAs that it is trusted by. All MeshProjects
// that have these in common share it: what it knows, its request budget and its circuit.
type Connection struct {
	// ID is another one for each connection made: what one credential sees is kept apart from what
	// another sees.
	ID string
	// Client talks to the endpoint.
	Client *meshagent.Client
	// Project is the MeshAgent project.
	Project *meshagent.Project
	// Endpoint is the base URL in use.
	Endpoint string

	identity identity
	allowed  allowance
	budget   *meshagent.Limiter
	circuit  *circuit
}

// identity is what makes two connections the same one. The whole key counts: its ID is public,
// and naming it in a forged key must not lead to the connection of others.
type identity struct {
	endpoint string
	key      meshagent.APIKey
	ca       [sha256.Size]byte
}

// opened is a MeshProject that was opened.
type opened struct {
	uid        types.UID
	madeFrom   inputs
	connection *Connection
	allowance  allowance
}

// inputs are all of a MeshProject, of its Secret and of its ConfigMap that a connection depends on.
type inputs struct {
	endpoint, projectID string
	secret              v1alpha1.APIKeyReference
	secretVersion       string
	ca                  bundleSource
	allowance           allowance
}

// inputsOf finds them, without reading the Secret or the ConfigMap.
func (p *Pool) inputsOf(ctx context.Context, project *v1alpha1.MeshProject) (from inputs, err error) {
	from = inputs{
		endpoint: project.Spec.Endpoint, projectID: project.Spec.ProjectID, secret: project.Spec.APIKeySecretRef,
		allowance: allowanceOf(project.Spec.RateLimit),
	}
	if from.secretVersion, err = p.secretVersion(ctx, project); err != nil {
		return from, err
	}
	from.ca, err = p.bundleSource(ctx, project)
	return from, err
}

// opening is a MeshProject that is being opened: everybody who asks for it meanwhile gets what
// comes of it.
type opening struct {
	madeFrom   inputs
	done       chan struct{}
	connection *Connection
	err        error
}

// openOnce opens a MeshProject, unless that was done or is being done already.
func (p *Pool) openOnce(ctx context.Context, project *v1alpha1.MeshProject, from inputs) (*Connection, error) {
	name := client.ObjectKeyFromObject(project)
	for {
		p.mu.Lock()
		if known := p.open[name]; known != nil && known.uid == project.UID && known.madeFrom == from {
			p.mu.Unlock()
			return known.connection, nil
		}
		current := p.opening[name]
		if current == nil {
			current = &opening{madeFrom: from, done: make(chan struct{})}
			if p.opening == nil {
				p.opening = map[types.NamespacedName]*opening{}
			}
			p.opening[name] = current
			p.mu.Unlock()
			p.openNow(ctx, project, current)
			return current.connection, current.err
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-current.done:
		}
		// One that failed because its own pass was ended says nothing to others.
		if current.err != nil && current.madeFrom == from && verdict.Of(current.err).Class != verdict.Silent {
			return nil, current.err
		}
	}
}

func (p *Pool) openNow(ctx context.Context, project *v1alpha1.MeshProject, current *opening) {
	current.err = context.Canceled // unless it gets as far as to say otherwise
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.opening, client.ObjectKeyFromObject(project))
		close(current.done)
	}()
	key, err := p.readKey(ctx, project)
	if err != nil {
		current.err = err
		return
	}
	ca, err := p.readBundle(ctx, project)
	if err != nil {
		current.err = err
		return
	}
	current.connection, current.err = p.attach(project, key, ca, current.madeFrom)
}

// attach has a MeshProject use the connection of its endpoint, key and CAs, a new one if there is
// none.
func (p *Pool) attach(project *v1alpha1.MeshProject, key meshagent.APIKey, ca bundle, from inputs) (*Connection, error) {
	made, err := p.connect(p.endpointOf(project), key, ca, from.allowance)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if same := p.connections[made.identity]; same != nil {
		made = same
	} else {
		p.made++
		made.ID = fmt.Sprintf("connection-%d", p.made)
		if p.connections == nil {
			p.connections = map[identity]*Connection{}
		}
		p.connections[made.identity] = made
	}
	if p.open == nil {
		p.open = map[types.NamespacedName]*opened{}
	}
	name := client.ObjectKeyFromObject(project)
	former := p.open[name]
	p.open[name] = &opened{uid: project.UID, madeFrom: from, connection: made, allowance: from.allowance}
	p.share(made)
	if former != nil && former.connection != made {
		p.share(former.connection)
	}
	return made, nil
}

// connect makes a connection. It sends nothing.
func (p *Pool) connect(endpoint string, key meshagent.APIKey, ca bundle, first allowance) (*Connection, error) {
	roots, err := ca.roots()
	if err != nil {
		return nil, err
	}
	options, around := p.Options, p.Options.Around
	options.Endpoint, options.Key, options.RootCAs = endpoint, key, roots
	c := &Connection{budget: meshagent.NewLimiter(float64(first.perSecond), int(first.burst)), circuit: &circuit{}}
	options.Limiter = c.budget
	options.Around = func(next http.RoundTripper) http.RoundTripper {
		if around != nil {
			next = around(next)
		}
		return c.circuit.around(next)
	}
	made, err := meshagent.New(options)
	if err != nil {
		return nil, verdict.Refuse(v1alpha1.ReasonInvalidEndpoint, "%v", err)
	}
	c.Client, c.Project, c.Endpoint = made, made.Project(key.ProjectID), made.Endpoint()
	c.identity = identity{c.Endpoint, key, ca.digest}
	c.circuit.probe = func(ctx context.Context) error {
		_, err := c.Project.Info(ctx)
		return err
	}
	c.circuit.opened = func() { p.suspectAll(c) }
	return c, nil
}

// share sets the budget of a connection for those who use it, and forgets one that no one uses. The
// caller holds the lock.
func (p *Pool) share(c *Connection) {
	var all []allowance
	for _, one := range p.open {
		if one.connection == c {
			all = append(all, one.allowance)
		}
	}
	if len(all) > 0 {
		c.allowed = smallest(all)
		c.budget.Set(float64(c.allowed.perSecond), int(c.allowed.burst))
		return
	}
	delete(p.connections, c.identity)
	if p.retired != nil {
		p.retired(c.ID)
	}
}

// Forget drops what is remembered of a MeshProject that is gone.
func (p *Pool) Forget(uid types.UID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, one := range p.open {
		if one.uid == uid {
			delete(p.open, name)
			p.share(one.connection)
		}
	}
}

// OnRetired has a function told of each connection that no one uses any more.
func (p *Pool) OnRetired(told func(id string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = told
}

// lastGood is the connection that a MeshProject had last, if it was opened.
func (p *Pool) lastGood(project *v1alpha1.MeshProject) *Connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.open[client.ObjectKeyFromObject(project)]; known != nil && known.uid == project.UID {
		return known.connection
	}
	return nil
}

// suspectAll has all MeshProjects of a connection tell that their endpoint does not answer.
func (p *Pool) suspectAll(c *Connection) {
	p.mu.Lock()
	var names []types.NamespacedName
	for name, one := range p.open {
		if one.connection == c {
			names = append(names, name)
		}
	}
	p.mu.Unlock()
	for _, name := range names {
		p.suspect(name)
	}
}

// TenantOf names the tenant that an object belongs to: its connection, or its MeshProject as long
// as that was not opened. What was never admitted by a MeshProject of another namespace must not
// stand in the way of those who were.
func (p *Pool) TenantOf(ctx context.Context, obj v1alpha1.Object) TenantID {
	name := ProjectKey(obj)
	if obj.GetNamespace() != name.Namespace && obj.CommonStatus().Project != name.String() {
		guest := "namespace " + obj.GetNamespace()
		return TenantID{guest, guest}
	}
	p.mu.Lock()
	known := p.open[name]
	p.mu.Unlock()
	if known != nil {
		return TenantID{known.connection.ID, known.connection.Endpoint}
	}
	// After a start nothing is open yet. What the MeshProject says is near enough.
	id := TenantID{name.String(), name.String()}
	var project v1alpha1.MeshProject
	if err := p.Cache.Get(ctx, name, &project, &client.GetOptions{UnsafeDisableDeepCopy: new(true)}); err == nil {
		id.endpoint = strings.TrimRight(p.endpointOf(&project), "/")
	}
	return id
}
