package check

import "strings"

// DidYouMean is "; did you mean ...?" with the known name nearest to the given one, or empty where none is near. Of two
// that are equally near it takes the first in the alphabet. Upper and lower case are the same.
func DidYouMean(given string, known []string) string {
	nearest, distance := "", len(given)/3+1
	for _, name := range known {
		d := editDistance(strings.ToLower(given), strings.ToLower(name))
		if d < distance || d == distance && nearest != "" && name < nearest {
			nearest, distance = name, d
		}
	}
	if nearest == "" {
		return ""
	}
	return "; did you mean " + Quote(nearest) + "?"
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

// Near reports whether two names differ in no more than the given number of letters. Upper and lower case are the same.
func Near(a, b string, letters int) bool {
	return editDistance(strings.ToLower(a), strings.ToLower(b)) <= letters
}
