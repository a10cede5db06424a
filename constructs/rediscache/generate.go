package rediscache

//go:generate go run ../../internal/catalog/generate
