// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import "errors"

// ErrUnknownPaging says that a list continues in a way that this client does not know: what was
// read of it is not all of it.
var ErrUnknownPaging = errors.New("the list continues with a continuation_token, which this client does not know")
