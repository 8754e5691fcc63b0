extension UserAgentList {
    /// Compiles both lists, with an operator's entries in front.
    init(browsers: ListNode, bots: ListNode, own: ListAdditions? = nil) throws(ListFault) {
        self.init()
        let parts = try browsers.values(of: ["browsers", "systems", "devices"])
        for entry in try items(own?.browsers, parts[0]) {
            let (rule, name) = try read(entry, name: "family")
            self.browsers.append(try answering(rule, name, in: &families, entry))
        }
        for entry in try items(own?.systems, parts[1]) {
            let (rule, name) = try read(entry, name: "system")
            self.systems.append(try answering(rule, name, in: &systemNames, entry))
        }
        for entry in try items(own?.devices, parts[2]) {
            var (rule, name) = try read(entry, name: "device")
            guard let device = Device.allCases.first(where: { "\($0.name)" == name }) else {
                throw entry.fault("`\(name)` is no kind of device")
            }
            rule.answer = UInt16(device.rawValue)
            self.devices.append(rule)
        }
        if let own = own?.bots { try readGroups(own) }
        let rest = try bots.values(of: ["browsers_begin_with", "groups"])
        browserStarts = try rest[0]?.strings().map { Array($0.lowercased().utf8) } ?? []
        if let groups = rest[1] { try readGroups(groups) }
        tokens.close()
    }

    private func items(_ own: ListNode?, _ shipped: ListNode?) throws(ListFault) -> [ListNode] {
        try (own?.items() ?? []) + (shipped?.items() ?? [])
    }

    /// Reads the groups of one file, in which a reason and a name stand once; another file may have them too.
    private mutating func readGroups(_ groups: ListNode) throws(ListFault) {
        let (known, knownReasons) = (botNames.count, reasons.count)
        for group in try groups.items() {
            let parts = try group.values(of: ["why", "bots"])
            guard let why = try parts[0]?.string(), let entries = parts[1] else { throw group.fault("half a group") }
            let reason = reasons.firstIndex(of: Array(why.utf8)) ?? reasons.count
            guard reason < knownReasons || reason == reasons.count else { throw group.fault("`\(why)` is there twice") }
            if reason == reasons.count { reasons.append(Array(why.utf8)) }
            for (key, value) in try entries.pairs() {
                let word = try key.string()
                let name = Array(word.utf8)
                let number = botNames.firstIndex(of: name) ?? botNames.count
                guard number < known || number == botNames.count else { throw key.fault("`\(word)` is there twice") }
                if number == botNames.count {
                    botNames.append(name)
                    botReasons.append(reason)
                }
                var rule: Rule
                if value.isMapping {
                    rule = try read(value, name: nil).rule
                } else {
                    rule = emptyRule
                    rule.any = try refer(value)
                }
                rule.answer = UInt16(number + 1)
                self.bots.append(rule)
            }
        }
    }

    private var emptyRule: Rule { Rule(any: 0..<0, all: 0..<0, none: 0..<0, version: 0..<0, major: 0, answer: 0) }

    private mutating func read(_ entry: ListNode, name: String?) throws(ListFault) -> (rule: Rule, name: String) {
        let parts = try entry.values(of: ["tokens", "and", "not", "version", "major", name ?? ""])
        var rule = emptyRule
        guard let tokens = parts[0] else { throw entry.fault("no tokens") }
        rule.any = try refer(tokens)
        if let node = parts[1] { rule.all = try refer(node) }
        if let node = parts[2] { rule.none = try refer(node) }
        rule.version = rule.any
        if let node = parts[3] { rule.version = try refer(node) }
        if let node = parts[4] {
            guard let major = UInt16(try node.string()), major > 0 else { throw node.fault("no version") }
            rule.major = major
        }
        guard let name else { return (rule, "") }
        guard let word = try parts[5]?.string() else { throw entry.fault("no `\(name)`") }
        return (rule, word)
    }

    private mutating func refer(_ node: ListNode) throws(ListFault) -> Range<Int> {
        let start = references.count
        for item in try node.items() {
            let token = try item.string()
            guard let number = tokens.number(of: token) else { throw item.fault("`\(token)` is too short") }
            references.append(number)
        }
        return start..<references.count
    }
}

/// The rule with the number of its name, made when the name is new.
private func answering(
    _ rule: UserAgentList.Rule, _ word: String, in names: inout [[UInt8]], _ entry: ListNode
) throws(ListFault) -> UserAgentList.Rule {
    var rule = rule
    let name = Array(word.utf8)
    let number = names.firstIndex(of: name) ?? names.count
    guard number <= Int(UInt8.max) else { throw entry.fault("too many names") }
    if number == names.count { names.append(name) }
    rule.answer = UInt16(number)
    return rule
}
