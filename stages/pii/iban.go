package pii

// iban reads an account number (ISO 13616-1) whose two check digits stand at i, behind the two capitals of its country: in one run or in
// groups of four, of just the length its country gives, with remainder 1 modulo 97 (ISO 7064).
func (sc *scan) iban(i int) (end int, ok bool) {
	s := sc.s
	if i-2 < sc.last || i+2 > len(s) || !capital(s[i-1]) || !capital(s[i-2]) || digitSize(s, i+1) != 1 {
		return 0, false
	}
	want := ibanLength(s[i-2], s[i-1])
	if want == 0 {
		return 0, false
	}
	var b [34]byte
	n, j := 0, i-2
	spaced := has(s, i+2, " ") || has(s, i+2, "\u00A0")
	for j < len(s) && n < want {
		if spaced && n > 0 && n%4 == 0 {
			switch {
			case s[j] == ' ':
				j++
			case has(s, j, "\u00A0"):
				j += 2
			default:
				return 0, false
			}
		}
		if j == len(s) || !capital(s[j]) && (s[j] < '0' || s[j] > '9') {
			return 0, false
		}
		b[n] = s[j]
		n, j = n+1, j+1
	}
	if n != want || mod97(b[:n]) != 1 || !closes(s, j) || !opens(sc.before(i-2, contextBytes)) {
		return 0, false
	}
	return j, true
}

func capital(c byte) bool { return c >= 'A' && c <= 'Z' }

// mod97 returns the remainder of the number that b makes with its first four places moved to the end and A = 10 … Z = 35.
func mod97(b []byte) int {
	r := 0
	for i := range b {
		c := b[(i+4)%len(b)]
		if capital(c) {
			r = (r*100 + int(c-'A') + 10) % 97
		} else {
			r = (r*10 + int(c-'0')) % 97
		}
	}
	return r
}

// ibanLengths holds country and length of the registry (SWIFT IBAN Registry, release 99), sorted by country.
const ibanLengths = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27" +
	"GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30" +
	"NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30"

func ibanLength(a, b byte) int {
	for i := 0; i < len(ibanLengths); i += 4 {
		if ibanLengths[i] == a && ibanLengths[i+1] == b {
			return int(ibanLengths[i+2]-'0')*10 + int(ibanLengths[i+3]-'0')
		}
	}
	return 0
}
