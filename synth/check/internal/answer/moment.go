package answer

import (
	"regexp"
	"strconv"
	"strings"
)

// A moment is a date or a time of day as it is written; what it does not name is 0, and -1 for hours and minutes.
type moment struct {
	year, month, day int
	hour, minute     int
	half             byte   // of the day: a or p
	weekday          string // its first three letters
	vague            bool   // 5/1/2026 is a day in May or in January
	from, to         int
}

const monthNames = `(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?`

var (
	monthDay = regexp.MustCompile(`(?i:\b(` + monthNames + `)\s+(?:the\s+)?([0-9]{1,4})(?:st|nd|rd|th)?\b(?:,?\s+([0-9]{4})\b)?)`)
	dayMonth = regexp.MustCompile(`(?i:\b([0-9]{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(` + monthNames + `)(?:$|[^a-z])(?:,?\s*([0-9]{4})\b)?)`)
	isoDate  = regexp.MustCompile(`\b([12][0-9]{3})([-/.])(0?[1-9]|1[0-2])[-/.](0?[1-9]|[12][0-9]|3[01])\b`)
	slashed  = regexp.MustCompile(`\b([0-9]{1,2})/([0-9]{1,2})/([12][0-9]{3})\b`)
	hanDate  = regexp.MustCompile(`(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})[日号]`)
	weekDay  = regexp.MustCompile(`(?i:\b((?:mon|tues|wednes|thurs|fri|satur|sun)day),?\s+(?:the\s+)?([0-9]{1,2})(?:st|nd|rd|th)?\b)`)
	clock    = regexp.MustCompile(`(?i:\b([0-9]{1,2})(?::([0-9]{2}))?\s*([ap])\.?\s?m\b)`)
	clock24  = regexp.MustCompile(`\b([0-9]{1,2}):([0-9]{2})\b`)
)

// lastMoment returns the last date or time of day of s.
func lastMoment(s string) (moment, bool) {
	best := moment{from: -1}
	if !datelike(s) {
		return best, false
	}
	for _, find := range [...]func(string) (moment, bool){byMonth, byDay, byISO, bySlash, byHan, byWeek, byClock} {
		if m, ok := find(s); ok && (m.from > best.from || m.from == best.from && m.to > best.to) {
			best = m
		}
	}
	return best, best.from >= 0
}

// datelike says whether s may hold a date or a time of day: it is quick, and passes others too.
func datelike(s string) bool {
	for i := 0; i+2 < len(s) || i < len(s) && s[i]|0x20 == 'm'; i++ {
		switch c := s[i]; c {
		case 'J', 'F', 'M', 'A', 'S', 'O', 'N', 'D':
			if i+2 < len(s) && monthOf(s[i:i+3]) > 0 {
				return true
			}
		case '-', '/', '.':
			if i > 0 && s[i-1]-'0' <= 9 && s[i+1]-'0' <= 9 && strings.IndexByte(s[i+1:min(len(s), i+4)], c) > 0 {
				return true
			}
		case 0xe6: // 月
			if s[i+1] == 0x9c && s[i+2] == 0x88 {
				return true
			}
		case 'y', 'Y':
			if i >= 5 && strings.EqualFold(s[i-2:i], "da") && (s[i+1] == ' ' || s[i+1] == ',') {
				return true
			}
		}
		if s[i]|0x20 == 'm' && i >= 2 && (i+1 == len(s) || !isLetter(s[i+1])) && half(s[max(0, i-5):i]) {
			return true
		}
	}
	return false
}

// half says whether s, what stands before an m, ends with a digit and the a or p of a half of the day.
func half(s string) bool {
	t := strings.TrimRight(s, ". ")
	if t == "" || t[len(t)-1]|0x20 != 'a' && t[len(t)-1]|0x20 != 'p' {
		return false
	}
	t = strings.TrimRight(t[:len(t)-1], " ")
	return t != "" && t[len(t)-1]-'0' <= 9
}

// last returns the groups of the last match of re in s, with "" for those that took no part.
func last(re *regexp.Regexp, s string) (groups []string, from, to int) {
	all := re.FindAllStringSubmatchIndex(s, -1)
	if len(all) == 0 {
		return nil, 0, 0
	}
	m := all[len(all)-1]
	for i := 0; i < len(m); i += 2 {
		if m[i] < 0 {
			groups = append(groups, "")
			continue
		}
		groups = append(groups, s[m[i]:m[i+1]])
	}
	return groups, m[0], m[1]
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// monthOf returns the number of a month by its first three letters.
func monthOf(name string) int {
	for k := 0; k < 36; k += 3 {
		if strings.EqualFold("janfebmaraprmayjunjulaugsepoctnovdec"[k:k+3], name[:3]) {
			return k/3 + 1
		}
	}
	return 0
}

func date(year, month, day, from, to int) (moment, bool) {
	return moment{year: year, month: month, day: day, hour: -1, minute: -1, from: from, to: to}, true
}

func byMonth(s string) (moment, bool) {
	g, from, to := last(monthDay, s)
	if g == nil || g[1][0] >= 'a' { // "may 5" is no date
		return moment{}, false
	}
	day, year := number(g[2]), number(g[3])
	if day > 31 {
		day, year = 0, day
	}
	return date(year, monthOf(g[1]), day, from, to)
}

func byDay(s string) (moment, bool) {
	g, from, to := last(dayMonth, s)
	if g == nil || g[2][0] >= 'a' {
		return moment{}, false
	}
	return date(number(g[3]), monthOf(g[2]), number(g[1]), from, to)
}

func byISO(s string) (moment, bool) {
	g, from, to := last(isoDate, s)
	if g == nil {
		return moment{}, false
	}
	return date(number(g[1]), number(g[3]), number(g[4]), from, to)
}

func bySlash(s string) (moment, bool) {
	g, from, to := last(slashed, s)
	if g == nil {
		return moment{}, false
	}
	m, _ := date(number(g[3]), number(g[1]), number(g[2]), from, to)
	m.vague = true
	return m, true
}

func byHan(s string) (moment, bool) {
	g, from, to := last(hanDate, s)
	if g == nil {
		return moment{}, false
	}
	return date(number(g[1]), number(g[2]), number(g[3]), from, to)
}

func byWeek(s string) (moment, bool) {
	g, from, to := last(weekDay, s)
	if g == nil {
		return moment{}, false
	}
	m, _ := date(0, 0, number(g[2]), from, to)
	m.weekday = strings.ToLower(g[1][:3])
	return m, true
}

func byClock(s string) (moment, bool) {
	g, from, to := last(clock, s)
	if g == nil {
		return moment{}, false
	}
	m := moment{hour: number(g[1]), minute: 0, half: g[3][0] | 0x20, from: from, to: to}
	if g[2] != "" {
		m.minute = number(g[2])
	}
	return m, true
}

// byClock24 reads a time of day without its half, which is a ratio elsewhere.
func byClock24(s string) (moment, bool) {
	g, from, to := last(clock24, s)
	if g == nil {
		return moment{}, false
	}
	return moment{hour: number(g[1]), minute: number(g[2]), from: from, to: to}, true
}

// sameMoment compares two moments: what both name must agree; what only one names leaves it open.
func sameMoment(g, a moment) Outcome {
	if (g.half != 0 || g.month == 0 && g.day == 0) != (a.half != 0 || a.month == 0 && a.day == 0) || g.vague || a.vague {
		return Unsure
	}
	if g.month == 0 && g.day == 0 {
		return sameClock(g, a)
	}
	out := Same
	for _, p := range [...][2]int{{g.year, a.year}, {g.month, a.month}, {g.day, a.day}} {
		switch {
		case p[0] == p[1]:
		case p[0] == 0 || p[1] == 0:
			out = Unsure
		default:
			return Different
		}
	}
	if g.weekday != a.weekday {
		if g.weekday != "" && a.weekday != "" {
			return Different
		}
		return Unsure
	}
	return out
}

func sameClock(g, a moment) Outcome {
	minutes := func(m moment) int {
		h := m.hour
		if m.half != 0 {
			if h %= 12; m.half == 'p' {
				h += 12
			}
		}
		return h*60 + m.minute
	}
	if g.half == a.half || g.half == 0 && g.hour > 12 || a.half == 0 && a.hour > 12 {
		return same(minutes(g) == minutes(a))
	}
	if g.half != 0 && a.half != 0 {
		return Different
	}
	return same(g.hour == a.hour && g.minute == a.minute)
}
