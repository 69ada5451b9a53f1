{{- define "meshagent-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name label of the uninstallation pod. It differs from that of the operator, which the Deployment and the Service select. */}}
{{- define "meshagent-operator.uninstallName" -}}
{{- printf "%s-uninstall" (include "meshagent-operator.name" . | trunc 53 | trimSuffix "-") }}
{{- end }}

{{/* The name of the release's objects. Suffixes of up to 16 characters are added. */}}
{{- define "meshagent-operator.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 47 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 47 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 47 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "meshagent-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "meshagent-operator.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "meshagent-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "meshagent-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{- define "meshagent-operator.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "meshagent-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name must be set when serviceAccount.create is false" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "meshagent-operator.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* These two are "true" or empty. They default to true, unless watchNamespaces is set, which excludes cluster-wide objects. */}}
{{- define "meshagent-operator.metrics" -}}
{{- if kindIs "invalid" .Values.metrics.enabled | ternary (empty .Values.watchNamespaces) .Values.metrics.enabled }}true{{ end }}
{{- end }}
{{- define "meshagent-operator.aggregate" -}}
{{- if kindIs "invalid" .Values.rbac.aggregate | ternary (empty .Values.watchNamespaces) .Values.rbac.aggregate }}true{{ end }}
{{- end }}

{{/* The rules of a role in config/rbac. make manifests copies the roles to files/rbac. Call with (list . "role"). */}}
{{- define "meshagent-operator.rules" -}}
{{- $file := printf "files/rbac/%s.yaml" (index . 1) }}
{{- (index . 0).Files.Get $file | required (printf "%s is missing from the chart" $file) | fromYaml | dig "rules" list | toYaml }}
{{- end }}

{{/* The subjects of all bindings. */}}
{{- define "meshagent-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "meshagent-operator.serviceAccount" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
{{- end }}

{{/* What the pods of the operator and of the uninstallation have in common. */}}
{{- define "meshagent-operator.pod" -}}
serviceAccountName: {{ include "meshagent-operator.serviceAccount" . | quote }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.extraVolumes }}
volumes:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "meshagent-operator.container" -}}
image: {{ include "meshagent-operator.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
volumeMounts:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The flags that select the objects. The uninstallation must select the same objects as the operator. */}}
{{- define "meshagent-operator.scopeArgs" -}}
- --leader-election-namespace={{ .Release.Namespace }}
- --leader-election-id={{ include "meshagent-operator.fullname" . }}
{{- with .Values.watchNamespaces }}
- --watch-namespaces={{ join "," . }}
{{- end }}
{{- end }}
