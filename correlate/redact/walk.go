package redact

import (
	"strings"
)

// walked takes the words of paths that people made up: of requests, "GET /v1/NAME" and
// "https://host/NAME", and of files, "/srv/NAME/current". They wait until all else was
// learned, so that what is a service somewhere is one here.
func (r *Redactor) walked(b []byte) {
	for i := 0; i < len(b); i++ {
		if b[i] != '/' {
			continue
		}
		from := i
		switch {
		case i > 0 && i+1 < len(b) && b[i-1] == ':' && b[i+1] == '/': // behind the host of a URL
			if from = endOf(b, i+2, authorityByte); from == len(b) || b[from] != '/' {
				i = from
				continue
			}
		case i > 0 && strings.IndexByte(" \t\"'`([=,>", b[i-1]) < 0:
			continue
		}
		end := endOf(b, from, pathByte)
		r.segments(string(b[from:end]))
		i = end
	}
}

// authorityByte and pathByte are of what is before and behind the third slash of a URL (RFC 3986 §3).
func authorityByte(c byte) bool {
	return nameByte(c) || c >= 0x80 || strings.IndexByte("@:[]%", c) >= 0
}
func pathByte(c byte) bool { return nameByte(c) || c >= 0x80 || strings.IndexByte("/~%+:@", c) >= 0 }

// segments takes the words of a path, but for those of interfaces, systems and sentences.
func (r *Redactor) segments(path string) {
	const least = 3
	if module([]byte(strings.TrimPrefix(path, "/"))) > 0 {
		return
	}
	for segment := range strings.FieldsFuncSeq(path, func(c rune) bool { return c == '/' || c == ':' }) {
		if dot := strings.LastIndexByte(segment, '.'); dot > 0 && sourceEndings[lower(segment[dot+1:])] {
			segment = segment[:dot]
		}
		for _, w := range wordsOf(segment) {
			if w = lower(w); len(w) >= least && hasLetter(w) && !ofPaths[w] && !common[w] && !partsOfKnown[w] && !r.word(w) && !r.taken[w] {
				r.waiting[w] = true
			}
		}
	}
}

// settle makes the pseudonyms of the words of paths.
func (r *Redactor) settle() {
	for len(r.waiting) > 0 {
		n := names{}
		for w := range r.waiting {
			if r.to[w] == "" && !r.taken[w] {
				n.add(r, File, w)
			}
		}
		clear(r.waiting)
		r.take(n)
	}
}

// ofPaths are words of paths that programs, systems and interfaces share, and that
// identify nobody (Filesystem Hierarchy Standard 3.0; what servers of the web call things).
var ofPaths = set(`etc usr opt srv home proc sys dev bin sbin lib lib64 libexec share local mnt media run root boot www html htdocs cgi vendor node_modules
	site packages dist python3 python src pkg mod tmp cache sockets sock shm cgroup kubepods containerd overlay overlayfs volumes secrets serviceaccount
	apis rest rpc graphql grpc health healthz healthcheck livez readyz ready live liveness readiness startup alive ping status stats metrics prometheus
	actuator info version index home static assets images img css fonts favicon robots sitemap manifest public private internal external default well known
	acme challenge openid oauth oauth2 oidc sso saml callback authorize token tokens userinfo jwks login logout signin signout signup register password
	reset verify me self profile settings account accounts user users customer customers tenant tenants team teams org orgs organization organizations
	group groups role roles member members owner owners project projects order orders item items cart carts basket checkout payment payments invoice invoices
	product products catalog category categories search query filter sort list get post put patch delete create update edit new save upload uploads
	download downloads file files folder folders image media video document documents report reports export import event events message messages
	notification notifications webhook webhooks hook hooks job jobs task tasks queue queues worker workers service services server servers client clients
	session sessions config configuration admin dashboard console monitor monitoring debug pprof trace traces log logs test tests example demo
	namespaces pods nodes deployments statefulsets daemonsets replicasets configmaps endpoints endpointslices ingresses leases crds watch
	page pages view views article articles post posts comment comments tag tags feed rss app apps api web site sites portal shop store
	php jsp asp aspx html htm xml json yaml svg png jpg jpeg gif ico webp woff woff2 ttf map txt csv pdf zip`)
