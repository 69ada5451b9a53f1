// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var (
	guide      = harness.Path("docs", "observability.md")
	alertsFile = filepath.Join(harness.Chart, "files", "alerts.yaml")
)

// metric is the description of a metric.
type metric struct {
	kind, help string
	labels     []string
}

var (
	description = regexp.MustCompile(`^Desc\{fqName: "([^"]+)", .*?help: ("(?:[^"\\]|\\.)*").*?constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}\}$`)
	constLabel  = regexp.MustCompile(`(\w+)="[^"]*"`)
)

// describeMetrics returns the metrics of a collector. A prometheus.Desc shows its content only as
// text.
func describeMetrics(from prometheus.Collector) map[string]metric {
	GinkgoHelper()
	descs := make(chan *prometheus.Desc, 1000)
	from.Describe(descs)
	close(descs)
	all := map[string]metric{}
	for desc := range descs {
		found := description.FindStringSubmatch(desc.String())
		if found == nil {
			// Go's own collector also describes metrics in a form that is not worth parsing.
			Expect(desc.String()).To(HavePrefix(`Desc{fqName: "go_`))
			continue
		}
		one := metric{kind: kindOfMetric(from)}
		Expect(json.Unmarshal([]byte(found[2]), &one.help)).To(Succeed(), found[2])
		for _, label := range constLabel.FindAllStringSubmatch(found[3], -1) {
			one.labels = append(one.labels, label[1])
		}
		if found[4] != "" {
			one.labels = append(one.labels, strings.Split(found[4], ",")...)
		}
		all[found[1]] = one
	}
	return all
}

func kindOfMetric(collector prometheus.Collector) string {
	switch collector.(type) {
	case *prometheus.CounterVec:
		return "counter"
	case *prometheus.HistogramVec, prometheus.Histogram:
		return "histogram"
	}
	return "gauge"
}

// kindOfSample is the kind of a metric that a Collector reports, by its name.
func kindOfSample(name string) string {
	if strings.HasSuffix(name, "_total") {
		return "counter"
	}
	return "gauge"
}

// ownMetrics returns the operator's own metrics.
func ownMetrics() map[string]metric {
	GinkgoHelper()
	own := map[string]metric{}
	for _, collector := range engine.Metrics {
		maps.Copy(own, describeMetrics(collector))
	}
	for name, one := range describeMetrics((&engine.Environment{}).Collector(nil)) {
		one.kind = kindOfSample(name)
		own[name] = one
	}
	return own
}

// checkRegistry checks that the served registry has all of the operator's own metrics, and no
// others with such names.
func checkRegistry() {
	GinkgoHelper()
	registry, _ := metrics.Registry.(prometheus.Collector)
	served, own := describeMetrics(registry), ownMetrics()
	for _, collector := range engine.Metrics {
		for name := range describeMetrics(collector) {
			Expect(served).To(HaveKey(name))
		}
	}
	for name := range served {
		if strings.HasPrefix(name, "meshagent") {
			Expect(own).To(HaveKey(name))
		}
	}
}

// registered returns all metrics of the process.
func registered() map[string]metric {
	GinkgoHelper()
	registry, ok := metrics.Registry.(prometheus.Collector)
	Expect(ok).To(BeTrue())
	all := describeMetrics(registry)
	maps.Copy(all, ownMetrics())
	return all
}

// alert is a rule of the chart.
type alert struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func readAlerts() []alert {
	GinkgoHelper()
	text, err := os.ReadFile(alertsFile)
	Expect(err).NotTo(HaveOccurred())
	var file struct {
		Groups []struct {
			Name  string  `json:"name"`
			Rules []alert `json:"rules"`
		} `json:"groups"`
	}
	Expect(yaml.UnmarshalStrict(text, &file)).To(Succeed())
	var all []alert
	for _, group := range file.Groups {
		all = append(all, group.Rules...)
	}
	Expect(all).NotTo(BeEmpty())
	return all
}

var _ = Describe("docs/observability.md", func() {
	It("has all metrics of the operator, with the alerts that use them", func(ctx SpecContext) {
		queries := map[string]string{}
		for _, alert := range readAlerts() {
			queries[alert.Alert] = alert.Expr
		}
		parsed := parseQueries(ctx, queries)
		checkRegistry()
		rows, own := []string{"| metric | type | labels | meaning | alerts |", "| --- | --- | --- | --- | --- |"}, ownMetrics()
		for _, name := range slices.Sorted(maps.Keys(own)) {
			var labels, alerts []string
			for _, label := range own[name].labels {
				labels = append(labels, "`"+label+"`")
			}
			for _, alert := range slices.Sorted(maps.Keys(parsed)) {
				for used := range parsed[alert].Selects {
					if base, _ := histogramOf(used); base == name && !slices.Contains(alerts, linkTo(alert)) {
						alerts = append(alerts, linkTo(alert))
					}
				}
			}
			rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s | %s |", name, own[name].kind, strings.Join(labels, ", "), own[name].help, strings.Join(alerts, ", ")))
		}
		harness.CompareSection(guide, "<!-- begin of the metrics: go test ./test/chart -ginkgo.focus 'docs/observability' -update -->", "<!-- end of the metrics -->",
			"\n"+strings.Join(rows, "\n")+"\n")
	})

	It("says what to do for each alert", func() {
		var chapters strings.Builder
		for _, alert := range readAlerts() {
			Expect(alert.Annotations).To(HaveKeyWithValue("runbook_url", HaveSuffix("/docs/observability.md#"+strings.ToLower(alert.Alert))))
			when := "at once"
			if alert.For != "" {
				when = "after " + alert.For
			}
			fmt.Fprintf(&chapters, "\n### %s\n\n%s (%s, %s). %s\n\n```promql\n%s\n```\n", alert.Alert,
				readable(alert.Annotations["summary"]), alert.Labels["severity"], when, readable(alert.Annotations["description"]), alert.Expr)
		}
		harness.CompareSection(guide, "<!-- begin of the alerts: go test ./test/chart -ginkgo.focus 'docs/observability' -update -->", "<!-- end of the alerts -->", chapters.String())
	})

	It("names only existing metrics", func() {
		text, err := os.ReadFile(guide)
		Expect(err).NotTo(HaveOccurred())
		named := regexp.MustCompile("`((?:meshagent|controller_runtime|workqueue|rest_client|leader_election|process)_\\w+)`").FindAllStringSubmatch(string(text), -1)
		Expect(len(named)).To(BeNumerically(">=", 15))
		for _, name := range named {
			Expect(registered()).To(HaveKey(name[1]))
		}
	})

	It("lists all messages of the log", func() {
		text, err := os.ReadFile(guide)
		Expect(err).NotTo(HaveOccurred())
		_, table, found := strings.Cut(string(text), "<!-- begin of the messages -->")
		Expect(found).To(BeTrue())
		table, _, found = strings.Cut(table, "<!-- end of the messages -->")
		Expect(found).To(BeTrue())
		var listed []string
		for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (\\w+) \\| .+ \\|$").FindAllStringSubmatch(table, -1) {
			listed = append(listed, row[2]+": "+row[1])
		}
		Expect(listed).To(ConsistOf(logMessages()))
	})
})

func linkTo(alert string) string { return fmt.Sprintf("[%s](#%s)", alert, strings.ToLower(alert)) }

// readable replaces the values of labels in a text by their names.
func readable(text string) string {
	return regexp.MustCompile(`\{\{ \$(?:labels\.)?(\w+)[^}]*\}\}`).ReplaceAllString(text, "*$1*")
}

var _ = Describe("The metrics", func() {
	It("begin with the name of the operator, and have no label that Prometheus sets", func() {
		for name, one := range ownMetrics() {
			Expect(name).To(HavePrefix("meshagent_operator_"))
			Expect(one.help).To(HaveSuffix("."), name)
			for _, label := range one.labels {
				Expect(ofTarget).NotTo(ContainElement(label), name)
			}
		}
	})
})

var _ = Describe("The alerts and the dashboard", func() {
	It("use existing metrics and labels, in valid queries", func(ctx SpecContext) {
		queries := dashboardQueries()
		for _, alert := range readAlerts() {
			queries["alert "+alert.Alert] = alert.Expr
		}
		all := registered()
		for where, one := range parseQueries(ctx, queries) {
			one.check(all, where)
		}
	})

	It("are rejected if a metric or label does not exist", func(ctx SpecContext) {
		parsed := parseQueries(ctx, map[string]string{
			"syntax": "sum(", "metric": "meshagent_operator_nothing", "label": `meshagent_operator_objects{colour="red"}`,
			"group": "sum by (colour) (meshagent_operator_objects)", "good": "meshagent_operator_objects",
		})
		all := registered()
		for where, one := range parsed {
			failures := InterceptGomegaFailures(func() { one.check(all, where) })
			Expect(len(failures) == 0).To(Equal(where == "good"), where)
		}
	})

	It("name the release that is down, if its ServiceMonitor sets the labels", func(ctx SpecContext) {
		charted, err := harness.Helm(ctx, "", "template", "mine", harness.Chart, "--namespace", "agents", "--set", "metrics.prometheusRule.enabled=true,metrics.serviceMonitor.enabled=true")
		Expect(err).NotTo(HaveOccurred(), charted)
		Expect(charted).To(ContainSubstring(`expr: absent(meshagent_operator_drift_interval_seconds{namespace="agents",service="mine-meshagent-operator-metrics"})`))
		Expect(harness.ParseObjects(charted)).To(ContainElement(And(
			HaveField("GetKind()", "Service"), HaveField("GetName()", "mine-meshagent-operator-metrics"), HaveField("GetNamespace()", "agents"))))
	})

	It("are the same with kustomize", func(ctx SpecContext) {
		plain := harness.Kustomize(ctx, harness.Path("config", "prometheus"))
		charted, err := harness.Helm(ctx, "", "template", "meshagent-operator", harness.Chart, "--set", "metrics.prometheusRule.enabled=true")
		Expect(err).NotTo(HaveOccurred(), charted)
		rules := func(manifests string) any {
			for _, obj := range harness.ParseObjects(manifests) {
				if obj.GetKind() == "PrometheusRule" {
					return obj.Object["spec"]
				}
			}
			return nil
		}
		Expect(rules(charted)).NotTo(BeNil())
		Expect(rules(plain)).To(Equal(rules(charted)))
		for _, obj := range harness.ParseObjects(plain) {
			obj.SetNamespace("default")
			accept(ctx, obj)
		}
	})
})
