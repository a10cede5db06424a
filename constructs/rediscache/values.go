package rediscache

import (
	"maps"
	"slices"
)

// Optional properties are pointers; these read them.

func value[T any](pointer *T) T {
	var zero T
	return valueOr(pointer, zero)
}

func valueOr[T any](pointer *T, otherwise T) T {
	if pointer == nil {
		return otherwise
	}
	return *pointer
}

// orDefault is for what is optional without being a pointer: enums and interfaces.
func orDefault[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}

// copied is a pointer of its own, so that what the caller does with his later changes nothing here.
func copied[T any](pointer *T) *T {
	if pointer == nil {
		return nil
	}
	return ptr(*pointer)
}

func elements[T any](list *[]T) []T { return value(list) }

func ptr[T any](v T) *T { return &v }

func deref(list *[]*string) []string {
	values := make([]string, 0, len(value(list)))
	for _, element := range value(list) {
		values = append(values, value(element))
	}
	return values
}

// sortedKeys makes what is built from a map the same in every run.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
