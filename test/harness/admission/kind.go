// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package admission

import (
	"context"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metavalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
)

// kind is a version of a CustomResourceDefinition, prepared as in apiextensions-apiserver's
// customresource_handler.go.
type kind struct {
	gvk        schema.GroupVersionKind
	plural     string
	structural *structuralschema.Structural
	schema     schemavalidation.SchemaValidator
	rules      *cel.Validator
}

func newKind(gvk schema.GroupVersionKind, plural string, version apiextensionsv1.CustomResourceDefinitionVersion) (*kind, error) {
	var internal apiextensions.CustomResourceValidation
	if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(version.Schema, &internal, nil); err != nil {
		return nil, err
	}
	structural, err := structuralschema.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	if err := defaulting.PruneDefaults(structural); err != nil {
		return nil, err
	}
	validator, _, err := schemavalidation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	return &kind{gvk, plural, structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}, nil
}

// decode removes fields from an object that its schema does not have, and names them.
func (k *kind) decode(obj *unstructured.Unstructured) error {
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(obj.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return k.badRequest(err)
	}
	unknown = append(unknown, pruning.PruneWithOptions(obj.Object, k.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(obj.Object, k.structural)
	failure, paths := objectmeta.CoerceWithOptions(nil, obj.Object, k.structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if failure != nil {
		return k.badRequest(failure)
	}
	obj.SetGroupVersionKind(k.gvk)
	if found {
		if err := objectmeta.SetObjectMeta(obj.Object, meta); err != nil {
			return k.badRequest(err)
		}
	}
	var errs []error
	for _, path := range append(unknown, paths...) {
		errs = append(errs, fmt.Errorf("unknown field %q", path))
	}
	if errs != nil {
		return k.badRequest(runtime.NewStrictDecodingError(errs))
	}
	return nil
}

func (k *kind) badRequest(err error) error {
	return apierrors.NewBadRequest(fmt.Sprintf("%[1]s in version %[2]q cannot be handled as a %[1]s: %[3]v", k.gvk.Kind, k.gvk.Version, err))
}

func (k *kind) setDefaults(obj *unstructured.Unstructured) {
	defaulting.Default(obj.Object, k.structural)
}

// validate copies the strategy for custom resources in apiextensions-apiserver. That code cannot be
// used directly, because it requires etcd.
func (k *kind) validate(ctx context.Context, obj *unstructured.Unstructured) error {
	errs := metavalidation.ValidateObjectMetaAccessor(obj, true, metavalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	errs = append(errs, schemavalidation.ValidateCustomResource(nil, obj.Object, k.schema)...)
	errs = append(errs, objectmeta.Validate(ctx, nil, obj.Object, k.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, k.structural, obj.Object)...)
	if blocking := k.blocksRules(errs); blocking != nil {
		errs = append(errs, blocking)
	} else {
		broken, _ := k.rules.Validate(ctx, nil, k.structural, obj.Object, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, broken...)
	}
	return k.invalid(obj, errs)
}

func (k *kind) validateUpdate(ctx context.Context, obj, old *unstructured.Unstructured) error {
	correlated := common.NewCorrelatedObject(obj.Object, old.Object, &model.Structural{Structural: k.structural})
	errs := metavalidation.ValidateObjectMetaAccessorUpdate(obj, old, field.NewPath("metadata"))
	errs = append(errs, schemavalidation.ValidateCustomResourceUpdate(nil, obj.Object, old.Object, k.schema, schemavalidation.WithRatcheting(correlated))...)
	errs = append(errs, objectmeta.Validate(ctx, nil, obj.Object, k.structural, false)...)
	if before := listtype.ValidateListSetsAndMaps(nil, k.structural, old.Object); len(before) == 0 {
		errs = append(errs, listtype.ValidateListSetsAndMaps(nil, k.structural, obj.Object)...)
	}
	if blocking := k.blocksRules(errs); blocking != nil {
		errs = append(errs, blocking)
	} else {
		broken, _ := k.rules.Validate(ctx, nil, k.structural, obj.Object, old.Object, celconfig.RuntimeCELCostBudget, cel.WithRatcheting(correlated))
		errs = append(errs, broken...)
	}
	return k.invalid(obj, errs)
}

func (k *kind) invalid(obj *unstructured.Unstructured, errs field.ErrorList) error {
	if len(errs) == 0 {
		return nil
	}
	return apierrors.NewInvalid(k.gvk.GroupKind(), obj.GetName(), errs)
}

// blocksRules returns the error that prevents the rules of a kind from running, because they cannot
// read such an object.
func (k *kind) blocksRules(errs field.ErrorList) *field.Error {
	if k.rules == nil {
		return nil // there are none
	}
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return field.Invalid(nil, nil, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation")
		default:
		}
	}
	return nil
}
