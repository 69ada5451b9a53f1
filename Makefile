# make help lists the targets. They need only Go, make, bash and git. The go command builds the
# tools in the versions of hack/tools/go.mod, and Kubernetes in the version of
# hack/controlplane/go.mod.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VERSION ?= $(shell git describe --tags --dirty 2>/dev/null || echo dev)
COMMIT ?= $(shell git rev-parse --short HEAD 2>/dev/null)
IMG ?= meshagent-operator:dev
SIMULATOR_IMG ?= meshagent-simulator:dev
KUBECTL ?= kubectl
CHART := charts/meshagent-operator
INSTALLER = $(TOOL) kustomize build config/default | sed 's|image: meshagent-operator:dev$$|image: $(IMG)|'
PRESUBMIT := verify lint test build release-check
MODULES := . hack/tools hack/controlplane hack/release

TOOL := go tool -modfile=hack/tools/go.mod
PKG := github.com/meshagent/meshagent-operator/internal/version
BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X $(PKG).Version=$(VERSION) -X $(PKG).Commit=$(COMMIT)"

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "; printf "Usage: make \033[36m<target>\033[0m\n"} \
		/^##@ / {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  \033[36m%-15s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Development

.PHONY: generate
generate: ## Write all generated files: Go code, manifests, API reference
	$(TOOL) controller-gen object:headerFile=hack/boilerplate.go.txt paths=./api/...
	@$(MAKE) manifests docs

.PHONY: manifests
manifests: ## Generate the CustomResourceDefinitions, the manager's role and the lists of kinds, and copy what the chart and config share
	$(TOOL) controller-gen crd paths=./api/... output:crd:artifacts:config=config/crd/bases
	go run ./hack/kinds
	$(TOOL) controller-gen rbac:roleName=manager-role paths=./internal/...
	rm -rf $(CHART)/files/crds $(CHART)/files/rbac
	cp -R config/crd/bases $(CHART)/files/crds
	mkdir $(CHART)/files/rbac && cp config/rbac/*role.yaml $(CHART)/files/rbac
	rules=$$(sed '/^spec:$$/q' config/prometheus/rules.yaml; sed 's/^/  /' $(CHART)/files/alerts.yaml) && printf '%s\n' "$$rules" > config/prometheus/rules.yaml

.PHONY: docs
docs: ## Generate docs/reference.md from the types, and docs/reasons.md from internal/reasons
	go run ./hack/reasons >docs/reasons.md
	$(TOOL) crd-ref-docs --config=docs/api/config.yaml --source-path=api --renderer=markdown \
		--output-path=docs/reference.md --log-level=ERROR

.PHONY: fmt
fmt: ## Format the Go code
	$(TOOL) golangci-lint-kube-api-linter fmt

.PHONY: lint
lint: ## Run the linters (.golangci.yml)
	@echo "lint: the first run compiles golangci-lint, which takes a few minutes"
	$(TOOL) golangci-lint-kube-api-linter run $(LINTFLAGS)
	git ls-files -z | xargs -0 go run ./hack/words

.PHONY: test
test: controlplane ## Run all tests against a real API server; TESTFLAGS="-run Room -v" selects tests
	@echo "test: the first run compiles the tests, which takes a few minutes"
	@rm -f bin/fault-matrix.md
	@# Suites spend most of their time waiting, so four at once keep two cores busy. The longest begin first.
	@# GOGC collects garbage more rarely, in compiler, tests and Kubernetes: it costs memory, and saves a quarter of the CPU.
	GOGC=400 KUBEBUILDER_ASSETS="$(CURDIR)/bin/k8s" FAULT_MATRIX="$(CURDIR)/bin/fault-matrix.md" go test -p 4 -vet=off -timeout 30m $(TESTFLAGS) ./test/operator ./test/trouble ./test/chart ./test/faults ./...
	@[[ ! -f bin/fault-matrix.md ]] || cat bin/fault-matrix.md

.PHONY: test-race
test-race: ## Run all tests with the race detector
	@$(MAKE) test TESTFLAGS="-race $(TESTFLAGS)"

DURATION ?= 10m
.PHONY: soak
soak: controlplane ## Test the operator with random edits, faults and kills for DURATION=10m
	KUBEBUILDER_ASSETS="$(CURDIR)/bin/k8s" go test ./test/trouble -timeout 24h -v -ginkgo.focus 'The soak' -soak $(DURATION)

FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME=30s; inputs that break it are saved in testdata/fuzz
	@grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do \
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z]+).*/\1/p' "$$file"); do \
			go test "$$(dirname "$$file")" -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

.PHONY: test-e2e
test-e2e: ## Test the chart in the empty cluster of the current kubeconfig, which must have the images IMG and SIMULATOR_IMG
	E2E_IMAGE=$(IMG) E2E_SIMULATOR_IMAGE=$(SIMULATOR_IMG) go test -tags e2e -count 1 -timeout 20m ./test/e2e $(TESTFLAGS)

.PHONY: verify
verify: generate ## Check that generated files are up to date; commit or stage your changes first
	for module in $(MODULES); do (cd $$module && go mod tidy); done
	@git --no-pager diff --exit-code || { echo "verify: commit the changes above"; exit 1; }
	@new=$$(git ls-files --others --exclude-standard); \
		[[ -z $$new ]] || { printf 'verify: neither committed nor in .gitignore:\n%s\n' "$$new"; exit 1; }

.PHONY: presubmit
presubmit: $(PRESUBMIT) ## Run all checks that a pull request must pass

.PHONY: presubmit-steps
presubmit-steps: # for .ci/run, which measures the time of each step
	@echo $(PRESUBMIT)

##@ Build and run

.PHONY: build
build: ## Build bin/manager and bin/simulator
	$(BUILD) -o bin/manager .
	$(BUILD) -o bin/simulator ./hack/simulator

.PHONY: image
image: ## Build the container images IMG and, for tests, SIMULATOR_IMG
	docker build --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) -t $(IMG) .
	docker build --target simulator -t $(SIMULATOR_IMG) .

.PHONY: run
run: install ## Run the manager on this machine against the cluster of the current kubeconfig; ARGS="--help" lists its flags
	go run . --allowed-endpoints='*' $(ARGS)

.PHONY: demo
demo: ## Run Kubernetes, a simulated MeshAgent and the operator on this machine; ONCE=1 ends after the last step
	@echo "demo: the first run compiles Kubernetes and the operator, which takes about ten minutes on two cores. After that, the demo starts in seconds and takes less than a minute."
	@$(MAKE) controlplane
	@hack/patiently.sh "compiling the operator and the demo" $(MAKE) -s build bin/demo
	@exec bin/demo $(if $(ONCE),--once)

.PHONY: bin/demo
bin/demo: # with the build flags of the manager, so that shared packages are compiled once
	$(BUILD) -o $@ ./hack/demo

.PHONY: bench
bench: controlplane ## Measure speed, requests and memory in about 15 minutes; BASE=old.json compares, BENCHFLAGS="-only secrets" selects
	@hack/patiently.sh "compiling the operator and the benchmark" $(MAKE) -s build bin/bench
	@exec bin/bench $(if $(BASE),-base "$(BASE)") $(BENCHFLAGS)

.PHONY: bin/bench
bin/bench: # with the build flags of the manager, so that shared packages are compiled once
	$(BUILD) -o $@ ./hack/bench

.PHONY: controlplane
controlplane: ## Download or build Kubernetes for the tests into bin/k8s, once
	@hack/controlplane/build.sh

.PHONY: install
install: ## Install the CustomResourceDefinitions in the current cluster
	$(KUBECTL) apply --server-side -k config/crd

.PHONY: uninstall
uninstall: ## Delete the CustomResourceDefinitions with all objects, and what these created in MeshAgent
	$(KUBECTL) delete --ignore-not-found -k config/crd

.PHONY: deploy
deploy: ## Install config/default with the image IMG in the current cluster
	$(INSTALLER) | $(KUBECTL) apply --server-side -f -

.PHONY: undeploy
undeploy: ## Remove the operator. All objects and their MeshAgent resources stay; see docs/install.md
	go run . --release-objects --stop-deployment=meshagent-operator --leader-election-namespace=meshagent-system
	$(INSTALLER) | $(KUBECTL) delete --ignore-not-found -l app.kubernetes.io/name=meshagent-operator -f -

.PHONY: build-installer
build-installer: ## Write config/default with the image IMG into dist/install.yaml
	mkdir -p dist
	$(INSTALLER) >dist/install.yaml

.PHONY: chart
chart: ## Package the Helm chart into dist
	$(TOOL) helm package $(CHART) --destination dist $(if $(RELEASE),--version $(RELEASE) --app-version $(RELEASE))

.PHONY: release-check
release-check: ## Check the Dockerfile and .goreleaser.yaml
	@echo "release-check: the first run compiles goreleaser, which takes a few minutes"
	hack/release/dockerfile.sh
	go tool -modfile=hack/release/go.mod goreleaser check

.PHONY: clean
clean: ## Remove all build output except Kubernetes in bin/k8s
	rm -rf $(filter-out bin/k8s,$(wildcard bin/*)) dist cover.out
