#!/bin/sh
# Makes a Debian package of a binary that was built with --static-swift-stdlib.
#
#   sh packaging/build-deb.sh BINARY FOLDER     writes FOLDER/crumbgate_VERSION_ARCHITECTURE.deb and says its name
#
# The libraries that it needs are found by dpkg-shlibdeps, so that they are those of the system it is built on.
set -eu
umask 022

binary=$(realpath "$1")
mkdir -p "$2"
target=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/debian/crumbgate
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

version=${VERSION:-$("$binary" --version)}
architecture=$(dpkg --print-architecture)

file() { install -D -m "$3" "$1" "$root/$2"; }
compressed() {
    mkdir -p "$root/$(dirname "$2")"
    gzip -9n <"$1" >"$root/$2"
}

file "$binary" usr/bin/crumbgate 755
strip --strip-unneeded "$root/usr/bin/crumbgate"
file "$here/shop.yaml" etc/crumbgate/shop.yaml 644
file "$here/crumbgate.service" lib/systemd/system/crumbgate.service 644
file "$here/crumbgate.sysusers" usr/lib/sysusers.d/crumbgate.conf 644
file "$here/../rules/schema.json" usr/share/crumbgate/schema.json 644
file "$here/debian/copyright" usr/share/doc/crumbgate/copyright 644
for document in "$here"/../docs/*.md; do
    file "$document" "usr/share/doc/crumbgate/$(basename "$document")" 644
done
compressed "$here/../CHANGELOG.md" usr/share/doc/crumbgate/CHANGELOG.md.gz
printf 'crumbgate (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- %s  %s\n' "$version" \
    "$(sed -n 's/^Maintainer: //p;/^Maintainer: /q' "$here/debian/control")" \
    "$(LC_ALL=C date --utc --date="@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')" >"$work/changelog"
compressed "$work/changelog" usr/share/doc/crumbgate/changelog.gz
file "$here/debian/lintian-overrides" usr/share/lintian/overrides/crumbgate 644
compressed "$here/crumbgate.1" usr/share/man/man1/crumbgate.1.gz
mkdir -p "$root/usr/share/bash-completion/completions"
"$binary" --generate-completion-script bash | sed '1{/^#!/d}' >"$root/usr/share/bash-completion/completions/crumbgate"

mkdir "$root/DEBIAN"
for script in postinst prerm postrm; do
    install -m 755 "$here/debian/$script" "$root/DEBIAN/$script"
done
echo /etc/crumbgate/shop.yaml >"$root/DEBIAN/conffiles"

# dpkg-shlibdeps wants to be in a source package.
cp "$here/debian/control" "$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O -e"$root/usr/bin/crumbgate" | sed 's/^shlibs:Depends=//')
size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
sed -e '1,/^$/d' -e "s/^Architecture:.*/Architecture: $architecture/" \
    -e "s/\${shlibs:Depends}/$libraries/" "$here/debian/control" >"$root/DEBIAN/control"
printf 'Version: %s\nInstalled-Size: %s\n' "$version" "$size" >>"$root/DEBIAN/control"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -print | sed 's|^\./||' | LC_ALL=C sort | xargs md5sum) \
    >"$root/DEBIAN/md5sums"

package=$target/crumbgate_${version}_$architecture.deb
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
