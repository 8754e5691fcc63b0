/// What a connection may waste before it ends (RFC 9113 §10.5): frames that ask for work and carry nothing, and streams
/// that are reset or malformed.
///
/// Two buckets that fill up again with time; whoever carries content in the meantime gets something back.
public struct FloodGuard: Sendable {
    static let mostFrames = 2000
    static let mostResets = 200
    /// Per second.
    static let framesEarned = 100
    static let resetsEarned = 20

    private var frames = FloodGuard.mostFrames
    private var resets = FloodGuard.mostResets
    private var refilled: Int64

    /// Full buckets, at a time in milliseconds.
    public init(at now: Int64) { refilled = now }

    /// Notes what a step wasted, and for how many frames there was a use; false when it is too much.
    public mutating func admits(idleFrames: Int, resets count: Int, useful: Int, at now: Int64) -> Bool {
        let seconds = Int(clamping: (now - refilled) / 1000)
        if seconds > 0 {
            refilled += Int64(seconds) * 1000
            frames = min(Self.mostFrames, frames + min(seconds, 60) * Self.framesEarned)
            resets = min(Self.mostResets, resets + min(seconds, 60) * Self.resetsEarned)
        }
        frames = min(Self.mostFrames, frames + useful) - idleFrames
        resets -= count
        return frames >= 0 && resets >= 0
    }
}
