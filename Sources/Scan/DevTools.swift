import CScan
import Foundation

/// A headless browser of the Chromium family on two pipes: the Chrome DevTools Protocol, JSON messages that end with
/// NUL, without a port that anybody else could connect to.
final class DevTools {
    typealias Message = [String: Any]

    /// What the protocol or the browser refused.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: pid_t
    private let toBrowser: Int32
    private let fromBrowser: Int32
    private let profile: URL
    private var received: [UInt8] = []
    private var lastID = 0
    /// Called for each message that answers nothing.
    var onEvent: ((_ method: String, _ parameters: Message, _ session: String?) -> Void)?

    /// The first browser of the family that is installed.
    static func installed() -> String? {
        let names = [
            "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge",
        ]
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        for name in names {
            for folder in folders {
                let path = "\(folder)/\(name)"
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
        }
        return nil
    }

    init(program: String) throws {
        profile = FileManager.default.temporaryDirectory.appendingPathComponent("crumbgate-scan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: profile, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var arguments = [
            program, "--headless=new", "--remote-debugging-pipe", "--user-data-dir=\(profile.path)", "--no-first-run",
            "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
            "--disable-default-apps", "--disable-extensions", "--disable-sync", "--disable-dev-shm-usage",
            "--disable-gpu",
            "--mute-audio", "--metrics-recording-only", "--window-size=1280,900", "about:blank",
        ]
        // Chromium refuses to start as root with its sandbox, which is common in containers.
        if getuid() == 0 { arguments.insert("--no-sandbox", at: 1) }
        var pipes: (to: Int32, from: Int32) = (-1, -1)
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        // The child copies the arguments before the call returns; they are freed after it.
        let child = unsafe crumbgate_spawn_on_pipes(program, pointers, &pipes.to, &pipes.from)
        unsafe pointers.forEach { unsafe free($0) }
        process = child
        toBrowser = pipes.to
        fromBrowser = pipes.from
        guard child > 0 else { throw Failure(description: "\(program) cannot be started") }
    }

    /// Ends the browser and removes its profile.
    func close() {
        _ = try? call("Browser.close", timeout: 5)
        Foundation.close(toBrowser)
        Foundation.close(fromBrowser)
        crumbgate_end(process)
        try? FileManager.default.removeItem(at: profile)
    }

    /// Sends a command and waits for its answer; events that come before it are handled.
    @discardableResult
    func call(
        _ method: String, _ parameters: Message = [:], session: String? = nil, timeout: TimeInterval = 20
    ) throws -> Message {
        lastID += 1
        let id = lastID
        try send(id, method, parameters, session)
        let deadline = Date(timeIntervalSinceNow: timeout)
        while let message = try receive(until: deadline) {
            if message["id"] as? Int == id {
                if let error = message["error"] as? Message {
                    throw Failure(description: "\(method): \(error["message"] as? String ?? "refused")")
                }
                return message["result"] as? Message ?? [:]
            }
            handle(message)
        }
        throw Failure(description: "the browser does not answer \(method)")
    }

    /// Sends a command whose answer nobody waits for.
    func post(_ method: String, _ parameters: Message = [:], session: String? = nil) {
        lastID += 1
        try? send(lastID, method, parameters, session)
    }

    /// Handles events until then, or until the condition holds.
    func handleEvents(until deadline: Date, or isDone: () -> Bool) throws {
        while !isDone() {
            let step = min(deadline, Date(timeIntervalSinceNow: 0.1))
            if let message = try receive(until: step) { handle(message) }
            if Date() >= deadline { return }
        }
    }

    private func handle(_ message: Message) {
        guard let method = message["method"] as? String else { return }
        onEvent?(method, message["params"] as? Message ?? [:], message["sessionId"] as? String)
    }

    private func send(_ id: Int, _ method: String, _ parameters: Message, _ session: String?) throws {
        var message: Message = ["id": id, "method": method, "params": parameters]
        message["sessionId"] = session
        let bytes = [UInt8](try JSONSerialization.data(withJSONObject: message)) + [0]
        var sent = 0
        while sent < bytes.count {
            // The call only reads the rest of the array, while it runs.
            let count = unsafe bytes[sent...].withUnsafeBytes { unsafe write(toBrowser, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: "the browser ended") }
            sent += count
        }
    }

    /// The next message; nil when none is there in time.
    private func receive(until deadline: Date) throws -> Message? {
        while true {
            if let end = received.firstIndex(of: 0) {
                let text = Data(received[..<end])
                received.removeSubrange(...end)
                if let message = try? JSONSerialization.jsonObject(with: text) as? Message { return message }
                continue
            }
            let milliseconds = Int32(max(0, min(60_000, deadline.timeIntervalSinceNow * 1000)))
            guard crumbgate_is_readable(fromBrowser, milliseconds) == 1 else { return nil }
            var piece = [UInt8](repeating: 0, count: 65_536)
            // The call writes at most as many bytes as the buffer has.
            let count = unsafe piece.withUnsafeMutableBytes { unsafe read(fromBrowser, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: "the browser ended") }
            received += piece[..<count]
        }
    }
}
