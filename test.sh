#!/usr/bin/env bash
# Everything that must hold: format, build, all tests, two minutes of fuzzing, the microcontroller's image. Under 30 minutes from an empty target folder on 2 cores.
set -euo pipefail
cd "$(dirname "$0")"
[ -x /usr/sbin/mosquitto ] || { echo "test.sh: mosquitto is missing: apt-get install mosquitto" >&2; exit 2; }
[ -n "${KAOGUAN_DATA:-}" ] || echo "test.sh: KAOGUAN_DATA is not set: tests on recorded data are passed over"
cargo fmt --all --check
# Declared by a macro, one line each, so cargo fmt does not see them.
rustfmt --check --edition 2024 engine/exam/src/manoeuvres/*.rs
# A workspace of its own.
rustfmt --check --edition 2024 firmware/image/build.rs firmware/image/src/main.rs
cargo build --workspace --bins
# In one go: a build of the fuzzers alone would resolve other features and build the dependencies once more.
FUZZ_SECONDS="${FUZZ_SECONDS:-20}" cargo test --workspace
# The same core on an emulated microcontroller; the host's half of it was built with the tests.
TAPE="${CARGO_TARGET_DIR:-$PWD/target}/debug/examples/tape" firmware/image/test.sh
