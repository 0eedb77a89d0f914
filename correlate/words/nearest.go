package words

import "strings"

// Nearest is the name that is least far from a word, "" if none is near enough
// that it could have been meant: at most a third of the word is different.
// What a glob leaves open costs nothing.
func Nearest(word string, names []string) string {
	best, least := "", max(len([]rune(word))/3, 1)+1
	for _, n := range names {
		if d := distance(word, n); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters must be changed, added, taken out or swapped
// with the next to make b of a (optimal string alignment); a star of a stands
// for any letters, and case does not count.
func distance(a, b string) int {
	from, to := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		for j := range rows[i] {
			switch {
			case i == 0:
				rows[i][j] = j
			case from[i-1] == '*':
				rows[i][j] = rows[i-1][j]
				if j > 0 {
					rows[i][j] = min(rows[i][j], rows[i][j-1])
				}
			case j == 0:
				rows[i][j] = rows[i-1][j] + 1
			default:
				rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differ(from[i-1], to[j-1]))
				if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
					rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
				}
			}
		}
	}
	return rows[len(from)][len(to)]
}

func differ(a, b rune) int {
	if a == b || a == '?' {
		return 0
	}
	return 1
}
