import Doctor
import Rules
import TLS
import Testing
import Transport

/// A machine on which nothing is wrong; each test spoils one answer.
private func soundMachine() -> Machine {
    Machine(
        now: { 1_795_000_000 }, user: "crumbgate", isRoot: false,
        file: { path in
            var file = Machine.File()
            file.isFolder = !path.hasSuffix(".key") && !path.hasSuffix(".yaml") && !path.hasSuffix(".token")
            file.mode = file.isFolder ? 0o700 : 0o600
            file.size = 32
            return file
        },
        certificate: { _ in nil }, contextFault: { _ in nil }, port: { _ in .free }, isServing: { _ in false },
        answer: { _, _ in .success(Inquiry.Answer(status: 200)) },
        originAnswer: { _, _ in .success(Inquiry.Answer(status: 200, date: 1_795_000_001)) },
        placesBuilt: { _ in .success(1_794_000_000) }, fileSystem: { _ in Machine.FileSystem() },
        storeFaults: { _ in [] }, memoryFault: { _ in nil }, openSwaps: { [] }, fileLimit: { 1_000_000 },
        backlogLimit: { 4096 }, isClockSynchronised: { true }, missingFeatures: { [] })
}

private let plain = """
    listen: 127.0.0.1:8080
    origin: http://127.0.0.1:9000
    hosts: [shop.example]
    user: crumbgate
    location: { database: places.mmdb }
    console: { metrics_token_file: metrics.token }
    trusted_proxies: [127.0.0.1]
    """

private func policy(_ text: String = plain) throws -> Policy {
    try Policy.parse(text, sourceFile: "/etc/crumbgate/shop.yaml")
}

/// What is found that is not in order.
private func faults(_ text: String = plain, _ spoil: (inout Machine) -> Void = { _ in }) throws -> [Finding] {
    var machine = soundMachine()
    spoil(&machine)
    return Examination(of: try policy(text), on: machine).findings().filter { $0.verdict != .ok }
}

@Suite("Doctor")
struct ExaminationTests {
    @Test("On a sound machine everything is in order, and all of it was looked at")
    func sound() throws {
        let found = Examination(of: try policy(), on: soundMachine()).findings()
        #expect(found.filter { $0.verdict != .ok } == [])
        // Certificates are none here.
        #expect(Set(found.map(\.topic)) == Set(Finding.Topic.allCases).subtracting([.certificates]))
        #expect(found.text.hasSuffix("\n0 problems, 0 warnings\n"))
    }

    /// One answer that is not as it should be, and what is found.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var topic: Finding.Topic
        var verdict = Finding.Verdict.problem
        var rules = plain
        var spoil: @Sendable (inout Machine) -> Void
    }

    static let cases: [Case] = [
        Case(testDescription: "root", topic: .user, verdict: .warning) { $0.isRoot = true },
        Case(testDescription: "another user", topic: .user, verdict: .warning) { $0.user = "somebody" },
        Case(testDescription: "rules that all can change", topic: .files) {
            spoilFile(&$0, ".yaml") { $0.mode = 0o666 }
        },
        Case(testDescription: "rules that cannot be read again", topic: .files) {
            spoilFile(&$0, ".yaml") { $0.isReadable = false }
        },
        Case(testDescription: "a signing key for all to read", topic: .files) {
            spoilFile(&$0, "consent.key") { $0.mode = 0o644 }
        },
        Case(testDescription: "a signing key for a group to read", topic: .files) {
            spoilFile(&$0, "consent.key") { $0.mode = 0o640 }
        },
        Case(testDescription: "a signing key that is cut short", topic: .files) {
            spoilFile(&$0, "consent.key") { $0.size = 16 }
        },
        Case(testDescription: "a signing key of somebody else's", topic: .files) {
            spoilFile(&$0, "consent.key") { $0.isReadable = false }
        },
        Case(testDescription: "an empty token", topic: .files) { spoilFile(&$0, ".token") { $0.size = 0 } },
        Case(testDescription: "a token for all to read", topic: .files, verdict: .warning) {
            spoilFile(&$0, ".token") { $0.mode = 0o644 }
        },
        Case(testDescription: "a port that is taken", topic: .listeners) { spoilPort(&$0, 8080, .taken) },
        Case(testDescription: "a port that is refused", topic: .listeners) { spoilPort(&$0, 8080, .refused) },
        Case(testDescription: "an address of another machine", topic: .listeners) { spoilPort(&$0, 8080, .elsewhere) },
        Case(testDescription: "a port that fails otherwise", topic: .listeners) {
            spoilPort(&$0, 8080, .failed("no"))
        },
        Case(testDescription: "the console's port taken", topic: .listeners) { spoilPort(&$0, 8090, .taken) },
        Case(testDescription: "a proxy that runs elsewhere", topic: .listeners, verdict: .warning) {
            $0.isServing = { _ in true }
        },
        Case(testDescription: "a proxy that runs and does not answer", topic: .listeners) {
            $0.isServing = { _ in true }
            $0.port = { _ in .taken }
            $0.answer = { _, _ in .failure(.silence) }
        },
        Case(testDescription: "the proxy as its own origin", topic: .origin, rules: "origin: http://localhost:8080") {
            $0.originAnswer = { _, _ in .success(Inquiry.Answer(status: 200)) }
        },
        Case(testDescription: "a shop of no name", topic: .origin) {
            $0.originAnswer = { _, _ in .failure(.address("no address")) }
        },
        Case(testDescription: "a shop that does not run", topic: .origin) {
            $0.originAnswer = { _, _ in .failure(.connection("connection refused")) }
        },
        Case(testDescription: "a shop that nobody vouches for", topic: .origin) {
            $0.originAnswer = { _, _ in .failure(.handshake("self-signed certificate")) }
        },
        Case(testDescription: "a shop that says nothing", topic: .origin) {
            $0.originAnswer = { _, _ in .failure(.silence) }
        },
        Case(testDescription: "a shop that speaks something else", topic: .origin) {
            $0.originAnswer = { _, _ in .failure(.nonsense) }
        },
        Case(testDescription: "a shop in trouble", topic: .origin, verdict: .warning) {
            $0.originAnswer = { _, _ in .success(Inquiry.Answer(status: 500)) }
        },
        Case(testDescription: "a slow shop", topic: .origin, verdict: .warning) {
            $0.originAnswer = { _, _ in .success(Inquiry.Answer(status: 200, duration: 4000)) }
        },
        Case(testDescription: "a shop that sends round in circles", topic: .origin) {
            $0.originAnswer = { _, isSecure in
                .success(Inquiry.Answer(status: 301, location: isSecure ? "https://shop.example/" : "/"))
            }
        },
        Case(
            testDescription: "a shop that wants TLS where there is none", topic: .origin, verdict: .warning,
            rules: "origin: http://127.0.0.1:9000\nhosts: [shop.example]"
        ) {
            $0.originAnswer = { _, _ in .success(Inquiry.Answer(status: 301, location: "https://shop.example/")) }
        },
        Case(testDescription: "clocks that differ", topic: .clock, verdict: .warning) {
            $0.originAnswer = { _, _ in .success(Inquiry.Answer(status: 200, date: 1_795_000_060)) }
        },
        Case(testDescription: "a clock that nothing keeps right", topic: .clock, verdict: .warning) {
            $0.isClockSynchronised = { false }
        },
        Case(testDescription: "a clock from long ago", topic: .clock, rules: "origin: http://127.0.0.1:9000") {
            $0.now = { 1_000_000 }
            $0.originAnswer = { _, _ in .success(Inquiry.Answer(status: 200)) }
        },
        Case(testDescription: "old places", topic: .places, verdict: .warning) {
            $0.placesBuilt = { _ in .success(1_795_000_000 - 61 * 86_400) }
        },
        Case(testDescription: "no places", topic: .places, verdict: .warning) {
            $0.placesBuilt = { _ in .failure(.unreadable) }
        },
        Case(testDescription: "broken places", topic: .places, verdict: .warning) {
            $0.placesBuilt = { _ in .failure(.malformed) }
        },
        Case(testDescription: "a state directory of somebody else's", topic: .state) {
            spoilFile(&$0, "/state") { $0.isWritable = false }
        },
        Case(testDescription: "a state directory that others look into", topic: .state, verdict: .warning) {
            spoilFile(&$0, "/state") { $0.mode = 0o755 }
        },
        Case(testDescription: "a state directory that nobody can make", topic: .state) { machine in
            let sound = machine.file
            machine.file = { path in
                if path.hasSuffix("/state") || path.hasSuffix("consent.key") { return nil }
                var file = sound(path)
                file?.isWritable = false
                return file
            }
        },
        Case(testDescription: "a file as state directory", topic: .state) {
            spoilFile(&$0, "/state") { $0.isFolder = false }
        },
        Case(testDescription: "a damaged store", topic: .state) { $0.storeFaults = { _ in ["damaged"] } },
        Case(testDescription: "a full disk", topic: .state) { spoilRoom(&$0, 10 << 20) },
        Case(testDescription: "a disk that fills", topic: .state, verdict: .warning) { spoilRoom(&$0, 500 << 20) },
        Case(testDescription: "state in memory", topic: .state, verdict: .warning) { spoilKind(&$0, .memory) },
        Case(testDescription: "state on a network", topic: .state) { spoilKind(&$0, .network) },
        Case(testDescription: "no memory for the open day", topic: .memory, verdict: .warning) {
            $0.memoryFault = { _ in "on a disk" }
        },
        Case(
            testDescription: "no memory where the rules say", topic: .memory,
            rules: plain + "\nmemory_directory: /var/tmp"
        ) { $0.memoryFault = { _ in "on a disk" } },
        Case(testDescription: "swap on a disk", topic: .memory, verdict: .warning) { $0.openSwaps = { ["/dev/sda2"] } },
        Case(testDescription: "few open files", topic: .limits, verdict: .warning) { $0.fileLimit = { 1024 } },
        Case(testDescription: "a short queue", topic: .limits, verdict: .warning) { $0.backlogLimit = { 128 } },
        Case(testDescription: "an old system", topic: .kernel) { $0.missingFeatures = { ["epoll"] } },
    ]

    @Test("Each fault is found, alone, and it is said what to do", arguments: cases)
    func fault(_ one: Case) throws {
        let found = try faults(one.rules, one.spoil)
        #expect(found.map(\.topic) == [one.topic])
        #expect(found.first?.verdict == one.verdict)
        #expect(found.first?.remedy?.isEmpty == false)
    }

    @Test("A running proxy's own ports are no fault, nor is a state directory yet to be made")
    func running() throws {
        #expect(
            try faults {
                $0.isServing = { _ in true }
                $0.port = { _ in .taken }
            } == [])
        #expect(
            try faults { machine in
                let sound = machine.file
                machine.file = { $0.hasSuffix("/state") || $0.hasSuffix("consent.key") ? nil : sound($0) }
            } == [])
    }

    @Test("What the rules warn of and what is wrong with them is told with its place")
    func rules() throws {
        let warned = try faults("origin: https://127.0.0.1:9000\norigin_tls: { verify: false }")
        #expect(warned.map(\.topic) == [.rules])
        #expect(warned.first?.verdict == .warning)
        #expect(warned.first?.text.hasPrefix("/etc/crumbgate/shop.yaml:2:") == true)
        do {
            _ = try policy("orgin: http://127.0.0.1:9000")
            Issue.record("these rules are wrong")
        } catch let error as RulesError {
            let found = Examination.findings(of: error)
            #expect(found.count(.problem) >= 1)
            #expect(found.first?.text.hasPrefix("/etc/crumbgate/shop.yaml:1:1: ") == true)
            #expect(found.first?.remedy == "did you mean `origin`?")
        }
    }

    @Test("A report has a line for each finding, what to do below it, and their number")
    func report() {
        let findings: [Finding] = [
            .ok(.rules, "no errors"), .problem(.origin, "does not run", remedy: "start it"),
        ]
        #expect(
            findings.text == """
                ok       rules         no errors
                problem  origin        does not run
                                       → start it
                1 problem, 0 warnings

                """)
    }
}

private func spoilFile(
    _ machine: inout Machine, _ end: String, _ change: @escaping @Sendable (inout Machine.File) -> Void
) {
    let sound = machine.file
    machine.file = { path in
        var file = sound(path)
        if path.hasSuffix(end), var changed = file {
            change(&changed)
            file = changed
        }
        return file
    }
}

private func spoilPort(_ machine: inout Machine, _ port: UInt16, _ answer: Machine.Port) {
    machine.port = { $0.port == port ? answer : .free }
}

private func spoilRoom(_ machine: inout Machine, _ room: UInt64) {
    machine.fileSystem = { _ in
        var system = Machine.FileSystem()
        system.room = room
        return system
    }
}

private func spoilKind(_ machine: inout Machine, _ kind: Machine.FileSystem.Kind) {
    machine.fileSystem = { _ in
        var system = Machine.FileSystem()
        system.kind = kind
        return system
    }
}
