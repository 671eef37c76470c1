package zone

import (
	"fmt"
	"testing"
)

// Joining parts gives the records in order whatever room each had been given:
// too little, enough, or more.
func TestPartsJoin(t *testing.T) {
	for _, room := range [][]int{{4, 4, 4}, {100, 1, 50}, {1, 100, 1}, {10, 200, 10}, {40, 8, 40}, {0, 0, 0}, {8, 100, 3}} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			counts := []int{30, 7, 45}
			parts := Split(room)
			want := []string{}
			for i, b := range parts.Builders {
				for j := range counts[i] {
					owner := MustName(fmt.Sprintf("n%d.example.com", (i*100+j)/2))
					if i == 2 && j == 3 {
						owner = MustName("n1.example.com") // met before in part 0
					}
					r := NewTXT(owner, uint32(j), fmt.Sprintf("part %d record %d", i, j))
					b.Add(r)
					want = append(want, r.String())
				}
			}
			z := parts.Join().Zone(MustName("example.com"))
			var got []string
			for r := range z.Records() {
				got = append(got, r.String())
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got\n%v\nwant\n%v", got, want)
			}
			if n := len(z.RRset(MustName("n1.example.com"), TypeTXT)); n != 3 {
				t.Errorf("%d records of the owner that stands in two parts, want 3", n)
			}
			if n := len(z.RRset(MustName("n50.example.com"), TypeTXT)); n != 2 {
				t.Errorf("%d records of an owner of the second part, want 2", n)
			}
		})
	}
}
