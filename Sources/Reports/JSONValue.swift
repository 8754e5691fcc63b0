/// A JSON value to be written: objects keep the order of their members, so that equal reports are equal bytes.
enum JSONValue {
    case null
    case integer(Int)
    /// A number that is spelled already.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// The value as text, objects and arrays of them broken into lines.
    var text: String {
        var output = ""
        write(to: &output, indentation: "")
        return output
    }

    private func write(to output: inout String, indentation: String) {
        switch self {
        case .null: output += "null"
        case .integer(let value): output += "\(value)"
        case .number(let text): output += text
        case .string(let text): writeString(text, to: &output)
        case .array(let values):
            if values.isEmpty {
                output += "[]"
                return
            }
            output += "["
            for (index, value) in values.enumerated() {
                output += (index == 0 ? "\n" : ",\n") + indentation + "  "
                value.write(to: &output, indentation: indentation + "  ")
            }
            output += "\n\(indentation)]"
        case .object(let members):
            let isFlat = members.allSatisfy { $0.1.isScalar }
            output += "{"
            for (index, member) in members.enumerated() {
                output += index == 0 ? "" : ","
                output += isFlat ? (index == 0 ? "" : " ") : "\n\(indentation)  "
                writeString(member.0, to: &output)
                output += ": "
                member.1.write(to: &output, indentation: indentation + "  ")
            }
            output += isFlat ? "}" : "\n\(indentation)}"
        }
    }

    private var isScalar: Bool {
        switch self {
        case .null, .integer, .number, .string: true
        case .array, .object: false
        }
    }
}

private func writeString(_ text: String, to output: inout String) {
    output += "\""
    defer { output += "\"" }
    // Most words have nothing in them that needs more.
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        output += text
        return
    }
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": output += "\\\""
        case "\\": output += "\\\\"
        case "\n": output += "\\n"
        case "\r": output += "\\r"
        case "\t": output += "\\t"
        default:
            switch scalar.properties.generalCategory {
            // Escaped so that a terminal neither obeys them nor reorders what follows.
            case .control, .format, .lineSeparator, .paragraphSeparator:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    output += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                }
            default: output.unicodeScalars.append(scalar)
            }
        }
    }
}
