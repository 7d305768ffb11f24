package notation

import "github.com/winnow-data/winnow/synth/check/internal/exact"

// The dimensions that units have.
const (
	length = iota
	duration
	mass
	angle
	dollars
	temperature
	information
	current
	Dimensions // how many
)

type measure struct {
	factor exact.Rat
	dims   [Dimensions]int8
}

func unit(n, d int64, dims ...int8) measure {
	m := measure{factor: exact.Frac(n, d)}
	copy(m.dims[:], dims)
	return m
}

// unitTable holds symbols in their case and names in lower case, singular.
var unitTable = func() map[string]measure {
	second, metre, gram := int8(1), int8(1), int8(1)
	t := map[string]measure{
		"second": unit(1, 1, 0, second), "minute": unit(60, 1, 0, second), "hour": unit(3600, 1, 0, second), "day": unit(86400, 1, 0, second), "week": unit(604800, 1, 0, second),
		"month": unit(2629746, 1, 0, second), "year": unit(31556952, 1, 0, second), "decade": unit(315569520, 1, 0, second), "millisecond": unit(1, 1000, 0, second),
		"metre": unit(1, 1, metre), "kilometre": unit(1000, 1, metre), "centimetre": unit(1, 100, metre), "millimetre": unit(1, 1000, metre), "decimetre": unit(1, 10, metre),
		"inch": unit(254, 10000, metre), "foot": unit(3048, 10000, metre), "yard": unit(9144, 10000, metre), "mile": unit(1609344, 1000, metre), "nm": unit(1, 1_000_000_000, metre),
		"gram": unit(1, 1, 0, 0, gram), "kilogram": unit(1000, 1, 0, 0, gram), "milligram": unit(1, 1000, 0, 0, gram), "ton": unit(1_000_000, 1, 0, 0, gram),
		"pound": unit(45359237, 100000, 0, 0, gram), "ounce": unit(45359237, 1600000, 0, 0, gram),
		"litre": unit(1, 1000, 3), "millilitre": unit(1, 1_000_000, 3), "gallon": unit(3785411784, 1_000_000_000_000, 3), "hectare": unit(10000, 1, 2), "acre": unit(40468564224, 10_000_000, 2),
		"newton": unit(1000, 1, 1, -2, 1), "joule": unit(1000, 1, 2, -2, 1), "watt": unit(1000, 1, 2, -3, 1), "kilowatt": unit(1_000_000, 1, 2, -3, 1),
		"kj": unit(1_000_000, 1, 2, -2, 1), "pascal": unit(1000, 1, -1, -2, 1), "hertz": unit(1, 1, 0, -1),
		"mph": unit(1609344, 3600000, 1, -1), "kph": unit(1000, 3600, 1, -1),
		"degree": unit(1, 1, 0, 0, 0, 1), "dollar": unit(1, 1, 0, 0, 0, 0, 1), "cent": unit(1, 100, 0, 0, 0, 0, 1),
		"kelvin": unit(1, 1, 0, 0, 0, 0, 0, 1), "bit": unit(1, 1, 0, 0, 0, 0, 0, 0, 1), "byte": unit(8, 1, 0, 0, 0, 0, 0, 0, 1),
		"ampere": unit(1, 1, 0, 0, 0, 0, 0, 0, 0, 1), "volt": unit(1000, 1, 2, -3, 1, 0, 0, 0, 0, -1),
		"dozen": unit(12, 1), "lakh": unit(100_000, 1), "crore": unit(10_000_000, 1),
	}
	for name, of := range map[string]string{
		"s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour", "wk": "week", "yr": "year", "ms": "millisecond", "秒": "second", "分钟": "minute", "小时": "hour", "天": "day", "年": "year", "周": "week", "月": "month",
		"m": "metre", "meter": "metre", "km": "kilometre", "kilometer": "kilometre", "cm": "centimetre", "centimeter": "centimetre", "mm": "millimetre", "millimeter": "millimetre", "dm": "decimetre", "decimeter": "decimetre",
		"in": "inch", "inches": "inch", "ft": "foot", "feet": "foot", "yd": "yard", "mi": "mile", "米": "metre", "千米": "kilometre", "公里": "kilometre", "厘米": "centimetre", "毫米": "millimetre", "分米": "decimetre",
		"g": "gram", "kg": "kilogram", "kilo": "kilogram", "mg": "milligram", "t": "ton", "tonne": "ton", "lb": "pound", "oz": "ounce", "克": "gram", "千克": "kilogram", "公斤": "kilogram", "吨": "ton", "毫克": "milligram",
		"l": "litre", "L": "litre", "liter": "litre", "ml": "millilitre", "mL": "millilitre", "milliliter": "millilitre", "gal": "gallon", "ha": "hectare", "升": "litre", "毫升": "millilitre", "公顷": "hectare",
		"N": "newton", "J": "joule", "W": "watt", "kW": "kilowatt", "kJ": "kj", "Pa": "pascal", "Hz": "hertz", "A": "ampere", "V": "volt", "K": "kelvin",
		"deg": "degree", "度": "degree", "$": "dollar", "USD": "dollar", "usd": "dollar", "美元": "dollar", "¢": "cent", "B": "byte", "kmh": "kph", "打": "dozen",
	} {
		t[name] = t[of]
	}
	return t
}()

// IsUnit says whether s is the name or the symbol of a unit of measure that [UnitOf] knows.
func IsUnit(s string) bool {
	_, ok := measureOf(s)
	return ok
}

// measureOf looks a word up: as it is, in lower case, in the singular.
func measureOf(s string) (measure, bool) {
	if m, ok := unitTable[s]; ok {
		return m, true
	}
	if len(s) < 2 || len(s) > 14 {
		return measure{}, false
	}
	var buf [14]byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buf[i] = c
	}
	if m, ok := unitTable[string(buf[:len(s)])]; ok && len(s) > 2 {
		return m, true
	}
	if n := len(s) - 1; buf[n] == 's' && n > 1 {
		m, ok := unitTable[string(buf[:n])]
		return m, ok
	}
	return measure{}, false
}
