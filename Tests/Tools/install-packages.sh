#!/bin/sh
# Installs the Debian packages that one or more purposes need and that are missing.
#
#   sh Tests/Tools/install-packages.sh build|test|demo|bench|fuzz|deb|packaging…
#
# Without anything missing it says nothing and asks no server. Servers that come with a package are not started.
set -eu

packages() {
    case $1 in
    build) echo libssl-dev libmaxminddb-dev zlib1g-dev libbrotli-dev libpsl-dev libnghttp2-dev libsqlite3-dev pkg-config ;;
    test) echo python3 python3-venv openssl chromium chromium-driver node-typescript ;;
    demo) ;;
    bench) echo python3 openssl gcc libc6-dev util-linux nginx-light libnginx-mod-http-lua haproxy wrk nghttp2-client ;;
    fuzz) echo python3 ;;
    chaos) echo python3 python3-venv gcc libc6-dev mount ;;
    deb) echo binutils dpkg-dev ;;
    packaging) echo python3 debootstrap lintian mount util-linux ;;
    *)
        echo "install-packages: no purpose is called '$1' (build, test, demo, bench, fuzz, deb, packaging)" >&2
        exit 64
        ;;
    esac
}

is_installed() {
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) in
    ?i*) true ;;
    *) false ;;
    esac
}

if ! command -v dpkg-query >/dev/null; then
    echo "install-packages: this is not Debian; these packages are needed under your system's names:" >&2
    for purpose; do packages "$purpose" >&2; done
    exit 0
fi

wanted=
for purpose; do wanted="$wanted $(packages "$purpose")"; done
missing=
for package in $wanted; do
    is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "These Debian packages are missing, and only root can install them:" >&2
    echo "    sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "Installing:$missing" >&2
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    trap 'exit 130' INT TERM
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
# shellcheck disable=SC2086 # a list of words
apt-get install -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends $missing </dev/null >&2
