import Bytes

/// Makes our own scripts small: without comments and spaces, and with short names for what they declare.
///
/// It knows the language's tokens, but of its scopes only this: a name that a script declares anywhere is a variable
/// wherever it stands alone, and one that it declares outside of all brackets is the same everywhere. So no script may call a variable what it also uses as a global; those that do are kept in
/// `globals`. A property's name is never changed. Whoever breaks that sees the browser tests fail at the first page.
struct ScriptText {
    fileprivate enum Kind { case word, number, text, expression, mark }

    fileprivate struct Token {
        var kind: Kind
        var text: String
        var isAfterLineEnd = false
    }

    private var tokens: [Token] = []
    /// By token: the bracket that it stands in.
    private var enclosing: [Int?] = []
    /// By bracket: the other one.
    private var partner: [Int: Int] = [:]

    private static let reserved: Set<String> = [
        "as", "async", "await", "break", "case", "catch", "class", "const", "continue", "default", "delete", "do",
        "else", "export", "extends", "false", "finally", "for", "from", "function", "get", "if", "import", "in",
        "instanceof", "let", "new", "null", "of", "return", "set", "static", "super", "switch", "this", "throw", "true",
        "try", "typeof", "undefined", "var", "void", "while", "with", "yield", "arguments", "eval",
    ]
    private static let globals: Set<String> = ["document", "policy", "details"]

    /// The text of a script, squeezed.
    static func squeezed(_ script: String) -> String {
        var text = ScriptText()
        text.read(Array(script.utf8))
        text.nest()
        text.rename()
        return text.written
    }

    // MARK: Tokens

    private mutating func read(_ bytes: [UInt8]) {
        var offset = 0
        var isAfterLineEnd = false
        // Braces that are open inside each template that is.
        var templates: [Int] = []
        func isWord(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit || byte == 0x5F || byte == 0x24 }
        func starts(_ text: StaticString) -> Bool { bytes[offset...].starts(with: "\(text)".utf8) }
        while offset < bytes.count {
            let byte = bytes[offset]
            var end = offset + 1
            var kind = Kind.mark
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: " "):
                isAfterLineEnd = isAfterLineEnd || byte == UInt8(ascii: "\n")
                offset = end
                continue
            case UInt8(ascii: "/") where starts("//"):
                offset = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                continue
            case UInt8(ascii: "/") where starts("/*"):
                end = offset + 3
                while !bytes[(end - 1)...].starts(with: "*/".utf8) { end += 1 }
                offset = end + 1
                continue
            case UInt8(ascii: "/") where beginsExpression:
                var isInClass = false
                while bytes[end] != UInt8(ascii: "/") || isInClass {
                    if bytes[end] == UInt8(ascii: "[") { isInClass = true }
                    if bytes[end] == UInt8(ascii: "]") { isInClass = false }
                    end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
                }
                end += 1
                while isWord(bytes[end]) { end += 1 }
                kind = .expression
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                while bytes[end] != byte { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
                end += 1
                kind = .text
            case UInt8(ascii: "`"),
                UInt8(ascii: "}") where templates.last == 0:
                if byte == UInt8(ascii: "}") { templates.removeLast() }
                while bytes[end] != UInt8(ascii: "`"), !bytes[end...].starts(with: "${".utf8) {
                    end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
                }
                if bytes[end] == UInt8(ascii: "$") {
                    templates.append(0)
                    end += 1
                }
                end += 1
                kind = .text
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                if let last = templates.indices.last { templates[last] += byte == UInt8(ascii: "{") ? 1 : -1 }
            case _ where isWord(byte):
                while end < bytes.count, isWord(bytes[end]) { end += 1 }
                kind = byte.isASCIIDigit ? .number : .word
            case UInt8(ascii: "=") where starts("=>"), UInt8(ascii: "?") where starts("?.") || starts("??"): end += 1
            case UInt8(ascii: ".") where starts("..."): end += 2
            default: break
            }
            let text = String(decoding: bytes[offset..<end], as: UTF8.self)
            tokens.append(Token(kind: kind, text: text, isAfterLineEnd: isAfterLineEnd))
            isAfterLineEnd = false
            offset = end
        }
    }

    /// Whether a slash here begins a regular expression.
    private var beginsExpression: Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .number, .text, .expression: return false
        case .word: return last.text == "return"
        case .mark: return last.text != ")" && last.text != "]" && last.text != "}"
        }
    }

    private mutating func nest() {
        var open: [Int] = []
        for index in tokens.indices {
            let isMark = tokens[index].kind == .mark
            if isMark, [")", "]", "}"].contains(tokens[index].text), let start = open.popLast() {
                partner[start] = index
                partner[index] = start
            }
            enclosing.append(open.last)
            if isMark, ["(", "[", "{"].contains(tokens[index].text) { open.append(index) }
        }
    }

    // MARK: Names

    private func isMark(_ index: Int, _ texts: String...) -> Bool {
        tokens.indices.contains(index) && tokens[index].kind == .mark && texts.contains(tokens[index].text)
    }

    private var declared: Set<String> {
        var names: Set<String> = []
        func collect(_ range: ClosedRange<Int>) {
            for index in range where tokens[index].kind == .word && isMark(index - 1, "(", "[", "{", ",", "...", ":") {
                names.insert(tokens[index].text)
            }
        }
        for (index, token) in tokens.enumerated() {
            if token.kind == .word, ["const", "let", "function", "class"].contains(token.text) {
                if let end = partner[index + 1], !isMark(index + 1, "(") {
                    collect(index + 1...end)
                } else if tokens[index + 1].kind == .word {
                    names.insert(tokens[index + 1].text)
                }
            } else if isMark(index, "=>") {
                if let start = partner[index - 1] {
                    collect(start...index - 1)
                } else {
                    names.insert(tokens[index - 1].text)
                }
            }
        }
        // What begins like a class is one of the browser's; what is all capitals is a constant of ours.
        return names.subtracting(Self.reserved).subtracting(Self.globals).filter { name in
            name.utf8.count > 1 && (!name.utf8.prefix(1).allSatisfy(\.isUpper) || !name.contains { $0.isLowercase })
        }
    }

    /// By token: the number of the outermost statement that it is part of.
    private var statements: [Int] {
        var number = 0
        return tokens.indices.map { index in
            defer { if enclosing[index] == nil, isMark(index, ";", "}") { number += 1 } }
            return number
        }
    }

    private enum Role { case variable, property, shorthand }

    private func role(of index: Int) -> Role {
        if isMark(index - 1, ".", "?.") { return .property }
        guard let open = enclosing[index], isMark(open, "{"), isMark(index - 1, "{", ",") else { return .variable }
        if isMark(index + 1, ":") { return .property }
        if isMark(index + 1, "("), let close = partner[index + 1], isMark(close + 1, "{") { return .property }
        if isMark(index + 1, ",", "}") { return .shorthand }
        // A default, in a pattern; else an assignment in a block.
        guard isMark(index + 1, "="), let close = partner[open] else { return .variable }
        return isMark(close + 1, "=", ",", ")", "]") || tokens[close + 1].text == "of" ? .shorthand : .variable
    }

    /// What stands outside of all brackets is known everywhere. The names inside a statement are short ones that the next
    /// statement uses again: alike texts are what compression likes.
    private mutating func rename() {
        let declared = declared
        let outer = Set(
            tokens.indices.filter { index in
                enclosing[index] == nil && index > 0 && ["const", "let", "function"].contains(tokens[index - 1].text)
                    || enclosing[index].map { isOuterPattern($0) } == true
            }.map { tokens[$0].text }
        ).intersection(declared)
        var counts: [String: Int] = [:]
        var taken = Self.reserved
        for token in tokens where token.kind == .word {
            if declared.contains(token.text) { counts[token.text, default: 0] += 1 } else { taken.insert(token.text) }
        }
        var names: [String: String] = [:]
        var next = 0
        let byUse = counts.filter { outer.contains($0.key) }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (word, _) in byUse {
            repeat { next += 1 } while taken.contains(Self.outerName(next - 1))
            names[word] = Self.outerName(next - 1)
        }
        let statements = statements
        var inner: [String: String] = [:]
        for index in tokens.indices where tokens[index].kind == .word {
            if index > 0, statements[index] != statements[index - 1] {
                inner = [:]
                next = 0
            }
            let word = tokens[index].text
            guard declared.contains(word) else { continue }
            let role = role(of: index)
            if role == .property { continue }
            if names[word] == nil, inner[word] == nil {
                repeat { next += 1 } while taken.contains(Self.innerName(next - 1))
                inner[word] = Self.innerName(next - 1)
            }
            guard let short = names[word] ?? inner[word] else { continue }
            tokens[index].text = role == .shorthand ? "\(word):\(short)" : short
        }
    }

    /// Whether a bracket is that of names which an outermost statement declares.
    private func isOuterPattern(_ bracket: Int) -> Bool {
        enclosing[bracket] == nil && bracket > 0 && ["const", "let"].contains(tokens[bracket - 1].text)
    }

    private static let small = Array("abcdefghijklmnopqrstuvwxyz").map(String.init)
    private static let large = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ").map(String.init)

    private static func outerName(_ number: Int) -> String {
        number < 26 ? large[number] : small[(number - 26) / 26] + small[(number - 26) % 26]
    }

    private static func innerName(_ number: Int) -> String {
        number < 26 ? small[number] : small[number % 26] + String(number / 26)
    }

    // MARK: Text

    /// A comma after the last, the parentheses of an arrow function's only parameter, and what `return` says by itself.
    private func isNeedless(_ index: Int) -> Bool {
        switch tokens[index].text {
        case ",": isMark(index + 1, ")", "]", "}")
        case "(": partner[index] == index + 2 && tokens[index + 1].kind == .word && isMark(index + 3, "=>")
        case ")": partner[index] == index - 2 && tokens[index - 1].kind == .word && isMark(index + 1, "=>")
        case "undefined": index > 0 && tokens[index - 1].text == "return" && isMark(index + 1, ";")
        default: false
        }
    }

    private var written: String {
        var text = ""
        var last: Token?
        for (index, token) in tokens.enumerated() where !isNeedless(index) {
            defer { last = token }
            if let before = last {
                let isBetweenWords = before.isWordLike && (token.isWordLike || token.text.first == "#")
                let isSameSign = ["+", "-"].contains(token.text) && before.text == token.text
                if isBetweenWords || isSameSign && token.isAfterLineEnd {
                    text += token.isAfterLineEnd ? "\n" : " "
                } else if token.isAfterLineEnd, before.endsStatement, token.kind != .mark {
                    text += "\n"
                }
            }
            text += token.text
        }
        return text.replacing(";}", with: "}") + "\n"
    }
}

extension ScriptText.Token {
    fileprivate var isWordLike: Bool { kind == .word || kind == .number }
    /// Whether a line may end here without a semicolon, and mean it.
    fileprivate var endsStatement: Bool { kind != .mark || text == ")" || text == "]" }
}

extension UInt8 {
    fileprivate var isUpper: Bool { self >= 0x41 && self <= 0x5A }
}
