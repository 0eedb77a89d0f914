# The formula of Homebrew. make dist fills in the version and the sums:
#   brew install --formula dist/faultline.rb
class Faultline < Formula
  desc "Offline forensics for mystery 504s in a service mesh"
  homepage "https://github.com/faultline/faultline"
  version "BARE_VERSION"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/faultline/faultline/releases/download/VERSION/faultline_VERSION_darwin_arm64.tar.gz"
      sha256 "SHA256_darwin_arm64"
    end
    on_intel do
      url "https://github.com/faultline/faultline/releases/download/VERSION/faultline_VERSION_darwin_amd64.tar.gz"
      sha256 "SHA256_darwin_amd64"
    end
  end
  on_linux do
    on_arm do
      url "https://github.com/faultline/faultline/releases/download/VERSION/faultline_VERSION_linux_arm64.tar.gz"
      sha256 "SHA256_linux_arm64"
    end
    on_intel do
      url "https://github.com/faultline/faultline/releases/download/VERSION/faultline_VERSION_linux_amd64.tar.gz"
      sha256 "SHA256_linux_amd64"
    end
  end

  def install
    bin.install "faultline"
    bin.install_symlink bin/"faultline" => "kubectl-faultline"
    bin.install "completions/kubectl_complete-faultline"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/faultline.bash" => "faultline"
    zsh_completion.install "completions/faultline.zsh" => "_faultline"
    fish_completion.install "completions/faultline.fish"
  end

  test do
    assert_match "failed requests", shell_output("#{bin}/faultline demo -o text")
  end
end
