-- wrk sends the request head in the file BENCH_HEAD, byte for byte, and closes with one line of figures.
local file = assert(io.open(assert(os.getenv("BENCH_HEAD")), "rb"))
local head = file:read("*a")
file:close()

wrk.format = function() return head end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        'figures {"requests": %d, "bytes": %.0f, "microseconds": %.0f, "errors": %d, "p50": %.0f, "p99": %.0f}\n',
        summary.requests, summary.bytes, summary.duration,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
