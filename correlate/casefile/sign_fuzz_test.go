package casefile

import (
	"encoding/pem"
	"testing"
)

// Whatever a file of a key holds, it is one or it is refused, and what is read as a
// key signs what its public half checks.
func FuzzKeys(f *testing.F) {
	good := openssh(keyOf(1))
	block, _ := pem.Decode(good)
	f.Add(good, []byte(publicLine(keyOf(1))))
	f.Add(block.Bytes, []byte("ann@example "+publicLine(keyOf(2))+" comment\n# none\n"))
	f.Add([]byte("openssh-key-v1\x00\xff\xff\xff\xff"), []byte("ssh-ed25519 AAAA"))
	f.Fuzz(func(t *testing.T, private, public []byte) {
		message := []byte("sums")
		if b, _ := pem.Decode(private); b != nil {
			private = b.Bytes
		}
		if key, err := privateKey(private); err == nil {
			mine, err := publicKeys([]byte(publicLine(key)))
			if err != nil {
				t.Fatal(err)
			}
			if err := checkSignature((&Signer{key}).sign(message), message, mine); err != nil {
				t.Error(err)
			}
		}
		if keys, err := publicKeys(public); err == nil && len(keys) == 0 {
			t.Errorf("%q has no key, and is not refused", public)
		}
		_ = checkSignature(public, message, nil)
	})
}
