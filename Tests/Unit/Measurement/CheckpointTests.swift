import Bytes
import Location
import Measurement
import Synchronization
import Testing

@Suite("Checkpoint of open windows")
struct CheckpointTests {
    static func play(_ shop: ShopTraffic, _ range: Range<Int>) {
        for visitor in range {
            shop.view("/", by: visitor, at: 50_000, referrer: "https://www.google.com/")
            shop.view("/thanks", by: visitor, at: 50_060)
            shop.view("/bare", by: visitor, at: 50_000, consented: false)
            shop.event(.cookieWithheld, "_ga", by: visitor, at: 50_000)
        }
    }

    static let settings = VisitTests.settings()

    static func checkpoint(_ shop: ShopTraffic) -> [UInt8] {
        shop.service.ingest(shop.ring)
        var output = ByteBuffer()
        shop.service.checkpoint(into: &output)
        return output.array
    }

    /// Starts another process, so to speak, from a checkpoint.
    static func restart(_ bytes: [UInt8], at seconds: Int = 50_100) throws -> ShopTraffic {
        let shop = ShopTraffic(settings)
        let service = MeasurementService(sink: shop.sink)
        try service.restore(bytes.rawSpan)
        return ShopTraffic(restored: service, shop.sink, settings, now: ShopTraffic.day * 86_400 + Int64(seconds))
    }

    @Test("A restart in the middle of visits changes no figure")
    func restart() throws {
        let whole = ShopTraffic(Self.settings)
        Self.play(whole, 0..<30)
        for visitor in 0..<30 { whole.view("/after", by: visitor, at: 50_200) }
        let expected = try whole.close()

        let first = ShopTraffic(Self.settings)
        Self.play(first, 0..<30)
        let second = try Self.restart(Self.checkpoint(first))
        for visitor in 0..<30 { second.view("/after", by: visitor, at: 50_200) }
        #expect(try second.close() == expected)
        #expect(!expected.isEmpty)
    }

    @Test("A restored window keeps its number in the ledger, so that it is released once")
    func epoch() throws {
        let first = ShopTraffic(Self.settings)
        Self.play(first, 0..<30)
        let bytes = Self.checkpoint(first)
        let second = try Self.restart(bytes)
        _ = try first.close()
        _ = try second.close()
        let epochs = [first, second].map { shop in shop.sink.entries.map(\.epoch) }
        #expect(epochs[0] == epochs[1] && epochs[0].count == 1)
    }

    @Test("Before a site's clock is known, no day of it is over")
    func clock() throws {
        var west = Self.settings
        west.offset = -12 * 3600
        // One o'clock of the next day by UTC, one in the afternoon of the same day there.
        let now = ShopTraffic.day * 86_400 + 90_000
        let first = ShopTraffic(west, now: now)
        for visitor in 0..<30 { first.view("/", by: visitor, at: 90_000) }
        let sink = MemorySink()
        let service = MeasurementService(sink: sink)
        try service.restore(Self.checkpoint(first).rawSpan)
        try service.tick(now: now)
        let second = ShopTraffic(restored: service, sink, west, now: now)
        for visitor in 20..<50 { second.view("/", by: visitor, at: 90_100) }
        try second.tick(90_200)
        #expect(sink.entries.isEmpty)
        try second.tick(86_400 + 12 * 3600 + 1800)
        #expect(sink.entries.count == 1)
        #expect(sink.cells.total(.visitors) == 50)
    }

    @Test("A checkpoint of yesterday is released at the start")
    func late() throws {
        let first = ShopTraffic(Self.settings)
        Self.play(first, 0..<30)
        let second = try Self.restart(Self.checkpoint(first), at: 3 * 86_400)
        try second.service.tick(now: ShopTraffic.day * 86_400 + 3 * 86_400 + 1)
        #expect(second.sink.cells.total(.visitors) == 30)
    }

    @Test("Damaged bytes are refused, wherever they are damaged, and nothing is taken up")
    func damaged() throws {
        let shop = ShopTraffic(Self.settings)
        Self.play(shop, 0..<3)
        let bytes = Self.checkpoint(shop)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: CheckpointError.self) { try Self.restart(Array(bytes[..<count])) }
        }
        for offset in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[offset] ^= 0x40
            #expect(throws: CheckpointError.self) { try Self.restart(changed) }
        }
    }

    @Test("A checkpoint holds no address and no user agent")
    func content() {
        let shop = ShopTraffic(Self.settings)
        let address = ClientAddress(ipv4: 0xC633_6455)
        let agent = "Mozilla/5.0 (Canary) AppleWebKit Chrome/1"
        shop.view(
            "/page", by: 0, at: 50_000, referrer: "https://canary-referrer.example/path?secret", agent: agent,
            address: address)
        let bytes = Self.checkpoint(shop)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("Canary") && !text.contains("198.51.100.85") && !text.contains("secret"))
        #expect(text.contains("/page") && text.contains("canary-referrer.example"))
        for octets in [[0xC6, 0x33, 0x64, 0x55], [0x55, 0x64, 0x33, 0xC6]] as [[UInt8]] {
            #expect(!bytes.indices.dropLast(3).contains { Array(bytes[$0..<($0 + 4)]) == octets })
        }
    }

    @Test("Figures of the running day are rounded to tens and shown from ten up")
    func snapshot() {
        let shop = ShopTraffic(Self.settings)
        Self.play(shop, 0..<33)
        shop.service.ingest(shop.ring)
        let cells = shop.service.snapshot()
        #expect(cells.total(.visitors) == 30)
        #expect(cells.allSatisfy { $0.count % 10 == 0 && $0.count >= 10 })
        #expect(shop.sink.cells.isEmpty)
    }

    @Test("A day that the sink did not take survives the end of the process")
    func failedThenRestarted() throws {
        let first = ShopTraffic(Self.settings)
        Self.play(first, 0..<30)
        first.sink.failures.withLock { $0 = 9 }
        #expect(throws: MemorySink.Failure.self) { try first.close() }
        let second = try Self.restart(Self.checkpoint(first), at: 86_400 + 1900)
        #expect(try second.close().total(.visitors) == 30)
    }

    @Test("A sink that fails gets its window again")
    func failingSink() throws {
        let sink = MemorySink()
        let shop = ShopTraffic(Self.settings, sink: sink)
        Self.play(shop, 0..<30)
        sink.failures.withLock { $0 = 2 }
        #expect(throws: MemorySink.Failure.self) { try shop.close() }
        #expect(throws: MemorySink.Failure.self) { try shop.close() }
        #expect(try shop.close().total(.visitors) == 30)
        #expect(sink.entries.count == 1)
    }
}
