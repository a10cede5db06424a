// Package suggest finds the name that somebody meant.
package suggest

import "strconv"

// DidYouMean is "; did you mean ...?" with the name nearest to the one given, or empty if none is near.
func DidYouMean[V any](given string, known map[string]V) string {
	nearest, distance := "", len(given)/3+1
	for name := range known {
		d := editDistance(given, name)
		if d < distance || d == distance && nearest != "" && name < nearest {
			nearest, distance = name, d
		}
	}
	if nearest == "" {
		return ""
	}
	return "; did you mean " + strconv.Quote(nearest) + "?"
}

// editDistance counts the letters to insert, delete or change to get from a to b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
