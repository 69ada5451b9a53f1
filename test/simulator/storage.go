// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/base64"
	"net/http"
)

var storageOperations = map[string]operation{
	"upload":   upload,
	"download": download,
}

// upload stores a file of the project, and replaces an older one. assumed: that it overwrites.
func upload(c *call) (*answer, error) {
	path := c.query.Get("path")
	c.st.put(&record{path: c.path("storage"), id: path, doc: document{"path": path, "data_base64": base64.StdEncoding.EncodeToString(c.raw)}})
	return c.done(), nil
}

func download(c *call) (*answer, error) {
	rec := c.st.get(c.path("storage"), c.query.Get("path"))
	if rec == nil {
		return nil, missing("file", "path", c.query.Get("path"))
	}
	data, err := base64.StdEncoding.DecodeString(text(rec.doc, "data_base64"))
	if err != nil {
		return nil, &failure{http.StatusInternalServerError, "the file is broken"}
	}
	return &answer{status: http.StatusOK, contentType: mediaRaw, body: data}, nil
}
