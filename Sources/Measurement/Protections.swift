/// What a release does to hide single visitors, thing by thing: a test takes one away and sees its attack succeed.
///
/// All of them are in force in every product. Only this package can name them, and only its tests leave one out.
package struct Protections: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Rows that few fed are folded into one.
    package static let threshold = Protections(rawValue: 1 << 0)
    /// The smallest visible row joins those that are folded, where few fed these together.
    package static let complement = Protections(rawValue: 1 << 1)
    /// It joins as well where their sum tells each of them.
    package static let ambiguity = Protections(rawValue: 1 << 2)
    /// Tables that follow from one another are gated together.
    package static let nesting = Protections(rawValue: 1 << 3)
    /// What one visitor adds to a total with noise has a bound.
    package static let bounds = Protections(rawValue: 1 << 4)
    /// Noise is as wide as the budget asks for; without it a sixteenth.
    package static let width = Protections(rawValue: 1 << 5)
    /// A row named by traffic needs a margin beyond k, so that one visitor does not bring it about.
    package static let margin = Protections(rawValue: 1 << 6)

    /// As released.
    package static let all: Protections = [.threshold, .complement, .ambiguity, .nesting, .bounds, .width, .margin]

    /// All but one.
    package static func all(but missing: Protections) -> Protections { all.subtracting(missing) }
}
