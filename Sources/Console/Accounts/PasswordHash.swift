import COpenSSL

/// A password as it is kept: its scrypt hash (RFC 7914) with salt and parameters, in the form of PHC strings.
///
/// 2^15, 8 and 3 take 32 MiB and some tenths of a second: what OWASP recommends where Argon2id is not at hand.
public struct PasswordHash: Hashable, Sendable {
    /// `$scrypt$ln=15,r=8,p=3$salt$hash`.
    public let text: String
    private let parameters: Parameters
    private let salt: [UInt8]
    private let key: [UInt8]

    /// How much work a guess is.
    package struct Parameters: Hashable, Sendable {
        var log2Cost: UInt32
        var blockSize: UInt32
        var lanes: UInt32

        /// Makes parameters; the usual ones where nothing is said.
        package init(log2Cost: UInt32 = 15, blockSize: UInt32 = 8, lanes: UInt32 = 3) {
            self.log2Cost = log2Cost
            self.blockSize = blockSize
            self.lanes = lanes
        }
    }

    /// The lengths that a password may have, in octets: the upper one bounds the work.
    public static let lengths = 10...1024

    /// A hash that no password has: checking against it costs what checking against a real one does.
    package static let nobody = PasswordHash(
        parameters: Parameters(), salt: [UInt8](repeating: 0, count: 16), key: [UInt8](repeating: 0, count: 32))

    /// Hashes a password under a fresh salt; nil when the system has no memory or no random numbers for it.
    public init?(_ password: String) {
        self.init(password, Parameters())
    }

    /// The same with other work.
    package init?(_ password: String, _ parameters: Parameters) {
        guard let salt = randomOctets(16), let key = derive(password, salt: salt, parameters) else { return nil }
        self.init(parameters: parameters, salt: salt, key: key)
    }

    private init(parameters: Parameters, salt: [UInt8], key: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.key = key
        text =
            "$scrypt$ln=\(parameters.log2Cost),r=\(parameters.blockSize),p=\(parameters.lanes)"
            + "$\(base64(salt))$\(base64(key))"
    }

    /// Reads a kept hash; nil when it is none, or asks for more work than this program ever does.
    public init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        var numbers: [String: UInt32] = [:]
        for pair in parts[2].split(separator: ",") {
            let halves = pair.split(separator: "=")
            guard halves.count == 2, let number = UInt32(halves[1]) else { return nil }
            numbers[String(halves[0])] = number
        }
        guard let cost = numbers["ln"], let size = numbers["r"], let lanes = numbers["p"], (4...17).contains(cost),
            (1...16).contains(size), (1...16).contains(lanes), let salt = octets(base64: parts[3]),
            let key = octets(base64: parts[4]), salt.count == 16, key.count == 32
        else { return nil }
        self.init(
            parameters: Parameters(log2Cost: cost, blockSize: size, lanes: lanes), salt: salt, key: key)
    }

    /// Whether a password is the one that was hashed; takes the time of a hash, whatever the answer.
    public func matches(_ password: String) -> Bool {
        guard password.utf8.count <= Self.lengths.upperBound, let candidate = derive(password, salt: salt, parameters)
        else { return false }
        // Both arrays have 32 octets, which is how many are compared.
        return unsafe crumbgate_equal(candidate, key, 32) == 1
    }
}

/// Octets of the system's generator.
func randomOctets(_ count: Int) -> [UInt8]? {
    var octets = [UInt8](repeating: 0, count: count)
    // The buffer has as many octets as are asked for.
    return unsafe crumbgate_random(&octets, count) == 1 ? octets : nil
}

private func derive(_ password: String, salt: [UInt8], _ parameters: PasswordHash.Parameters) -> [UInt8]? {
    var key = [UInt8](repeating: 0, count: 32)
    // Password and salt are lent with their lengths, the key is as long as is said.
    let isDone = unsafe crumbgate_scrypt(
        password, password.utf8.count, salt, salt.count, parameters.log2Cost, parameters.blockSize, parameters.lanes,
        &key, key.count)
    return isDone == 1 ? key : nil
}

private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// Base64 without padding (RFC 4648 §4), as PHC strings have it.
private func base64(_ octets: [UInt8]) -> String {
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for octet in octets {
        bits = bits << 8 | UInt32(octet)
        count += 8
        while count >= 6 {
            count -= 6
            text.append(alphabet[Int(bits >> UInt32(count) & 63)])
        }
    }
    if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
    return String(decoding: text, as: UTF8.self)
}

private func octets(base64 text: Substring) -> [UInt8]? {
    var octets: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 {
        guard let value = alphabet.firstIndex(of: byte) else { return nil }
        bits = bits << 6 | UInt32(value)
        count += 6
        guard count >= 8 else { continue }
        count -= 8
        octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return octets
}
