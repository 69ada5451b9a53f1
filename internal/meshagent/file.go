// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"path"
)

// FileSpec is a file in the storage of a project: its path and its content.
type FileSpec struct {
	Path string `json:"path"`
	Data []byte `json:"data_base64"`
}

// File is a file in the storage of a project.
type File struct{ FileSpec }

// Key is the path.
func (s FileSpec) Key() string { return s.Path }

// Mark is always zero, because a file has no place for the ownership annotation.
func (s FileSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s FileSpec) WithMark(Mark) FileSpec { return s }

// Identity is the path.
func (f File) Identity() string { return f.Path }

// Written is the file.
func (f File) Written() FileSpec { return f.FileSpec }

// files are the files of a project. MeshAgent does not list them, and cannot delete them.
type files struct {
	client *Client
	route  route
}

// Files is /projects/{project_id}/storage.
func (p *Project) Files() Collection[FileSpec, File] {
	return files{p.client, expand("/projects/{project_id}/storage", p.ID)}
}

// Path identifies the collection.
func (c files) Path() string { return c.route.path }

// Traits says that only GET shows a file.
func (c files) Traits() Traits { return Traits{Unlisted: true} }

// All fails, because MeshAgent has no list of files.
func (c files) All(context.Context) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) { yield(File{}, errors.New("MeshAgent has no list of files")) }
}

// Get sends GET /projects/{project_id}/storage/download.
func (c files) Get(ctx context.Context, ref Ref) (File, error) {
	name := ref.ID
	if name == "" {
		name = ref.Key
	}
	found := File{FileSpec{Path: name}}
	download := c.request(http.MethodGet, "/download", name)
	download.accept = "*/*"
	download.read = func(a *answer) error {
		kind, _, _ := mime.ParseMediaType(a.resp.Header.Get("Content-Type"))
		if ending := path.Ext(name); kind == "text/html" && ending != ".html" && ending != ".htm" {
			return errShape("the answer is a web page, and the file is not")
		}
		var err error
		found.Data, err = io.ReadAll(a)
		return err
	}
	err := c.client.do(ctx, download)
	return found, err
}

// Create sends POST /projects/{project_id}/storage/upload, which replaces a file that exists.
func (c files) Create(ctx context.Context, spec FileSpec) (made File, shown bool, err error) {
	upload := c.request(http.MethodPost, "/upload", spec.Path)
	upload.raw = bytes.NewReader(spec.Data)
	return File{FileSpec{Path: spec.Path}}, false, c.client.do(ctx, upload)
}

// Update is the same as Create.
func (c files) Update(ctx context.Context, current File, spec FileSpec) (made File, shown bool, err error) {
	if err := fixed("path", current.Path, spec.Path); err != nil {
		return current, false, err
	}
	return c.Create(ctx, spec)
}

// Delete fails, because MeshAgent has no way to delete a file.
func (c files) Delete(context.Context, string) error {
	return errors.New("MeshAgent has no way to delete a file")
}

func (c files) request(method, at, name string) request {
	return request{method: method, route: c.route.join(at), query: url.Values{"path": {name}}}
}
