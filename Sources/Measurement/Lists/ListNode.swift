import Yams

/// A value of a list, with what is needed to say where it is wrong.
struct ListNode {
    let list: TrafficList
    private let node: Node

    init(_ text: String, of list: TrafficList) throws(ListFault) {
        self.list = list
        do {
            guard let root = try compose(yaml: text, .basic) else {
                throw ListFault(list: list, line: 1, problem: "empty")
            }
            node = root
        } catch {
            throw error as? ListFault ?? ListFault(list: list, line: 0, problem: "\(error)")
        }
    }

    private init(_ node: Node, _ list: TrafficList) {
        self.node = node
        self.list = list
    }

    /// Keys and values in the order they are written.
    func pairs() throws(ListFault) -> [(key: ListNode, value: ListNode)] {
        guard case .mapping(let mapping) = node else { throw fault("no mapping") }
        return mapping.map { (ListNode($0.key, list), ListNode($0.value, list)) }
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
        return sequence.map { ListNode($0, list) }
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
        ListFault(list: list, line: node.mark?.line ?? 0, problem: problem)
    }
}
