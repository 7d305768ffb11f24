package pii

import (
	"strings"
	"unicode/utf8"
)

// contextBytes is how far before a number a word may stand that says what the number is.
const contextBytes = 40

// phoneWords announce a telephone number.
var phoneWords = []string{
	"tel", "tél", "phone", "telephone", "téléphone", "telefon", "telefono", "teléfono", "telefone", "telefoon", "puhelin", "puh", "tlf", "τηλ", "тел", "телефон",
	"fax", "telefax", "mobile", "mobil", "móvil", "movil", "handy", "cell", "cellphone", "portable", "gsm", "whatsapp", "sms", "hotline", "call us",
	"call me", "call", "text me", "cellulare", "celular", "natel", "rufnummer", "telefonnummer", "mobilnummer", "komórka", "phone number",
	"电话", "手机", "传真", "热线", "联系方式", "联系", "手机号", "電話", "手機", "傳真", "携帯", "전화", "휴대폰",
}

// cardWords announce a payment card.
var cardWords = []string{"card", "visa", "mastercard", "maestro", "amex", "diners", "karte", "carte", "tarjeta", "card number", "卡号", "银行卡", "信用卡", "カード"}

// catalogueWords announce numbers that belong to things.
var catalogueWords = []string{
	"isbn", "isbn-10", "isbn-13", "issn", "ean", "doi", "arxiv", "pmid", "oclc", "lccn", "uuid", "guid", "oid", "sha", "md5", "hash", "version", "rfc", "pep", "sku", "upc", "order", "patent", "serial",
}

// versionWords announce versions and clauses, which have the form of an IPv4 address.
var versionWords = []string{
	"version", "versions", "ver", "v", "release", "releases", "build", "section", "clause", "chapter", "assembly", "assemblyversion", "fileversion", "moduleversion", "productversion",
	"firmware", "revision", "rev", "oid", "版本",
}

// addressWords announce an IP address.
var addressWords = []string{
	"ip", "ips", "ipv4", "address", "addresses", "addr", "host", "hosts", "dns", "server", "servers", "resolver", "resolvers", "ping", "nameserver", "client", "remote",
	"connect", "connected", "gateway", "port", "traceroute", "ssh", "from", "adresse", "dirección", "адрес", "地址", "服务器",
}

// mobileWords announce an eleven-digit mobile number, beside phoneWords.
var mobileWords = []string{"number", "number is", "no", "nr", "contact", "wechat", "mob"}

func catalogued(w string) bool { return mentions(w, catalogueWords) }
func versioned(w string) bool  { return mentions(w, versionWords) }

// mentions says whether the last line of w names one of the words, whole, in any case.
func mentions(w string, words []string) bool {
	if i := strings.LastIndexByte(w, '\n'); i >= 0 {
		w = w[i+1:]
	}
	if !hasLetter(w) {
		return false
	}
	w = strings.ToLower(w)
	for _, word := range words {
		for rest := w; ; {
			i := strings.Index(rest, word)
			if i < 0 {
				break
			}
			if wholeWord(rest, i, i+len(word)) {
				return true
			}
			rest = rest[i+len(word):]
		}
	}
	return false
}

// hasLetter says whether w has a letter, or a byte outside ASCII that may belong to one: in tables of numbers nothing has.
func hasLetter(w string) bool {
	for i := range len(w) {
		if w[i] >= 'A' {
			return true
		}
	}
	return false
}

// wholeWord says whether no letter adjoins w[i:j], and it is no mask. Unspaced scripts have no borders to look for.
func wholeWord(w string, i, j int) bool {
	before, _ := utf8.DecodeLastRuneInString(w[:i])
	after, _ := utf8.DecodeRuneInString(w[j:])
	first, _ := utf8.DecodeRuneInString(w[i:])
	return first >= 0x2E80 || !letter(before) && !letter(after) && !(before == '<' && after == '>')
}

func letter(r rune) bool { return inWord(r) && !(r >= '0' && r <= '9') && !isWideDigit(r) }

// hasHan says whether Han, kana or the marks of their texts stand in w.
func hasHan(w string) bool {
	for _, r := range w {
		if r >= 0x3000 && r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r > 0xFF00 && r < 0xFF5F && !isWideDigit(r) {
			return true
		}
	}
	return false
}

func ends(w, suffix string) bool { return strings.HasSuffix(w, suffix) }

// afterNumber says whether the number at i follows another behind a space, as in the row of a table.
func (sc *scan) afterNumber(i int) bool {
	w := sc.before(i, 16)
	t := strings.TrimRight(w, " \t")
	if t == "" || len(t) == len(w) {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(t)
	return r >= '0' && r <= '9' || isWideDigit(r) || endsMask(t)
}

// beforeMask says whether a separator and a mask follow at i: what stood there may have been a number.
func beforeMask(s string, i int) bool {
	_, n := separator(s, i)
	return n > 0 && beginsMask(s[i+n:])
}
