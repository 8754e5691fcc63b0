import Bytes
import Testing

@Suite("A byte buffer")
struct ByteBufferTests {
    @Test("What is appended comes out in order, through growth and consumption")
    func order() {
        var buffer = ByteBuffer()
        var expected: [UInt8] = []
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let piece = (0..<Int.random(in: 0..<70, using: &random)).map { _ in UInt8.random(in: 0...255) }
            buffer.append(piece)
            expected += piece
            let taken = Int.random(in: 0...buffer.count, using: &random) / 2
            buffer.consume(taken)
            expected.removeFirst(taken)
            let count = buffer.count
            #expect(count == expected.count)
        }
        let array = buffer.array
        #expect(array == expected)
    }

    @Test("Numbers are written as text", arguments: [0, 7, 10, 255, 65_536, Int.max])
    func numbers(value: Int) {
        var buffer = ByteBuffer()
        buffer.append(decimal: value)
        let decimal = buffer.bytes.text
        buffer.clear()
        buffer.append(hexadecimal: value)
        let hexadecimal = buffer.bytes.text
        #expect(decimal == String(value))
        #expect(hexadecimal == String(value, radix: 16))
    }

    @Test("Decimal numbers of every length are written behind what is there")
    func decimals() {
        var buffer = ByteBuffer(capacity: 16)
        var expected = ""
        var power = 1
        while power < Int.max / 10 {
            for value in [power - 1, power, power * 9, -power] {
                buffer.append(decimal: value)
                expected += String(value)
            }
            power *= 10
        }
        buffer.append(decimal: .min)
        let written = buffer.bytes.text
        #expect(written == expected + String(Int.min))
    }

    @Test("A range of another buffer is copied, and nothing else of it")
    func ranges() {
        var source = ByteBuffer()
        source.append("0123456789")
        source.consume(2)
        var buffer = ByteBuffer()
        buffer.append(source, ByteRange(1, 3))
        buffer.append(source, from: 6)
        let joined = buffer.bytes.text
        buffer.truncate(to: 1)
        let first = buffer.bytes.text
        #expect(joined == "3489")
        #expect(first == "3")
    }

    @Test("An empty buffer gives its memory back when it is told to")
    func shrinking() {
        var buffer = ByteBuffer(capacity: 100_000)
        buffer.append("x")
        buffer.shrink(to: 16)
        let whileFull = buffer.capacity
        buffer.clear()
        buffer.shrink(to: 16)
        let whenEmpty = buffer.capacity
        #expect(whileFull == 100_000)
        #expect(whenEmpty == 16)
    }
}
