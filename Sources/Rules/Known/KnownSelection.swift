import Yams

/// Which of the shipped services are rules of a site: `known_services`.
enum KnownSelection: Hashable {
    case none
    case all(except: Set<String>)

    /// Whether a service is among them.
    func contains(_ id: String) -> Bool {
        switch self {
        case .none: false
        case .all(let except): !except.contains(id)
        }
    }
}

extension RulesReader {
    /// `true`, `false`, or `{ except: [ID] }`.
    func knownServices(_ node: Node) -> KnownSelection? {
        guard case .mapping = node else {
            return boolean(node, "known_services").map { $0 ? .all(except: []) : .none }
        }
        guard let section = section(node, .knownServices, "known_services") else { return nil }
        var except: Set<String> = []
        for item in section["except"].map(items) ?? [] {
            guard let id = text(item, "a service") else { continue }
            if KnownService.shipped.contains(where: { $0.id == id }) {
                except.insert(id)
            } else {
                report(
                    "there is no known service `\(id.prefix(80))`", at: item,
                    expected: "one that docs/known-services.md or `crumbgate explain` names",
                    didYouMean: suggestion(for: id, among: KnownService.shipped.map(\.id)))
            }
        }
        return .all(except: except)
    }
}
