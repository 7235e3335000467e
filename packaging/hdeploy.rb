class Hdeploy < Formula
  desc "Upgrade running Erlang and Elixir nodes over SSH"
  homepage "@HOMEPAGE@"
  url "file://#{__dir__}/hdeploy-@VERSION@.tar.gz"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "pkgconf" => :build
  depends_on "elfutils"
  depends_on "inih"
  depends_on "jansson"
  depends_on "libarchive"
  depends_on "libdeflate"
  depends_on "libssh2"
  depends_on :linux
  depends_on "openssl@3"
  depends_on "zlib"

  def install
    system "make"
    system "make", "install", "PREFIX=#{prefix}"
  end

  test do
    assert_match "hdeploy #{version}", shell_output("#{bin}/hdeploy version")
  end
end
