#!/bin/sh
# Puts together what the image holds, below the directory $1: the app, Node, and the C libraries that Node is linked with.
# Runs in the build stage; the image itself has no shell. It also makes $1-data, the empty data directory.
set -eu
image=$1

# Types and source maps are half of what npm brings, and nothing at run time. Licences stay.
find /app/node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete

mkdir -p "$image/usr/local/bin" "$image/etc" "$image/home/axonflow" "$image/tmp" "$image/var/lib/dpkg/status.d" "$image-data"
chmod 1777 "$image/tmp"

# Node, its loader and its libraries; with each library the record of its package, by which scanners know its version.
for file in "$(command -v node)" $(ldd "$(command -v node)" | grep -o '/[^ )]*'); do
  mkdir -p "$image${file%/*}"
  cp -L "$file" "$image$file"
  package=$(dpkg-query -S "$file" "/usr$file" 2>/dev/null | head -n 1 | cut -d: -f1) || true
  if [ -n "$package" ]; then dpkg-query -s "$package" >"$image/var/lib/dpkg/status.d/$package"; fi
done
cp /etc/os-release "$image/etc/os-release"

echo 'axonflow:x:65532:65532::/home/axonflow:' >"$image/etc/passwd"
echo 'axonflow:x:65532:' >"$image/etc/group"
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"

# Authorities besides those of Node, where the operator has put some: certificates/README.md.
for authority in /build/certificates/*.pem; do
  [ -e "$authority" ] || continue
  mkdir -p "$image/etc/axonflow"
  cat "$authority" >>"$image/etc/axonflow/authorities.pem"
done

# The command by its name, for `docker exec … axonflow doctor`. The kernel reads this line; no shell does.
printf '#!/usr/local/bin/node\nimport("/app/client/cli/axonflow.ts");\n' >"$image/usr/local/bin/axonflow"
chmod 755 "$image/usr/local/bin/axonflow"

# A start reads what was compiled here and spends half the CPU.
NODE_COMPILE_CACHE=/app/.compile-cache node /app/server/main.ts --help >/dev/null
NODE_COMPILE_CACHE=/app/.compile-cache node /app/client/cli/health-main.ts --help >/dev/null

cp -R /app "$image/app"
# Nobody can change it, whoever a process in the image is.
chmod -R a+rX,a-w "$image/app" "$image/usr" "$image/etc"
