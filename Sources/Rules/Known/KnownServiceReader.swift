import Consent
import Yams

/// Reads a shipped file.
///
/// It says where it stumbles, and no more: what an entry may hold is the business of Tests/Rules/test_known.py, since
/// the file is part of the program.
struct KnownServiceReader {
    /// What is wrong with a file.
    struct Fault: Error {
        let file: KnownFile
        let line: Int
    }

    let file: KnownFile

    func read(_ text: String) throws -> [KnownService] {
        guard let root = try compose(yaml: text, .basic) else { return [] }
        return try mapping(root).map(service)
    }

    private func service(_ key: Node, _ value: Node) throws -> KnownService {
        var service = KnownService(id: try string(key), file: file)
        for (key, value) in try mapping(value) {
            switch try string(key) {
            case "name": service.name = try string(value)
            case "vendor": service.vendor = try string(value)
            case "purpose": service.purpose = try string(value)
            case "category": service.category = try category(value)
            case "hosts": service.hosts = try strings(value)
            case "snippets": service.snippets = try strings(value)
            case "cookies":
                if let category = service.category {
                    service.cookies += try cookies(value, category, .first)
                } else {
                    for (key, value) in try mapping(value) {
                        service.cookies += try cookies(value, try category(key), .first)
                    }
                }
            case "third_party_cookies":
                guard let category = service.category else { throw fault(key) }
                service.cookies += try cookies(value, category, .third)
            default: throw fault(key)
            }
        }
        return service
    }

    private func cookies(
        _ node: Node, _ category: ShippedCategory, _ party: KnownCookie.Party
    ) throws -> [KnownCookie] {
        try mapping(node).map { key, value in
            KnownCookie(
                pattern: try string(key), category: category, lifetime: try lifetime(value), party: party)
        }
    }

    /// Seconds; 0 for a cookie that ends with the browser's session.
    private func lifetime(_ node: Node) throws -> Int {
        let text = try string(node)
        if text == "session" { return 0 }
        let factors: [UInt8: Int] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
        ]
        guard let unit = text.utf8.last, let factor = factors[unit], let number = Int(text.dropLast()) else {
            throw fault(node)
        }
        return number * factor
    }

    private func category(_ node: Node) throws -> ShippedCategory {
        guard let category = ShippedCategory(rawValue: try string(node)) else { throw fault(node) }
        return category
    }

    private func mapping(_ node: Node) throws -> Node.Mapping {
        guard case .mapping(let mapping) = node else { throw fault(node) }
        return mapping
    }

    private func strings(_ node: Node) throws -> [String] {
        guard case .sequence(let sequence) = node else { throw fault(node) }
        return try sequence.map(string)
    }

    private func string(_ node: Node) throws -> String {
        guard case .scalar(let scalar) = node else { throw fault(node) }
        return scalar.string
    }

    private func fault(_ node: Node) -> Fault { Fault(file: file, line: node.mark?.line ?? 0) }
}
