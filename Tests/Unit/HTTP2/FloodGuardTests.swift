import HTTP2
import Testing

@Suite("What a connection may waste (RFC 9113 §10.5)")
struct FloodGuardTests {
    @Test("Frames without content are admitted up to a number, and again with time")
    func frames() {
        var flood = FloodGuard(at: 0)
        let admitted = [
            flood.admits(idleFrames: 2000, resets: 0, useful: 0, at: 0),
            flood.admits(idleFrames: 1, resets: 0, useful: 0, at: 999),
            flood.admits(idleFrames: 50, resets: 0, useful: 0, at: 1000),
            flood.admits(idleFrames: 2100, resets: 0, useful: 0, at: 1_000_000),
        ]
        #expect(admitted == [true, false, true, false])
    }

    @Test("Who uses the connection may answer what they get with frames")
    func useful() {
        var flood = FloodGuard(at: 0)
        let admitted = (0..<100).map { _ in flood.admits(idleFrames: 1000, resets: 0, useful: 1000, at: 0) }
        #expect(!admitted.contains(false))
        let isTooMuch = !flood.admits(idleFrames: 2001, resets: 0, useful: 1 << 40, at: 0)
        #expect(isTooMuch)
    }

    @Test("Resets are admitted up to a number, whatever else is done, and again with time")
    func resets() {
        var flood = FloodGuard(at: 0)
        let admitted = [
            flood.admits(idleFrames: 0, resets: 200, useful: 1000, at: 0),
            flood.admits(idleFrames: 0, resets: 1, useful: 1000, at: 0),
            flood.admits(idleFrames: 0, resets: 10, useful: 0, at: 2000),
            flood.admits(idleFrames: 0, resets: 201, useful: 0, at: 1_000_000),
        ]
        #expect(admitted == [true, false, true, false])
    }
}
