import Bytes
import Foundation
import Location
import Testing

@Suite("Place database")
struct PlaceDatabaseTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    static let fixture = root.appending(path: "fixtures/mmdb/places.mmdb").path
    static let shared = root.appending(path: "../shared/data/mmdb").standardized

    static func address(_ text: String) throws -> ClientAddress {
        try #require(ClientAddressTests.parse(text))
    }

    @Test("A place is the country, or its subdivision when asked for")
    func places() throws {
        let database = try PlaceDatabase(path: Self.fixture)
        let expected = [
            ("192.0.2.1", "DE", "DE-BE"), ("192.0.2.200", "DE", "DE"), ("203.0.113.76", "GB", "GB-ENG"),
            ("203.0.113.77", "US", "US-CA"), ("10.9.8.7", "AT", "AT-9"), ("8.8.8.8", "unknown", "unknown"),
            ("2001:db8:1::5", "DE", "DE-BY"), ("2001:db8:3::5", "NL", "NL"), ("2002::1", "unknown", "unknown"),
            ("::1", "DE", "DE-BE"), ("::ffff:198.51.100.4", "FR", "FR-IDF"),
        ]
        for (text, country, subdivision) in expected {
            let address = try Self.address(text)
            #expect(database.place(of: address, detail: .country).description == country, "\(text)")
            #expect(database.place(of: address, detail: .subdivision).description == subdivision, "\(text)")
            #expect(database.place(of: address, detail: .subdivision).countryOnly.description == country)
        }
    }

    @Test("Public test databases of countries and cities answer alike")
    func publicDatabases() throws {
        guard FileManager.default.fileExists(atPath: Self.shared.path) else { return }
        for name in ["GeoIP2-Country-Test", "GeoLite2-Country-Test", "GeoIP2-City-Test", "GeoLite2-City-Test"] {
            let database = try PlaceDatabase(path: Self.shared.appending(path: "\(name).mmdb").path)
            #expect(database.place(of: try Self.address("2001:218::1"), detail: .country).description == "JP")
            #expect(database.place(of: try Self.address("81.2.69.160"), detail: .country).description == "GB")
        }
        let city = try PlaceDatabase(path: Self.shared.appending(path: "GeoIP2-City-Test.mmdb").path)
        #expect(city.place(of: try Self.address("81.2.69.160"), detail: .subdivision).description == "GB-ENG")
    }

    @Test("A missing file and one that is no database are told apart")
    func errors() {
        #expect(throws: PlaceDatabaseError.unreadable) { try PlaceDatabase(path: "/nonexistent.mmdb") }
        #expect(throws: PlaceDatabaseError.malformed) { try PlaceDatabase(path: #filePath) }
    }

    @Test("No file of the malformed collection crashes the process, on the small stack of a second thread either")
    func malformed() throws {
        guard let files = FileManager.default.enumerator(at: Self.shared, includingPropertiesForKeys: nil) else {
            return
        }
        var tried = 0
        for case let file as URL in files where file.pathExtension == "mmdb" {
            tried += 1
            guard let database = try? PlaceDatabase(path: file.path) else { continue }
            let thread = Thread {
                for round in 0..<20_000 as Range<UInt32> {
                    let number = round &* 2_654_435_761
                    _ = database.place(of: ClientAddress(ipv4: number), detail: .subdivision)
                    let six = ClientAddress(ipv6High: UInt64(number) << 32 | 0x2001, low: UInt64(round))
                    _ = database.place(of: six, detail: .subdivision)
                }
                for low in 0..<2_000 as Range<UInt32> {
                    _ = database.place(of: ClientAddress(ipv4: 0x0101_0100 + low), detail: .subdivision)
                    _ = database.place(of: ClientAddress(ipv6High: 0, low: UInt64(low)), detail: .subdivision)
                }
            }
            thread.stackSize = 256 * 1024
            thread.start()
            while !thread.isFinished { usleep(1000) }
        }
        if FileManager.default.fileExists(atPath: Self.shared.path) { #expect(tried > 25) }
    }
}
