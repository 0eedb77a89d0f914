package main

// synonyms are words that people type for a verb of ours, with what does it.
// They are answered and are no verbs: a second name for one thing is one more
// to learn, and a folder may be called so.
var synonyms = map[string]string{
	"report": "analyze", "analyse": "analyze", "run": "analyze", "scan": "analyze", "summary": "analyze", "diagnose": "analyze", "read": "analyze",
	"diff": "compare", "cmp": "compare",
	"redact": "export --redact", "anonymize": "export --redact", "anonymise": "export --redact", "save": "export", "pack": "export",
	"logs": "events", "log": "events", "timeline": "events", "lines": "events", "grep": "events",
	"files": "sources", "list": "sources", "ls": "sources", "inputs": "sources",
	"show": "tui", "view": "tui", "open": "tui", "ui": "tui", "browse": "tui",
	"metrics": "query", "validate": "verify", "gather": "collect", "dump": "collect",
	"why": "explain", "describe": "explain", "example": "demo", "examples": "demo", "generate": "synth", "codes": "rules", "diagnoses": "rules",
}
