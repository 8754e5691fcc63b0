internal import Rules
internal import TLS

extension Examination {
    /// Who may read the secrets, and whether the proxy may.
    func files() -> [Finding] {
        var found: [Finding] = []
        let path = policy.sourceFile
        if let file = machine.file(path) {
            if file.mode & 0o002 != 0 {
                found.append(
                    .problem(
                        .files, "every user of this machine can change \(path)", remedy: "chmod o-w \(path)"))
            }
            if !file.isReadable { found.append(unreadable(path, "changed rules would not be taken")) }
        }
        found += secret()
        if let path = policy.console?.metricsTokenFile { found += token(path) }
        for path in Set(policy.certificateFiles).sorted() where machine.file(path)?.isReadable == false {
            found.append(unreadable(path, "a renewed certificate would not be taken"))
        }
        return found.isEmpty ? [.ok(.files, "secrets are their owner's only, and can be read by the proxy")] : found
    }

    private func secret() -> [Finding] {
        let path = policy.consentSecretFile
        guard let file = machine.file(path) else { return [] }
        var found: [Finding] = []
        if file.mode & 0o077 != 0 {
            found.append(
                .problem(
                    .files, "others can read the key that consent cookies are signed with, \(path)",
                    remedy: "chmod 600 \(path); if somebody did, remove it: visitors are asked again"))
        }
        if !file.isReadable {
            found.append(unreadable(path, "without this key the proxy does not start"))
        } else if file.size < 32 {
            found.append(
                .problem(
                    .files, "\(path) holds \(file.size) octets, and a signing key has 32",
                    remedy: "remove it to have one made; visitors are asked again"))
        }
        return found
    }

    private func token(_ path: String) -> [Finding] {
        guard let file = machine.file(path), file.size > 0 else {
            return [
                .problem(
                    .files, "there is no token in \(path), so that nobody can read the metrics",
                    remedy: "openssl rand -hex 32 > \(path); chmod 600 \(path)")
            ]
        }
        if !file.isReadable { return [unreadable(path, "nobody can read the metrics")] }
        guard file.mode & 0o004 != 0 else { return [] }
        return [
            .warning(
                .files, "every user of this machine can read the metrics' token in \(path)",
                remedy: "chmod o-r \(path)")
        ]
    }

    private func unreadable(_ path: String, _ consequence: String) -> Finding {
        .problem(
            .files, "`\(machine.user)` cannot read \(path): \(consequence)",
            remedy: "chgrp and chmod g+r the file, and g+x its folders, for a group that `\(machine.user)` is in")
    }

    /// Certificates; what is wrong with their dates, names and keys was said with the rules.
    func certificates() -> [Finding] {
        var found: [Finding] = []
        for listener in policy.listeners {
            guard let tls = listener.tls else { continue }
            if let fault = machine.contextFault(listener) {
                found.append(
                    .problem(
                        .certificates, "\(listener.authority) cannot speak TLS: \(fault)",
                        remedy: "`crumbgate check` looks at certificate and key"))
            }
            for files in tls.certificates {
                guard let certificate = machine.certificate(files.certificate) else { continue }
                let days = (certificate.notAfter - machine.now()) / 86_400
                if !certificate.hasChain {
                    found.append(
                        .warning(
                            .certificates,
                            "\(files.certificate) holds no certificate of its issuer: some programs will not believe it",
                            remedy: "name the file with the whole chain (certbot: fullchain.pem)"))
                } else if days >= 21 {
                    found.append(
                        .ok(.certificates, "\(certificate.names.joined(separator: ", ")): for \(days) more days"))
                }
            }
        }
        return found
    }

    /// The place database.
    func places() -> [Finding] {
        guard let path = policy.location.database else {
            return [.ok(.places, "no database: every place is unknown")]
        }
        let source = "a country or city database in MaxMind's format, renewed by geoipupdate"
        switch machine.placesBuilt(path) {
        case .success(let time):
            let days = (machine.now() - time) / 86_400
            guard days > 60 else { return [.ok(.places, "\(path): \(max(0, days)) days old")] }
            return [
                .warning(
                    .places, "\(path) is \(days) days old: networks have moved since", remedy: source)
            ]
        case .failure(.unreadable):
            return [
                .warning(
                    .places, "\(path) is missing or cannot be read by `\(machine.user)`: every place is unknown",
                    remedy: source)
            ]
        case .failure(.malformed):
            return [
                .warning(.places, "\(path) is no such database, or damaged: every place is unknown", remedy: source)
            ]
        case .failure(.outOfMemory):
            return [.problem(.places, "there is no memory to open \(path)", remedy: "give the machine more memory")]
        }
    }
}
