import FoundationEssentials

extension ReceiptFile {
    // MARK: CSV (RFC 4180)

    var csv: String {
        var output = ReceiptLine.columns.joined(separator: ",") + "\r\n"
        for line in lines {
            output += ReceiptLine.columns.map { csvField(line.values[$0] ?? "") }.joined(separator: ",") + "\r\n"
        }
        return output
    }

    static func csvLines(_ text: String) throws(Malformed) -> [ReceiptLine] {
        var rows = csvRows(text)
        let header = rows.isEmpty ? [] : rows.removeFirst()
        guard header == ReceiptLine.columns else {
            throw Malformed(
                description: "it is neither JSON nor XML, and its first line is not that of receipts in CSV")
        }
        var lines: [ReceiptLine] = []
        for (index, row) in rows.enumerated() {
            guard row.count == header.count else {
                throw Malformed(description: "line \(index + 2) has \(row.count) fields instead of \(header.count)")
            }
            let values = zip(header, row).filter { !$0.1.isEmpty }
            lines.append(ReceiptLine(values: Dictionary(uniqueKeysWithValues: values)))
        }
        return lines
    }

    private static func csvRows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var isQuoted = false
        func unguarded(_ field: String) -> String {
            // Put there against spreadsheets that take a text for a formula.
            field.hasPrefix("'") ? String(field.dropFirst()) : field
        }
        for scalar in text.unicodeScalars where scalar != "\u{FEFF}" {
            switch scalar {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                row.append(unguarded(field))
                field = ""
            case "\n" where !isQuoted:
                row.append(unguarded(field))
                rows.append(row)
                row = []
                field = ""
            case "\r" where !isQuoted: break
            default: field.unicodeScalars.append(scalar)
            }
        }
        if !field.isEmpty || !row.isEmpty { rows.append(row + [unguarded(field)]) }
        return rows
    }

    // MARK: JSON (RFC 8259)

    var json: String {
        let entries = lines.map { line in
            JSONValue.object(
                ReceiptLine.columns.compactMap { column in
                    guard let value = line.values[column] else { return nil }
                    return (column, .string(value))
                })
        }
        return JSONValue.object([("format", .string(Self.version)), ("entries", .array(entries))]).text + "\n"
    }

    private struct JSONFile: Decodable {
        var format: String
        var entries: [[String: String]]
    }

    static func jsonLines(_ text: String) throws(Malformed) -> [ReceiptLine] {
        guard let file = try? JSONDecoder().decode(JSONFile.self, from: Data(text.utf8)) else {
            throw Malformed(description: "it is not JSON of receipts")
        }
        guard file.format == version else {
            throw Malformed(description: "it is of the format `\(sanitized(file.format))`, not `\(version)`")
        }
        return file.entries.map(ReceiptLine.init)
    }

    // MARK: XML

    var xml: String {
        var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<receipts format=\"\(Self.version)\">\n"
        for line in lines {
            output += "  <entry"
            for column in ReceiptLine.columns {
                if let value = line.values[column] { output += " \(column)=\"\(Self.escaped(value))\"" }
            }
            output += "/>\n"
        }
        return output + "</receipts>\n"
    }

    private static let escapes = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")]

    private static func escaped(_ text: String) -> String {
        escapes.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    private static func unescaped(_ text: Substring) -> String {
        escapes.reversed().reduce(String(text)) { $0.replacing($1.1, with: $1.0) }
    }

    /// Reads XML as `xml` writes it, which is little of XML: elements without content, attributes in double quotes.
    static func xmlLines(_ text: String) throws(Malformed) -> [ReceiptLine] {
        guard text.contains("<receipts format=\"\(version)\">"), text.contains("</receipts>") else {
            throw Malformed(description: "it is not XML of receipts of the format `\(version)`")
        }
        return text.split(separator: "<entry").dropFirst().map { part in
            let pieces = part.prefix { $0 != ">" }.split(separator: "\"", omittingEmptySubsequences: false)
            var values: [String: String] = [:]
            for place in stride(from: 0, to: pieces.count - 1, by: 2) {
                let name = String(pieces[place].filter { $0.isLetter })
                values[name] = unescaped(pieces[place + 1])
            }
            return ReceiptLine(values: values)
        }
    }
}
