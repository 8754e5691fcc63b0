import Bytes

import HTTP2

/// A block of these fields.
func block(_ fields: [(String, String)]) -> ByteBuffer {
    var buffer = ByteBuffer()
    for (name, value) in fields {
        FieldBlock.append(Array(name.utf8).rawSpan, Array(value.utf8).rawSpan, to: &buffer)
    }
    return buffer
}

/// The fields of a block.
func fields(_ block: borrowing ByteBuffer) -> [String] {
    var cursor = FieldCursor()
    var result: [String] = []
    while let field = cursor.next(in: block.bytes) {
        result.append(block.bytes[field.name].text + ": " + block.bytes[field.value].text)
    }
    return result
}
