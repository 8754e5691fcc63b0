import Foundation

/// An opaque colour of the sRGB space.
public struct Colour: Hashable, Sendable {
    /// How much red there is, gamma-encoded as in CSS.
    public let red: UInt8
    /// How much green there is.
    public let green: UInt8
    /// How much blue there is.
    public let blue: UInt8

    /// Makes the colour of three channels.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#rgb`, `#rrggbb`, `rgb(…)` or `hsl(…)` (CSS Color Level 4, §5.2, §5.1 and §7); nil for all else, also
    /// for colours that something may shine through.
    public init?(css text: String) {
        guard let colour = Self.hexadecimal(text) ?? Self.function(text) else { return nil }
        self = colour
    }

    /// `#rrggbb`.
    public var hexadecimal: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// From 1, of colours that are the same, to 21, of black and white (WCAG 2.2, "contrast ratio").
    public func contrast(with other: Colour) -> Double {
        let (lighter, darker) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (lighter + 0.05) / (darker + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    private var luminance: Double {
        func linear(_ channel: UInt8) -> Double {
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

extension Colour {
    private static func hexadecimal(_ text: String) -> Colour? {
        guard text.first == "#" else { return nil }
        let digits = text.utf8.dropFirst().compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count - 1 else { return nil }
        switch digits.count {
        case 3: return Colour(red: UInt8(digits[0] * 17), green: UInt8(digits[1] * 17), blue: UInt8(digits[2] * 17))
        case 6:
            func channel(_ index: Int) -> UInt8 { UInt8(digits[index] * 16 + digits[index + 1]) }
            return Colour(red: channel(0), green: channel(2), blue: channel(4))
        default: return nil
        }
    }

    /// `rgb(…)` and `hsl(…)` with three arguments, between spaces or commas.
    private static func function(_ text: String) -> Colour? {
        let text = text.lowercased()
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return nil }
        let content = text[text.index(after: open)...].dropLast()
        let parts =
            content.contains(",")
            ? content.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingPrefix { $0 == " " } }
            : content.split(separator: " ")
        let arguments = parts.compactMap { Argument($0) }
        guard parts.count == 3, arguments.count == 3 else { return nil }
        switch text[..<open] {
        case "rgb":
            // All of one kind (§5.1), each clamped to its range.
            guard Set(arguments.map(\.unit)).count == 1, arguments[0].unit != .degrees else { return nil }
            let full: Double = arguments[0].unit == .percent ? 100 : 255
            let channels = arguments.map { Self.channel($0.value / full) }
            return Colour(red: channels[0], green: channels[1], blue: channels[2])
        case "hsl":
            guard arguments[0].unit != .percent, arguments[1].unit == .percent, arguments[2].unit == .percent else {
                return nil
            }
            return hsl(
                hue: arguments[0].value, saturation: min(1, arguments[1].value / 100),
                lightness: min(1, arguments[2].value / 100))
        default: return nil
        }
    }

    /// CSS Color Level 4, §7.1.
    private static func hsl(hue: Double, saturation: Double, lightness: Double) -> Colour {
        let amplitude = saturation * min(lightness, 1 - lightness)
        func value(_ offset: Double) -> UInt8 {
            let turn = (offset + hue / 30).truncatingRemainder(dividingBy: 12)
            return channel(lightness - amplitude * max(-1, min(turn - 3, 9 - turn, 1)))
        }
        return Colour(red: value(0), green: value(8), blue: value(4))
    }

    private static func channel(_ part: Double) -> UInt8 { UInt8(max(0, min(255, (part * 255).rounded()))) }

    /// A number that is not below zero, of up to four digits before the point and after it.
    private struct Argument {
        enum Unit { case number, percent, degrees }

        let value: Double
        let unit: Unit

        init?(_ text: Substring) {
            var text = text
            while text.last == " " { text.removeLast() }
            unit = text.hasSuffix("%") ? .percent : text.hasSuffix("deg") ? .degrees : .number
            switch unit {
            case .number: break
            case .percent: text.removeLast()
            case .degrees: text.removeLast(3)
            }
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let areDigits = parts.allSatisfy { (1...4).contains($0.utf8.count) && $0.allSatisfy(\.isASCIIDigit) }
            guard parts.count <= 2, areDigits, let value = Double(String(text)) else { return nil }
            self.value = value
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
