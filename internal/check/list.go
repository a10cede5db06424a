package check

// NoNil reports every element of a list that is nil.
func NoNil[T comparable](r *Report, property string, list []T) {
	var zero T
	for i, element := range list {
		if element == zero {
			r.Add(Element(property, i), nil, "is nil; leave it out")
		}
	}
}

// Unique reports every element that equals an earlier one. Empty elements, which stand for what is not known, and tokens
// are not compared.
func (r *Report) Unique(property string, list []string) {
	first := map[string]int{}
	for i, element := range list {
		if element == "" || IsToken(element) {
			continue
		}
		if before, twice := first[element]; twice {
			r.Add(Element(property, i), element, "is the same as [%d]; leave it out", before)
			continue
		}
		first[element] = i
	}
}
