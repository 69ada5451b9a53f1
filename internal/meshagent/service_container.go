// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

// ContainerSpec is a container that MeshAgent runs.
type ContainerSpec struct {
	Image          string                `json:"image"`
	Template       string                `json:"template,omitempty" default:"agent"`
	Command        string                `json:"command,omitempty"`
	WorkingDir     string                `json:"working_dir,omitempty"`
	Environment    []EnvironmentVariable `json:"environment,omitempty"`
	Secrets        []string              `json:"secrets,omitempty"`     // ids of project secrets of type keys
	PullSecret     string                `json:"pull_secret,omitempty"` // the id of a project secret of type docker
	Storage        *ContainerStorage     `json:"storage,omitempty"`
	OnDemand       *bool                 `json:"on_demand,omitempty"`
	WritableRootFS *bool                 `json:"writable_root_fs,omitempty"`
	Private        *bool                 `json:"private,omitempty" default:"true"`
}

// EnvironmentVariable has exactly one of value, token and secret.
type EnvironmentVariable struct {
	Name   string       `json:"name"`
	Value  *string      `json:"value,omitempty"`
	Token  *TokenValue  `json:"token,omitempty"`
	Secret *SecretValue `json:"secret,omitempty"`
}

// TokenValue is a participant token that MeshAgent creates.
type TokenValue struct {
	Identity string    `json:"identity"`
	API      *APIScope `json:"api,omitempty"`
	Role     string    `json:"role,omitempty"`
}

// SecretValue is the value of a room secret.
type SecretValue struct {
	Identity string `json:"identity"`
	ID       string `json:"id"`
}

// ContainerStorage lists the mounts of a container.
type ContainerStorage struct {
	Room      []RoomStorageMount    `json:"room,omitempty"`
	Project   []ProjectStorageMount `json:"project,omitempty"`
	Images    []ImageStorageMount   `json:"images,omitempty"`
	Files     []FileStorageMount    `json:"files,omitempty"`
	EmptyDirs []EmptyDirMount       `json:"empty_dirs,omitempty"`
	Configs   []ConfigMount         `json:"configs,omitempty"`
}

// RoomStorageMount is a folder of the room's storage.
type RoomStorageMount struct {
	Path     string `json:"path"`
	SubPath  string `json:"subpath,omitempty"`
	ReadOnly *bool  `json:"read_only,omitempty" default:"false"`
}

// ProjectStorageMount is a folder of the project's storage.
type ProjectStorageMount struct {
	Path     string `json:"path"`
	SubPath  string `json:"subpath,omitempty"`
	ReadOnly *bool  `json:"read_only,omitempty" default:"true"`
}

// ImageStorageMount is the content of an image.
type ImageStorageMount struct {
	Image    string `json:"image"`
	Path     string `json:"path"`
	SubPath  string `json:"subpath,omitempty"`
	ReadOnly *bool  `json:"read_only,omitempty" default:"true"`
}

// FileStorageMount is a single file.
type FileStorageMount struct {
	Path     string  `json:"path"`
	Text     *string `json:"text"`
	ReadOnly *bool   `json:"read_only,omitempty" default:"true"`
}

// EmptyDirMount is an empty folder.
type EmptyDirMount struct {
	Path     string `json:"path"`
	ReadOnly *bool  `json:"read_only,omitempty" default:"false"`
}

// ConfigMount is a folder with files about the service.
type ConfigMount struct {
	Path string `json:"path,omitempty" default:"/var/run/meshagent"`
}
