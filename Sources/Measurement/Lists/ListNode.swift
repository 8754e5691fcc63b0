import Yams

/// A value of a list, with what is needed to say where it is wrong.
struct ListNode {
    let file: String
    private let node: Node

    init(_ text: String, of list: TrafficList) throws(ListFault) {
        try self.init(text, file: "\(list.rawValue).yaml")
    }

    init(_ text: String, file: String) throws(ListFault) {
        self.file = file
        do {
            guard let root = try compose(yaml: text, .basic) else {
                throw ListFault(file: file, line: 1, column: 1, problem: "empty")
            }
            node = root
        } catch {
            throw Self.fault(error, file)
        }
    }

    private init(_ node: Node, _ file: String) {
        self.node = node
        self.file = file
    }

    private static func fault(_ error: any Error, _ file: String) -> ListFault {
        switch error {
        case let fault as ListFault: fault
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            ListFault(file: file, line: mark.line, column: mark.column, problem: "not YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            ListFault(
                file: file, line: context.mark.line, column: context.mark.column,
                problem: "`\(keys.first ?? "")` is there more than once in this mapping")
        default: ListFault(file: file, line: 0, column: 0, problem: "\(error)")
        }
    }

    /// Keys and values in the order they are written.
    func pairs() throws(ListFault) -> [(key: ListNode, value: ListNode)] {
        guard case .mapping(let mapping) = node else { throw fault("no mapping") }
        return mapping.map { (ListNode($0.key, file), ListNode($0.value, file)) }
    }

    /// The values of the given keys, nil where one is missing; any other key is a fault.
    func values(of keys: [String]) throws(ListFault) -> [ListNode?] {
        var values = [ListNode?](repeating: nil, count: keys.count)
        for (key, value) in try pairs() {
            let word = try key.string()
            guard let index = keys.firstIndex(of: word) else { throw key.fault("`\(word)` is no key") }
            values[index] = value
        }
        return values
    }

    func items() throws(ListFault) -> [ListNode] {
        guard case .sequence(let sequence) = node else { throw fault("no list") }
        return sequence.map { ListNode($0, file) }
    }

    func strings() throws(ListFault) -> [String] {
        var strings: [String] = []
        for item in try items() { strings.append(try item.string()) }
        return strings
    }

    func string() throws(ListFault) -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw fault("no word") }
        return scalar.string
    }

    var isMapping: Bool {
        if case .mapping = node { true } else { false }
    }

    func fault(_ problem: String) -> ListFault {
        ListFault(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, problem: problem)
    }
}
