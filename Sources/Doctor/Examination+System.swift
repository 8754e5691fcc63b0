internal import Rules

extension Examination {
    /// Where secrets and figures are kept.
    func state() -> [Finding] {
        let path = policy.stateDirectory
        guard let folder = machine.file(path) else { return [missingState(path)] }
        guard folder.isFolder else {
            return [.problem(.state, "\(path) is no folder", remedy: "another `state_directory`")]
        }
        var found: [Finding] = []
        if !folder.isWritable {
            found.append(
                .problem(
                    .state, "`\(machine.user)` cannot write to \(path): the proxy does not start",
                    remedy: "chown -R \(machine.user): \(path)"))
        }
        if folder.mode & 0o077 != 0 {
            found.append(
                .warning(.state, "others can look into \(path)", remedy: "chmod 700 \(path)"))
        }
        found += fileSystem(of: path)
        for fault in machine.storeFaults(path) {
            found.append(
                .problem(.state, fault, remedy: "docs/deploy.md, \"State\", says what each file holds"))
        }
        return found.isEmpty ? [.ok(.state, "\(path) is there, with room, and its files are whole")] : found
    }

    private func missingState(_ path: String) -> Finding {
        var parent = path
        repeat {
            parent = parent.contains("/") ? String(parent[..<(parent.lastIndex(of: "/") ?? parent.startIndex)]) : "."
            if parent.isEmpty { parent = "/" }
        } while machine.file(parent) == nil && parent != "/" && parent != "."
        if machine.file(parent)?.isWritable == true {
            return .ok(.state, "\(path) is made at the first start")
        }
        return .problem(
            .state, "\(path) is missing, and `\(machine.user)` cannot make it",
            remedy: "install -d -m 700 -o \(machine.user) \(path)")
    }

    private func fileSystem(of path: String) -> [Finding] {
        guard let system = machine.fileSystem(path) else { return [] }
        var found: [Finding] = []
        switch system.kind {
        case .disk: break
        case .memory:
            found.append(
                .warning(
                    .state, "\(path) is on a memory file system: figures, proof of consent and key go with a restart",
                    remedy: "a `state_directory` on a disk"))
        case .network:
            found.append(
                .problem(
                    .state, "\(path) is on a network file system, whose locks SQLite cannot rely on",
                    remedy: "a `state_directory` on a disk of this machine"))
        }
        let mebibytes = system.room >> 20
        if mebibytes < 64 {
            found.append(
                .problem(
                    .state, "\(mebibytes) MiB are left on the file system of \(path)",
                    remedy: "make room: without it no consent can be kept"))
        } else if mebibytes < 1024 {
            found.append(
                .warning(.state, "\(mebibytes) MiB are left on the file system of \(path)", remedy: "make room"))
        }
        return found
    }

    /// Where the open day is kept.
    func memory() -> [Finding] {
        var found: [Finding] = []
        if let fault = machine.memoryFault(policy) {
            let remedy = "`memory_directory` on a tmpfs, such as RuntimeDirectory= of the service"
            found.append(
                policy.memoryDirectory == nil
                    ? .warning(.memory, "a restart would lose the open day: \(fault)", remedy: remedy)
                    : .problem(.memory, "the proxy does not start: \(fault)", remedy: remedy))
        }
        let swaps = machine.openSwaps()
        if !swaps.isEmpty {
            found.append(
                .warning(
                    .memory, "memory can reach a disk as it is, by swapping to \(swaps.joined(separator: ", "))",
                    remedy: "swapoff, or encrypt it: visitors' keys of a day belong in memory only"))
        }
        return found.isEmpty ? [.ok(.memory, "the open day stays in memory, also over a restart")] : found
    }

    /// What the system lets one process have.
    func limits() -> [Finding] {
        var found: [Finding] = []
        let wanted = policy.mostConnections + 64
        let allowed = machine.fileLimit()
        if allowed < wanted {
            found.append(
                .warning(
                    .limits, "\(allowed) open files are allowed here, and up to \(wanted) may be needed",
                    remedy: "LimitNOFILE=\(wanted) for the service, or lower `limits.clients`"))
        }
        if let backlog = machine.backlogLimit(), backlog < 1024 {
            found.append(
                .warning(
                    .limits, "no more than \(backlog) connections may wait to be accepted",
                    remedy: "sysctl net.core.somaxconn=4096"))
        }
        return found.isEmpty ? [.ok(.limits, "\(wanted) open files are allowed")] : found
    }

    /// The machine's time.
    func clock() -> [Finding] {
        let now = machine.now()
        // 2026-01-01
        if now < 1_767_225_600 {
            return [
                .problem(
                    .clock, "this machine's clock stands before 2026: no certificate would be believed",
                    remedy: "set it, and keep it right: systemd-timesyncd or chrony")
            ]
        }
        guard machine.isClockSynchronised() == false else { return [.ok(.clock, "the time is plausible")] }
        return [
            .warning(
                .clock, "nothing keeps this machine's clock right",
                remedy: "systemd-timesyncd or chrony; in a container it is the host's matter")
        ]
    }

    /// What the system must be able to do.
    func kernel() -> [Finding] {
        let missing = machine.missingFeatures()
        guard !missing.isEmpty else { return [.ok(.kernel, "has what is needed")] }
        return [
            .problem(
                .kernel, "the system gives no \(missing.joined(separator: ", "))",
                remedy: "Linux 4.18 or later; sysctl fs.inotify.max_user_instances where only inotify is missing")
        ]
    }
}
