package casefile

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// openssh writes a private key as ssh-keygen does (PROTOCOL.key).
func openssh(key ed25519.PrivateKey) []byte {
	public := string(key.Public().(ed25519.PublicKey))
	in := binary.BigEndian.AppendUint32(nil, 7)
	in = binary.BigEndian.AppendUint32(in, 7)
	for _, s := range []string{keyType, public, string(key), "a comment"} {
		in = appendText(in, s)
	}
	for i := byte(1); len(in)%8 != 0; i++ {
		in = append(in, i)
	}
	out := []byte("openssh-key-v1\x00")
	for _, s := range []string{"none", "none", ""} {
		out = appendText(out, s)
	}
	out = binary.BigEndian.AppendUint32(out, 1)
	out = appendText(appendText(out, publicBlob(ed25519.PublicKey(public))), string(in))
	return pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: out})
}

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func publicLine(key ed25519.PrivateKey) string {
	return keyType + " " + base64.StdEncoding.EncodeToString([]byte(publicBlob(key.Public().(ed25519.PublicKey))))
}

// A signature fits its message and its key, and no other.
func TestSignature(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, openssh(keyOf(1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("sums of a case\n")
	armored := s.sign(message)
	mine, err := publicKeys([]byte("# keys\nann@example " + publicLine(keyOf(1)) + " comment\n"))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := publicKeys([]byte(publicLine(keyOf(2))))
	if err := checkSignature(armored, message, mine); err != nil {
		t.Error(err)
	}
	if err := checkSignature(armored, message, other); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Error(err)
	}
	if err := checkSignature(armored, append(message, ' '), mine); err != errSignature {
		t.Error(err)
	}
	block, _ := pem.Decode(armored)
	for i := range block.Bytes {
		bent := bytes.Clone(block.Bytes)
		bent[i] ^= 1
		if err := checkSignature(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: bent}), message, mine); err == nil {
			t.Errorf("byte %d of the signature does not matter", i)
		}
		if err := checkSignature(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes[:i]}), message, mine); err == nil {
			t.Errorf("a signature of %d bytes fits", i)
		}
	}
}

// OpenSSH reads what is signed here, where it is to be had.
func TestSignatureIsOpenSSHs(t *testing.T) {
	tool, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("no ssh-keygen here")
	}
	dir := t.TempDir()
	at := func(name string, data []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	message := []byte("sums of a case\n")
	armored := (&Signer{keyOf(3)}).sign(message)
	verify := exec.Command(tool, "-Y", "verify", "-n", namespace, "-I", "ann", "-f", at("allowed", []byte("ann "+publicLine(keyOf(3))+"\n")), "-s", at("sig", armored))
	verify.Stdin = bytes.NewReader(message)
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	made := filepath.Join(dir, "made")
	if out, err := exec.Command(tool, "-q", "-t", "ed25519", "-N", "", "-f", made).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s, err := ReadSigner(made)
	if err != nil {
		t.Fatal(err)
	}
	public, err := os.ReadFile(made + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := publicKeys(public)
	if err == nil {
		err = checkSignature(s.sign(message), message, keys)
	}
	if err != nil {
		t.Error(err)
	}
}

// What is no key is refused, whatever it is.
func TestNoKey(t *testing.T) {
	good := openssh(keyOf(1))
	block, _ := pem.Decode(good)
	for i := range block.Bytes {
		if _, err := privateKey(block.Bytes[:i]); err == nil && i < len(block.Bytes)-8 {
			t.Errorf("%d bytes of a key are one", i)
		}
	}
	for _, text := range []string{"", "ssh-rsa AAAA", "ssh-ed25519", "ssh-ed25519 !!!"} {
		if _, err := publicKeys([]byte(text)); err == nil {
			t.Errorf("%q has a key", text)
		}
	}
}
