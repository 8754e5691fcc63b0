#!/bin/bash
# Runs each fuzz target under the address sanitizer with libFuzzer, for FUZZ_SECONDS (30), FUZZ_JOBS (one per core) at a
# time:
#
#   bash Tests/Fuzz/run.sh [TARGET]…             one line a target; exit 1 when one finds something
#   bash Tests/Fuzz/run.sh --repeat TARGET FILE  runs an input once and shows what it does: for a finding
#   bash Tests/Fuzz/run.sh --minimize [TARGET]…  chooses the corpora anew from all that was found
#
# Each run starts from the fixtures and from the corpora, which hold what reaches code that the fixtures do not. Findings
# are written to Tests/Fuzz/artefacts; inputs that reached something new stay in .build-fuzz for the next run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

scratch=$PWD/.build-fuzz
artefacts=$PWD/artefacts
seconds=${FUZZ_SECONDS:-30}
jobs=${FUZZ_JOBS:-$(nproc)}
program=$scratch/release/crumbgate-fuzz
mkdir -p "$scratch/logs" "$artefacts"
# Package.swift names the sources by this link: a package's targets lie inside its folder.
ln -sfn ../../Sources Crumbgate

build() {
    local toolchain runtime
    toolchain=$(dirname "$(dirname "$(realpath "$(command -v swiftc)")")")
    runtime=$(find "$toolchain/lib" -name "libclang_rt.fuzzer_no_main-$(uname -m).a" 2>/dev/null | head -1)
    if [ -z "$runtime" ]; then
        echo "fuzz: this Swift toolchain comes without libFuzzer" >&2
        exit 1
    fi
    if ! swift build --package-path . --scratch-path "$scratch" --configuration release --sanitize=address \
        --jobs "$jobs" -Xlinker "$runtime" -Xlinker -lstdc++ -Xswiftc -use-ld=lld >"$scratch/logs/build" 2>&1; then
        tail -40 "$scratch/logs/build" >&2
        exit 1
    fi
    # The backtracer would stay behind and hold the output open; the sanitizer shows the stack itself.
    export SWIFT_BACKTRACE=enable=no
    export ASAN_SYMBOLIZER_PATH=$toolchain/bin/llvm-symbolizer
}

dictionary() {
    case $1 in
    request-head | response-head | chunked) echo http ;;
    cookie-string | set-cookie | consent-cookie) echo cookie ;;
    name-pattern) echo pattern ;;
    tokenizer | rewriter | gating) echo html ;;
    rules) echo rules ;;
    content-decoder) echo codings ;;
    esac
}

# Prints the target's line; 1 when there is a finding.
fuzz() {
    local target=$1 log=$scratch/logs/$1 status=0 runs
    mkdir -p "$scratch/corpora/$target" "corpora/$target"
    FUZZ_TARGET=$target "$program" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=2048 \
        -print_final_stats=1 -verbosity=1 -dict="dictionaries/$(dictionary "$target").dict" \
        -artifact_prefix="$artefacts/$target-" "$scratch/corpora/$target" "corpora/$target" \
        "$scratch/fixtures/$target" >"$log" 2>&1 </dev/null || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$status" -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
        echo "fuzz $target: $runs runs, 0 findings"
        return 0
    fi
    echo "fuzz $target: ${runs:-0} runs, 1 finding"
    grep -vE '^#[0-9]+\s' "$log" | tail -60 | sed 's/^/    /'
    return 1
}

# Keeps of all that was found what reaches code that the fixtures do not.
minimize() {
    local target=$1 fewest=$scratch/fewest/$1 file
    rm -rf "$fewest"
    mkdir -p "$scratch/fewest" "$scratch/corpora/$target" "corpora/$target"
    cp -r "$scratch/fixtures/$target" "$fewest"
    FUZZ_TARGET=$target "$program" -set_cover_merge=1 -use_counters=0 -max_len=16384 "$fewest" "corpora/$target" \
        "$scratch/corpora/$target" >"$scratch/logs/minimize-$target" 2>&1 </dev/null
    find "corpora/$target" -type f ! -name 'regression-*' -delete
    # The longest reach most; the rest is found again soon.
    find "$fewest" -type f ! -name 'fixture-*' -printf '%s %p\n' | sort -rn | head -40 | cut -d' ' -f2- |
        while IFS= read -r file; do cp "$file" "corpora/$target/"; done
    echo "fuzz $target: $(find "corpora/$target" -type f | wc -l) inputs"
}

build
rm -rf "$scratch/fixtures"
python3 fixtures.py "$scratch/fixtures"
case ${1:-} in
--repeat)
    FUZZ_TARGET=$2 exec "$program" "$3"
    ;;
--minimize)
    shift
    for target in ${*:-$("$program")}; do minimize "$target"; done
    exit 0
    ;;
esac

status=0
for target in ${*:-$("$program")}; do
    if [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; then wait -n || status=1; fi
    fuzz "$target" &
done
while [ -n "$(jobs -p)" ]; do wait -n || { [ $? -eq 127 ] && break; status=1; }; done
exit "$status"
