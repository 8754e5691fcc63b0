import ArgumentParser
import Bytes
import Location
import Rules

/// `crumbgate place`: shows what the proxy would keep of an address.
struct PlaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "place", abstract: "Show what is kept of an address: its truncated form and its place.",
        discussion: """
            Prints both on one line, as in '203.0.113.0 DE'. Without a database every place is 'unknown'.

              crumbgate place 203.0.113.9 --rules shop.yaml
              crumbgate place 2001:db8::1 --database GeoLite2-City.mmdb --detail subdivision
            """)

    /// How fine a place is.
    enum Detail: String, ExpressibleByArgument, CaseIterable { case country, subdivision }

    @Argument(help: "An IPv4 or IPv6 address.")
    var address: String

    @Option(help: "A MaxMind database of countries or cities.", completion: .file(extensions: ["mmdb"]))
    var database: String?

    @Option(
        help: "A rules file to take the database, the detail and the precision from.",
        completion: .file(extensions: ["yaml", "yml"]))
    var rules: String?

    @Option(help: "A site of the rules by name; without it, the first.")
    var site: String?

    @Option(help: "How fine the place is. (default: as the rules say, else country)")
    var detail: Detail?

    func run() throws {
        guard let client = ClientAddress(parsing: Array(address.utf8).rawSpan) else {
            throw ValidationError("'\(address)' is not an IPv4 or IPv6 address.")
        }
        let policy = try rules.map(loadPolicy)
        let precision = try policy.map(precision) ?? .fine
        let place = try place(of: client, database: database ?? policy?.location.database, policy: policy)
        print("\(client.truncated(to: precision)) \(place)")
    }

    private func place(of client: ClientAddress, database path: String?, policy: Policy?) throws -> Place {
        guard let path else { return .unknown }
        do {
            return try PlaceDatabase(path: path).place(of: client, detail: detail(in: policy))
        } catch {
            switch error {
            case .unreadable: throw CommandError("\(path): there is no such file, or it may not be read")
            case .malformed: throw CommandError("\(path): is not a MaxMind database, or a damaged one")
            case .outOfMemory: throw CommandError("\(path): no memory to open it")
            }
        }
    }

    private func detail(in policy: Policy?) -> PlaceDatabase.Detail {
        switch detail {
        case .country: return .country
        case .subdivision: return .subdivision
        case nil: break
        }
        switch policy?.location.detail {
        case .country, nil: return .country
        case .subdivision: return .subdivision
        }
    }

    private func precision(of policy: Policy) throws -> AddressPrecision {
        guard let site else { return policy.sites[0].addressPrecision }
        guard let found = policy.sites.first(where: { $0.name == site }) else {
            throw ValidationError("There is no site '\(site)' in the rules.")
        }
        return found.addressPrecision
    }
}

/// What keeps a command from its work, in a sentence for the operator.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
