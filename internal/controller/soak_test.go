// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

var soakFor = flag.Duration("soak", 15*time.Second, "how long the soak lasts; make soak DURATION=10m")

// Users edit, delete and create, others change things in MeshAgent, one request in twenty fails in one way or another, and the operator is
// killed every few seconds. In the end everything is as if nothing had happened.
var _ = Describe("The soak", func() {
	It("ends as if nothing had gone wrong", func(ctx SpecContext) {
		seed := uint64(GinkgoRandomSeed())
		By(fmt.Sprintf("seed %d: -ginkgo.seed repeats its choices", seed))
		s := newSoak(ctx, rand.New(rand.NewPCG(seed, 0)))
		s.run(ctx, *soakFor)
		AddReportEntry("soak", ReportEntryVisibilityAlways, fmt.Sprintf("%d acts (in MeshAgent: %v), %d kills, %d of %d requests to MeshAgent failed, %d of those to Kubernetes",
			s.acts, s.disturbed, s.kills, s.weather.failed, s.weather.all, s.weather.refused))

		s.start(operatorOptions{driftInterval: time.Second}) // and no more trouble
		for _, one := range s.samples {
			if one.kind == "MeshFeed" {
				s.restore(ctx, one) // a paused feed would refuse what its subscription waits for
			}
		}
		Eventually(func() map[string]sample {
			s.recreate(ctx)
			return s.deleted
		}).WithContext(ctx).Should(BeEmpty(), "what was deleted is gone, so that it could be created again")
		objects := s.objects()
		s.eventuallyReady(ctx, objects...)

		calm := newWorld(ctx)
		calm.start(operatorOptions{})
		calm.applySamples(ctx, func(obj client.Object) client.Object {
			same, _ := obj.DeepCopyObject().(client.Object)
			same.SetNamespace(s.namespace)
			Expect(s.Get(ctx, client.ObjectKeyFromObject(same), same)).To(Succeed())
			return anew(same) // with the present spec, or the present value
		})
		for _, one := range s.rooms {
			Expect(s.Get(ctx, client.ObjectKeyFromObject(one), one)).To(Succeed())
			calm.apply(ctx, anew(one))
		}
		for _, one := range objects {
			same := anew(one)
			same.SetNamespace(calm.namespace)
			calm.eventuallyReady(ctx, same)
		}
		Eventually(s.contents).WithContext(ctx).Should(Equal(calm.contents()), "what MeshAgent holds, and what it holds where nothing went wrong")
	}, SpecTimeout(*soakFor+3*time.Minute))
})

// soak is a world in bad weather.
type soak struct {
	*world
	random    *rand.Rand
	weather   *weather
	samples   []sample
	deleted   map[string]sample // until each can be created again
	rooms     []client.Object   // that come and go
	disturbed map[string]int    // in MeshAgent, by kind
	made      int
	acts      int
	kills     int
}

// newSoak makes a world in which all samples are Ready.
func newSoak(ctx context.Context, random *rand.Rand) *soak {
	GinkgoHelper()
	s := &soak{world: newWorld(ctx), random: random, samples: mirrors(), deleted: map[string]sample{}, disturbed: map[string]int{}, weather: &weather{random: rand.New(rand.NewPCG(random.Uint64(), 1))}}
	calm := s.start(operatorOptions{})
	s.applySamples(ctx, func(obj client.Object) client.Object { return obj })
	s.eventuallyReady(ctx, s.objects()...)
	calm.stop()
	return s
}

// applySamples applies all samples, and the Secrets and the like that they need.
func (w *world) applySamples(ctx context.Context, prepared func(client.Object) client.Object) {
	GinkgoHelper()
	w.apply(ctx, keySecret(simulator.DevelopmentKey))
	for _, one := range readSamples().other {
		w.apply(ctx, prepared(one.object()))
	}
	for _, one := range readSamples().own {
		obj := one.object()
		if project, ok := obj.(*v1alpha1.MeshProject); ok {
			project.Spec.RateLimit = &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000}
			w.apply(ctx, project)
			continue
		}
		w.apply(ctx, prepared(obj))
	}
}

// anew is a copy of an object that can be applied elsewhere.
func anew(obj client.Object) client.Object {
	same, _ := obj.DeepCopyObject().(client.Object)
	same.SetUID("")
	same.SetResourceVersion("")
	same.SetFinalizers(nil)
	return same
}

// objects are all that stand for something in MeshAgent.
func (s *soak) objects() []client.Object {
	objects := slices.Clone(s.rooms)
	for _, one := range s.samples {
		obj := one.object()
		obj.SetNamespace(s.namespace)
		objects = append(objects, obj)
	}
	return objects
}

// contents are what MeshAgent holds, without what differs each time, and in no order.
func (w *world) contents() []string {
	GinkgoHelper()
	l := life{world: w}
	var all []string
	for _, one := range w.held() {
		text, err := json.Marshal(one.Doc)
		Expect(err).NotTo(HaveOccurred())
		all = append(all, anyAnonymous.ReplaceAllString(l.anonymous(one.Path+": "+string(text)), "{uuid}"))
	}
	slices.Sort(all)
	return all
}

var anyAnonymous = regexp.MustCompile(`\{uuid \d+\}`)

// run lets time pass.
func (s *soak) run(ctx context.Context, duration time.Duration) {
	GinkgoHelper()
	end := time.Now().Add(duration)
	for time.Now().Before(end) {
		operator := s.start(operatorOptions{
			driftInterval: time.Second, refuse: s.weather.refuse,
			meddle: func(next http.RoundTripper) http.RoundTripper {
				return roundTripper(func(r *http.Request) (*http.Response, error) { return s.weather.meddle(next, r) })
			},
		})
		for die := time.Now().Add(time.Second + time.Duration(s.random.IntN(3000))*time.Millisecond); time.Now().Before(die); {
			s.act(ctx)
			s.acts++
			time.Sleep(time.Duration(s.random.IntN(100)) * time.Millisecond) //nolint:forbidigo // users take their time
		}
		operator.kill()
		<-operator.done
		s.kills++
	}
}

// weather decides what goes wrong.
type weather struct {
	mu      sync.Mutex
	random  *rand.Rand
	all     int // requests to MeshAgent
	failed  int // of these
	refused int // by Kubernetes
}

// strikes says that something goes wrong this time, with one in so many, and chooses among things to go wrong.
func (w *weather) strikes(oneIn, choices int) (choice int, strikes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(choices), w.random.IntN(oneIn) == 0
}

// meddle lets one request to MeshAgent in twenty fail.
func (w *weather) meddle(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	statuses := []int{400, 401, 403, 423, 429, 500, 502, 503, 504}
	choice, strikes := w.strikes(20, len(statuses)+4)
	w.mu.Lock()
	w.all++
	if strikes {
		w.failed++
	}
	w.mu.Unlock()
	if !strikes {
		return next.RoundTrip(r)
	}
	if choice < len(statuses) {
		return &http.Response{
			StatusCode: statuses[choice], Header: http.Header{"Retry-After": {"1"}}, Body: io.NopCloser(strings.NewReader("bad weather")), Request: r,
		}, nil
	}
	if choice == len(statuses) {
		return nil, errors.New("lost before it was carried out")
	}
	resp, err := next.RoundTrip(r)
	if err != nil {
		return resp, err
	}
	switch choice - len(statuses) {
	case 1:
		_ = resp.Body.Close()
		return nil, errors.New("lost after it was carried out")
	case 2:
		_ = resp.Body.Close()
		<-r.Context().Done()
		return nil, r.Context().Err()
	default:
		resp.Body = io.NopCloser(io.LimitReader(resp.Body, 5))
		return resp, nil
	}
}

// refuse lets one write to Kubernetes in twenty fail.
func (w *weather) refuse(r *http.Request) (int, metav1.StatusReason) {
	choice, strikes := w.strikes(20, 3)
	if !strikes || r.Method != http.MethodPatch || !strings.Contains(r.URL.Path, "/meshagent.com/") {
		return 0, ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused++
	switch choice {
	case 0:
		return http.StatusConflict, metav1.StatusReasonConflict
	case 1:
		return http.StatusInternalServerError, metav1.StatusReasonInternalError
	}
	return http.StatusForbidden, metav1.StatusReasonForbidden
}
