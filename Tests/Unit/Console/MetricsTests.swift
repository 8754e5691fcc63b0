import Console
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("Times come out cumulative, in seconds, with all of them in the last step")
    func histogram() {
        var text = PrometheusText()
        text.add("wait_seconds", "How long.", Traffic.Times(bounds: [1000, 2000], counts: [1, 2, 3], sum: 9_500_000))
        #expect(
            text.text == """
                # HELP wait_seconds How long.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.001"} 1
                wait_seconds_bucket{le="0.002"} 3
                wait_seconds_bucket{le="+Inf"} 6
                wait_seconds_sum 9.5
                wait_seconds_count 6

                """)
    }

    @Test("Words of labels are escaped")
    func escaping() {
        var text = PrometheusText()
        text.add("a_total", .counter, "A.", label: "name", [("a\"b\\c\nd", 1)])
        #expect(text.text.hasSuffix("a_total{name=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test("What is shown is rounded down: counts to tens, bytes to MiB, sums of times to seconds")
    func coarse() {
        var traffic = Traffic()
        traffic.responses = [("2xx", 19), ("4xx", 9)]
        traffic.bytes = (3 << 20) - 1
        traffic.withheldCookies = [("(no rule)", 1)]
        traffic.blockedHosts = 1
        traffic.acceptedConnections = 11
        traffic.clientConnections = 3
        traffic.originWaits = Traffic.Times(bounds: [1, 2], counts: [9, 2, 10], sum: 1_999_999)
        let shown = traffic.coarse
        #expect(shown.responses.map(\.count) == [10, 0])
        #expect(shown.bytes == 2 << 20)
        #expect(shown.withheldCookies.map(\.count) == [0])
        #expect([shown.blockedHosts, shown.acceptedConnections, shown.clientConnections] == [0, 10, 0])
        #expect(shown.originWaits.counts == [0, 10, 10])
        #expect(shown.originWaits.sum == 1_000_000)
    }

    @Test("Rounded times only grow, step by step")
    func monotone() {
        var counts: [UInt64] = [0, 0, 0]
        var before: [UInt64] = [0, 0, 0]
        for number in 0..<200 {
            counts[number * 7 % 3] += UInt64(number % 4)
            var traffic = Traffic()
            traffic.durations = Traffic.Times(bounds: [1, 2], counts: counts, sum: 0)
            var passed: [UInt64] = []
            for count in traffic.coarse.durations.counts { passed.append((passed.last ?? 0) + count) }
            #expect(zip(before, passed).allSatisfy { $0 <= $1 })
            before = passed
        }
    }

    @Test("Quantiles lie in the right step")
    func quantiles() {
        let times = Traffic.Times(bounds: [100, 200, 400], counts: [0, 10, 10, 0], sum: 0)
        #expect(times.quantile(0.5) == 200)
        #expect(times.quantile(0.25) == 150)
        #expect(times.quantile(0.75) == 300)
        #expect(times.quantile(1) == 400)
        #expect(Traffic.Times(bounds: [100], counts: [0, 5], sum: 0).quantile(0.5) == 100)
        #expect(Traffic.Times(bounds: [100], counts: [0, 0], sum: 0).quantile(0.5) == nil)
    }

    @Test(
        "Durations are short",
        arguments: [(0.0, "0 µs"), (128, "128 µs"), (1500, "1.5 ms"), (48_300, "48 ms"), (2_000_000, "2 s")])
    func durations(microseconds: Double, text: String) { #expect(duration(microseconds) == text) }
}
