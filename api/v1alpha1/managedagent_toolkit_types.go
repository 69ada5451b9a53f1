// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// AgentToolkitType is what a toolkit of an agent does.
// +kubebuilder:validation:Enum=WebSearch;WebFetch;ImageGeneration;MCP
type AgentToolkitType string

// The types of toolkits.
const (
	// ToolkitWebSearch searches the web.
	ToolkitWebSearch AgentToolkitType = "WebSearch"
	// ToolkitWebFetch reads pages of the web.
	ToolkitWebFetch AgentToolkitType = "WebFetch"
	// ToolkitImageGeneration makes images.
	ToolkitImageGeneration AgentToolkitType = "ImageGeneration"
	// ToolkitMCP uses the tools of MCP servers.
	ToolkitMCP AgentToolkitType = "MCP"
)

// AgentToolkit is a group of tools that an agent can use.
// +kubebuilder:validation:XValidation:rule="has(self.mcp) == (self.type == 'MCP')",message="mcp must be set if, and only if, type is MCP"
// +kubebuilder:validation:XValidation:rule="!has(self.imageGeneration) || self.type == 'ImageGeneration'",message="imageGeneration requires type ImageGeneration"
type AgentToolkit struct {
	// type is what the toolkit does: WebSearch, WebFetch, ImageGeneration or MCP.
	// +required
	Type AgentToolkitType `json:"type,omitempty"`

	// imageGeneration says how images are made. Requires type ImageGeneration. If
	// unset, the operator doesn't manage how.
	// +optional
	ImageGeneration *ImageGeneration `json:"imageGeneration,omitempty"`

	// mcp are the MCP servers. Required with type MCP, and not allowed with other
	// types.
	// +optional
	MCP *MCPToolkit `json:"mcp,omitempty"`
}

// ImageBackground is the background of an image.
// +kubebuilder:validation:Enum=Transparent;Opaque;Auto
type ImageBackground string

// The backgrounds of images.
const (
	// BackgroundTransparent is a transparent background.
	BackgroundTransparent ImageBackground = "Transparent"
	// BackgroundOpaque is an opaque background.
	BackgroundOpaque ImageBackground = "Opaque"
	// BackgroundAuto lets the model choose.
	BackgroundAuto ImageBackground = "Auto"
)

// ImageFormat is the file format of an image.
// +kubebuilder:validation:Enum=PNG;WebP;JPEG
type ImageFormat string

// The formats of images.
const (
	// ImagePNG is PNG.
	ImagePNG ImageFormat = "PNG"
	// ImageWebP is WebP.
	ImageWebP ImageFormat = "WebP"
	// ImageJPEG is JPEG.
	ImageJPEG ImageFormat = "JPEG"
)

// ImageQuality is the quality of an image.
// +kubebuilder:validation:Enum=Auto;Low;Medium;High
type ImageQuality string

// The qualities of images.
const (
	// QualityAuto lets the model choose.
	QualityAuto ImageQuality = "Auto"
	// QualityLow is low.
	QualityLow ImageQuality = "Low"
	// QualityMedium is medium.
	QualityMedium ImageQuality = "Medium"
	// QualityHigh is high.
	QualityHigh ImageQuality = "High"
)

// ImageSize is the size of an image in pixels, width before height.
// +kubebuilder:validation:Enum=Auto;"1024x1024";"1024x1536";"1536x1024"
type ImageSize string

// The sizes of images.
const (
	// SizeAuto lets the model choose.
	SizeAuto ImageSize = "Auto"
	// SizeSquare is a square.
	SizeSquare ImageSize = "1024x1024"
	// SizePortrait is higher than wide.
	SizePortrait ImageSize = "1024x1536"
	// SizeLandscape is wider than high.
	SizeLandscape ImageSize = "1536x1024"
)

// ImageGeneration is how an agent makes images.
type ImageGeneration struct {
	// background is the background of the images: Transparent, Opaque or Auto. If
	// unset, the operator doesn't manage this field.
	// +optional
	Background ImageBackground `json:"background,omitempty"`

	// inputImageMaskURL is the URL of a mask that limits which part of an image
	// can change, with at most 4096 characters. If unset, the operator doesn't
	// manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	InputImageMaskURL string `json:"inputImageMaskURL,omitempty"`

	// model is the name of the model that makes the images, with at most 253
	// characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Model string `json:"model,omitempty"`

	// moderation is how strictly the provider filters images, in the provider's
	// own word, with at most 253 characters. If unset, the operator doesn't manage
	// this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Moderation string `json:"moderation,omitempty"`

	// outputCompression is the compression of the images in percent, from 0 to
	// 100. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	// +optional
	OutputCompression *int32 `json:"outputCompression,omitempty"`

	// outputFormat is the file format of the images: PNG, WebP or JPEG. If unset,
	// the operator doesn't manage this field.
	// +optional
	OutputFormat ImageFormat `json:"outputFormat,omitempty"`

	// partialImages is how many unfinished images are shown while one is made,
	// from 0 to 100. If unset, the operator doesn't manage this field, and
	// MeshAgent's default is 1.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	// +optional
	PartialImages *int32 `json:"partialImages,omitempty"`

	// quality is the quality of the images: Auto, Low, Medium or High. If unset,
	// the operator doesn't manage this field.
	// +optional
	Quality ImageQuality `json:"quality,omitempty"`

	// size is the size of the images in pixels, width before height: 1024x1024,
	// 1024x1536, 1536x1024 or Auto. If unset, the operator doesn't manage this
	// field.
	// +optional
	Size ImageSize `json:"size,omitempty"`
}
