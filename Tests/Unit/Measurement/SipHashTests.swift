import Bytes
import Measurement
import Testing

@Suite("SipHash-2-4-128")
struct SipHashTests {
    @Test(
        "The reference vectors come out: key 00…0f, input 00…n-1",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (2, "8177228da4a45dc7fca38bdef60affe4"), (7, "a1f1ebbed8dbc153c0b84aa61ff08239"),
            (8, "3b62a9ba6258f5610f83e264f31497b4"), (9, "264499060ad9baabc47f8b02bb6d71ed"),
            (15, "5493e99933b0a8117e08ec0f97cfc3d9"), (16, "6ee2a4ca67b054bbfd3315bf85230577"),
            (31, "2939b0183223fafc1723de4f52c43d35"), (63, "5150d1772f50834a503e069a973fbd7c"),
        ])
    func vector(count: Int, expected: String) {
        let input = (0..<count).map { UInt8($0) }
        let (first, second) = sipHash(
            input.rawSpan, key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)
        var text = ""
        for word in [first, second] {
            for index in 0..<8 {
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(8 * index))
                text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
        }
        #expect(text == expected)
    }
}
