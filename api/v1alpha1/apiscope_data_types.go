// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// DatasetGrant is the room's tables.
type DatasetGrant struct {
	// tables are the tables that may be used, and how. Unset means all of them, with all rights.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Tables []TableGrant `json:"tables,omitzero"`

	// listTables says whether tables may be listed. Unset means true.
	// +optional
	ListTables *bool `json:"listTables,omitempty"`
}

// TableGrant is the rights on one table.
type TableGrant struct {
	// name of the table.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Name string `json:"name,omitempty"`

	// namespace is the path of the namespace that the table must be in. Unset means any.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Namespace []string `json:"namespace,omitzero"`

	// write says whether rows may be written. Unset means false.
	// +optional
	Write *bool `json:"write,omitempty"`

	// read says whether rows may be read. Unset means true.
	// +optional
	Read *bool `json:"read,omitempty"`

	// alter says whether the table's columns may be changed. Unset means false.
	// +optional
	Alter *bool `json:"alter,omitempty"`
}

// MemoryGrant is the room's memories.
type MemoryGrant struct {
	// list says whether memories may be listed. Unset means true.
	// +optional
	List *bool `json:"list,omitempty"`

	// memories are the memories that may be used, and how. Unset means all of them, with all rights.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Memories []MemoryEntryGrant `json:"memories,omitzero"`
}

// MemoryEntryGrant is the rights on one memory.
type MemoryEntryGrant struct {
	// name of the memory.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Name string `json:"name,omitempty"`

	// namespace is the path of the namespace that the memory must be in. Unset means any.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Namespace []string `json:"namespace,omitzero"`

	// permissions are the rights. Unset means all.
	// +optional
	Permissions *MemoryPermissions `json:"permissions,omitempty"`
}

// MemoryPermissions are rights on a memory.
type MemoryPermissions struct {
	// create says whether the memory may be created. Unset means true.
	// +optional
	Create *bool `json:"create,omitempty"`

	// drop says whether the memory may be dropped. Unset means true.
	// +optional
	Drop *bool `json:"drop,omitempty"`

	// inspect says whether the memory's form may be looked at. Unset means true.
	// +optional
	Inspect *bool `json:"inspect,omitempty"`

	// query says whether the memory may be queried. Unset means true.
	// +optional
	Query *bool `json:"query,omitempty"`

	// upsert says whether entries may be written. Unset means true.
	// +optional
	Upsert *bool `json:"upsert,omitempty"`

	// ingest says whether documents may be taken in. Unset means true.
	// +optional
	Ingest *bool `json:"ingest,omitempty"`

	// recall says whether entries may be recalled. Unset means true.
	// +optional
	Recall *bool `json:"recall,omitempty"`

	// optimize says whether the memory may be optimised. Unset means true.
	// +optional
	Optimize *bool `json:"optimize,omitempty"`
}

// SyncGrant is synchronised documents.
type SyncGrant struct {
	// paths are the documents that may be opened; the first that fits counts. Unset means all, to read and write.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Paths []SyncPathGrant `json:"paths,omitzero"`
}

// SyncPathGrant is a synchronised document, or several.
type SyncPathGrant struct {
	// path of the document; a trailing * makes it a prefix.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// readOnly says whether it may only be read. Unset means false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// StorageGrant is the room's files.
type StorageGrant struct {
	// paths are the files that may be used; the first that fits counts. Unset means all, to read and write.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Paths []StoragePathGrant `json:"paths,omitzero"`
}

// StoragePathGrant is a part of the room's files.
type StoragePathGrant struct {
	// path is a prefix, without a wildcard.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// readOnly says whether it may only be read. Unset means false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ContainersGrant is the room's containers and images.
type ContainersGrant struct {
	// logs says whether the logs of containers may be read. Unset means true.
	// +optional
	Logs *bool `json:"logs,omitempty"`

	// pull are the image tags that may be pulled; a trailing * makes a prefix. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Pull []string `json:"pull,omitzero"`

	// run are the image tags that may be run; a trailing * makes a prefix. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Run []string `json:"run,omitzero"`

	// registry is the room's own image registry.
	// +optional
	Registry *ContainerRegistryGrant `json:"registry,omitempty"`

	// useContainers says whether containers may be used at all. Unset means true.
	// +optional
	UseContainers *bool `json:"useContainers,omitempty"`
}

// ContainerRegistryGrant is the room's own image registry. Names may end in *, which makes a prefix.
type ContainerRegistryGrant struct {
	// list are the repositories that may be listed. Unset means those of pull, run and write, or all if none of these is set.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	List []string `json:"list,omitzero"`

	// pull are the repositories that may be pulled from. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Pull []string `json:"pull,omitzero"`

	// run are the repositories whose images may be run. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Run []string `json:"run,omitzero"`

	// write are the repositories that may be pushed to. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Write []string `json:"write,omitzero"`
}
