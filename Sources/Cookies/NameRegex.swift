import Bytes

/// A regular expression over the octets of a cookie name that matches the whole name or not at all.
///
/// The syntax is a subset of RE2's, without anything that would need backtracking, so that the time to match is at
/// most the name's length times the expression's length, whatever both are:
///
/// | written | matches |
/// |---|---|
/// | `a`, `é` | itself (as UTF-8 octets) |
/// | `.` | any octet |
/// | `[a-z_]`, `[^0-9]` | one octet of the set, or one outside it; ASCII only |
/// | `\d \D \w \W \s \S` | a digit, a letter, digit or `_`, a space or tab; in capitals the others |
/// | `\xHH`, `\.` and so on | the octet; the punctuation character itself |
/// | `xy`, `x\|y`, `(x)`, `(?:x)` | sequence, alternatives, grouping (nothing is captured) |
/// | `x*`, `x+`, `x?`, `x{2}`, `x{2,}`, `x{2,5}` | repetition, counts up to 255 |
/// | `(?i)` | at the start only: ASCII letters of either case |
/// | `^`, `$` | at the start or end only, where they change nothing |
///
/// Backreferences, lookaround, lazy and possessive repetition, named groups and other flags are errors. An expression
/// has at most 512 positions (characters and sets, counted after repetition is written out).
public struct NameRegex: Hashable, Sendable {
    /// The expression as written, without slashes.
    public let source: String
    let automaton: PositionAutomaton

    /// The most characters and sets of an expression.
    public static let maximumPositions = 512

    /// Compiles an expression; offsets of errors count UTF-8 octets of `source`.
    public init(_ source: String) throws(NamePatternError) {
        self.source = source
        var parser = NameRegexParser(source)
        let tree = try parser.parse()
        automaton = try PositionAutomaton(tree, end: source.utf8.count)
    }

    /// Whether the expression matches the whole name; allocates nothing.
    public func matches(_ name: RawSpan) -> Bool { automaton.matches(name) }

    /// Expressions are equal when they are written alike.
    public static func == (a: NameRegex, b: NameRegex) -> Bool { a.source == b.source }
    /// Hashes the source.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
