# Everything needs only Go, and git to fetch this.
GO      ?= go
FUZZTIME ?= 10s
WORLDS  ?= 50
VULNDB  ?= https://vuln.go.dev
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: mutants pictures help build demo test race lint cross vuln fuzz bench verdicts claims browser golden dist installed reproduce acceptance interop clean

help:     ## what can be made
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 14

build:    ## bin/faultline
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/faultline ./cmd/faultline

demo: build    ## build, then open the bundled incident
	./bin/faultline demo

# Of what is long make test does a part; TESTFLAGS= does all seeds, sizes and
# kills, as .ci/run does.
TESTFLAGS ?= -short
test:     ## every test that needs nothing but Go
	$(GO) test $(TESTFLAGS) ./...

# The packages whose code starts goroutines, and those that run beside them: the
# rest, which judges when all is read and makes worlds, has nothing to race with.
RACED ?= ./cmd/... ./correlate ./correlate/aside ./correlate/casefile ./correlate/shard ./parse ./parse/bundle ./parse/formats ./tui/...
# Long tests of code that runs in one goroutine, or in processes of its own.
UNRACED ?= TestEqualRates|TestSinceWhen|TestExplainConstantDays|TestCopiesChangeNothing|TestForgeriesDoNotVerify|TestVerifyNamesEachValue|TestMaxSize|TestDamagedTables|TestMutations|FuzzCase|FuzzAgainst|TestWords|TestExamplesRun|TestCollectGathersWhatTheReportAsksFor|TestTickets|TestVerifyHoldsALie|TestRandomKeys|TestSizes|TestKeysEverywhere|TestRequestsAreWritten|TestTablesFollowFromTheirLines|TestNothingPlantedIsLeft|TestKillsLeaveNothingHalfWritten|TestRedactedCaseIsJudgedAlike|TestWalks|TestPromises|TestPartsWithoutEnd|TestHugeLine|TestMaxLine|TestLogBehindNoise|TestLeaksAreFound|TestMCPLinesOfEverySource
race:     ## those of packages that start goroutines under the race detector, fewer seeds
	$(GO) test -race -short -skip '$(UNRACED)' $(RACED)

lint:     ## formatting, vet, and the rules of the house
	@test -z "$$(gofmt -s -l .)" || { gofmt -s -d . | head -50; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@dead=$$($(GO) tool deadcode -test ./...) || exit 1; test -z "$$dead" || { echo "$$dead"; exit 1; }
	$(GO) test -count=1 ./docs/...
	$(GO) test -count=1 -run TestNothingConnects ./cmd/faultline -linked

cross:    ## what only other platforms compile
	GOOS=windows $(GO) vet ./...
	GOOS=darwin $(GO) vet ./cmd/... ./tui/... ./parse/bundle/...

vuln:     ## known vulnerabilities that our code reaches; VULNDB=file:///copy checks without a network
	@said=$$($(GO) tool govulncheck -db $(VULNDB) ./... 2>&1); code=$$?; echo "$$said"; \
	case "$$said" in \
	*"fetching vulnerabilities"*) echo "vuln: NOT CHECKED, for $(VULNDB) cannot be reached from here: give a copy, VULNDB=file:///path" >&2; exit 2;; \
	*) exit $$code;; \
	esac

fuzz:     ## each fuzz target for FUZZTIME, a duration or a number of runs (2000x)
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; kept=$$($(GO) env GOCACHE)/fuzz; \
	for p in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n 1 dirname | sort -u); do \
	  $(GO) test -c -fuzz . -o "$$dir/fuzz" ./$$p || exit 1; \
	  for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$p/*_test.go); do \
	    echo "$$p $$f"; (cd $$p && "$$dir/fuzz" -test.run '^$$' -test.fuzz "^$$f$$" -test.fuzztime $(FUZZTIME) \
	      -test.fuzzminimizetime 100x -test.fuzzcachedir "$$kept/faultline/$$p") >"$$dir/said" 2>&1 || { cat "$$dir/said"; exit 1; }; \
	  done; \
	done

bench: build    ## a 1 GB day against wc, rg and openssl, as ratios of one run; growth; the screen at ten million events
	./docs/bench.sh bin/faultline
	$(GO) test -run '^$$' -bench . -benchtime 70x -timeout 30m ./tui
	FAULTLINE_BUNDLE_MB=1024 $(GO) test -run TestManyPods -count 1 -v ./parse/bundle

verdicts:  ## 500 worlds of each scenario with fresh seeds, into docs/verdicts.md; takes an hour
	$(GO) test -count=1 -timeout 180m -run TestVerdicts ./correlate -worlds 500 -seed 0 -table ../docs/verdicts.md -v | grep -v '^=== '

claims:   ## 50 worlds of each scenario, none of which may be judged wrongly
	$(GO) test -count=1 -timeout 30m -run TestVerdicts ./correlate -worlds $(WORLDS)

browser: build  ## the page of HTML in a headless Chromium
	./docs/interop/browser.sh bin/faultline
	$(GO) test -count=1 -run 'TestPrint|TestPageInABrowser' ./correlate/report -browser

golden:   ## rewrite the expected output of the command's scripts
	UPDATE=1 $(GO) test -count=1 ./cmd/...

pictures: ## the screens in docs/img, and the picture of the README that moves
	UPDATE=1 $(GO) test -count=1 -run 'TestPictures' ./tui
	UPDATE=1 $(GO) test -count=1 -run 'TestInvestigation' ./cmd/faultline
	UPDATE=1 $(GO) test -count=1 -run 'TestMovingPicture' ./docs

acceptance:  ## Prometheus's own scripts against the store of queries; the collector's own model on what is exported
	cd correlate/query/acceptance && $(GO) test -timeout 30m ./...
	cd correlate/report/testdata/acceptance && $(GO) test ./...

interop: build    ## read a case with duckdb, pyarrow, pandas, polars, chdb, pyspark; ask mcp with Python's client
	./docs/interop/run.sh bin/faultline
	./docs/scale/check.sh bin/faultline

dist:     ## archives for six platforms, .deb .rpm .apk, manifests, checksums; SIGN=key signs them
	$(GO) run ./cmd/dist -version '$(VERSION)' $(if $(SIGN),-sign $(SIGN))

installed: ## the packages for this machine, installed into empty folders and used there
	@set -e; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	$(GO) run ./cmd/dist -only linux/$$($(GO) env GOARCH) -o $$dir >/dev/null; \
	./docs/packaging/check.sh $$dir

reproduce:  ## build a release here and in a fresh clone, and compare the bytes
	@set -e; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	git clone -q . $$dir/clone; \
	$(GO) run ./cmd/dist -only linux/amd64 -version v0 -o $$dir/here; \
	cd $$dir/clone && $(GO) run ./cmd/dist -only linux/amd64 -version v0 -o $$dir/there; \
	cd $$dir && cat here/checksums.txt && diff -r here there && echo "the same bytes from two folders"

clean:    ## what was built
	rm -rf bin dist

# Of a module of its own, so that nothing of it is linked. Packages, or one with others' files left out:
# MUTATED=correlate/rules MUTANTS="-E page.go -E own.go".
MUTATED ?= correlate/known correlate/rules correlate parse $(patsubst %/,%,$(sort $(wildcard parse/*/)))
MUTANTS ?=
mutants:  ## what of MUTATED can be turned around without a test noticing; hours. Figures: docs/rules.md
	@for p in $(MUTATED); do \
	  $(GO) tool -modfile=docs/mutants/go.mod gremlins unleash --workers 1 --timeout-coefficient 30 $(MUTANTS) ./$$p || exit 1; \
	done
