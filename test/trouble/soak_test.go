// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var soakFor = flag.Duration("soak", 10*time.Second, "how long the soak lasts; make soak DURATION=10m")

// unlikeContract is a server that is newer than the contract and rewrites what it is sent. It keeps
// what is empty: a grant without its empty permissions is another grant, which no object recognizes
// as the one that it sent before it lost the answer.
var unlikeContract = simulator.Behavior{Newer: true, Normalize: simulator.AllNormalizations &^ simulator.DropEmpty}

// Users edit, delete and create, others change things in MeshAgent and take names there, one
// request in twenty fails in one way or another, and the operator is killed every few seconds, with
// a server that rewrites what it is sent and has members that the operator does not know. In the
// end everything is as if nothing had happened.
var _ = Describe("The soak", func() {
	It("ends as if nothing had gone wrong", func(ctx SpecContext) {
		seed := uint64(GinkgoRandomSeed())
		By(fmt.Sprintf("seed %d: -ginkgo.seed repeats its choices", seed))
		s := newSoak(ctx, rand.New(rand.NewPCG(seed, 0)))
		s.run(ctx, *soakFor)
		s.report()

		s.others.beQuicker(false)
		s.StartOperator(harness.OperatorOptions{DriftInterval: time.Second, Intercept: s.throughOthers})
		for _, one := range s.samples {
			if isReferredTo(one) {
				s.restore(ctx, one) // edited, it may be of no use to others: such as a paused feed
			}
		}
		for _, one := range s.deleted {
			s.retry(ctx, one) // what was refused long ago is tried rarely
		}
		Eventually(func() map[string]harness.Sample {
			s.recreate(ctx)
			return s.deleted
		}).WithContext(ctx).Should(BeEmpty(), "what was deleted is gone, so that it could be created again")
		objects := s.objects()
		for _, one := range objects {
			s.RequestReconcile(ctx, one) // at whatever is in its way
		}
		for _, one := range s.others.own() {
			s.leaves(ctx, one)
		}
		eventuallySettled(ctx, s.Env, objects...)
		Expect(s.others.lost).To(BeEmpty(), "what updates dropped that the operator does not know")

		calm := harness.NewEnv(ctx, simulator.WithBehavior(unlikeContract))
		calm.Newer = true
		calm.StartOperator(harness.OperatorOptions{})
		calm.ApplySamples(ctx, func(obj client.Object) client.Object {
			same, _ := obj.DeepCopyObject().(client.Object)
			same.SetNamespace(s.Namespace)
			Expect(s.Get(ctx, client.ObjectKeyFromObject(same), same)).To(Succeed())
			return fresh(same) // with the present spec, or the present value
		})
		for _, one := range s.rooms {
			Expect(s.Get(ctx, client.ObjectKeyFromObject(one), one)).To(Succeed())
			calm.CreateAll(ctx, fresh(one))
		}
		for _, one := range objects {
			same := fresh(one)
			same.SetNamespace(calm.Namespace)
			eventuallySettled(ctx, calm, same)
			Eventually(func() string { return synced(ctx, s.Env, one) }).WithContext(ctx).Should(Equal(synced(ctx, calm, same)), "%T %s", one, one.GetName())
		}
		Eventually(func() []string { return contents(s.Env) }).WithContext(ctx).Should(Equal(contents(calm)), "what MeshAgent holds, and what it holds where nothing went wrong")
		Expect(depths(s.Env)).To(Equal(depths(calm)), "how deep there are members that the operator does not know")
	}, SpecTimeout(*soakFor+5*time.Minute))
})

// soak is an environment in which things go wrong.
type soak struct {
	*harness.Env
	random    *rand.Rand
	faults    *faultInjector
	others    *others
	samples   []harness.Sample
	ids       map[string]string         // of each sample's resource in MeshAgent, at first
	deleted   map[string]harness.Sample // until each can be created again
	rooms     []client.Object           // that come and go
	disturbed map[string]int            // in MeshAgent, by kind
	made      int
	acts      map[string]int
	kills     int
}

// report tells what happened. In a long soak, all must have happened.
func (s *soak) report() {
	GinkgoHelper()
	s.acts["others take a name while its creation is refused"] = s.others.taken
	s.acts["members that the operator does not know go through an update"] = s.others.carried
	for _, one := range s.Held() {
		s.acts["MeshAgent rewrites"] = max(s.acts["MeshAgent rewrites"], s.MeshAgent.Rewritten(one.Path))
	}
	s.acts["kill"], s.acts["request to MeshAgent fails"], s.acts["request to Kubernetes fails"] = s.kills, s.faults.failed, s.faults.refused
	text, all := "", 0
	for _, name := range slices.Sorted(maps.Keys(s.acts)) {
		text += fmt.Sprintf("\n%6d × %s", s.acts[name], name)
	}
	for name := range soakActs {
		all += s.acts[name]
	}
	AddReportEntry("soak", ReportEntryVisibilityAlways, fmt.Sprintf("%d acts in %v, %d requests to MeshAgent, resources of samples changed there: %v%s",
		all, *soakFor, s.faults.all, s.disturbed, text))
	if *soakFor < time.Minute {
		return
	}
	for name := range soakActs {
		Expect(s.acts[name]).NotTo(BeZero(), name)
	}
	for name, times := range s.acts {
		Expect(times).NotTo(BeZero(), name)
	}
	for _, kind := range harness.KindsOf(s.samples) {
		Expect(s.disturbed[kind]).NotTo(BeZero(), "%s was never changed in MeshAgent", kind)
	}
}

// newSoak makes an environment in which all samples are Ready.
func newSoak(ctx context.Context, random *rand.Rand) *soak {
	GinkgoHelper()
	s := &soak{
		Env: harness.NewEnv(ctx, simulator.WithBehavior(unlikeContract)), random: random, samples: harness.RemoteSamples(), ids: map[string]string{},
		deleted: map[string]harness.Sample{}, disturbed: map[string]int{}, acts: map[string]int{},
		faults: &faultInjector{random: rand.New(rand.NewPCG(random.Uint64(), 1))},
	}
	s.Newer = true
	s.others = newOthers(s.MeshAgent, rand.New(rand.NewPCG(random.Uint64(), 2)))
	calm := s.StartOperator(harness.OperatorOptions{Intercept: s.throughOthers})
	s.ApplySamples(ctx, func(obj client.Object) client.Object { return obj })
	for _, one := range s.samples {
		obj := s.present(one)
		eventuallySettled(ctx, s.Env, obj)
		s.ids[one.String()] = obj.(v1alpha1.Object).CommonStatus().ID
	}
	calm.Stop()
	return s
}

// throughOthers leads requests past the other users.
func (s *soak) throughOthers(next http.RoundTripper) http.RoundTripper {
	return harness.RoundTripFunc(func(r *http.Request) (*http.Response, error) { return s.others.watch(next, r) })
}

// fresh returns a copy of an object that can be applied elsewhere.
func fresh(obj client.Object) client.Object {
	same, _ := obj.DeepCopyObject().(client.Object)
	same.SetUID("")
	same.SetResourceVersion("")
	same.SetFinalizers(nil)
	return same
}

// objects returns all objects that have a resource in MeshAgent.
func (s *soak) objects() []client.Object {
	objects := slices.Clone(s.rooms)
	for _, one := range s.samples {
		obj := one.Fresh()
		obj.SetNamespace(s.Namespace)
		objects = append(objects, obj)
	}
	return objects
}

// run lets time pass.
func (s *soak) run(ctx context.Context, duration time.Duration) {
	GinkgoHelper()
	end := time.Now().Add(duration)
	for time.Now().Before(end) {
		operator := s.StartOperator(harness.OperatorOptions{
			DriftInterval: time.Second, Refuse: s.faults.refuse,
			Intercept: func(next http.RoundTripper) http.RoundTripper {
				next = s.throughOthers(next)
				return harness.RoundTripFunc(func(r *http.Request) (*http.Response, error) { return s.faults.meddle(next, r) })
			},
		})
		for die := time.Now().Add(time.Second + time.Duration(s.random.IntN(3000))*time.Millisecond); time.Now().Before(die); {
			s.act(ctx)
			pause := time.Duration(s.random.IntN(100)) * time.Millisecond
			time.Sleep(pause) //nolint:forbidigo // users take their time
		}
		operator.Kill()
		<-operator.Done
		s.kills++
	}
}
