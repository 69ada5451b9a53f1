// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// DatasetGrant grants access to the room's tables.
// +kubebuilder:validation:XValidation:rule="has(self.tables) || has(self.listTables)",message="an empty capability grants nothing: set at least one of tables, listTables"
type DatasetGrant struct {
	// tables are the tables that can be used, and how. One rule with only name "*"
	// grants all tables with all rights. If unset or empty, none is granted. At
	// most 256 entries.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:XValidation:rule="size(self) <= 1 || !self.exists(t, t.name == '*')",message="a rule for '*' grants all tables, so it must be the only rule"
	// +optional
	Tables []TableGrant `json:"tables,omitzero"`

	// listTables allows listing tables. Defaults to false.
	// +optional
	ListTables *bool `json:"listTables,omitempty"`
}

// TableGrant is the rights on one table.
// +kubebuilder:validation:XValidation:rule="self.name != '*' || !(has(self.namespace) || has(self.write) || has(self.read) || has(self.alter))",message="'*' grants all tables with all rights: set no other field"
type TableGrant struct {
	// name is the name of the table. "*" means all tables, with all rights. At
	// most 1024 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Name string `json:"name,omitempty"`

	// namespace is the path of the namespace that the table must be in. If unset,
	// the table can be in any namespace. At most 64 entries of at most 1024
	// characters each.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Namespace []string `json:"namespace,omitzero"`

	// write allows writing rows. Defaults to false.
	// +optional
	Write *bool `json:"write,omitempty"`

	// read allows reading rows. Defaults to false.
	// +optional
	Read *bool `json:"read,omitempty"`

	// alter allows changing the table's columns. Defaults to false.
	// +optional
	Alter *bool `json:"alter,omitempty"`
}

// MemoryGrant grants access to the room's memories.
// +kubebuilder:validation:XValidation:rule="has(self.list) || has(self.memories)",message="an empty capability grants nothing: set at least one of list, memories"
type MemoryGrant struct {
	// list allows listing memories. Defaults to false.
	// +optional
	List *bool `json:"list,omitempty"`

	// memories are the memories that can be used, and how. One rule with only name
	// "*" grants all memories with all rights. If unset or empty, none is granted.
	// At most 256 entries.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:XValidation:rule="size(self) <= 1 || !self.exists(m, m.name == '*')",message="a rule for '*' grants all memories, so it must be the only rule"
	// +optional
	Memories []MemoryEntryGrant `json:"memories,omitzero"`
}

// MemoryEntryGrant is the rights on one memory.
// +kubebuilder:validation:XValidation:rule="self.name != '*' || !(has(self.namespace) || has(self.permissions))",message="'*' grants all memories with all rights: set no other field"
type MemoryEntryGrant struct {
	// name is the name of the memory. "*" means all memories, with all rights. At
	// most 1024 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Name string `json:"name,omitempty"`

	// namespace is the path of the namespace that the memory must be in. If unset,
	// the memory can be in any namespace. At most 64 entries of at most 1024
	// characters each.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Namespace []string `json:"namespace,omitzero"`

	// permissions are the rights on the memory. If unset, none is granted.
	// +optional
	Permissions *MemoryPermissions `json:"permissions,omitempty"`
}

// MemoryPermissions are rights on a memory.
type MemoryPermissions struct {
	// create allows creating the memory. Defaults to false.
	// +optional
	Create *bool `json:"create,omitempty"`

	// drop allows dropping the memory. Defaults to false.
	// +optional
	Drop *bool `json:"drop,omitempty"`

	// inspect allows inspecting the memory's structure. Defaults to false.
	// +optional
	Inspect *bool `json:"inspect,omitempty"`

	// query allows querying the memory. Defaults to false.
	// +optional
	Query *bool `json:"query,omitempty"`

	// upsert allows writing entries. Defaults to false.
	// +optional
	Upsert *bool `json:"upsert,omitempty"`

	// ingest allows ingesting documents. Defaults to false.
	// +optional
	Ingest *bool `json:"ingest,omitempty"`

	// recall allows recalling entries. Defaults to false.
	// +optional
	Recall *bool `json:"recall,omitempty"`

	// optimize allows optimizing the memory. Defaults to false.
	// +optional
	Optimize *bool `json:"optimize,omitempty"`
}

// SyncGrant grants access to synchronized documents.
// +kubebuilder:validation:XValidation:rule="has(self.paths)",message="an empty capability grants nothing: set paths"
type SyncGrant struct {
	// paths are the documents that can be opened. The first rule that matches
	// counts. One rule with only path "*" grants all documents, to read and write.
	// If unset or empty, none is granted. At most 256 entries.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:XValidation:rule="!self.exists(p, p.path == '*') || (self[size(self) - 1].path == '*' && self.exists_one(p, p.path == '*'))",message="a rule for '*' matches all documents, so it must be the last rule"
	// +optional
	Paths []SyncPathGrant `json:"paths,omitzero"`
}

// SyncPathGrant is one synchronized document, or several.
type SyncPathGrant struct {
	// path is the path of the document. A trailing * makes it a prefix. "*" means
	// all documents. At most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// readOnly forbids writing. Defaults to false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// StorageGrant grants access to the room's files.
// +kubebuilder:validation:XValidation:rule="has(self.paths)",message="an empty capability grants nothing: set paths"
type StorageGrant struct {
	// paths are the files that can be used. The first rule that matches counts.
	// One rule with path "*" grants all files, to read and write. If unset or
	// empty, none is granted. At most 256 entries.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:XValidation:rule="size(self) <= 1 || !self.exists(p, p.path == '*')",message="a rule for '*' grants all files, so it must be the only rule"
	// +optional
	Paths []StoragePathGrant `json:"paths,omitzero"`
}

// StoragePathGrant is a part of the room's files.
// +kubebuilder:validation:XValidation:rule="self.path != '*' || !has(self.readOnly) || !self.readOnly",message="'*' grants all files to read and write: readOnly needs a path"
type StoragePathGrant struct {
	// path is a prefix, without a wildcard. "*" means all files, to read and
	// write. At most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// readOnly forbids writing. Defaults to false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ContainersGrant grants access to the room's containers and images.
// +kubebuilder:validation:XValidation:rule="has(self.logs) || has(self.pull) || has(self.run) || has(self.registry) || has(self.useContainers)",message="an empty capability grants nothing: set at least one of logs, pull, run, registry, useContainers"
type ContainersGrant struct {
	// logs allows reading the logs of containers. Defaults to false.
	// +optional
	Logs *bool `json:"logs,omitempty"`

	// pull are the image tags that can be pulled. A trailing * makes an entry a
	// prefix. ["*"] grants all. If unset or empty, none is granted. At most 256
	// entries of at most 1024 characters each.
	// +optional
	Pull AllowList `json:"pull,omitzero"`

	// run are the image tags that can be run. A trailing * makes an entry a
	// prefix. ["*"] grants all. If unset or empty, none is granted. At most 256
	// entries of at most 1024 characters each.
	// +optional
	Run AllowList `json:"run,omitzero"`

	// registry grants access to the room's own image registry. If unset, nothing
	// in it is granted.
	// +optional
	Registry *ContainerRegistryGrant `json:"registry,omitempty"`

	// useContainers allows any use of containers. Defaults to false.
	// +optional
	UseContainers *bool `json:"useContainers,omitempty"`
}

// ContainerRegistryGrant grants access to the room's own image registry. A
// trailing * makes an entry a prefix.
// +kubebuilder:validation:XValidation:rule="has(self.list) || has(self.pull) || has(self.run) || has(self.write)",message="an empty capability grants nothing: set at least one of list, pull, run, write"
type ContainerRegistryGrant struct {
	// list are the repositories that can be listed. ["*"] grants all. If unset or
	// empty, none is granted. At most 256 entries of at most 1024 characters each.
	// +optional
	List AllowList `json:"list,omitzero"`

	// pull are the repositories that can be pulled from. ["*"] grants all. If
	// unset or empty, none is granted. At most 256 entries of at most 1024
	// characters each.
	// +optional
	Pull AllowList `json:"pull,omitzero"`

	// run are the repositories whose images can be run. ["*"] grants all. If unset
	// or empty, none is granted. At most 256 entries of at most 1024 characters
	// each.
	// +optional
	Run AllowList `json:"run,omitzero"`

	// write are the repositories that can be pushed to. ["*"] grants all. If unset
	// or empty, none is granted. At most 256 entries of at most 1024 characters
	// each.
	// +optional
	Write AllowList `json:"write,omitzero"`
}
