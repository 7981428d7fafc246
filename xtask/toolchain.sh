#!/usr/bin/env bash
# toolchain.sh NOTE - a Rust toolchain that builds, with plain cargo (no -Z, no
# RUSTC_BOOTSTRAP), for this machine and for $TOOLCHAIN_TARGETS.  In this order:
#
#   1. rustup's active toolchain already has the targets        -> use it
#   2. an earlier run of this script made $TOOLCHAIN_DIR        -> use it
#   3. `rustup target add` works within a minute                -> use it
#   4. Debian: unpack rustc-web (a current stable rustc) and lld into
#      $TOOLCHAIN_DIR, build core (or std) for the targets from rust-web-src once
#      (about a minute), and `rustup toolchain link` the result.  Nothing is put
#      under /usr but run-time libraries that are missing (libgit2).
#
# Writes one line to the file NOTE: `rustup NAME`, or, without rustup, `folder BIN`.
#
# Environment:
#   TOOLCHAIN_TARGETS  targets; *-none-* get core and alloc, others std
#   TOOLCHAIN_DIR      where 4 puts its toolchain
#   TOOLCHAIN_NAME     what it is called at rustup              (default: orrery)
#   TOOLCHAIN_FROM     auto | rustup (1, 3) | debian (2, 4)     (default: auto)
# To start over: rm -rf "$TOOLCHAIN_DIR"
set -euo pipefail

NOTE=${1:?usage: toolchain.sh NOTE}
DIR=${TOOLCHAIN_DIR:?}
NAME=${TOOLCHAIN_NAME:-orrery}
FROM=${TOOLCHAIN_FROM:-auto}
read -ra TARGETS <<<"${TOOLCHAIN_TARGETS:?}"
LAYOUT=3                       # to be raised when this script makes something else

log() { printf '[%3ds] %s\n' $SECONDS "$*" >&2; }
die() { log "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
scratch=''
trap 'rm -rf ${scratch:+"$scratch"} "$DIR.new"' EXIT

# What cargo told the program that calls this is not for the compilers below.
caller_toolchain=${RUSTUP_TOOLCHAIN:-}
unset RUSTUP_TOOLCHAIN CARGO

# The targets that `rustc` (a command line) cannot compile for.  Compiles rather
# than looks, so a half-written or mismatched library counts as missing.
missing_targets() {  # rustc command...
    local d t; d=$(mktemp -d)
    printf '#![no_std]\npub fn f(x: &str) -> usize { x.len() }\n' >"$d/t.rs"
    for t in "${TARGETS[@]}"; do
        "$@" --crate-type lib --emit metadata --target "$t" -o "$d/t.rmeta" "$d/t.rs" 2>/dev/null || echo "$t"
    done
    rm -rf "$d"
}

finish() {  # what to note
    mkdir -p "$(dirname "$NOTE")"
    echo "$*" >"$NOTE.new"
    mv "$NOTE.new" "$NOTE"
    log "ready: $*"
    exit 0
}

# ---- 1 and 3: rustup -----------------------------------------------------------
rustup_toolchain() {   # the caller's or the active one, but never the one made here
    local tc=$caller_toolchain
    [ -n "$tc" ] || tc=$(rustup show active-toolchain 2>/dev/null | awk '{print $1; exit}') || return 1
    case $tc in '') return 1 ;; "$NAME") tc=stable ;; esac
    echo "$tc"
}
rustup_has() {
    local tc; have rustup && tc=$(rustup_toolchain) || return 1
    [ -z "$(missing_targets rustc "+$tc")" ] && finish rustup "$tc"
}
rustup_add() {
    local tc missing; have rustup && tc=$(rustup_toolchain) || return 1
    missing=$(missing_targets rustc "+$tc" | xargs)
    log "rustup '$tc' lacks $missing; trying rustup target add (60 s at most)"
    # shellcheck disable=SC2086
    RUST_BACKTRACE=0 RUSTUP_MAX_RETRIES=1 timeout -k 5 60 \
        rustup target add --toolchain "$tc" $missing >&2 || { log "rustup target add failed"; return 1; }
    [ -z "$(missing_targets rustc "+$tc")" ] && finish rustup "$tc"
}

# ---- 2 and 4: Debian's packages ------------------------------------------------
link_and_finish() {
    have rustup || finish folder "$DIR/bin"
    rustup toolchain link "$NAME" "$DIR" >&2
    finish rustup "$NAME"
}
made_before() {
    [ "$(head -n 1 "$DIR/.stamp" 2>/dev/null)" = "layout $LAYOUT" ] || return 1
    [ -z "$(missing_targets "$DIR/bin/rustc")" ] || return 1
    log "$DIR was made before ($(tail -n 1 "$DIR/.stamp"))"
    link_and_finish
}

# As in official builds: O3, one codegen unit, line tables, bitcode kept (so that
# lto works), sources under /rustc/<hash>, which rustc maps back to rust-src.
build_target() {  # target
    local target=$1 crates=std,panic_abort,panic_unwind,proc_macro,test work hash lib
    case $target in *-none-*|*-none) crates=core,alloc ;; esac
    work=$(mktemp -d -p "$scratch"); lib=$DIR/lib/rustlib
    hash=$("$DIR/bin/rustc" -vV | awk '/^commit-hash/{print $2}')
    mkdir "$work/src"; echo '#![no_std]' >"$work/src/lib.rs"
    printf '[package]\nname="seed"\nversion="0.0.0"\nedition="2021"\n' >"$work/Cargo.toml"
    mkdir "$work/.cargo"; cat >"$work/.cargo/config.toml" <<CONF
[source.crates-io]
replace-with = "vendored-sources"
[source.vendored-sources]
directory = "$lib/src/rust/library/vendor"
CONF
    ( cd "$work"
      unset CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS RUSTC_WRAPPER \
            RUSTC_WORKSPACE_WRAPPER "${!CARGO_PROFILE_@}" "${!CARGO_TARGET_@}"
      export RUSTC_BOOTSTRAP=1 RUSTC="$DIR/bin/rustc" CARGO_TARGET_DIR="$work/target" CARGO_HOME="$work/home"
      export CARGO_PROFILE_RELEASE_OPT_LEVEL=3 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1
      export CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_STRIP=none
      export RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$lib/src/rust=/rustc/$hash"
      "$DIR/bin/cargo" build --offline --release --target "$target" -Zbuild-std="$crates" >"$work/log" 2>&1
    ) || { tail -n 40 "$work/log" >&2; die "building the library for $target failed"; }
    rm -rf "${lib:?}/$target"; mkdir -p "$lib/$target/lib"
    rm -f "$work/target/$target/release/deps/"libseed-*
    cp "$work/target/$target/release/deps/"*.r{lib,meta} "$lib/$target/lib/"
    rm -rf "$work"
}

depends() { apt-cache depends --important "$1" | awk '$1 == "Depends:" {print $2}'; }
dep()  { depends "$1" | grep -xE -m 1 "$2" || true; }      # package, regex
cand() { apt-cache policy "$1" | awk '/Candidate:/ && $2 != "(none)" {print $2}'; }
missing_libs() { ldd "$1"/bin/cargo "$1"/lib/*.so* 2>&1 | awk '/not found/{print $1}' | sort -u | xargs; }

# Downloads the packages and lays the toolchain out in $DIR.new.
unpack() {  # host triple, LLVM package, other packages...
    local host=$1 llvm=$2 pk=$scratch/root new=$DIR.new d b; shift 2
    local n=${llvm#libllvm}
    mkdir "$pk"; mkdir -m 777 "$scratch/debs"
    ( cd "$scratch/debs" && apt-get -qq download "$llvm" "lld-$n" "$@" >&2 ) ||
        die "apt-get download failed (old lists? apt-get update)"
    log "downloaded $(du -sh "$scratch/debs" | cut -f1), unpacking"
    for d in "$scratch"/debs/*.deb; do case $d in
        */rust-web-src_*) dpkg-deb --fsys-tarfile "$d" | tar -x -C "$pk" --wildcards './usr/src/*/library' ;;
        *) dpkg-deb -x "$d" "$pk" ;; esac; done

    rm -rf "$new"; mkdir -p "$new/bin" "$new/lib/rustlib/src"
    for b in rustc rustdoc cargo cargo-clippy clippy-driver cargo-fmt rustfmt; do mv "$pk/usr/bin/$b" "$new/bin/"; done
    mv "$pk"/usr/lib/*/librustc_driver-*.so "$pk"/usr/lib/*/libLLVM.so.* "$new/lib/"
    mv "$pk/usr/lib/rustlib/etc" "$pk/usr/lib/rustlib/$host" "$new/lib/rustlib/"
    mv "$pk"/usr/src/rustc-* "$new/lib/rustlib/src/rust"
    mkdir -p "$new/lib/rustlib/$host/bin"
    mv "$pk/usr/lib/llvm-$n/bin/lld" "$new/lib/rustlib/$host/bin/rust-lld"
    # The binaries find their libraries beside them, whatever /usr holds.
    # shellcheck disable=SC2016
    for b in "$new"/bin/*; do "$pk/usr/bin/patchelf" --set-rpath '$ORIGIN/../lib' "$b"; done
    # shellcheck disable=SC2016
    for b in "$new"/lib/*.so*; do "$pk/usr/bin/patchelf" --set-rpath '$ORIGIN' "$b"; done
    # shellcheck disable=SC2016
    "$pk/usr/bin/patchelf" --set-rpath '$ORIGIN/../../..' "$new/lib/rustlib/$host/bin/rust-lld"
}

# Run-time libraries that cargo and LLVM need and this machine lacks.
libraries() {  # toolchain folder, LLVM package
    [ -n "$(missing_libs "$1")" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        log "installing run-time libraries ($(missing_libs "$1"))"
        { depends cargo-web; depends "$2"; } | grep '^lib' | sort -u |
            DEBIAN_FRONTEND=noninteractive xargs apt-get -qq install -y --no-install-recommends >"$scratch/log" 2>&1 ||
            { tail -n 20 "$scratch/log" >&2; die "apt-get install failed"; }
    elif have rustup; then           # rustup's own cargo has no such needs
        cp "$(rustup which --toolchain stable cargo)" "$1/bin/cargo"
    fi
    [ -z "$(missing_libs "$1")" ] || die "lacking $(missing_libs "$1")"
}

from_debian() {
    { have apt-get && have dpkg-deb; } || die "rustup cannot provide ${TARGETS[*]}, and there is no apt-get here"
    local host dev std llvm version t
    case $(dpkg --print-architecture) in amd64) host=x86_64-unknown-linux-gnu ;;
        arm64) host=aarch64-unknown-linux-gnu ;; *) die "no recipe for Debian $(dpkg --print-architecture)" ;; esac
    # A fresh machine has no package lists, or old ones with an old rustc-web.
    if [ "$(id -u)" = 0 ]; then log "apt-get update"; apt-get -qq update >&2 || log "apt-get update failed"; fi
    version=$(cand rustc-web)
    [ -n "$version" ] || die "apt knows no rustc-web (not root? then have apt-get update run first)"
    dev=$(dep rustc-web libstd-rust-web-dev); std=$(dep "$dev" 'libstd-rust-web-[0-9.]+')
    llvm=$(dep "$std" 'libllvm[0-9]+')

    scratch=$(mktemp -d); chmod 755 "$scratch"
    log "making $DIR from Debian's rustc-web $version"
    unpack "$host" "$llvm" rustc-web "$dev" "$std" rust-web-src cargo-web rust-web-clippy rustfmt-web patchelf
    libraries "$DIR.new" "$llvm"
    have cc || log "warning: no cc, which host builds link with (apt-get install gcc libc6-dev)"

    rm -rf "$DIR"; mkdir -p "$(dirname "$DIR")"; mv "$DIR.new" "$DIR"
    for t in "${TARGETS[@]}"; do log "building the library for $t"; build_target "$t"; done
    [ -z "$(missing_targets "$DIR/bin/rustc")" ] || die "the library built here does not work"
    printf 'layout %s\nrustc-web %s, %s\n' "$LAYOUT" "$version" "$llvm" >"$DIR/.stamp"
    log "made, $(du -sh "$DIR" | cut -f1)"
    link_and_finish
}

# Each of these exits when it succeeds.  (set -e is off inside a || list, so
# from_debian, which has the most steps to go wrong, stands outside of one.)
case $FROM in
    auto)   rustup_has || made_before || rustup_add || true; from_debian ;;
    rustup) rustup_has || rustup_add || die "rustup cannot provide ${TARGETS[*]}" ;;
    debian) made_before || true; from_debian ;;
    *) die "TOOLCHAIN_FROM=$FROM" ;;
esac
