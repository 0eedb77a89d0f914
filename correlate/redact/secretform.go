package redact

import "regexp"

// secret is one form of secret. The group, or all of it, is taken out; sign is
// what a line must hold, in small letters, before the form is looked for.
type secret struct {
	signs []string
	form  func() *regexp.Regexp
	value uint8 // what is one, by what it looks like
}

func (s secret) needs() []string { return s.signs }

// What a value must look like to be a secret, where its place alone does not tell.
const (
	anyValue uint8 = iota
	mixed          // letters and figures, as no word has
	keyLike        // capitals, small letters and figures, as no name has
)

// Forms after the issuers' own descriptions: JWT (RFC 7519), Bearer and Basic
// (RFC 6750, 7617), AWS, GitHub, GitLab, Slack, Google and Stripe keys; DSNs as
// go-sql-driver/mysql documents them.
var secrets = []secret{
	{[]string{"-----begin"}, expr(`(-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|$))`), anyValue},
	{[]string{"eyj"}, expr(`(eyJ[A-Za-z0-9_=-]{6,}\.[A-Za-z0-9_=-]{4,}(?:\.[A-Za-z0-9_=+/-]*)?)`), anyValue},
	{[]string{"bearer", "basic", "apikey", "negotiate"}, expr(`(?i)(?:^|[^\w/.-])(?:bearer|basic|apikey|negotiate)(?:\s|%20|\+)+([A-Za-z0-9._~+/=-]{8,})`), anyValue},
	{[]string{"://"}, expr(`://([^\s/@"'<>]+)@`), anyValue},
	{[]string{"akia", "asia", "aroa", "aida", "agpa"}, expr(`\b((?:AKIA|ASIA|AROA|AIDA|AGPA)[A-Z0-9]{16})\b`), anyValue},
	{[]string{"%3a%2f%2f"}, expr(`(?i)%3a%2f%2f([^\s/"'<>&]+?)%40`), anyValue},
	{[]string{"arn:aws"}, expr(`\barn:aws[a-z-]*:([^\s"'<>]+)`), anyValue},
	{[]string{"ls0tls1crud"}, expr(`(LS0tLS1CRUdJTi[A-Za-z0-9+/=]+)`), anyValue}, // a PEM block in base64
	{[]string{"sk-", "hvs.", "hvb.", "npm_", "dckr_pat_", "pypi-", "sg.", "glsa_", "ya29."},
		expr(`\b((?:sk-(?:proj|ant|live|test)-|hv[sb]\.|npm_|dckr_pat_|pypi-|SG\.|glsa_|ya29\.)[A-Za-z0-9_.-]{16,})`), anyValue},
	{[]string{"aiza"}, expr(`(AIza[0-9A-Za-z_-]{35})`), anyValue},
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "k_live_", "k_test_"},
		expr(`\b((?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|[sr]k_(?:live|test)_)[A-Za-z0-9_-]{10,})`), anyValue},
	{[]string{"@tcp(", "@unix(", "@udp(", "@("}, expr(`[\w.-]+:([^\s:@/"'()]+)@(?:tcp|unix|udp)?\(`), anyValue},
	{[]string{"@"}, expr(`(?:^|[\s"'=])[\w.-]+:([^\s:@/"'()]{3,})@[\w.-]+:\d+`), anyValue},
	{[]string{"value"}, expr(`(?i)name\\*["']\s*:\s*\\*["'][^"'\\]*(?:passw|pwd|secret|token|key|credential|auth|dsn|pass|cookie|private|license)[^"'\\]*\\*["']\s*,\s*\\*["']value\\*["']\s*:\s*\\*["']((?:[^"'\\]|\\[^"'])+)`), anyValue},
	{[]string{"--"}, expr(`(?i)--(?:[a-z-]*(?:password|passwd|token|secret|api-key|pass|credentials?))(?:\\*["'])?[\s,=]+(?:\\*["'])?([^\s"'\\-][^\s"'\\]*)`), anyValue},
	{[]string{"token", "code"}, expr(`(?i)(?:^|[^\w/.-])token (?:for \S+ )?([A-Za-z0-9._~+/=-]{8,})`), mixed},
	{[]string{"bearer", "basic", "apikey", "token"}, expr(`(?i)(?:bearer|basic|apikey|token)(?:%20|\+)([A-Za-z0-9._~+/=-]{8,})`), mixed},
	{[]string{"otp", "passcode", "code"}, expr(`(?i)\b(?:otp|passcode|one-time code|verification code)\s+([0-9]{4,8})\b`), anyValue},
	{[]string{"state=", "code=", "nonce=", "ticket=", "key="}, expr(`(?i)(?:^|[^\w])(?:state|code|nonce|ticket|code_verifier|code_challenge|key)=([A-Za-z0-9._~-]{10,})`), mixed},
	{[]string{"="}, expr(`[?&][\w.-]{1,40}=([A-Za-z0-9._~-]{12,})`), keyLike},
	{[]string{"digest "}, expr(`(?i)digest .*?(?:response|nonce|cnonce|opaque)=\\*["']?([^"'\\,\s]+)`), anyValue},
	{[]string{" -u", "--user", " -a", "--auth"}, expr(`(?i)\b(?:curl|wget|https?)\b.*?\s(?:-u|--user|-a|--auth)[ =]+["']?[^\s:"']+:([^\s"']+)`), anyValue},
	{[]string{"sshpass", "mysql", "redis-cli"}, expr(`\b(?:sshpass|mysql\w*|redis-cli)\b.*?\s-[pa] ?([^\s"'-][^\s"']*)`), mixed},
	{[]string{"basic auth"}, expr(`(?i)basic auth\w*:? (?:for )?[^\s:"']+:([^\s"']+)`), anyValue},
	{[]string{"hooks.slack.com", "webhook.office.com", "discord"}, expr(`(?i)(?:hooks\.slack\.com(?:/|%2f)services|webhook\.office\.com(?:/|%2f)webhookb2|discord(?:app)?\.com(?:/|%2f)api(?:/|%2f)webhooks)(?:/|%2f)([A-Za-z0-9/_@.%-]+)`), anyValue},
	{[]string{"pass", "pwd"}, expr(`(?i)\b\w*(?:password|passwd|passphrase|passcode|passw0rd|pwd|pass)(?: is:?| was| of| for \S+)?[\s(]+\\*["'\x60]([^\s"'\x60]{3,}?)\\*["'\x60]`), anyValue},
	{[]string{"pass", "pwd", "pw "}, expr(`(?i)(?:^|[^\w/.])-{0,2}\w*(?:password|passwd|passphrase|passcode|passw0rd|pwd|requirepass|pass|pw)(?: is| was)?:?[\s;]+([^\s"'(){}\[\],;\\]{4,})`), mixed},
	{[]string{"identified by", "identified with"}, expr(`(?i)identified (?:with \S+ )?(?:by|as)(?: password)? \\*["']([^"'\\]+)`), anyValue},
	{[]string{"auth "}, expr(`\b(?:AUTH|masterauth)\s+(?:[\w.-]+ )?([^\s"']{4,})`), mixed},
	{[]string{"secret", "token", "key", "session", "ticket", "credential", "signature", "jwt", "cookie"},
		expr(`(?i)(?:^|[^\w/.-])(?:secret|token|key|session|ticket|credentials?|signature|jwt|cookie)(?: id| provided| is| was| value)*:?\s+\\*["'\x60]?([A-Za-z0-9_.~+/=-]{8,})`), keyLike},
	{[]string{" code", "otp", "pin "}, expr(`(?i)\b(?:your|verification|one-time|otp|sms|mfa|2fa|login|security|pass) ?(?:pass)?(?:code|pin)(?: is| was)?:?\s+([0-9]{4,8})\b`), anyValue},
	{[]string{"otp", "passcode", "pin "}, expr(`(?i)\b(?:otp|totp|passcode|pin)(?: is| was):?\s+([0-9]{4,8})\b`), anyValue},
	{[]string{"-p"}, expr(`(?:\\*["']-(?:p|pw|a)\\*["'], ?\\*["']|\s-u ?\S+ -p ?)([^\s"'\\]{4,})`), mixed},
	{[]string{"-p"}, expr(`(?:^|[\s"'=])-p([^\s"'\\=:-][^\s"'\\]{3,})\s+-[uh]`), mixed},
	{[]string{"value"}, expr(`(?i)value\\*["']\s*:\s*\\*["']((?:[^"'\\]|\\[^"'])+)\\*["']\s*,\s*\\*["']name\\*["']\s*:\s*\\*["'][^"'\\]*(?:passw|pwd|secret|token|key|credential|auth|dsn|pass|cookie|private|license)`), anyValue},
	{[]string{"</"}, expr(`(?i)<(?:\w+:)?[\w.-]*(?:passw(?:or)?d|pwd|pass|secret|token|api-?key|credentials?|passphrase|privatekey)(?:\s[^<>]*)?>([^<>]+)</`), anyValue},
	{[]string{"value="}, expr(`(?i)(?:key|name)=\\*["'][^"']*(?:passw|pwd|secret|token|key|credential|auth|dsn|pass|cookie|private|license)[^"']*["']\s+value=\\*["']([^"'\\]+)`), anyValue},
	{[]string{"digest", "aws4-", "oauth", "hawk", "mac "}, expr(`(?i)(?:digest|aws4-hmac-sha256|oauth|hawk|mac) [^|]*?(?:response|signature|oauth_token|mac|hash)=\\*["']?([^"'\\,\s]+)`), anyValue},
	{[]string{"authorization"}, expr(`(?i)authorization\\*["']?\s*[:=]\s*\[?\\*["']?[a-z][a-z0-9-]+ +([A-Za-z0-9._~+/=-]{8,})`), mixed},
	{[]string{"sk-", "whsec_", "shpat_", "dop_v1_", "age-secret-key-", "rk_", "pk_", "xkeysib-", "sq0", "eaa", "pat-", "lin_", "sntrys_", "ntn_", "figd_", "pul-", "nvapi-", "hf_", "gsk_", "atatt", "key-"},
		expr(`\b((?:sk-|whsec_|shp(?:at|ca|pa|ss)_|dop_v1_|AGE-SECRET-KEY-1|xkeysib-|sq0[a-z]{3}-|EAA|lin_api_|sntrys_|ntn_|figd_|pul-|nvapi-|hf_|gsk_|ATATT)[A-Za-z0-9_-]{8,})`), anyValue},
	{[]string{"ssh-rsa", "ssh-ed25519", "ecdsa-sha2"}, expr(`(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\w+) (AAAA[A-Za-z0-9+/=]{16,})`), anyValue},
	{[]string{"api.telegram.org", "/bot"}, expr(`/bot([0-9]{6,}:[A-Za-z0-9_-]{8,})`), anyValue},
	{[]string{"@"}, expr(`(?:^|[\s"'=:])[\w.-]+[:/]([^\s:@/"'()]{3,})@(?:/|[\w.-]+:\d+[:/])`), anyValue},
	{[]string{"secret_key_base", "keybase"}, expr(`secret_key_base\\*["']?\s*[:=]\s*\\*["']?([^\s"'\\]+)`), anyValue},
}
