// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fileNames is the default format of a subscription's file names.
const fileNames = "YYYY-MM-DDThh_mm_ssZ"

var feedOperations = map[string]operation{
	"publishFeedMessage": func(c *call) (*answer, error) { return c.publish([]any{c.body}) },
	"publishFeedBatch":   publishBatch,
	"listRoomFeeds":      listRoomFeeds,
}

func (c *call) feed(id string) (*record, error) {
	if rec := c.st.get(c.path("feeds"), id); rec != nil {
		return rec, nil
	}
	return nil, missing("feed", "id", id)
}

// refuseWhilePaused rejects changes to the subscriptions of a paused feed.
func refuseWhilePaused(c *call, _ string, _ *record) error {
	feed, err := c.feed(c.param("feed_id"))
	if err != nil {
		return err
	}
	if feed.doc["paused"] == true {
		return invalid("the feed is paused") // assumed: the status
	}
	return nil
}

// prepareSubscription finds the room of a new subscription.
func prepareSubscription(c *call, path string, doc document, old *record) error {
	if text(doc, "filename_datetime_format") == "" {
		doc["filename_datetime_format"] = fileNames
	}
	if old != nil {
		return nil
	}
	room, err := c.room(doc, "room")
	if err != nil {
		return err
	}
	doc["room_id"] = room.id
	parts := strings.Split(path, "/")
	doc["feed_id"] = parts[len(parts)-2]
	return nil
}

// prepareLogger finds the feed.
func prepareLogger(c *call, _ string, doc document, _ *record) error {
	_, err := c.feed(text(doc, "destination_feed_id")) // assumed: the feed must exist
	return err
}

// listRoomFeeds lists the feeds that are delivered into a room.
func listRoomFeeds(c *call) (*answer, error) {
	id, err := c.subject("room_name")
	if err != nil {
		return nil, err
	}
	path := c.path("feeds")
	return c.list(path, func(c *call) []*record {
		var out []*record
		for _, rec := range c.st.referring("room_id", id, "") {
			if feed := c.st.get(path, text(rec.doc, "feed_id")); feed != nil && !slices.Contains(out, feed) {
				out = append(out, feed)
			}
		}
		slices.SortFunc(out, bySeq)
		return out
	})
}

func publishBatch(c *call) (*answer, error) {
	messages, _ := c.body.([]any)
	return c.publish(messages)
}

// publish accepts all messages or none.
func (c *call) publish(messages []any) (*answer, error) {
	feed, err := c.feed(c.param("feed_id"))
	if err != nil {
		return nil, err
	}
	if feed.doc["paused"] == true {
		return nil, invalid("the feed is paused")
	}
	if schema := feed.doc["message_schema"]; schema != nil {
		compiled, err := compile(schema)
		if err != nil {
			return nil, invalid("message_schema: is not a JSON schema") // assumed: creating the feed does not check it
		}
		for i, message := range messages {
			if compiled.Validate(message) != nil {
				return nil, invalid("message %d: does not match the schema of the feed", i)
			}
		}
	}
	path := c.path("feeds/" + feed.id + "/messages")
	for _, message := range messages {
		if _, err := c.create(path, document{"message": message}); err != nil {
			return nil, err
		}
	}
	return c.done(), nil
}

func compile(schema any) (*jsonschema.Schema, error) {
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(encode(schema)))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // no files, no network
	if err := compiler.AddResource("feed:schema", decoded); err != nil {
		return nil, err
	}
	return compiler.Compile("feed:schema")
}
