#!/usr/bin/env bash
# The unit's core on an emulated Cortex-M4F: the same tapes through the image and through the host, equal byte for byte.
# Needs Debian's rustc-web cargo-web rust-web-src binutils-arm-none-eabi qemu-system-arm (.ci/run installs them).
# TAPE: the host's program where it is built already (examples/tape of firmware/core).
set -euo pipefail
cd "$(dirname "$0")/../.."
missing=()
for tool in /usr/bin/cargo /usr/bin/rustc arm-none-eabi-ld qemu-system-arm; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
[ -d /usr/src/rustc-"$(/usr/bin/rustc --version 2>/dev/null | cut -d' ' -f2)"/library ] || missing+=("rust-web-src")
if [ "${#missing[@]}" -gt 0 ]; then
    echo "firmware/image/test.sh: missing: ${missing[*]}" >&2
    [ -z "${CI:-}" ] || exit 2
    echo "########## THE MICROCONTROLLER'S IMAGE IS NOT TESTED HERE ##########" >&2
    exit 0
fi

# Debian's own compiler brings the library's sources, which rustup's does not; -Z build-std is asked of a stable one.
(cd firmware/image && RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc /usr/bin/cargo build --release --locked)
image=$PWD/target/image/thumbv7em-none-eabihf/release/kaoguan-image
if [ -z "${TAPE:-}" ]; then
    cargo build -p kaoguan-unit-core --example tape
    TAPE=$PWD/target/debug/examples/tape
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$TAPE" make "$folder"
played=0 said=0
for tape in "$folder"/*.tape; do
    name=$(basename "$tape")
    "$TAPE" play <"$tape" >"$folder/host" 2>/dev/null
    # The image reads the file "tape" of the folder where it runs.
    cp "$tape" "$folder/tape"
    (cd "$folder" && timeout 120 qemu-system-arm -M mps2-an386 -display none -monitor none -serial none \
        -semihosting-config enable=on,target=native -kernel "$image" </dev/null >chip) ||
        { echo "$name: the image ended with $? (124: it hung, as after a fault)" >&2; exit 1; }
    cmp "$folder/host" "$folder/chip" || { echo "$name: the image says something else than the host" >&2; exit 1; }
    played=$((played + 1)) said=$((said + $(stat -c %s "$folder/host")))
done
# The two that need no recording say a megabyte.
[ "$played" -ge 2 ] && [ "$said" -gt 1000000 ] || { echo "only $played tapes and $said bytes of samples" >&2; exit 1; }

sections() { arm-none-eabi-size -A "$image" | awk -v of="$1" '$1 ~ "^\\.(" of ")$" { sum += $2 } END { print sum }'; }
unit=$(arm-none-eabi-nm -S "$image" | awk '/4UNIT$/ { print $2 }')
echo "image: $played tapes, $said bytes of samples equal to the host's; flash $(sections 'vector_table|text|rodata|data') bytes," \
    "static RAM $(sections 'data|bss|uninit') bytes, of that the unit $((16#$unit)); limits and stack: firmware/image/memory.x"
