package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// W3C is the extended log file format, whose columns stand in a line
// "#Fields:" before the others, and CloudFront's also without it.
var W3C = &parse.Format{
	Name: "w3c",
	Doc: `access log in the extended format of the W3C, whose columns a line "#Fields:" names: IIS, HTTP.sys, CloudFront. A line is written at the end of a request, in UTC.
2024-02-02	13:22:31	CDG50-P2	1062	198.51.100.7	GET	d111111abcdef8.cloudfront.net	/cart	504	-	curl/8.5.0	-	-	Error	SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==	shop.example	https	23	30.001	-	TLSv1.3	TLS_AES_128_GCM_SHA256	Error	HTTP/2.0	-	-	11040	30.001	OriginCommError	text/html	1033	-	-`,
	Origin: "IIS 6 to 10, HTTP.sys, CloudFront (W3C WD-logfile-960323; learn.microsoft.com, W3C Logging; docs.aws.amazon.com, Standard logging reference)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs", Grain: parse.GrainSecond,
	Needles: []string{"\tError\t", " 502 3 ", "#Fields:"},
	Line:    extended,
	Detail: alike(productNginx.unitOf, func(line []byte, d *parse.Detail) {
		for _, c := range usualColumns {
			if c.detail(line, d) {
				return
			}
		}
		asText(line, d)
	}),
}

func init() { W3C.Head = w3cOf } // which makes formats out of the list that this one is in

// usualColumns are those of lines that come without the one that names them:
// CloudFront's, in their fixed order, those that IIS writes by default, or with all
// that it offers, and those of Azure App Service (learn.microsoft.com, "Enable
// diagnostic logging for apps in Azure App Service").
var usualColumns = func() (all []*columns) {
	for _, text := range []string{
		cloudFront,
		"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
		"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken",
		"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
		"#Fields: date time s-sitename cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken",
		"#Fields: date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken",
	} {
		c, err := named(text)
		if err != nil {
			panic(err) // the table is wrong
		}
		c.loose = text == cloudFront
		all = append(all, c)
	}
	return all
}()

// extended reads a line of usual columns, and those that name columns.
func extended(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := l.Text
	if text[0] == '#' {
		for _, directive := range []string{"#Fields:", "#Version:", "#Software:", "#Date:", "#Start-Date:", "#End-Date:", "#Remark:"} {
			if has(text, directive) {
				return parse.Other
			}
		}
	}
	if !digit(text[0]) {
		return parse.NotMine
	}
	for _, c := range usualColumns {
		if v := c.line(l, b); v != parse.NotMine {
			return v
		}
	}
	return parse.NotMine
}

// maxNamed is how many sets of columns one log may have.
const maxNamed = 8

// w3cOf makes the format of a source out of the lines that name its columns,
// which another start of its program may have changed.
func w3cOf(head []byte) *parse.Format {
	if !bytes.Contains(head, []byte("#Fields:")) {
		return nil
	}
	var layouts []*Layout
	software, date := "", oneDate(head)
	for line := range bytes.Lines(lex.TrimBOM(head)) {
		line = bytes.TrimSpace(line)
		switch {
		case has(line, "#Software:"):
			software = string(line) + "\n"
		case has(line, "#Fields:") && len(layouts) < maxNamed:
			if l, err := Compile(software + date + string(line)); err == nil {
				layouts = append(layouts, l)
			}
		}
	}
	if layouts == nil {
		return nil
	}
	made := Laid(layouts)[0]
	made.Whole = date != "" // its lines have a time of the day, and the day is known from those before
	return made
}

// oneDate is the line "#Date:" of a head, if all of them name one day.
func oneDate(head []byte) (out string) {
	const day = len(dateMark + " 2006-01-02")
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		if !has(line, dateMark) || len(line) < day {
			continue
		}
		if out != "" && out[:day] != string(line[:day]) {
			return ""
		}
		out = string(line) + "\n"
	}
	return out
}
