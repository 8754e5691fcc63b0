import Consent
import Foundation
import Rules
import Testing

@Suite("JSON Schema")
struct SchemaTests {
    @Test("The schema has exactly the keys that the decoder knows, in each mapping", arguments: RulesSection.allCases)
    func keys(section: RulesSection) throws {
        let data = try Data(contentsOf: root.appendingPathComponent("rules/schema.json"))
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let path: [String] =
            switch section {
            case .file: []
            case .site, .category, .cookie, .host, .signal, .googleConsentMode, .page, .goal, .knownServices, .theme,
                .palette, .logo, .tls, .certificate, .originTLS, .strictTransportSecurity:
                ["$defs", section.rawValue]
            case .listener: ["$defs", "visitorListener"]
            case .gate: ["properties", "measurement", "properties", "gate"]
            case .addressPrecision: ["properties", "address_precision"]
            case .perNetwork: ["properties", "limits", "properties", "per_network"]
            case .cookies, .consent, .signals, .measurement, .limits, .timeouts, .location, .log, .methods,
                .console:
                ["properties", section.rawValue]
            }
        var node = schema
        for step in path { node = try #require(node[step] as? [String: Any]) }
        if let alternatives = node["anyOf"] as? [[String: Any]], node["properties"] == nil {
            node = try #require(alternatives.first { $0["properties"] != nil })
        }
        let properties = try #require(node["properties"] as? [String: Any])
        #expect(Set(properties.keys) == Set(section.keys))
        #expect(node["additionalProperties"] as? Bool == false)
    }

    @Test("The schema has exactly the texts that can be reworded")
    func texts() throws {
        let data = try Data(contentsOf: root.appendingPathComponent("rules/schema.json"))
        var node = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for step in ["properties", "consent", "properties", "texts", "additionalProperties", "properties"] {
            node = try #require(node[step] as? [String: Any])
        }
        #expect(Set(node.keys) == Set(InterfaceText.keys))
    }

    @Test("The reference tells every key and text")
    func reference() throws {
        let text = try String(contentsOf: root.appendingPathComponent("docs/rules.md"), encoding: .utf8)
        for section in RulesSection.allCases {
            for key in section.keys { #expect(text.contains("`\(key)`"), "\(section).\(key)") }
        }
        for key in InterfaceText.keys { #expect(text.contains("`\(key)`"), "\(key)") }
    }
}
