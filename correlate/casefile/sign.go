package casefile

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A case is signed as OpenSSH signs files (PROTOCOL.sshsig): the signature
// stands over SHA256SUMS, which has the sums of everything else, so that
// `ssh-keygen -Y verify -n faultline -s SHA256SUMS.sig` reads it too.
const (
	signatureName = "SHA256SUMS.sig"
	namespace     = "faultline"
	sshsigMagic   = "SSHSIG"
	sshsigHash    = "sha512"
	keyType       = "ssh-ed25519"
	// maxKeyFile is how much of a key file is read.
	maxKeyFile = 1 << 16
)

// Signer signs cases.
type Signer struct{ key ed25519.PrivateKey }

// ReadSigner reads an Ed25519 private key as `ssh-keygen -t ed25519` writes it,
// without a passphrase (PROTOCOL.key).
func ReadSigner(path string) (*Signer, error) {
	data, err := readKey(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "OPENSSH PRIVATE KEY" {
		return nil, fmt.Errorf("%s: no private key of OpenSSH", path)
	}
	key, err := privateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Signer{key}, nil
}

func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxKeyFile))
}

// wire reads SSH's strings (RFC 4251 §5); a text that is too short makes all
// that follows empty, and bad.
type wire struct {
	b   []byte
	bad bool
}

func (w *wire) u32() uint32 {
	if len(w.b) < 4 {
		w.bad = true
		return 0
	}
	n := binary.BigEndian.Uint32(w.b)
	w.b = w.b[4:]
	return n
}

func (w *wire) text() []byte {
	n := w.u32()
	if w.bad || uint64(n) > uint64(len(w.b)) {
		w.bad = true
		return nil
	}
	s := w.b[:n]
	w.b = w.b[n:]
	return s
}

func appendText(to []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(s))), s...)
}

var errKey = errors.New("no Ed25519 key without a passphrase")

// privateKey reads OpenSSH's own form.
func privateKey(b []byte) (ed25519.PrivateKey, error) {
	const magic = "openssh-key-v1\x00"
	if !bytes.HasPrefix(b, []byte(magic)) {
		return nil, errKey
	}
	w := wire{b: b[len(magic):]}
	cipher, kdf := string(w.text()), string(w.text())
	w.text()
	if w.u32() != 1 || cipher != "none" || kdf != "none" {
		return nil, errKey
	}
	w.text()
	in := wire{b: w.text()}
	if first, second := in.u32(), in.u32(); first != second || string(in.text()) != keyType {
		return nil, errKey
	}
	public, private := in.text(), in.text()
	if w.bad || in.bad || len(private) != ed25519.PrivateKeySize || !bytes.Equal(private[32:], public) {
		return nil, errKey
	}
	// A public half that is another key's would give signatures that fit nobody, and
	// tell the key (RFC 8032, 5.1.6 hashes both).
	key := ed25519.NewKeyFromSeed(private[:ed25519.SeedSize])
	if !bytes.Equal(key, private) {
		return nil, errKey
	}
	return key, nil
}

func publicBlob(key ed25519.PublicKey) string {
	return string(appendText(appendText(nil, keyType), string(key)))
}

// signed is what a signature stands over.
func signed(message []byte) []byte {
	sum := sha512.Sum512(message)
	out := []byte(sshsigMagic)
	for _, s := range []string{namespace, "", sshsigHash, string(sum[:])} {
		out = appendText(out, s)
	}
	return out
}

// sign gives an armored signature over a message.
func (s *Signer) sign(message []byte) []byte {
	signature := appendText(appendText(nil, keyType), string(ed25519.Sign(s.key, signed(message))))
	out := binary.BigEndian.AppendUint32([]byte(sshsigMagic), 1)
	for _, text := range []string{publicBlob(s.key.Public().(ed25519.PublicKey)), namespace, "", sshsigHash, string(signature)} {
		out = appendText(out, text)
	}
	var armored bytes.Buffer
	armored.WriteString("-----BEGIN SSH SIGNATURE-----\n")
	for text := base64.StdEncoding.EncodeToString(out); text != ""; {
		n := min(len(text), 70)
		armored.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	armored.WriteString("-----END SSH SIGNATURE-----\n")
	return armored.Bytes()
}

// SignedBy says whether the case was signed with the key whose public half
// stands in a file: a line of `ssh-ed25519 …`, alone or as in authorized_keys
// or allowed_signers.
func (f *File) SignedBy(path string) error {
	data, err := readKey(path)
	if err != nil {
		return err
	}
	wanted, err := publicKeys(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	armored, err := f.Document(signatureName)
	if err != nil {
		return errors.New("it is not signed")
	}
	message, err := f.Document(sumsName)
	if err != nil {
		return err
	}
	return checkSignature(armored, message, wanted)
}

func publicKeys(data []byte) (out []string, err error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		for i, f := range fields {
			if f == keyType && i+1 < len(fields) {
				blob, err := base64.StdEncoding.DecodeString(fields[i+1])
				if err != nil {
					return nil, err
				}
				out = append(out, string(blob))
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no line of " + keyType)
	}
	return out, nil
}

var errSignature = errors.New("its signature does not fit")

func checkSignature(armored, message []byte, wanted []string) error {
	block, _ := pem.Decode(armored)
	if block == nil || block.Type != "SSH SIGNATURE" || !bytes.HasPrefix(block.Bytes, []byte(sshsigMagic)) {
		return errSignature
	}
	w := wire{b: block.Bytes[len(sshsigMagic):]}
	version, public, space := w.u32(), string(w.text()), string(w.text())
	w.text()
	hash := string(w.text())
	signature := wire{b: w.text()}
	kind, value := string(signature.text()), signature.text()
	key := wire{b: []byte(public)}
	key.text()
	raw := key.text()
	if w.bad || signature.bad || key.bad || version != 1 || space != namespace || hash != sshsigHash || kind != keyType ||
		len(raw) != ed25519.PublicKeySize {
		return errSignature
	}
	if !ed25519.Verify(ed25519.PublicKey(raw), signed(message), value) {
		return errSignature
	}
	for _, k := range wanted {
		if k == public {
			return nil
		}
	}
	return errors.New("it is signed, with another key")
}
