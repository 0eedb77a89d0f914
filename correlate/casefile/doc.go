// Package casefile writes a judged case to a file that a stranger can open,
// check and trust, and reads it back as the capture that it was made of.
//
// A case is a zip of stored entries, or the same as a folder: Parquet tables
// (docs/case.md lists their columns), documents for people, and manifest.json
// with the SHA-256 of each. What was read is stored, what was judged too; only
// the former is used when a case is opened, and [File.Verify] says whether the
// latter follows from it.
//
// A case is from a stranger. Sizes and hashes are checked before a Parquet
// byte is looked at, and what the Parquet library panics over is an error.
package casefile
