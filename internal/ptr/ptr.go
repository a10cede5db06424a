// Package ptr reads and makes the pointers by which CDK's properties are optional.
package ptr

// To is a pointer to a value of its own.
func To[T any](value T) *T { return &value }

// Value is what the pointer points to, or the zero value for nil.
func Value[T any](pointer *T) T {
	var zero T
	return Or(pointer, zero)
}

// Or is what the pointer points to, or the default for nil.
func Or[T any](pointer *T, otherwise T) T {
	if pointer == nil {
		return otherwise
	}
	return *pointer
}

// OrDefault is for what is optional without being a pointer, such as enums and interfaces: the zero value is not given.
func OrDefault[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}

// Copy is a pointer to a copy, so that a later change by the caller has no effect; nil for nil.
func Copy[T any](pointer *T) *T {
	if pointer == nil {
		return nil
	}
	return To(*pointer)
}

// Strings are the values of a list, empty for elements that are nil.
func Strings(list *[]*string) []string {
	values := make([]string, 0, len(Value(list)))
	for _, element := range Value(list) {
		values = append(values, Value(element))
	}
	return values
}

// List is a list of pointers to the values.
func List(values []string) *[]*string {
	list := make([]*string, len(values))
	for i := range values {
		list[i] = &values[i]
	}
	return &list
}

// Map is a map of pointers to the values.
func Map(values map[string]string) *map[string]*string {
	pointers := make(map[string]*string, len(values))
	for key, value := range values {
		pointers[key] = &value
	}
	return &pointers
}
