// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// changeSecret changes the Kubernetes Secret behind a sample MeshSecret, and waits until MeshAgent has the new value.
func (d *demo) changeSecret(ctx context.Context) error {
	const secret, key, variable, value = "openai", "api-key", "OPENAI_API_KEY", "sk-another-key-that-is-not-real"
	at := time.Now()
	err := d.showKubectl(ctx, "patch", "secret/"+secret, "--type=merge", "-p", `{"stringData":{"`+key+`":"`+value+`"}}`)
	if err != nil {
		return err
	}
	err = d.await(ctx, func(context.Context) string {
		if d.projectSecret(secret)[variable] != value {
			return fmt.Sprintf("in MeshAgent, %s of the secret %q has the old value still", variable, secret)
		}
		return ""
	})
	if err != nil {
		return err
	}
	d.detail("MeshAgent had the new value of %s %s after kubectl was started.", variable, seconds(time.Since(at)))
	return nil
}

// projectSecret reads the variables of a secret in MeshAgent, as a service would get them. There may be no such secret.
func (d *demo) projectSecret(name string) map[string]string {
	var variables map[string]string
	for _, document := range d.meshagent.Documents("secrets") {
		encoded, _ := document["data_base64"].(string)
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		if document["name"] == name && err == nil {
			_ = json.Unmarshal(decoded, &variables) // what is not JSON has no variables
		}
	}
	return variables
}
