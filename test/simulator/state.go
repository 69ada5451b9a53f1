// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// saved is a record in a data file.
type saved struct {
	Path string   `json:"path"`
	ID   string   `json:"id"`
	Seq  int      `json:"seq"`
	Doc  document `json:"doc"`
}

// Load reads a file that Save wrote, and adds its documents. It reports whether the file exists.
func (s *Simulator) Load(file string) (found bool, err error) {
	raw, err := os.ReadFile(file) //nolint:gosec // the caller says which
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the data: %w", err)
	}
	var records []saved
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // metadata can have large numbers
	if err := dec.Decode(&records); err != nil {
		return false, fmt.Errorf("reading the data in %s: %w", file, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		s.store.put(&record{path: r.Path, id: r.ID, seq: r.Seq, doc: r.Doc})
		s.store.last = max(s.store.last, r.Seq)
	}
	return true, nil
}

// Save writes all documents to a file, secret values included. It replaces the file atomically.
func (s *Simulator) Save(file string) error {
	if err := writeFile(file, encode(s.records())); err != nil {
		return fmt.Errorf("saving the data: %w", err)
	}
	return nil
}

func (s *Simulator) records() []saved {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []saved{}
	for _, t := range s.store.tables {
		for _, rec := range t.records {
			out = append(out, saved{rec.path, rec.id, rec.seq, rec.doc})
		}
	}
	slices.SortFunc(out, func(a, b saved) int { return a.Seq - b.Seq })
	return out
}

func writeFile(file string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = temp.Write(append(data, '\n'))
	if err == nil {
		err = temp.Sync()
	}
	if err2 := temp.Close(); err == nil {
		err = err2
	}
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}

// Keep saves to a file after each change until the context ends, and then once more. It returns an
// error if the last save failed.
func (s *Simulator) Keep(ctx context.Context, file string, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	last := -1
	var err error
	for done := false; !done; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			done = true
		}
		if now := s.changes(); now != last {
			if err = s.Save(file); err == nil {
				last = now
			}
		}
	}
	return err
}

func (s *Simulator) changes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.changes
}
