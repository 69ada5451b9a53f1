// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"errors"

	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// unlisted says that the collection cannot be listed, so that resources whose id is known are read
// one by one, each interval. The MeshProject is checked at once when that is new: it tells.
func (p *pass) unlisted(err error) bool {
	if unreadable, ok := errors.AsType[*meshagent.AnswerError](err); ok && unreadable.News {
		p.Projects.RequestCheck(p.obj)
	}
	return err != nil && listcache.IsUnreadable(err)
}
