// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package controlplane starts a real Kubernetes control plane (etcd, kube-apiserver and, on
// request, kube-controller-manager) for tests, the demo and the benchmark. "make controlplane"
// provides the binaries.
//
// The package is for tools only. Neither the manager nor a package that the manager uses may import
// it. Start reading with controlplane.go.
package controlplane
